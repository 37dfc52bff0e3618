"""Verification: ask, show papers, decide by two people, expire, and lose it with the identity."""

import io
import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.rules import actor_of
from portal.companies.models import Company
from portal.companies.verification import jobs, levels, rules
from portal.companies.verification.levels import Finding
from portal.companies.verification.models import (
    AppendOnly,
    VerificationCheck,
    VerificationDocument,
    VerificationRequest,
)
from portal.companies.verification.services import requests
from portal.companies.verification.standing import DOCUMENTS, LISTED, VISITED, standing_of
from portal.core import clock
from portal.core.access import Actor
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden
from tests.support.client import Browser
from tests.support.people import Person

Open = Callable[..., Browser]
People = dict[str, Person]


def acting(session: Session, person: Person) -> Actor:
    user = accounts.user(session, person.id)
    assert user is not None
    return actor_of(user)


def finding(**more: object) -> Finding:
    facts = {
        "valid_until": clock.now().date() + timedelta(days=300),
        "not_checked": ["finances"],
        "visited_on": clock.now().date(),
        "visitors": "Li, Zhao",
        "seen": "Two lines at work.",
    }
    return Finding(**{**facts, **more})  # type: ignore[arg-type]


def request_of(database: Database) -> VerificationRequest:
    with database.reading() as session:
        return session.scalars(
            select(VerificationRequest).order_by(VerificationRequest.created_at.desc())
        ).first()  # type: ignore[return-value]


def ask(supplier: Browser, level: str = DOCUMENTS, **more: object) -> None:
    data = {"level": level, "message": "请核验", **more}
    assert supplier.post("/company/verification/request", data).status == 303


def path_of(row: VerificationRequest) -> str:
    return f"/desk/verification/verification_request/{row.id}"


def decide(staff: Browser, row: VerificationRequest, step: str, **more: object) -> int:
    today = clock.now().date()
    data = {
        "transition": step,
        "version": str(row.version),
        "not_checked": ["finances", "bank"],
        "valid_until": (today + timedelta(days=300)).isoformat(),
        "visited_on": today.isoformat(),
        "visitors": "Li",
        "seen": "Two lines at work.",
        "note": "",
        **more,
    }
    return staff.post(path_of(row), data).status


def level(database: Database, company_id: str | None) -> str:
    with database.reading() as session:
        return session.get_one(Company, company_id).verification_level


def grant(database: Database, people: People, reached: str = VISITED) -> None:
    """Have Wang's company checked by the verbs."""
    with database.transaction() as session:
        company = session.get_one(Company, people["wang"].org_id)
        levels.grant(session, company, DOCUMENTS, finding(), people["li"].id)
        if reached == VISITED:
            levels.grant(session, company, VISITED, finding(), people["li"].id, people["zhao"].id)


def test_documents_are_sent_checked_and_shown(
    browser: Open, database: Database, people: People, mails: Callable[[], list[str]]
) -> None:
    wang, li = browser("wang"), browser("li")
    assert "Listed, not checked" in wang.get("/company/verification")
    ask(wang)
    row = request_of(database)
    assert row.state == "claimed"
    sent = {"version": str(row.version), "documents": (io.BytesIO(b"licence"), "licence.txt")}
    assert wang.post(f"/company/verification/requests/{row.id}/documents", sent).status == 303
    assert "licence.txt" in wang.get("/company/verification")
    assert "苏州华能电驱" in li.get("/desk/verification")
    assert "licence.txt" in li.get(path_of(row))
    row = request_of(database)
    assert decide(li, row, "grant", not_checked=[]) == 422
    assert decide(li, row, "grant", valid_until="2020-01-01") == 422
    assert decide(li, row, "grant") == 303
    assert level(database, people["wang"].org_id) == DOCUMENTS
    page = browser().get(f"/companies/{people['wang'].org_id}")
    for text in ("Documents checked by the base", "Financial strength", "counts until"):
        assert text in page
    assert any("wang@" in mail and "/company/verification" in mail for mail in mails())


def test_papers_are_for_the_company_and_the_base(browser: Open, database: Database) -> None:
    ask(browser("wang"), documents=(io.BytesIO(b"licence"), "licence.txt"))
    with database.reading() as session:
        paper = session.scalars(select(VerificationDocument.id)).one()
    for name in ("wang", "sun", "li"):
        assert browser(name).get(f"/verification/documents/{paper}").status == 200
    for name in ("chen", "meyer", "hoffmann"):
        assert browser(name).get(f"/verification/documents/{paper}").status == 404
    assert browser().get(f"/verification/documents/{paper}").status == 303


def test_a_visit_needs_a_second_person(browser: Open, database: Database, people: People) -> None:
    grant(database, people, DOCUMENTS)
    wang, li, zhao = browser("wang"), browser("li"), browser("zhao")
    ask(wang, VISITED)
    assert decide(li, request_of(database), "propose", seen="") == 422
    assert decide(li, request_of(database), "propose") == 303
    row = request_of(database)
    assert "a second person has to confirm it" in li.get(path_of(row))
    assert decide(li, row, "approve") == 403
    assert level(database, people["wang"].org_id) == DOCUMENTS
    assert decide(zhao, row, "approve") == 303
    assert level(database, people["wang"].org_id) == VISITED
    page = browser().get(f"/companies/{people['wang'].org_id}")
    assert "Site visited by the base" in page
    for private in ("Zhao", "Two lines at work"):
        assert private not in page


def test_a_visit_builds_upon_documents(browser: Open) -> None:
    asked = browser("wang").post("/company/verification/request", {"level": VISITED})
    assert asked.status == 422


def test_of_parallel_confirmations_one_counts_and_never_the_proposers(
    database: Database, people: People
) -> None:
    grant(database, people, DOCUMENTS)
    with database.transaction() as session:
        wang, li = acting(session, people["wang"]), acting(session, people["li"])
        row = requests.ask(session, wang, requests.Ask(VISITED, ""))
        requests.decide(session, li, row.id, "propose", finding=finding())
        version = row.version
    outcomes: list[str] = []

    def approve(name: str) -> None:
        try:
            with database.transaction() as session:
                actor = acting(session, people[name])
                requests.decide(session, actor, row.id, "approve", version=version)
            outcomes.append(f"{name} done")
        except (Forbidden, Conflict) as error:
            outcomes.append(f"{name} {type(error).__name__}")

    names = ["li", "li", "zhao", "zhao", "admin", "admin", "li", "zhao"]
    threads = [threading.Thread(target=approve, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(outcome.endswith("done") for outcome in outcomes) == 1
    assert not any(outcome == "li done" for outcome in outcomes)
    with database.reading() as session:
        rows = session.scalars(
            select(VerificationCheck).where(VerificationCheck.level == VISITED)
        ).all()
    assert len(rows) == 1
    assert rows[0].checker_id == people["li"].id != rows[0].approver_id


def test_the_database_itself_asks_for_two_people(database: Database, people: People) -> None:
    for approver in (None, people["li"].id):
        with pytest.raises(IntegrityError), database.transaction() as session:
            company = session.get_one(Company, people["wang"].org_id)
            levels.grant(session, company, VISITED, finding(), people["li"].id, approver)


def test_findings_are_never_changed(database: Database, people: People) -> None:
    grant(database, people)
    with pytest.raises(AppendOnly), database.transaction() as session:
        row = session.scalars(select(VerificationCheck)).first()
        assert row is not None
        row.level = VISITED
        row.valid_until = date(2099, 1, 1)


def test_what_expires_falls_back_to_what_counts() -> None:
    papers, visit = (date(2026, 6, 1), date(2027, 6, 1)), (date(2025, 1, 1), date(2027, 1, 1))
    assert standing_of(papers, visit, date(2027, 1, 1)).level == VISITED
    assert standing_of(papers, visit, date(2027, 1, 2)).level == DOCUMENTS
    assert standing_of(papers, visit, date(2027, 6, 2)).level == LISTED
    assert standing_of((None, None), visit, date(2026, 1, 1)).level == VISITED


def test_reminders_come_four_times_then_there_is_silence(
    database: Database, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant(database, people, DOCUMENTS)
    start, end = clock.now(), clock.now().date() + timedelta(days=300)
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(
        jobs, "tell_company", lambda _s, _c, step, once, **more: sent.append((step, once))
    )
    for day in range(205, 310):
        monkeypatch.setattr(clock, "now", lambda day=day: start + timedelta(days=day))
        with database.transaction() as session:
            jobs.remind(session)
    assert len({once for _step, once in sent}) == len(rules.REMINDERS)
    steps = {91: None, 90: 90, 31: 90, 30: 30, 8: 30, 7: 7, 1: 7, 0: 0}
    assert {d: rules.due_reminder(end, end - timedelta(days=d)) for d in steps} == steps
    assert rules.due_reminder(end, end + timedelta(days=1)) is None


def test_reminders_reach_inbox_and_mail_once(
    browser: Open, database: Database, people: People, mails: Callable[[], list[str]]
) -> None:
    with database.transaction() as session:
        company = session.get_one(Company, people["smith"].org_id)
        soon = clock.now().date() + timedelta(days=30)
        levels.grant(session, company, DOCUMENTS, finding(valid_until=soon), people["li"].id)
    for _day in range(2):
        jobs.remind_all(database)
    assert sum("ends in 30 days" in mail for mail in mails()) == 1
    assert "ends in 30 days" in browser("smith").get("/account/notices")


def test_another_head_office_costs_the_level(
    browser: Open, database: Database, people: People
) -> None:
    grant(database, people)
    company = people["wang"].org_id
    wang = browser("wang")
    form = {
        "version": "1",
        "original": "zh-Hans",
        "texts-0-locale": "zh-Hans",
        "texts-0-name": "苏州华能电驱有限公司",
        "texts-0-description": "电驱。",
        "sites-0-role": "HQ",
        "sites-0-country": "CN",
        "sites-0-city": "上海",
        "sites-0-address": "浦东路1号",
    }
    warned = wang.post("/company/edit", form)
    assert warned.status == 422
    assert "only listed" in warned
    assert level(database, company) == VISITED
    assert wang.post("/company/edit", {**form, "drop_level": "y"}).status == 303
    assert level(database, company) == LISTED
    again = {**form, "version": "2", "sites-0-address": "浦东路 1号", "founded": "2001"}
    grant(database, people)
    assert wang.post("/company/edit", again).status == 303
    assert level(database, company) == VISITED


def test_staff_withdraw_what_proved_wrong(
    browser: Open, database: Database, people: People
) -> None:
    grant(database, people)
    company = people["wang"].org_id
    path = f"/desk/verification/companies/{company}/withdraw"
    assert browser("li").post(path, {"note": ""}).status == 422
    assert browser("li").post(path, {"note": "forged licence"}).status == 303
    assert level(database, company) == LISTED
    assert "Withdrawn by the base" in browser("wang").get("/company/verification")


def test_only_one_request_at_a_time(browser: Open) -> None:
    wang = browser("wang")
    ask(wang)
    assert wang.post("/company/verification/request", {"level": DOCUMENTS}).status == 409
