"""Texts to reply with: written by staff, filled in the requester's language, sent with actions."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.core.db import Database
from portal.service_requests.models import RequestEntry, ServiceRequest, TextModule
from portal.service_requests.text_modules import placeholders, shipped
from tests.support.client import Browser
from tests.web.desk.test_requests import state, take, version
from tests.web.service_requests.test_customer import ask

Open = Callable[..., Browser]


@pytest.fixture
def loaded(database: Database) -> None:
    with database.transaction() as session:
        assert shipped.load(session) == len(shipped.records())
        assert shipped.load(session) == 0
        bodies, actions = {"de": "Was geschah?"}, {"step": "ask_customer", "priority": "P1"}
        session.add(TextModule(id="safety", names={"en": "Safety"}, bodies=bodies, actions=actions))


def test_shipped_texts_have_all_languages_and_known_placeholders() -> None:
    for record in shipped.records():
        assert set(record["names"]) == {"zh-Hans", "en", "de"}, record["id"]
        assert set(record["bodies"]) in (set(), set(record["names"]))
        for text in record["bodies"].values():
            assert placeholders.unknown(text) == []


def entry(database: Database, found: str) -> RequestEntry:
    with database.reading() as session:
        query = select(RequestEntry).where(
            RequestEntry.request_id == found, RequestEntry.event.is_(None)
        )
        return session.scalars(query.order_by(RequestEntry.created_at.desc())).first()  # type: ignore[return-value]


@pytest.mark.usefixtures("loaded")
def test_a_text_comes_in_the_requesters_language(browser: Open, database: Database) -> None:
    meyer, li = browser("meyer", "de"), browser("li", "en")
    found = ask(meyer)
    given = li.get(f"/desk/requests/{found}/texts/tm-taken-on").json
    assert given["language"] == "de" and given["text"].startswith("Guten Tag ")
    assert "SR-00001" in given["text"] and given["missing"] == [] and given["effects"] == []
    chinese = li.get(f"/desk/requests/{found}/texts/tm-ask?language=zh-Hans").json
    assert "您好" in chinese["text"] and chinese["effects"] == ["Ask and wait for the customer"]
    groups = li.get(f"/desk/requests/{found}/texts").json["groups"]
    assert [g["label"] for g in groups] == ["For this service", "For all services"]


@pytest.mark.usefixtures("loaded")
def test_without_script_a_text_is_added_to_what_was_typed(
    browser: Open, database: Database
) -> None:
    meyer, li = browser("meyer", "de"), browser("li", "en")
    found = ask(meyer)
    path = f"/desk/requests/{found}"
    assert 'name="module"' not in li.get(path)
    assert 'name="module"' in li.post(path, {"do": "texts", "reply": "Vorab:"})
    page = li.post(path, {"do": "insert", "module": "tm-ask", "reply": "Vorab:", "language": "de"})
    assert page.status == 200 and "Vorab:\n\nGuten Tag" in page.html.replace("\r", "")
    assert 'value="tm-ask"' in page


@pytest.mark.usefixtures("loaded")
def test_a_macro_does_everything_in_one_act(browser: Open, database: Database) -> None:
    meyer, li = browser("meyer", "de"), browser("li", "en")
    found = ask(meyer)
    sent = {
        "do": "macro",
        "macro": "safety",
        "used": "safety",
        "language": "de",
        "reply": "Was ist geschehen?",
        "version": version(li, found),
    }
    assert li.post(f"/desk/requests/{found}", sent).status == 303
    assert state(database, found) == "waiting_customer"
    with database.reading() as session:
        request = session.get_one(ServiceRequest, found)
        assert request.priority == "P1" and request.assignee_id
        assert session.get_one(TextModule, "safety").used == 1
    assert entry(database, found).locale == "de"


@pytest.mark.usefixtures("loaded")
def test_a_refused_part_of_a_macro_undoes_the_others(browser: Open, database: Database) -> None:
    meyer, li = browser("meyer", "de"), browser("li", "en")
    found = ask(meyer)
    sent = {"do": "macro", "macro": "safety", "reply": "", "version": version(li, found)}
    before = li.get(f"/desk/requests/{found}").html.count("P1")
    page = li.post(f"/desk/requests/{found}", sent)
    assert page.status == 422
    assert page.html.count("P1") == before + 1  # the page shows it as it still is, and the macro
    assert state(database, found) == "new"
    with database.reading() as session:
        assert session.get_one(ServiceRequest, found).priority == "P3"


def test_a_forgotten_placeholder_is_not_sent(browser: Open) -> None:
    found, li = ask(browser("wang")), browser("li", "en")
    page = li.post(f"/desk/requests/{found}", {"do": "reply", "reply": "By {{promise}}."})
    assert page.status == 422 and "Please fill in {{promise}}, or delete it." in page


def form(**more: str) -> dict[str, str]:
    blank = dict.fromkeys(("service", "step", "priority", "assignee", "team"), "")
    return {"owner": "own", "name_de": "Gruß", "body_de": "Hallo {{customer}}", **blank, **more}


def test_staff_write_their_own_texts_and_supervisors_everybodys(browser: Open) -> None:
    li, zhao = browser("li", "en"), browser("zhao", "en")
    assert li.post("/desk/texts/new", form()).status == 303
    assert "Gruß" in li.get("/desk/texts") and "Gruß" not in zhao.get("/desk/texts")
    assert li.post("/desk/texts/new", form(owner="all")).status == 422
    assert zhao.post("/desk/texts/new", form(owner="all", name_de="Für alle")).status == 303
    page = li.get("/desk/texts")
    assert "Für alle" in page and page.html.count("Take out of use") == 1
    wrong = zhao.post("/desk/texts/new", form(body_de="{{nobody}}"))
    assert wrong.status == 422 and "There is no placeholder {{nobody}}." in wrong
    assert zhao.post("/desk/texts/new", form(body_de="", name_de="Leer")).status == 422
    preview = zhao.post("/desk/texts/new", form(do="preview"))
    assert preview.status == 200 and "Hallo Anna Muster" in preview


def test_a_text_is_changed_and_taken_out_of_use(browser: Open, database: Database) -> None:
    li = browser("li", "en")
    li.post("/desk/texts/new", form())
    with database.reading() as session:
        row = session.scalars(select(TextModule)).one()
    edit = f"/desk/texts/{row.id}"
    assert "Hallo {{customer}}" in li.get(edit)
    assert li.post(edit, form(body_de="Servus", version="1")).status == 303
    stale = li.post(edit, form(body_de="Moin", version="1"))
    assert stale.status == 422 and "Somebody has changed this text meanwhile" in stale
    assert 'name="version" type="hidden" value="2"' in stale
    assert browser("zhao", "en").get(edit).status == 404
    assert li.post(f"{edit}/retire", {"retired": "1"}).status == 303
    assert "Gruß" not in li.get("/desk/texts")
    assert "Gruß" in li.get("/desk/texts?retired=1")


def test_the_reply_says_in_which_language_it_is_written(browser: Open, database: Database) -> None:
    found, li = ask(browser("meyer", "de")), browser("li", "zh-hans")
    take(li, found)
    li.post(f"/desk/requests/{found}", {"do": "reply", "reply": "Gern.", "language": "de"})
    assert entry(database, found).locale == "de"
