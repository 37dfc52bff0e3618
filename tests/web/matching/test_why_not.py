"""Why something is not in the list: an honest answer about any published pair."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.capabilities.models import CapabilityText
from portal.companies.models import Company
from portal.core import clock
from portal.core.access import Actor
from portal.core.db import Database
from portal.core.statements import counted
from portal.inquiries.models import Inquiry
from portal.matching import queries, services, standing
from portal.matching.standing import Standing
from portal.needs.models import Need
from portal.web.app import Portal
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.matching.conftest import Make

Open = Callable[..., Browser]
Work = Callable[[], int]
Ask = Callable[..., Standing]


@pytest.fixture
def ask(app: Portal, database: Database, people: dict[str, Person]) -> Ask:
    def answer(need: str, capability: str) -> Standing:
        reader = Actor(user_id=people["meyer"].id, role="owner", org_id=people["meyer"].org_id)
        with database.reading() as session:
            row = queries.need(session, need)
            assert row is not None
            return standing.of(session, app.engine, reader, row, capability)

    return answer


def codes(found: Standing) -> list[str]:
    return [code for code, _text in found.sentences()]


def test_one_in_the_list_tells_its_place(ask: Ask, need: str, capability: str, work: Work) -> None:
    work()
    found = ask(need, capability)
    assert (found.place, found.total, found.listed) == (1, 1, True)
    assert codes(found) == ["listed"]


def test_one_beyond_the_list_tells_its_place_and_what_it_lacks(
    ask: Ask, need: str, make_capability: Make, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "LIMIT", 1)
    make_capability()
    weak = make_capability("chen", markets=["BR"], certificates=[])
    work()
    found = ask(need, weak)
    assert (found.place, found.total, found.listed) == (2, 2, False)
    assert codes(found) == ["beyond", "behind"]
    assert "Criteria of the need" in dict(found.sentences())["behind"]


def other_text() -> dict[str, Any]:
    text = CapabilityText(
        locale="zh-Hans", title="海外仓储服务", summary="", description="保税仓库"
    )
    return {"category": "overseas-warehouse", "attributes": {}, "texts": [text]}


def test_another_thing_altogether_is_said_to_be_one(
    ask: Ask, need: str, make_capability: Make, work: Work
) -> None:
    other = make_capability(**other_text())
    work()
    found = ask(need, other)
    assert found.place is None
    assert codes(found)[0] in ("texts_too_far", "other_category")
    assert found.pair.criteria[0].verdict == "GAP"


def change(database: Database, model: Any, row_id: str | None, **values: Any) -> None:
    with database.transaction() as session:
        row = session.get_one(model, row_id)
        for name, value in values.items():
            setattr(row, name, value)


def test_each_hindrance_is_named(
    ask: Ask, database: Database, need: str, capability: str, make_capability: Make, work: Work,
    people: dict[str, Person],
) -> None:  # fmt: skip
    own = make_capability("meyer")
    work()
    assert "own_company" in codes(ask(need, own))
    change(database, Company, people["wang"].org_id, confirmed_at=clock.now() - timedelta(days=400))
    assert codes(ask(need, capability)) == ["profile_not_confirmed"]
    change(database, Company, people["wang"].org_id, confirmed_at=clock.now())
    change(database, Need, need, deadline=clock.now() - timedelta(days=1))
    assert codes(ask(need, capability)) == ["deadline_passed"]
    change(database, Need, need, state="draft")
    assert "need_not_published" in codes(ask(need, capability))


def test_what_is_not_public_looks_like_what_does_not_exist(
    browser: Open, need: str, make_capability: Make, work: Work
) -> None:
    hidden = make_capability(state="draft", published_at=None)
    work()
    meyer = browser("meyer")
    answers = [meyer.get(f"/needs/{need}/matches/{i}") for i in (hidden, "a" * 20)]
    assert {a.status for a in answers} == {303}
    assert {a.location for a in answers} == {f"/en/needs/{need}/matches/ask"}
    assert "Nothing that is published has this number" in meyer.get(f"/needs/{need}/matches/ask")


def test_nothing_confidential_of_the_other_side_is_shown(
    browser: Open, database: Database, make_need: Make, capability: str, work: Work
) -> None:
    need = make_need()
    change(database, Need, need, target_price=Decimal("12.34"), target_currency="EUR")
    work()
    page = browser("wang").get(f"/capabilities/{capability}/matches/{need}")
    assert page.status == 200
    assert "12.34" not in page


def test_a_declined_inquiry_is_remembered_by_its_parties_only(
    browser: Open, database: Database, need: str, capability: str, work: Work,
    people: dict[str, Person],
) -> None:  # fmt: skip
    work()
    with database.transaction() as session:
        session.add(
            Inquiry(
                buyer_id=people["meyer"].org_id, supplier_id=people["wang"].org_id,
                capability_id=capability, need_id=need, subject="?", locale="de",
                state="declined", decline_reason="capacity",
            )
        )  # fmt: skip
    words = "The supplier declined your inquiry about this"
    assert words in browser("meyer").get(f"/needs/{need}/matches/{capability}")
    assert "You declined an inquiry" in browser("wang").get(
        f"/capabilities/{capability}/matches/{need}"
    )
    assert "declined" not in browser("li").get(f"/needs/{need}/matches/{capability}")


def test_any_published_capability_can_be_found_and_asked_about(
    browser: Open, need: str, capability: str, work: Work
) -> None:
    work()
    meyer = browser("meyer", "de")
    page = meyer.get(f"/needs/{need}/matches/ask?q=Wechselrichter")
    assert f"/de/needs/{need}/matches/{capability}" in page
    assert "ask" in meyer.get(f"/needs/{need}/matches")
    wang = browser("wang")
    page = wang.get(f"/capabilities/{capability}/matches/ask?q=Traktionswechselrichter")
    assert f"/en/capabilities/{capability}/matches/{need}" in page


def test_every_capability_page_asks_for_ones_own_need(
    browser: Open, make_need: Make, capability: str, work: Work
) -> None:
    need = make_need()
    work()
    meyer = browser("meyer")
    link = f"/en/matches/why-not?capability={capability}"
    assert link in meyer.get(f"/capabilities/{capability}")
    assert meyer.get(link).location == f"/en/needs/{need}/matches/{capability}"
    second = make_need()
    chooser = meyer.get(link)
    for one in (need, second):
        assert f"/en/needs/{one}/matches/{capability}" in chooser
    wang = browser("wang")
    assert f"/en/matches/why-not?need={need}" in wang.get(f"/needs/{need}")
    asked = wang.get(f"/matches/why-not?need={need}")
    assert asked.location == f"/en/capabilities/{capability}/matches/{need}"
    assert "No published need" in browser("smith").get(link)


@pytest.mark.parametrize("locale", ["zh-hans", "en", "de"])
def test_the_pages_work_in_every_language(
    browser: Open, need: str, capability: str, work: Work, locale: str
) -> None:
    work()
    meyer, wang = browser("meyer", locale), browser("wang", locale)
    assert meyer.get(f"/needs/{need}/matches/{capability}").status == 200
    assert wang.get(f"/capabilities/{capability}/matches/{need}").status == 200


@pytest.mark.parametrize("who", ["meyer", "li"])
def test_the_page_of_a_pair_costs_twelve_statements_at_most(
    browser: Open, database: Database, make_need: Make, make_capability: Make, work: Work, who: str
) -> None:
    need, capability = make_need(), make_capability()
    for _ in range(3):
        make_capability("chen")
    work()
    reader = browser(who)
    reader.get(f"/needs/{need}/matches/{capability}")
    with counted(database) as statements:
        reader.get(f"/needs/{need}/matches/{capability}")
    assert len(statements) <= 12
