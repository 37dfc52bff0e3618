"""Colleagues named in notes hear of it, without the words of the note."""

from collections.abc import Callable

from sqlalchemy import select

from portal.accounts.models import Notice, User
from portal.core.db import Database
from portal.service_requests import mentions
from portal.service_requests.models import RequestWatch
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.service_requests.test_customer import ask

Open = Callable[..., Browser]
CANARY = "CANARY-91c2 do not tell"


def people_named(*names: str) -> list[User]:
    return [User(id=name, name=name) for name in names]


def test_names_are_found_as_people_write_them() -> None:
    staff = people_named("Li Na", "Li", "李娜", "赵敏", "Zhao Min")

    def found(text: str) -> list[str]:
        return [user.name for user in mentions.named(text, staff)]

    assert found("@Li Na please look") == ["Li Na"]
    assert found("@li, and @zhao min.") == ["Li", "Zhao Min"]
    assert found("请@李娜看一下，＠赵敏也看") == ["李娜", "赵敏"]
    assert found("mail a@Li.example, @Linus") == []


def test_the_mentioned_one_is_told_and_watches(
    browser: Open,
    database: Database,
    people: dict[str, Person],
    mails: Callable[[], list[str]],
) -> None:
    found, li = ask(browser("wang")), browser("li", "en")
    with database.reading() as session:
        name = session.get_one(User, people["zhao"].id).name
    before = len(mails())
    li.post(f"/desk/requests/{found}", {"do": "note", "note": f"@{name} {CANARY}"})
    with database.reading() as session:
        assert session.get(RequestWatch, (found, people["zhao"].id))
        query = select(Notice.kind).where(Notice.user_id == people["zhao"].id)
        kinds = session.scalars(query).all()
    assert kinds.count("desk.mentioned") == 1 and "desk.watched.note" not in kinds
    sent = mails()[before:]
    assert len(sent) == 1 and "SR-00001" in sent[0]
    assert not any(CANARY in mail for mail in mails())
    page = li.get(f"/desk/requests/{found}")
    assert f'<mark class="mention">@{name}</mark> {CANARY}' in page
    assert CANARY not in browser("wang", "en").get(f"/service-requests/{found}")


def test_nobody_is_told_of_mentioning_oneself_or_a_stranger(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    found, li = ask(browser("wang")), browser("li", "en")
    with database.reading() as session:
        names = [session.get_one(User, people[who].id).name for who in ("li", "wang")]
    li.post(f"/desk/requests/{found}", {"do": "note", "note": f"@{names[0]} @{names[1]} <b>"})
    with database.reading() as session:
        query = select(Notice).where(Notice.kind == "desk.mentioned")
        assert session.scalars(query).all() == []
    assert "&lt;b&gt;" in li.get(f"/desk/requests/{found}")
