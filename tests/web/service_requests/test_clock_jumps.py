"""The machine's clock jumps a day ahead or back: what was due comes, once; nothing is lost."""

from datetime import UTC, datetime, timedelta

import time_machine
from sqlalchemy import func, select

from portal.accounts.models import Notice
from portal.core import clock, jobs
from portal.core.db import Database
from portal.core.models import Job
from portal.service_requests import jobs as request_jobs
from portal.service_requests import services
from portal.service_requests.models import Referral, RequestEntry, ServiceRequest
from portal.service_requests.partners import referrals
from portal.service_requests.partners.referrals import ReferralInput
from portal.service_requests.services import Step
from tests.support.people import Person
from tests.web.service_requests.acts import HOUR, MONDAY, Desk, desk, words

DAY = timedelta(days=1)
# Where the laboratory of the tests is: a Monday morning at nine.
BERLIN = datetime(2026, 3, 2, 8, tzinfo=UTC)


def close_at(database: Database, moment: datetime, request: str) -> str:
    """The state after the portal looked for what may be closed."""
    with time_machine.travel(moment, tick=False):
        request_jobs.close_solved(database)
    with database.reading() as session:
        return session.get_one(ServiceRequest, request).state


def solved(d: Desk) -> str:
    request = d.ask()
    d.begin(request)
    d.do("li", request, "resolve", "done")
    return request.id


def closings(database: Database, request: str) -> int:
    with database.reading() as session:
        moved = select(RequestEntry).where(
            RequestEntry.request_id == request, RequestEntry.event == "moved"
        )
        return sum(entry.detail["step"] == "close" for entry in session.scalars(moved))


def test_a_solved_request_closes_once_though_the_clock_goes_back(database: Database) -> None:
    with desk(database) as d:
        request = solved(d)
    assert close_at(database, MONDAY + 6 * DAY, request) == "resolved"
    assert close_at(database, MONDAY + 7 * DAY, request) == "closed"  # a day too early
    assert close_at(database, MONDAY + 6 * DAY, request) == "closed"
    assert close_at(database, MONDAY + 8 * DAY, request) == "closed"
    assert closings(database, request) == 1


def test_who_was_closed_too_early_may_object_and_is_closed_again(database: Database) -> None:
    with desk(database) as d:
        request = solved(d)
    assert close_at(database, MONDAY + 7 * DAY, request) == "closed"
    with desk(database, MONDAY + 6 * DAY) as d:
        services.reply(d.session, d.actor("meyer"), request, words("A page is missing."))
        found = d.find(request)
        assert found.state == "reopened" and found.closed_at is None
        d.do("li", found, "start")
        d.do("li", found, "resolve", "with all pages")
    assert close_at(database, MONDAY + 12 * DAY, request) == "resolved"
    assert close_at(database, MONDAY + 13 * DAY, request) == "closed"
    assert closings(database, request) == 2


def test_what_was_solved_by_a_clock_ahead_closes_in_the_end(database: Database) -> None:
    with desk(database, MONDAY + DAY) as d:
        request = solved(d)
    assert close_at(database, MONDAY, request) == "resolved"  # before it was solved, it seems
    assert close_at(database, MONDAY + 7 * DAY, request) == "resolved"
    assert close_at(database, MONDAY + 8 * DAY, request) == "closed"


def test_a_clock_that_goes_back_delays_a_warning_and_does_not_lose_it(database: Database) -> None:
    with desk(database) as d:
        d.ask()
    for moment in (-DAY, -DAY + 5 * HOUR, 5 * HOUR):
        with time_machine.travel(MONDAY + moment, tick=False):
            request_jobs.watch_clocks(database)
        assert (told(database, "clock.first_reply") > 0) is (moment > timedelta(0)), moment


def told(database: Database, kind: str, person: Person | None = None) -> int:
    """How many lines of a kind people got, or this person did."""
    query = select(func.count()).select_from(Notice).where(Notice.kind.startswith(kind))
    if person:
        query = query.where(Notice.user_id == person.id)
    with database.reading() as session:
        return session.execute(query).scalar_one()


def referred(database: Database, people: dict[str, Person]) -> str:
    with desk(database, BERLIN) as d:
        request = d.ask(consent_partners=True)
        d.begin(request)
        asked = ReferralInput([people["hoffmann"].org_id or ""], "Test", words("When?"))
        return referrals.refer(d.session, d.actor("li"), request.id, asked)[0].id


def remind(database: Database, moment: datetime) -> None:
    with time_machine.travel(moment, tick=False), database.transaction() as session:
        referrals.remind(session)


def reminded(database: Database, person: Person) -> tuple[int, int]:
    """How often before the time, and after it."""
    return told(database, "referral.due", person), told(database, "referral.late", person)


def due(database: Database, referral: str) -> datetime:
    with database.reading() as session:
        found = session.get_one(Referral, referral).due
    assert found is not None
    return found


def test_partners_are_reminded_once_however_the_clock_jumps(
    database: Database, people: dict[str, Person]
) -> None:
    referral = referred(database, people)
    answer = due(database, referral)
    for moment in (-2 * DAY, -HOUR / 2, -DAY, -HOUR / 2, HOUR, -DAY, HOUR):
        remind(database, answer + moment)
    assert reminded(database, people["hoffmann"]) == (1, 1)
    with desk(database, answer - DAY) as d:  # the clock is a day behind when the answer comes
        referrals.act(d.session, d.actor("hoffmann"), referral, Step("accept", None, words()))
    result = due(database, referral)
    for moment in (-HOUR / 2, HOUR, -DAY, HOUR):
        remind(database, result + moment)
    assert reminded(database, people["hoffmann"]) == (2, 2)


def test_work_of_a_clock_ahead_is_done_when_the_clock_is_right(database: Database) -> None:
    """A mail, queued and half taken up while the clock was wrong."""
    with desk(database, MONDAY + DAY) as d:
        d.ask()
    with time_machine.travel(MONDAY + DAY, tick=False):
        assert jobs.claim(database) is not None  # and this worker dies
    with time_machine.travel(MONDAY, tick=False):
        with database.transaction() as session:
            jobs.release(session)
        jobs.run_ready(database)
    for moment in (MONDAY + DAY, MONDAY + DAY + HOUR):
        with time_machine.travel(moment, tick=False):
            jobs.run_ready(database)
    with time_machine.travel(MONDAY + 2 * DAY, tick=False), database.reading() as session:
        left = select(Job.kind).where(Job.finished_at.is_(None), Job.run_at <= clock.now())
        assert list(session.scalars(left)) == []
