"""States of a booking, who may move it, and where samples can be."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.core import clock
from portal.core.access import Actor, Permission
from portal.core.i18n import BASE_ZONE
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import State, Transition, Workflow
from portal.test_centre.models import Booking

REQUESTER, STAFF = "requester", "staff"
BEFORE_TEST = ("requested", "offered", "confirmed", "samples_awaited")
# States in which the weeks of the offer are taken.
TAKEN = ("confirmed", "samples_awaited", "in_test", "report_review")
OPEN = ("requested", "offered", *TAKEN)
PASSED, FAILED = "passed", "failed"


def parties(booking: Booking, actor: Actor) -> frozenset[str]:
    """Names the workflow knows the actor by."""
    if actor.may(Permission.TEST_CENTRE_WORK):
        return frozenset({STAFF})
    books = actor.owns(booking.company_id) and actor.may(Permission.TEST_CENTRE_BOOK)
    return frozenset({REQUESTER}) if books else frozenset()


def today() -> date:
    """The day at the base."""
    return clock.now().astimezone(ZoneInfo(BASE_ZONE)).date()


def offer_stands(booking: Booking, _actor: Actor) -> bool:
    return booking.valid_until is None or booking.valid_until >= today()


def has_samples(booking: Booking, _actor: Actor) -> bool:
    return booking.samples_in > 0


def _second_pair(booking: Booking, actor: Actor) -> bool:
    return booking.reported_by_id is not None and booking.reported_by_id != actor.user_id


def may_pass(booking: Booking, actor: Actor) -> bool:
    """Four eyes: whoever wrote the report does not release it."""
    return booking.outcome == PASSED and _second_pair(booking, actor)


def may_fail(booking: Booking, actor: Actor) -> bool:
    return booking.outcome == FAILED and _second_pair(booking, actor)


_FOUR_EYES = _l("A colleague who did not write the report releases the result.")

WORKFLOW = Workflow(
    name="test_booking",
    states=(
        State("requested", _l("Requested"), _l("With the base"), "accent"),
        State("offered", _l("Plan offered"), _l("Offer for you to confirm"), "warning"),
        State("confirmed", _l("Confirmed"), _l("Confirmed"), "accent"),
        State("samples_awaited", _l("Samples awaited"), _l("Waiting for your samples"), "warning"),
        State("in_test", _l("In test"), _l("In test"), "accent"),
        State("report_review", _l("Report under review"), _l("Report under review"), "accent"),
        State("completed", _l("Passed"), _l("Passed"), "success", final=True),
        State("failed", _l("Failed with findings"), _l("Not passed"), "danger", final=True),
        State("cancelled", _l("Cancelled"), _l("Cancelled"), final=True),
    ),
    transitions=(
        Transition(
            "offer", ("requested", "offered"), "offered", (STAFF,), _l("Send an offer"), shown=False
        ),
        Transition(
            "confirm",
            ("offered",),
            "confirmed",
            (REQUESTER,),
            _l("Confirm these weeks"),
            guard=offer_stands,
            unmet=_l("The offer is no longer valid. Ask for a new one."),
        ),
        Transition(
            "ask_again",
            ("offered",),
            "requested",
            (REQUESTER,),
            _l("Ask for other weeks"),
            note_required=True,
            tone="secondary",
        ),
        Transition(
            "call_samples",
            ("confirmed",),
            "samples_awaited",
            (STAFF,),
            _l("Call for the samples"),
        ),
        Transition(
            "start",
            ("samples_awaited",),
            "in_test",
            (STAFF,),
            _l("Start the tests"),
            guard=has_samples,
            unmet=_l("The tests start when samples are in the store."),
        ),
        Transition(
            "report",
            ("in_test",),
            "report_review",
            (STAFF,),
            _l("Give the report to a colleague"),
            shown=False,
        ),
        Transition(
            "send_back",
            ("report_review",),
            "in_test",
            (STAFF,),
            _l("Back to the tests"),
            note_required=True,
            tone="secondary",
        ),
        Transition(
            "complete",
            ("report_review",),
            "completed",
            (STAFF,),
            _l("Release: passed"),
            guard=may_pass,
            unmet=_FOUR_EYES,
            shown=False,
        ),
        Transition(
            "fail",
            ("report_review",),
            "failed",
            (STAFF,),
            _l("Release: not passed"),
            guard=may_fail,
            unmet=_FOUR_EYES,
            shown=False,
        ),
        Transition(
            "cancel",
            BEFORE_TEST,
            "cancelled",
            (REQUESTER,),
            _l("Cancel the booking"),
            tone="danger",
        ),
        Transition(
            "withdraw",
            (*BEFORE_TEST, "in_test"),
            "cancelled",
            (STAFF,),
            _l("Cancel with this reason"),
            note_required=True,
            tone="danger",
        ),
    ),
    parties=parties,
)

# What happens next, in words for the supplier, by state.
NEXT_STEPS = {
    "requested": _l("The base checks samples, documents and weeks, and sends you an offer."),
    "offered": _l(
        "Please confirm the weeks that are offered. They are taken when you confirm, not before."
    ),
    "confirmed": _l("The weeks are yours. The base tells you when and where to send the samples."),
    "samples_awaited": _l("Please announce your samples below and put the label on the parcel."),
    "in_test": _l("The tests are running. You see each result as soon as it is entered."),
    "report_review": _l("A second person of the base reads the report before it is released."),
    "completed": _l("The programme is passed. The report is below."),
    "failed": _l("The programme is not passed. Only you and the base see this result."),
    "cancelled": _l("This booking is cancelled. You can ask for another one at any time."),
}

PLACES = {
    "announced": _l("Announced"),
    "received": _l("Received"),
    "stored": _l("In the store"),
    "in_test": _l("In test"),
    "returned": _l("Returned"),
    "scrapped": _l("Scrapped"),
    "lost": _l("Not arrived"),
}
# Where samples can go from where they are; the base moves them.
NEXT_PLACES = {
    "announced": ("received", "lost"),
    "received": ("stored", "in_test", "returned", "scrapped"),
    "stored": ("in_test", "returned", "scrapped"),
    "in_test": ("stored", "returned", "scrapped"),
    "lost": ("received",),
    "returned": (),
    "scrapped": (),
}
SAMPLE_TONES = {"announced": "warning", "lost": "danger", "in_test": "accent"}
CONDITIONS = {
    "intact": _l("Intact, dry pack closed"),
    "opened": _l("Dry pack open or humidity card pink"),
    "damaged": _l("Damaged"),
    "wrong": _l("Not what was announced"),
}
HERE = ("received", "stored", "in_test")

VERDICTS = {
    "pass": (_l("Passed"), "success"),
    "conditional": (_l("Passed with conditions"), "warning"),
    "fail": (_l("Failed"), "danger"),
    "not_run": (_l("Not run"), "neutral"),
}


def outcome_of(verdicts: Iterable[str]) -> str | None:
    """What the single tests say together: None while one is without verdict, failed when one has
    failed or nothing was run."""
    found = list(verdicts)
    if not all(found):
        return None
    ran = [verdict for verdict in found if verdict != "not_run"]
    return PASSED if ran and "fail" not in ran else FAILED


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def weeks_from(first: date, count: int) -> list[date]:
    """The Mondays of so many weeks."""
    return [monday(first) + timedelta(weeks=number) for number in range(count)]


def is_late(booking: Any, on: date) -> bool:
    """The tests should have begun by now, or the last week is over and there is no result."""
    if booking.state not in TAKEN or booking.first_week is None:
        return False
    running = booking.state in ("in_test", "report_review")
    end: date = booking.first_week + timedelta(weeks=booking.weeks if running else 1)
    return on >= end
