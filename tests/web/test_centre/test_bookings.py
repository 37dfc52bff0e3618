"""A booking from the wish to the released result, step by step."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.capabilities.models import Capability
from portal.companies.models import Certificate
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.models import AuditEvent
from portal.evidence import queries as evidence
from portal.evidence import subjects
from portal.service_requests.models import RequestEntry, ServiceRequest
from portal.test_centre import queries, results, rules, samples, services, weeks
from portal.test_centre.models import (
    AppendOnly,
    Booking,
    BookingEvent,
    CustodyEvent,
    Sample,
    SlotUse,
)
from portal.test_centre.samples import CustodyInput, SampleInput
from tests.web.test_centre.acts import Centre

AT_ONCE = 50


def test_a_booking_and_its_service_request_are_made_together(database: Database) -> None:
    with database.transaction() as session:
        booking = Centre(session).ask()
        request = session.get_one(ServiceRequest, booking.request_id)
        assert (request.service, request.capability_id) == ("CERT", booking.capability_id)
        assert request.first_reply_due is not None
        assert request.answers["chip_type"] == "mcu"
        entries = session.scalars(
            select(RequestEntry.event).where(RequestEntry.request_id == request.id)
        ).all()
        assert "test" in entries


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"device": " "}, "device"),
        ({"chip_type": "passive"}, "chip_type"),
        ({"grade": ""}, "grade"),
        ({"lots": 0}, "lots"),
        ({"destructive": False}, "destructive"),
    ],
)
def test_what_cannot_be_tested_is_refused(
    database: Database, wrong: dict[str, object], field: str
) -> None:
    with database.transaction() as session:
        with pytest.raises(Invalid) as refused:
            Centre(session).ask(**wrong)
        assert field in refused.value.errors


def test_nobody_books_for_a_capability_of_others(database: Database) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        centre.wang = centre.chen
        with pytest.raises(NotFound):
            centre.ask()
        centre.wang = centre.sun
        with pytest.raises(Forbidden):
            centre.ask()


def test_an_offer_answers_the_clock_of_the_plan(database: Database) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        booking = centre.offer(centre.ask())
        request = session.get_one(ServiceRequest, booking.request_id)
        assert request.state == "in_progress"
        assert request.plan_at is not None and request.first_reply_at is not None
        assert request.assignee_id == centre.li.user_id


def test_weeks_are_taken_by_confirming_and_given_back_by_cancelling(database: Database) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        booking = centre.offer(centre.ask())
        assert session.scalar(select(func.count()).select_from(SlotUse)) == 0
        services.step(session, centre.wang, booking.id, "confirm")
        assert session.scalar(select(func.count()).select_from(SlotUse)) == 2
        services.step(session, centre.wang, booking.id, "cancel")
        assert session.scalar(select(func.count()).select_from(SlotUse)) == 0
        assert session.get_one(ServiceRequest, booking.request_id).state == "cancelled"


def test_an_offer_that_ran_out_cannot_be_confirmed(database: Database) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        booking = centre.offer(centre.ask())
        booking.valid_until = rules.today() - timedelta(days=1)
        with pytest.raises(Conflict):
            services.step(session, centre.wang, booking.id, "confirm")


def test_of_fifty_who_confirm_one_place_at_once_one_gets_it(database: Database) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        ids = [centre.offer(centre.ask()).id for _number in range(AT_ONCE)]
        wang = centre.wang
    gate = threading.Barrier(AT_ONCE)

    def confirm(booking_id: str) -> bool:
        gate.wait()
        try:
            with database.transaction() as session:
                services.step(session, wang, booking_id, "confirm")
        except Exception:  # too late, or the writers before took too long
            return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        won = sum(pool.map(confirm, ids))
    assert won == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SlotUse)) == 2
        states = session.scalars(select(Booking.state).where(Booking.state == "confirmed")).all()
        assert len(states) == 1


def test_the_table_itself_takes_no_place_twice(database: Database) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        first, second = centre.confirmed(), centre.ask()
        use = session.scalars(select(SlotUse).where(SlotUse.booking_id == first.id)).first()
        assert use is not None
        slot, place = use.slot_id, use.place
        session.expunge(use)
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(SlotUse(slot_id=slot, place=place, booking_id=second.id))
            session.flush()


def test_a_move_can_be_undone_and_frees_the_former_weeks(database: Database) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        booking = centre.confirmed()
        later = centre.monday + timedelta(weeks=6)
        services.move(session, centre.li, booking.id, centre.line.id, later)
        row = queries.calendar(session, centre.monday)[0]
        assert [week.used for week in row.weeks[:8]] == [0, 0, 0, 0, 0, 0, 1, 1]
        services.undo_move(session, centre.li, booking.id)
        assert booking.first_week == centre.monday
        row = queries.calendar(session, centre.monday)[0]
        assert [week.used for week in row.weeks[:8]] == [1, 1, 0, 0, 0, 0, 0, 0]
        with pytest.raises(Conflict):
            services.undo_move(session, centre.li, booking.id)


def test_a_move_to_full_weeks_leaves_the_booking_where_it_is(database: Database) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        booking = centre.confirmed()
        centre.confirmed(centre.monday + timedelta(weeks=4))
        with pytest.raises(Conflict), session.begin_nested():
            services.move(
                session, centre.li, booking.id, centre.line.id, centre.monday + timedelta(weeks=3)
            )
        session.expire_all()
        assert session.get_one(Booking, booking.id).first_week == centre.monday


def test_published_weeks_are_not_withdrawn_below_what_is_taken(database: Database) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        centre.confirmed()
        with pytest.raises(Conflict):
            weeks.publish(session, centre.zhao, centre.line.id, centre.monday, 1, 0)
        with pytest.raises(NotFound):
            weeks.publish(session, centre.li, centre.line.id, centre.monday, 1, 5)


def test_tests_wait_for_samples_and_the_desks_clock_for_the_supplier(database: Database) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        booking = centre.confirmed()
        services.step(session, centre.li, booking.id, "call_samples")
        request = session.get_one(ServiceRequest, booking.request_id)
        assert request.state == "waiting_customer"
        with pytest.raises(Conflict):
            services.step(session, centre.li, booking.id, "start")
        sample = samples.announce(session, centre.wang, booking.id, SampleInput("L1", 10))
        samples.record(
            session, centre.li, sample.id, CustodyInput("received", 9, "damaged", "Cabinet 1")
        )
        assert (sample.left, booking.samples_in) == (9, 1)
        services.step(session, centre.li, booking.id, "start")
        assert request.state == "in_progress"


def test_custody_is_only_ever_added_to(database: Database) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        booking = centre.in_test()
        sample = session.scalars(select(Sample)).one()
        for kind, count in (("in_test", 80), ("scrapped", 30), ("returned", 50)):
            samples.record(session, centre.li, sample.id, CustodyInput(kind, count, "", "Oven 2"))
        assert (sample.state, sample.left, booking.samples_in) == ("returned", 0, 0)
        with pytest.raises(Conflict):
            samples.record(session, centre.li, sample.id, CustodyInput("stored", 1, "", "Shelf"))
        kinds = [row.kind for row in session.scalars(select(CustodyEvent))]
        assert kinds == ["announced", "received", "in_test", "scrapped", "returned"]
        for row in (
            session.scalars(select(model)).first() for model in (CustodyEvent, BookingEvent)
        ):
            assert row is not None
            with pytest.raises(AppendOnly), session.begin_nested():
                row.note = "rewritten"
                session.flush()
            session.expire(row)


def test_nobody_releases_the_own_report(database: Database) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        booking = centre.reported()
        with pytest.raises(Conflict):
            results.release(session, centre.li, booking.id)
        results.release(session, centre.zhao, booking.id)
        assert booking.state == "completed"


def test_a_passed_result_becomes_checked_evidence(database: Database) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        booking = centre.reported()
        version = centre.chip.version
        results.release(session, centre.zhao, booking.id)
        made = session.get_one(Certificate, booking.certificate_id)
        assert (made.standard, made.number, made.level) == ("AEC-Q100", "TC-R-1", "issuer_checked")
        assert made.details["grade"] == "1"
        standing = evidence.standing(session, subjects.certificate(made))
        assert standing.level == "issuer_checked"
        assert standing.not_checked == "Functional safety"
        assert standing.document_id == booking.report_id
        assert session.get_one(Capability, centre.chip.id).version > version


@pytest.mark.parametrize(
    "more", [{"publish": False}, {"programme": "reliability", "grade": ""}], ids=["no", "report"]
)
def test_without_consent_or_a_standard_only_the_report_remains(
    database: Database, more: dict[str, object]
) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        booking = centre.reported(**more)
        results.release(session, centre.zhao, booking.id)
        assert booking.state == "completed"
        assert session.scalar(select(func.count()).select_from(Certificate)) == 0


def test_a_failed_result_leaves_no_trace_outside(database: Database) -> None:
    with database.transaction() as session:
        centre = Centre(session)
        booking = centre.reported("fail")
        results.release(session, centre.zhao, booking.id)
        assert booking.state == "failed"
        assert session.scalar(select(func.count()).select_from(Certificate)) == 0
        details = session.scalars(select(AuditEvent.detail)).all()
        entries = session.scalars(select(RequestEntry.body)).all()
        assert not [text for text in (*map(str, details), *entries) if "rejects" in text.lower()]


ACTORS = ("wang", "sun", "chen", "li")


def test_every_step_is_for_its_party_and_state_alone(database: Database) -> None:
    """All pairs of state, step and person: what the table does not hold is refused."""
    with database.transaction() as session:
        centre = Centre(session)
        booking = centre.ask()
        allowed = {
            (source, step.name, party)
            for step in rules.WORKFLOW.transitions
            for source in step.sources
            for party in step.parties
        }
        states = [state.name for state in rules.WORKFLOW.states]
        for state, name, who in itertools.product(states, services.STEPS, ACTORS):
            booking.state, booking.samples_in = state, 1
            booking.reported_by_id, booking.outcome = centre.zhao.user_id, "passed"
            party = {"wang": "requester", "li": "staff"}.get(who, "")
            can = rules.WORKFLOW.can(name, booking, centre.actor(who))
            assert can is ((state, name, party) in allowed), (state, name, who)
