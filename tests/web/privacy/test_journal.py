"""Who of the base looked at what, and sign-ins that failed: noted without holding anybody up."""

import sqlite3

import pytest

from portal.core.journal import Journal
from portal.core.statements import counted
from portal.privacy import binding
from portal.service_requests.models import ServiceRequest
from portal.web.app import Portal
from tests.support.people import Person
from tests.web.privacy.world import Open


@pytest.fixture
def request_id(app: Portal, people: dict[str, Person]) -> str:
    with app.database.transaction() as session:
        row = ServiceRequest(number=7, service="CERT", company_id=people["wang"].org_id,
                             title="Zertifikat", locale="en",
                             assignee_id=people["zhao"].id)  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def test_the_company_sees_by_role_and_day_who_looked(
    app: Portal, browser: Open, request_id: str
) -> None:
    agent, supervisor = browser("li", locale="en"), browser("zhao", locale="en")
    for _ in range(3):
        assert agent.get(f"/desk/requests/{request_id}").status == 200
    supervisor.get(f"/desk/requests/{request_id}")
    binding.bind(app.database, app.journal)
    page = browser("wang", locale="en").get("/account/privacy")
    assert page.html.count("Service requests: 1") == 2
    assert "Agent (1 person)" in page and "Other work of the base" in page
    assert "Supervisor (1 person)" in page and "In charge of the request" in page
    assert ">Li<" not in page, "nobody of the staff is named"
    assert "Service requests: 1" not in browser("chen", locale="en").get("/account/privacy")
    assert [view.times for view in app.journal.views_by(_id(app, "li"))] == [3]


def _id(app: Portal, name: str) -> str:
    from portal.accounts import queries

    with app.database.reading() as session:
        user = queries.user_by_email(session, f"{name}@test.example")
        assert user is not None
        return user.id


def test_looking_takes_no_statement_and_waits_for_nobody(
    app: Portal, browser: Open, request_id: str
) -> None:
    agent, path = browser("li"), f"/desk/requests/{request_id}"
    agent.get(path)
    with counted(app.database) as seen:
        agent.get(path)
    assert len(seen) <= 12
    holding = sqlite3.connect(app.journal.path, isolation_level=None)
    holding.execute("BEGIN IMMEDIATE")
    try:
        assert agent.get(path).status == 200
    finally:
        holding.rollback()
        holding.close()


def test_what_is_refused_or_read_by_members_is_not_noted(
    app: Portal, browser: Open, request_id: str
) -> None:
    browser("meyer").get(f"/desk/requests/{request_id}")
    browser("li").get("/desk/requests/absent")
    assert app.journal.unbound() == []


def test_failed_sign_ins_are_noted_without_what_was_typed(
    app: Portal, browser: Open, people: dict[str, Person]
) -> None:
    visitor = browser()
    for email in ("wang@test.example", "stranger@else.example"):
        visitor.post("/sign-in", {"email": email, "password": "canarypassword"})
    known, strange = _events(app.journal)
    assert (known[1], known[2], known[3]) == ("sign-in.failed", people["wang"].id, None)
    assert strange[2] is None and strange[3] == app.journal.subject("stranger@else.example")
    raw = b"".join(p.read_bytes() for p in app.settings.instance.glob("journal.sqlite3*"))
    assert b"canarypassword" not in raw and b"stranger@else" not in raw
    assert "Failed tries with your address" in browser("wang", locale="en").get("/account/privacy")


def _events(journal: Journal) -> list[tuple[str | None, ...]]:
    with sqlite3.connect(journal.path) as connection:
        rows = list(connection.execute("SELECT * FROM security_event ORDER BY rowid"))
    connection.close()
    return rows


def test_withdrawn_digests_are_not_sent(app: Portal, browser: Open) -> None:
    person = browser("meyer")
    assert person.post("/account/privacy/consents/digests", {"given": "0"}).status == 303
    assert person.post("/account/privacy/consents/anything", {"given": "1"}).status == 404
