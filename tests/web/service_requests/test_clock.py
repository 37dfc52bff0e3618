"""The clocks of a request: started, standing still, answered, set anew, and told of in time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from portal.accounts.models import ApiToken, Notice
from portal.accounts.queries import token_hash
from portal.core import i18n
from portal.core.db import Database
from portal.service_requests import clock_views, jobs, queries, services
from portal.service_requests.clock_views import ClockView
from portal.service_requests.filtering import Filters
from portal.service_requests.models import RequestEntry, RequestPause, ServiceRequest
from portal.web.app import Portal
from tests.web.service_requests.acts import HOUR, MONDAY, Desk, desk, words

DAY = timedelta(days=1)
# What AFTER promises: a reply in 4 working hours, a plan in 3 working days of 8.
NOON_BREAK = HOUR


def view(d: Desk, request: ServiceRequest, name: str) -> ClockView:
    found = queries.request_for(d.session, d.actor("li"), request.id)
    return next(v for v in clock_views.views(d.session, found) if v.name == name)


def watch(database: Database, at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        jobs.watch_clocks(database)


def told(database: Database, kind: str) -> int:
    with database.reading() as session:
        query = select(func.count()).select_from(Notice).where(Notice.kind.startswith(kind))
        return session.execute(query).scalar_one()


def test_both_clocks_start_with_the_request_in_working_time(database: Database) -> None:
    with desk(database) as d:
        request = d.ask()
        assert request.first_reply_due == MONDAY + 4 * HOUR + NOON_BREAK
        assert request.plan_due == MONDAY + 2 * DAY + 9 * HOUR
        assert request.next_due == request.first_reply_due


def test_a_request_on_a_holiday_begins_to_count_after_it(database: Database) -> None:
    spring_festival = datetime(2026, 2, 17, 2, 0, tzinfo=UTC)
    with desk(database, spring_festival) as d:
        # the 14th and 28th were made up for, work goes on on Tuesday the 24th
        assert d.ask().first_reply_due == datetime(2026, 2, 24, 6, 0, tzinfo=UTC)


def test_a_make_up_saturday_counts(database: Database) -> None:
    saturday = datetime(2026, 2, 28, 1, 0, tzinfo=UTC)
    with desk(database, saturday) as d:
        assert d.ask().first_reply_due == saturday + 5 * HOUR


def test_only_a_public_word_of_a_person_at_the_base_is_a_first_reply(database: Database) -> None:
    with desk(database) as d:
        request = d.ask()
        d.begin(request)
        services.note(d.session, d.actor("li"), request.id, words("among us"))
        services.reply(d.session, d.actor("meyer"), request.id, words("more"))
        assert request.first_reply_at is None
    with desk(database, MONDAY + HOUR) as d:
        services.reply(d.session, d.actor("li"), request.id, words("hello"))
        found = d.find(request.id)
        assert found.first_reply_at == MONDAY + HOUR and found.first_reply_due is None
        assert not found.first_reply_breached and found.next_due == found.plan_due
        assert view(d, found, "first_reply").state == "met"


def test_a_late_reply_stays_a_breach(database: Database) -> None:
    with desk(database) as d:
        request = d.ask()
    with desk(database, MONDAY + DAY) as d:
        services.reply(d.session, d.actor("li"), request.id, words("sorry"))
        services.set_priority(d.session, d.actor("li"), request.id, "P4")
        assert d.find(request.id).first_reply_breached
        assert view(d, request, "first_reply").tone == "breached"


@pytest.mark.parametrize("kind", ["customer", "partner"])
def test_waiting_stops_the_clock_and_shifts_what_is_due(database: Database, kind: str) -> None:
    with desk(database) as d:
        request = d.ask()
        d.begin(request)
    due = request.plan_due
    assert due is not None
    with desk(database, MONDAY + HOUR) as d:
        d.do("li", request, f"ask_{kind}", "one question")
        found = d.find(request.id)
        assert found.plan_due is None and found.next_due is None and found.escalate_at is None
        assert view(d, found, "plan").tone == "paused"
    with desk(database, MONDAY + 8 * DAY + HOUR) as d:
        d.do("li", request, "resume")
        found = d.find(request.id)
        assert found.plan_due == due + 8 * DAY
        (pause,) = view(d, found, "plan").pauses
        assert pause.kind == kind and pause.end == MONDAY + 8 * DAY + HOUR
        assert pause.working == 6 * 8 * HOUR  # six working days of eight hours lie between


def test_nothing_is_due_while_a_broken_promise_waits(database: Database) -> None:
    with desk(database) as d:
        request = d.ask()
        d.begin(request)
    with desk(database, MONDAY + 3 * DAY) as d:
        d.do("li", request, "ask_customer", "which?")
        found = d.find(request.id)
        assert found.next_due is None and found.escalate_at is None
        assert found.first_reply_breached and found.plan_breached
    with desk(database, MONDAY + 4 * DAY) as d:
        d.do("li", request, "resume")
        assert d.find(request.id).plan_due == MONDAY + 2 * DAY + 9 * HOUR


def test_an_answer_of_the_customer_lets_the_clock_run(database: Database) -> None:
    with desk(database) as d:
        request = d.ask()
        d.begin(request)
        d.do("li", request, "ask_customer", "which?")
    with desk(database, MONDAY + DAY) as d:
        services.reply(d.session, d.actor("meyer"), request.id, words("Vielen Dank!"))
        found = d.find(request.id)
        assert found.state == "in_progress" and found.plan_due == MONDAY + 3 * DAY + 9 * HOUR


def test_an_out_of_office_answer_resumes_nothing(database: Database) -> None:
    with desk(database) as d:
        request = d.ask()
        d.begin(request)
        d.do("li", request, "ask_customer", "which?")
        meyer = d.actor("meyer")
        services.reply(d.session, meyer, request.id, words("Ich bin im Urlaub."), automatic=True)
        assert d.find(request.id).state == "waiting_customer"


def test_another_priority_sets_the_target_anew_and_keeps_the_pauses(database: Database) -> None:
    with desk(database) as d:
        request = d.ask()
        d.begin(request)
        d.do("li", request, "ask_customer", "which?")
    with desk(database, MONDAY + DAY) as d:
        d.do("li", request, "resume")
    with desk(database, MONDAY + DAY + HOUR) as d:
        services.set_priority(d.session, d.actor("li"), request.id, "P2")
        # 12 working hours, none of them on the Monday that was waited away
        assert d.find(request.id).plan_due == MONDAY + 2 * DAY + 5 * HOUR
        services.set_service(d.session, d.actor("li"), request.id, "LANG")
        assert d.find(request.id).plan_due == MONDAY + DAY + 5 * HOUR
    with desk(database, MONDAY + DAY + 2 * HOUR) as d:
        services.set_priority(d.session, d.actor("li"), request.id, "P4")
        assert d.find(request.id).plan_due == MONDAY + 2 * DAY + 9 * HOUR
        assert d.session.scalar(select(func.count()).select_from(RequestPause)) == 1


def test_a_plan_is_given_by_its_own_verb(database: Database) -> None:
    with desk(database) as d:
        request = d.ask()
        d.begin(request)
        services.give_plan(d.session, d.actor("li"), request.id, "partner", words("TÜV Süd"))
        found = d.find(request.id)
        assert found.plan_at == found.first_reply_at == MONDAY
        assert found.next_due is None and found.escalate_at is None


def test_what_is_opened_again_is_owed_an_answer(database: Database) -> None:
    with desk(database) as d:
        request = d.ask()
        d.begin(request)
        d.do("li", request, "resolve", "done")
        assert request.next_due is None
    with desk(database, MONDAY + 7 * DAY) as d:
        services.reply(d.session, d.actor("meyer"), request.id, words("Das Zeugnis ist falsch."))
        found = d.find(request.id)
        assert found.state == "reopened"
        assert found.next_due == MONDAY + 7 * DAY + 5 * HOUR
        assert view(d, found, "again").state == "running"
        services.reply(d.session, d.actor("li"), request.id, words("we look at it"))
        assert d.find(request.id).next_due is None


def test_each_step_of_the_ladder_is_told_once(database: Database) -> None:
    with desk(database) as d:
        request = d.ask()
        services.assign(d.session, d.actor("li"), request.id, d.actor("li").user_id or "")
    expected = [
        (2 * HOUR, {}),
        (4 * HOUR, {"warning": 1}),
        (5 * HOUR, {"warning": 1, "breach": 2}),
        (6 * HOUR, {"warning": 1, "breach": 2}),
        (7 * HOUR, {"warning": 1, "breach": 2, "late": 3}),
        (8 * HOUR, {"warning": 1, "breach": 2, "late": 3}),
    ]
    for after, counts in expected:
        for _ in range(2):
            watch(database, MONDAY + after)
        for step in ("warning", "breach", "late"):
            wanted = counts.get(step, 0)
            assert told(database, f"clock.first_reply.{step}") == wanted, (after, step)
    with database.reading() as session:
        assert session.get_one(ServiceRequest, request.id).first_reply_breached
        events = select(func.count()).where(RequestEntry.event == "escalated")
        assert session.execute(events).scalar_one() == 3


def test_a_sleeping_worker_tells_only_the_highest_step(database: Database) -> None:
    with desk(database) as d:
        d.ask()
    watch(database, MONDAY + DAY)
    assert told(database, "clock.first_reply.late") == 2  # supervisor and administrator
    assert told(database, "clock.first_reply") == 2


def test_a_jump_of_the_clock_loses_nothing_and_repeats_nothing(database: Database) -> None:
    with desk(database) as d:
        request = d.ask()
        d.begin(request)
    watch(database, MONDAY + DAY)  # the clock jumped ahead
    told_ahead = told(database, "clock.")
    assert told_ahead > 0
    with desk(database, MONDAY + DAY + HOUR) as d:
        d.do("li", request, "ask_customer", "which?")
    with desk(database, MONDAY + HOUR) as d:  # and back
        d.do("li", request, "resume")
        found = d.find(request.id)
        assert found.plan_due == MONDAY + 2 * DAY + 9 * HOUR
        assert not found.plan_breached
    for hours in range(1, 9):
        watch(database, MONDAY + hours * HOUR)
    assert told(database, "clock.") == told_ahead
    watch(database, MONDAY + 3 * DAY)
    assert told(database, "clock.plan.breach") > 0


def test_steps_come_again_only_for_a_longer_time(database: Database) -> None:
    with desk(database) as d:
        request = d.ask()
        services.assign(d.session, d.actor("li"), request.id, d.actor("li").user_id or "")
    watch(database, MONDAY + 4 * HOUR)
    with desk(database, MONDAY + 4 * HOUR) as d:
        services.set_priority(d.session, d.actor("li"), request.id, "P4")
    watch(database, MONDAY + 5 * HOUR)
    assert told(database, "clock.first_reply.warning") == 1
    watch(database, MONDAY + 8 * HOUR)
    assert told(database, "clock.first_reply.warning") == 2


def test_promises_are_in_the_requesters_zone_and_in_the_bases(
    database: Database, mails: Callable[[], list[str]]
) -> None:
    with desk(database) as d:
        request = d.ask(timezone="Europe/Berlin")
        shown = view(d, request, "first_reply")
        assert shown.promise == "We reply by Mon, Mar 2, 7:00\u202fAM your time (Europe/Berlin)."
        assert shown.due_base == "Mon, Mar 2, 2:00\u202fPM"
        with i18n.use_locale("zh-Hans", "Asia/Shanghai"):
            assert "3月2日" in view(d, request, "first_reply").due_base
    assert any("2. März" in mail for mail in mails())


def test_lists_read_their_clocks_in_two_statements(database: Database) -> None:
    from portal.core.statements import counted

    with desk(database) as d:
        for _ in range(5):
            d.ask()
        rows = list(d.session.scalars(queries.queue_page(d.actor("li"), Filters(), 10, 0)).unique())
        with counted(database) as seen:
            views = clock_views.views_of(d.session, rows)
        assert len(views) == 5 and len(seen) <= 2


def test_the_api_shows_due_times_and_pauses(app: Portal, database: Database) -> None:
    with desk(database) as d:
        request = d.ask()
        d.begin(request)
    with desk(database, MONDAY + HOUR) as d:
        d.do("li", request, "ask_customer", "which?")
    with desk(database, MONDAY + 2 * HOUR) as d:
        d.do("li", request, "resume")
        d.session.add(
            ApiToken(
                user_id=d.actor("meyer").user_id,
                name="test",
                token_hash=token_hash("obp_meyer"),
                scopes=["read"],
                last_used_at=MONDAY,
            )
        )
    with time_machine.travel(MONDAY + 3 * HOUR, tick=False):
        answer = app.test_client().get(
            f"/api/v1/service-requests/{request.id}", headers={"Authorization": "Bearer obp_meyer"}
        )
    shown = answer.get_json()
    assert shown["plan_due"] == "2026-03-05T02:00:00Z" == shown["next_due"]
    assert [(c["name"], c["state"], c["in_time"]) for c in shown["clocks"]] == [
        ("first_reply", "met", True),
        ("plan", "running", None),
    ]
    (pause,) = shown["pauses"]
    assert pause == {
        "kind": "customer",
        "from": "2026-03-02T02:00:00Z",
        "to": "2026-03-02T03:00:00Z",
        "working_minutes": 60,
    }
