"""The checklist of a request: copied, ticked off, added to, and asked about before resolving."""

from collections.abc import Callable

from sqlalchemy import delete, select

from portal.core.db import Database
from portal.core.statements import counted
from portal.service_requests import catalogue
from portal.service_requests.models import RequestCheck
from tests.support.client import Browser
from tests.web.desk.test_requests import state, step, take, version
from tests.web.service_requests.test_customer import ask

Open = Callable[..., Browser]


def rows(database: Database, found: str) -> list[RequestCheck]:
    with database.reading() as session:
        query = select(RequestCheck).where(RequestCheck.request_id == found)
        return list(session.scalars(query.order_by(RequestCheck.place)))


def change(staff: Browser, found: str, place: int, name: str) -> int:
    return staff.post(f"/desk/requests/{found}/checks/{place}/{name}").status


def test_lines_are_copied_and_ticked_with_who_and_when(browser: Open, database: Database) -> None:
    found, li = ask(browser("wang")), browser("li", "en")
    lines = catalogue.get("CERT").checklist
    assert [row.texts["en"] for row in rows(database, found)] == [str(line) for line in lines]
    assert change(li, found, 1, "done") == 303
    page = li.get(f"/desk/requests/{found}")
    assert page.html.count('aria-checked="true"') == 1
    assert f"1 of {len(lines)} done" in page
    first = rows(database, found)[0]
    assert first.done_by_id and first.done_at
    assert change(li, found, 1, "open") == 303
    assert rows(database, found)[0].done_at is None


def test_own_lines_are_added_and_removed(browser: Open, database: Database) -> None:
    found, li = ask(browser("wang")), browser("li", "en")
    path = f"/desk/requests/{found}/checks"
    assert li.post(path, {"check": "Rückruf bei Herrn Wang"}).status == 303
    assert li.post(path, {"check": " "}).status == 422
    assert "Rückruf bei Herrn Wang" in li.get(f"/desk/requests/{found}")
    own = rows(database, found)[-1]
    assert not own.required
    assert change(li, found, 1, "remove") == 409
    assert change(li, found, own.place, "remove") == 303
    assert change(li, found, own.place, "remove") == 404


def test_resolving_with_open_lines_is_asked_once_more(browser: Open, database: Database) -> None:
    found, li = ask(browser("wang")), browser("li", "en")
    take(li, found)
    sent = {"do": "resolve", "reply": "All tests passed.", "version": version(li, found)}
    page = li.post(f"/desk/requests/{found}", sent)
    assert page.status == 409 and "All tests passed." in page
    assert "points of the checklist are still open" in page
    assert li.post(f"/desk/requests/{found}", {**sent, "anyway": "1"}).status == 303
    assert state(database, found) == "resolved"


def test_a_finished_list_does_not_ask(browser: Open, database: Database) -> None:
    found, li = ask(browser("wang")), browser("li", "en")
    take(li, found)
    for row in rows(database, found):
        change(li, found, row.place, "done")
    step(li, found, "resolve", reply="Done.")
    assert state(database, found) == "resolved"


def test_another_service_brings_its_own_lines(browser: Open, database: Database) -> None:
    found, li = ask(browser("wang")), browser("li", "en")
    change(li, found, 1, "done")
    data = {"service": "QMS", "version": version(li, found)}
    assert li.post(f"/desk/requests/{found}/handling/service", data).status == 303
    now = rows(database, found)
    assert [row.service for row in now] == ["CERT", *["QMS"] * (len(now) - 1)]


def test_a_request_without_lines_gets_them_with_the_first_tick(
    browser: Open, database: Database
) -> None:
    found, li = ask(browser("wang")), browser("li", "en")
    with database.transaction() as session:
        session.execute(delete(RequestCheck))
    assert "0 of " in li.get(f"/desk/requests/{found}")
    assert rows(database, found) == []
    assert change(li, found, 2, "done") == 303
    assert [bool(row.done_at) for row in rows(database, found)][:3] == [False, True, False]


def test_more_lines_need_no_more_statements(browser: Open, database: Database) -> None:
    found, li = ask(browser("wang")), browser("li", "en")
    counts = []
    for _ in range(2):
        for n in range(5):
            li.post(f"/desk/requests/{found}/checks", {"check": f"line {n}"})
        change(li, found, 1, "done")
        li.get(f"/desk/requests/{found}")
        with counted(database) as seen:
            li.get(f"/desk/requests/{found}")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12
