"""Reports: facts kept with every step, pages and files for those who may see them, months."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pypdf
import pytest
import time_machine
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from portal.accounts.models import Notice, User
from portal.core.db import Database
from portal.core.statements import counted
from portal.service_requests import calendars, services
from portal.service_requests.models import MonthlyReport, RequestFact, ServiceRequest
from portal.service_requests.reports import jobs, monthly, paper, reading, rows
from portal.service_requests.reports.periods import Period
from portal.service_requests.reports.reading import Question
from portal.web.app import Portal
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.service_requests.acts import HOUR, MONDAY, desk, words

Open = Callable[..., Browser]
DAY = timedelta(days=1)
MARCH = "?period=own&from=2026-03-01&to=2026-03-31"
LATER = datetime(2026, 4, 20, 4, 0, tzinfo=UTC)
needs_pdf = pytest.mark.skipif(not paper.available(), reason="PDF files cannot be made here")


@pytest.fixture
def solved(database: Database) -> str:
    """Asked on Monday at nine, answered at ten, waited for the customer from eleven to Tuesday at
    nine, resolved on Tuesday at eleven, opened again on Wednesday at nine, resolved at ten."""
    with desk(database, MONDAY) as d:
        request_id = d.ask().id
    with desk(database, MONDAY + HOUR) as d:
        request = d.find(request_id)
        d.begin(request)
        services.reply(d.session, d.actor("li"), request.id, words("I am looking into it."))
    for moment, name, step, body in (
        (MONDAY + 2 * HOUR, "li", "ask_customer", "Which one?"),
        (MONDAY + DAY, "meyer", "answer", "The second."),
        (MONDAY + DAY + 2 * HOUR, "li", "resolve", "Here it is."),
        (MONDAY + 2 * DAY, "meyer", "reopen", "It is not."),
        (MONDAY + 2 * DAY, "li", "start", ""),
        (MONDAY + 2 * DAY + HOUR, "li", "resolve", "Now it is."),
    ):
        with desk(database, moment) as d:
            if step == "answer":
                services.reply(d.session, d.actor(name), request_id, words(body))
            else:
                d.do(name, d.find(request_id), step, body)
    return request_id


def fact(database: Database, request_id: str) -> RequestFact:
    with database.reading() as session:
        return session.get_one(RequestFact, request_id)


def test_facts_follow_every_step(database: Database, solved: str) -> None:
    found = fact(database, solved)
    assert found.outcome == "resolved"
    assert (str(found.opened_on), str(found.ended_on)) == ("2026-03-02", "2026-03-04")
    assert found.reply_minutes == 60
    assert found.plan_minutes == 4 * 60  # two hours on Monday, two on Tuesday
    assert found.customer_minutes == found_between(database, MONDAY + 2 * HOUR, MONDAY + DAY)
    assert found.base_minutes == 5 * 60  # nobody waited while it was solved
    assert (found.partner_minutes, found.reopened, found.phase) == (0, 1, "")


def found_between(database: Database, start: datetime, end: datetime) -> int:
    with database.reading() as session:
        return int(calendars.load(session).between(start, end).total_seconds()) // 60


def test_an_open_request_is_waited_for_until_now(database: Database) -> None:
    with desk(database, MONDAY) as d:
        d.ask()
    with time_machine.travel(MONDAY + 2 * HOUR, tick=False), database.reading() as session:
        (row,) = rows.load(session, Period(date(2026, 3, 1), date(2026, 3, 31)), rows.Narrowed())
    assert (row.base, row.customer, row.partner) == (120, 0, 0)


def test_facts_that_are_missing_are_measured_later(
    database: Database, solved: str, work: Callable[[], int]
) -> None:
    before = vars(fact(database, solved)).copy()
    with database.transaction() as session:
        session.delete(session.get_one(RequestFact, solved))
    with time_machine.travel(LATER, tick=False):
        jobs.look_after(database)
        work()
    after = vars(fact(database, solved))
    assert {k: v for k, v in after.items() if k[0] != "_"} == {
        k: v for k, v in before.items() if k[0] != "_"
    }


def report(browser: Open, name: str, query: str = MARCH) -> Any:
    with time_machine.travel(LATER, tick=False):
        return browser(name).get(f"/desk/reports{query}")


def test_the_page_tells_the_figures_and_how_they_are_counted(browser: Open, solved: str) -> None:
    page = report(browser, "zhao")
    assert page.status == 200
    for text in ("1.0 h", "100%", "Open at the end", "How these figures are counted", "<svg"):
        assert text in page
    assert "(of only 1)" in page


def test_a_period_without_requests_says_so(browser: Open) -> None:
    page = report(browser, "zhao")
    assert "No request was on the desk in this period" in page
    assert '<svg class="chart"' not in page


@pytest.mark.parametrize("narrowed", ["service=LOGI", "market=US", "side=supplier", "team=x"])
def test_filters_leave_out_what_does_not_fit(browser: Open, solved: str, narrowed: str) -> None:
    assert "No request was on the desk" in report(browser, "zhao", f"{MARCH}&{narrowed}")


def test_supervisors_see_everybody_and_agents_themselves(
    browser: Open, database: Database, solved: str, people: dict[str, Person]
) -> None:
    with desk(database, MONDAY) as d:
        d.begin(d.ask("smith"), "zhao")
    by_person = f"{MARCH}&by=person"
    everybody = report(browser, "zhao", by_person)
    assert ">Li</a>" in everybody
    assert ">Zhao</a>" in everybody
    own = report(browser, "li", by_person)
    assert ">Li</a>" in own
    assert "Zhao" not in own.html.split('id="split"')[1]
    assert report(browser, "li", f"{MARCH}&person={people['zhao'].id}").status == 404
    assert report(browser, "li", f"{MARCH}&person={people['li'].id}").status == 200
    with time_machine.travel(LATER, tick=False):
        table = browser("li").get(f"/desk/reports/tables/person.csv{by_person}").html
    assert "Zhao" not in table


@pytest.mark.parametrize("name", ["wang", "meyer", "hoffmann"])
def test_nobody_outside_the_base_sees_reports(browser: Open, name: str) -> None:
    for path in ("", "/tables/summary.csv", "/monthly"):
        assert browser(name).get(f"/desk/reports{path}").status == 404


def test_more_rows_take_no_more_statements(
    browser: Open, app: Portal, database: Database, solved: str
) -> None:
    with time_machine.travel(LATER, tick=False):
        supervisor = browser("zhao")
        supervisor.get(f"/desk/reports{MARCH}")
        with counted(app.database) as few:
            supervisor.get(f"/desk/reports{MARCH}&by=partner")
        with desk(database, MONDAY) as d:
            for _ in range(5):
                d.begin(d.ask("smith"), "zhao")
        with counted(app.database) as many:
            supervisor.get(f"/desk/reports{MARCH}&by=partner")
    assert len(many) == len(few) <= 12


def test_files_hold_the_figures_as_numbers_and_run_nothing(
    browser: Open, database: Database, solved: str
) -> None:
    with database.transaction() as session:
        session.execute(update(User).where(User.name == "Li").values(name="=1+2"))
    with time_machine.travel(LATER, tick=False):
        supervisor = browser("zhao")
        csv = supervisor.get(f"/desk/reports/tables/person.csv{MARCH}").html
        sheet = supervisor.get(f"/desk/reports/tables/person.xlsx{MARCH}").response.data
    lines = csv.splitlines()
    assert lines[0].startswith("\ufeffPerson in charge,Arrived")
    assert lines[1].startswith("'=1+2,1,1,0,1.0,1.0,100.0")
    found = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert found[1][:4] == ["'=1+2", 1.0, 1.0, 0.0]


@pytest.mark.parametrize("path", ["nothing.csv", "summary.pdf", "person.exe"])
def test_unknown_tables_are_not_found(browser: Open, path: str) -> None:
    assert browser("zhao").get(f"/desk/reports/tables/{path}").status == 404


# months


@needs_pdf
def test_a_supervisor_asks_for_a_month_and_downloads_it(
    browser: Open, solved: str, work: Callable[[], int]
) -> None:
    with time_machine.travel(LATER, tick=False):
        supervisor = browser("zhao")
        asked = {"month": "2026-03", "language": "en"}
        assert supervisor.post("/desk/reports/monthly", asked).status == 303
        assert "Waiting to be made" in supervisor.get("/desk/reports/monthly")
        work()
        page = supervisor.get("/desk/reports/monthly")
        path = page.html.split('href="/en/desk/reports/monthly/')[1].split('"')[0]
        answer = supervisor.get(f"/desk/reports/monthly/{path}").response
    assert answer.mimetype == "application/pdf"
    text = _text(answer.data)
    assert "Service desk, report of March 2026" in text
    assert "In March 2026 1 request arrived." in text
    assert "Half of the first replies came within 1.0 h" in text
    assert "Li" not in text.split()


def _text(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


@needs_pdf
def test_the_month_that_is_over_is_reported_once_and_told_to_supervisors(
    database: Database, solved: str, work: Callable[[], int], mails: Callable[[], list[str]]
) -> None:
    with time_machine.travel(LATER, tick=False):
        for _ in range(2):
            jobs.look_after(database)
            work()
        sent = [mail for mail in mails() if "report" in mail]
    with database.reading() as session:
        made = session.scalars(select(MonthlyReport)).all()
        told = session.scalars(select(Notice).where(Notice.kind == "report.monthly")).all()
        people = {session.get_one(User, notice.user_id).staff_role for notice in told}
    assert sorted((row.month, row.locale, row.state) for row in made) == [
        ("2026-03", "en", "done"),
        ("2026-03", "zh-Hans", "done"),
    ]
    assert people == {"supervisor", "administrator"}
    assert len(told) == 2
    assert len(sent) == 2


def test_a_failed_language_does_not_hide_the_other(
    database: Database, solved: str, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever is made last: supervisors hear of the one that is there."""

    def pdf(page: str) -> bytes:
        if 'lang="zh-Hans"' in page:
            raise RuntimeError
        return b"%PDF-1.7"

    monkeypatch.setattr(paper, "available", lambda: True)
    monkeypatch.setattr(paper, "pdf", pdf)
    with time_machine.travel(LATER, tick=False):
        jobs.look_after(database)
        work()
    with database.reading() as session:
        rows = session.scalars(select(MonthlyReport).order_by(MonthlyReport.locale))
        assert [(row.locale, row.state) for row in rows] == [("en", "done"), ("zh-Hans", "failed")]
        assert session.scalars(select(Notice).where(Notice.kind == "report.monthly")).all()


def test_agents_read_monthly_reports_but_make_none(browser: Open, solved: str) -> None:
    with time_machine.travel(LATER, tick=False):
        agent = browser("li")
        assert "Make the report" not in agent.get("/desk/reports/monthly")
        refused = agent.post("/desk/reports/monthly", {"month": "2026-03", "language": "en"})
    assert refused.status == 404


def test_only_months_with_requests_can_be_asked_for(browser: Open, solved: str) -> None:
    with time_machine.travel(LATER, tick=False):
        asked = {"month": "2019-01", "language": "en"}
        assert browser("zhao").post("/desk/reports/monthly", asked).status == 422


def test_a_report_that_fails_says_so(
    database: Database, solved: str, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(paper, "available", lambda: True)
    monkeypatch.setattr(paper, "read", fail)
    with desk(database, LATER) as d:
        monthly.ask(d.session, d.actor("zhao"), "2026-03", "en")
    with time_machine.travel(LATER, tick=False):
        work()
    with database.reading() as session:
        assert session.scalars(select(MonthlyReport.state)).all() == ["failed"]


def test_a_report_tells_of_single_people_only_to_supervisors(
    database: Database, solved: str
) -> None:
    with desk(database, LATER) as d:
        span = Period(date(2026, 3, 1), date(2026, 3, 31))
        for name, own in (("zhao", False), ("admin", False), ("li", True)):
            found = reading.read(d.session, d.actor(name), Question(span))
            assert (found.own is not None) is own
        assert d.session.get_one(ServiceRequest, solved).assignee_id is not None
