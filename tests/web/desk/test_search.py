"""The desk's search: every message and note, in Chinese too, and by number; nobody else's."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert, text

from portal.core import clock
from portal.core.db import Database
from portal.core.ids import new_id
from portal.core.statements import counted
from portal.service_requests.finding import index
from portal.service_requests.models import RequestEntry
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.service_requests.test_customer import ask

Open = Callable[..., Browser]


def test_messages_and_notes_are_found_with_their_passage(browser: Open) -> None:
    wang, li = browser("wang"), browser("li", "en")
    found = ask(wang)
    wang.post(
        f"/service-requests/{found}", {"do": "reply", "reply": "动力电池的热失控报告在附件。"}
    )
    li.post(f"/desk/requests/{found}", {"do": "note", "note": "Laboratory Birkenhain is slow"})
    page = li.get("/desk/search?q=热失控")
    assert "<mark>热失控</mark>" in page and f"/desk/requests/{found}" in page
    assert "<mark>birken</mark>".casefold() in li.get("/desk/search?q=birken").html.casefold()
    assert "Nothing found" in li.get("/desk/search?q=birken&scope=customer")
    assert "Nothing found" in li.get("/desk/search?q=birken&state=done")
    assert "Nothing found" in li.get("/desk/search?q=热失控+Nichts")


def test_a_number_leads_to_its_request(browser: Open) -> None:
    wang, li = browser("wang"), browser("li", "en")
    found = ask(wang)
    for number in ("SR-00001", "sr1", "#1", "00001"):
        answer = li.get(f"/desk/search?q={number.replace('#', '%23')}")
        assert answer.status == 303 and answer.location.endswith(found), number
    assert li.get("/desk/search?q=SR-00077").status == 200


def test_companies_are_found_by_name(browser: Open) -> None:
    ask(browser("wang"))
    page = browser("li", "en").get("/desk/search?q=华能")
    assert "Companies:" in page or "Nothing found" in page


def test_only_the_desk_searches(browser: Open) -> None:
    assert browser("wang", "en").get("/desk/search?q=x").status == 404


def test_what_was_written_past_the_portal_is_taken_in(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    found, li = ask(browser("wang")), browser("li", "en")
    row = {
        "id": new_id(),
        "request_id": found,
        "party": "customer",
        "internal": False,
        "detail": {},
        "body": "Nachtrag zur Homologation",
        "locale": "de",
        "created_at": clock.now(),
    }
    with database.transaction() as session:
        session.execute(insert(RequestEntry), [row])
        session.execute(text("DELETE FROM request_words"))
    assert "Nothing found" in li.get("/desk/search?q=Homologation")
    assert index.complete(database) == 2
    assert index.complete(database) == 0
    assert "<mark>Homologation</mark>" in li.get("/desk/search?q=Homologation")


def test_more_hits_need_no_more_statements(browser: Open, database: Database) -> None:
    wang, li = browser("wang"), browser("li", "en")
    counts = []
    for _ in range(2):
        for _ in range(3):
            found = ask(wang)
            wang.post(f"/service-requests/{found}", {"do": "reply", "reply": "Prüfstand belegt"})
        with counted(database) as seen:
            li.get("/desk/search?q=prüfstand")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize(
    "path",
    [
        *("/desk/search?q=", "/desk?q=", "/desk/barriers?q=", "/desk/partners?q="),
        *("/desk/referrals?q=", "/desk/users?q=", "/desk/thesaurus?q="),
    ],
)
def test_what_no_keyboard_types_fails_nothing(browser: Open, path: str) -> None:
    admin = browser("admin", "en")
    for odd in ("a%00b", "%00", "%E7%94%B5%00", "%22%00", "%1b%0a"):
        assert admin.get(path + odd).status == 200, odd


def test_customers_filter_with_anything(browser: Open) -> None:
    assert browser("wang").get("/service-requests?q=a%00b").status == 200
