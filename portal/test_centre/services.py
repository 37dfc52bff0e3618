"""Verbs of bookings: ask for a programme, offer weeks, confirm, move, cancel."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.capabilities import queries as capabilities
from portal.core import audit, clock, i18n
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.core.workflow import check_version
from portal.service_requests.catalogue.standards import AEC_Q_GRADES, ASIL
from portal.test_centre import following, news, programmes, queries, rules, weeks
from portal.test_centre.models import Booking, Run
from portal.test_centre.rules import WORKFLOW

MOST_LOTS = 10
LONGEST = 52
FARTHEST = timedelta(days=366)
# Steps of the page's buttons, and who may take them.
STEPS = ("confirm", "ask_again", "call_samples", "start", "send_back", "cancel", "withdraw")


@dataclass(frozen=True)
class BookingInput:
    """What a supplier tells of the chip. `grade` and `asil` may be empty; `publish`: a passed
    result may stand as checked evidence on the capability."""

    programme: str
    capability_id: str
    device: str
    chip_type: str
    locale: str
    words: str = ""
    node_nm: Decimal | None = None
    package: str = ""
    grade: str = ""
    asil: str = ""
    lots: int = 3
    wished_week: date | None = None
    wanted_by: date | None = None
    nda: bool = False
    destructive: bool = False
    publish: bool = False


@dataclass(frozen=True)
class OfferInput:
    """What the base offers: weeks of a line, a price band in words, and the plan. `tests` are
    positions of single tests in the programme; empty: all of them."""

    line_id: str
    first_week: date
    weeks: int
    price: str
    plan: str
    locale: str
    valid_until: date | None = None
    tests: tuple[int, ...] = ()


def request(session: Session, actor: Actor, data: BookingInput) -> Booking:
    """Ask for a programme for an own capability, together with the service request that carries
    it. Raises Forbidden, NotFound, Invalid, Conflict without a company profile."""
    if not actor.may(Permission.TEST_CENTRE_BOOK):
        raise Forbidden(_l("Owners and editors of a supplier book tests."))
    programme = programmes.get(session, data.programme)
    capability = capabilities.own(session, actor, data.capability_id)
    _check(programme, data)
    asked = following.ask(session, actor, programme, data)
    booking = Booking(
        number=queries.next_number(session, Booking),
        programme=programme.id,
        programme_version=programme.version,
        company_id=capability.company_id,
        capability_id=capability.id,
        request_id=asked.id,
        requester_id=actor.user_id,
        version=1,
        state="requested",
        samples_in=0,
        moved_from={},
        **{name: getattr(data, name) for name in _KEPT},
    )
    booking.request, booking.capability = asked, capability
    session.add(booking)
    session.flush()
    audit.record(session, actor, "test_booking.request", booking, {"programme": programme.id})
    following.happened(session, actor, booking, "request")
    return booking


_KEPT = (
    "device", "chip_type", "node_nm", "package", "grade", "asil", "lots", "wished_week",
    "wanted_by", "nda", "publish", "words", "locale",
)  # fmt: skip


def _check(programme: programmes.Programme, data: BookingInput) -> None:
    wrong: dict[str, object] = {}
    if not programme.offered:
        raise Conflict(_l("This programme takes no bookings at present."))
    if not data.device.strip():
        wrong["device"] = _l("Please name the device as it is marked.")
    if data.chip_type not in programme.chips:
        wrong["chip_type"] = _l("This programme is not for chips of this kind.")
    if programme.grades and data.grade not in programme.grades:
        wrong["grade"] = _l("Please choose the temperature grade.")
    if data.grade and data.grade not in dict(AEC_Q_GRADES):
        wrong["grade"] = _l("Please choose the temperature grade.")
    if data.asil and data.asil not in dict(ASIL):
        wrong["asil"] = _l("Please choose a level from the list.")
    if not 1 <= data.lots <= MOST_LOTS:
        wrong["lots"] = _l("Please enter between 1 and 10 lots.")
    if not data.destructive:
        wrong["destructive"] = _l("Without this the base cannot accept samples.")
    if wrong:
        raise Invalid(_l("Please check the form."), errors=wrong)


def offer(
    session: Session, actor: Actor, booking_id: str, data: OfferInput, version: int | None = None
) -> Booking:
    """Offer weeks, a price band and a plan; a second offer replaces the first."""
    booking = _at_work(session, actor, booking_id, version)
    _check_offer(session, booking, data)
    again = booking.state == "offered"
    WORKFLOW.fire(session, booking, "offer", actor)
    booking.line_id, booking.weeks = data.line_id, data.weeks
    booking.first_week = rules.monday(data.first_week)
    booking.price, booking.plan = data.price.strip(), data.plan.strip()
    booking.valid_until = data.valid_until
    _plan_runs(session, booking, data.tests)
    session.flush()
    session.refresh(booking, ["line"])
    following.propose(session, actor, booking.request, Words(_offer_text(booking), data.locale))
    event = following.happened(session, actor, booking, "offer", again=again)
    news.tell_supplier(session, booking, event, "offer")
    return booking


def _check_offer(session: Session, booking: Booking, data: OfferInput) -> None:
    line = queries.line(session, data.line_id)
    if line.retired or booking.programme not in line.programmes:
        raise Invalid(_l("This line does not run the programme."), field="line")
    if not 1 <= data.weeks <= LONGEST:
        raise Invalid(_l("Please enter between 1 and 52 weeks."), field="weeks")
    if not data.price.strip():
        raise Invalid(_l("Please name a price band."), field="price")
    if not data.plan.strip():
        raise Invalid(_l("Please write the plan."), field="plan")
    today = rules.today()
    if data.valid_until and not today <= data.valid_until <= today + FARTHEST:
        raise Invalid(_l("Please choose a day within the next twelve months."), field="valid_until")
    try:
        weeks.check_free(session, data.line_id, data.first_week, data.weeks)
    except Conflict as error:
        raise Conflict(error.message, field="first_week") from error


def _plan_runs(session: Session, booking: Booking, chosen: tuple[int, ...]) -> None:
    """The single tests as they are planned now; later changes of the programme change nothing."""
    session.execute(delete(Run).where(Run.booking_id == booking.id))
    programme = programmes.get(session, booking.programme)
    pairs = [(g, item) for g in programme.groups for item in g.items(booking.grade)]
    for position, (group, item) in enumerate(pairs):
        if not chosen or position in chosen:
            run = Run(
                booking_id=booking.id,
                position=position,
                section=group.id,
                test=item.test.id,
                method=item.test.method,
                stress=item.stress,
                hours=item.hours,
                cycles=item.cycles,
                size=item.size,
                lots=min(item.lots, booking.lots) if item.lots else None,
            )
            session.add(run)


def _offer_text(booking: Booking) -> str:
    """The offer as a message on the request."""
    head = gettext(
        "Test booking %(number)s: weeks from %(first)s to %(last)s.",
        number=booking.reference,
        first=i18n.format_date(booking.first_week),
        last=i18n.format_date(last_day(booking)),
    )
    return "\n\n".join((head, booking.price, booking.plan))


def last_day(booking: Booking) -> date | None:
    """The Friday of the last week."""
    if booking.first_week is None:
        return None
    return booking.first_week + timedelta(weeks=booking.weeks, days=-3)


def step(
    session: Session,
    actor: Actor,
    booking_id: str,
    name: str,
    note: str = "",
    version: int | None = None,
) -> Booking:
    """Take a step of the workflow, with what follows from it.

    Raises NotFound, Forbidden, Conflict (also when the weeks are gone), Invalid (field "note").
    """
    booking = queries.booking_for(session, actor, booking_id)
    if name not in STEPS:
        raise NotFound
    WORKFLOW.fire(session, booking, name, actor, note=note, version=version)
    _effects(session, actor, booking, name, note)
    event = following.happened(session, actor, booking, name, note)
    news.tell_step(session, actor, booking, event, name)
    return booking


def _effects(session: Session, actor: Actor, booking: Booking, name: str, note: str) -> None:
    if name == "confirm":
        weeks.take(session, booking)
    elif name == "call_samples":
        said = gettext(
            "Please send the samples of %(number)s and announce them on the page of the booking.",
            number=booking.reference,
        )
        following.wait(session, actor, booking.request, Words(said, i18n.current().tag))
    elif name == "start":
        following.take_up(session, actor, booking.request)
        booking.moved_from = {}
    elif name == "send_back":
        booking.outcome, booking.reported_by_id = "", None
    elif name in ("cancel", "withdraw"):
        weeks.give_back(session, booking)
        said = note.strip() or gettext("The booking is cancelled.")
        following.end(session, actor, booking.request, Words(said, i18n.current().tag))


def move(
    session: Session,
    actor: Actor,
    booking_id: str,
    line_id: str,
    first_week: date,
    version: int | None = None,
) -> Booking:
    """Put a confirmed booking into other weeks; `undo_move` puts it back."""
    booking = _at_work(session, actor, booking_id, version)
    if booking.state not in rules.TAKEN or booking.first_week is None:
        raise Conflict(_l("Only confirmed bookings are moved."))
    former = {"line": booking.line_id, "week": booking.first_week.isoformat()}
    _put(session, booking, line_id, first_week)
    booking.moved_from = former
    return _moved(session, actor, booking, "moved")


def undo_move(
    session: Session, actor: Actor, booking_id: str, version: int | None = None
) -> Booking:
    """Back to the weeks before the last move. Raises Conflict when they are gone."""
    booking = _at_work(session, actor, booking_id, version)
    former: dict[str, Any] = booking.moved_from
    if not former or booking.state not in rules.TAKEN:
        raise Conflict(_l("There is no move to undo."))
    _put(session, booking, former["line"], date.fromisoformat(former["week"]))
    booking.moved_from = {}
    return _moved(session, actor, booking, "move_undone")


def _put(session: Session, booking: Booking, line_id: str, first_week: date) -> None:
    line = queries.line(session, line_id)
    if booking.programme not in line.programmes:
        raise Invalid(_l("This line does not run the programme."), field="line")
    weeks.give_back(session, booking)
    booking.line_id, booking.first_week = line.id, rules.monday(first_week)
    weeks.take(session, booking)
    session.flush()
    session.refresh(booking, ["line"])


def _moved(session: Session, actor: Actor, booking: Booking, name: str) -> Booking:
    booking.version += 1
    booking.changed_at = clock.now()
    week = booking.first_week.isoformat() if booking.first_week else ""
    audit.record(session, actor, f"test_booking.{name}", booking, {"week": week})
    event = following.happened(session, actor, booking, name, week=week)
    news.tell_supplier(session, booking, event, "moved")
    return booking


def _at_work(session: Session, actor: Actor, booking_id: str, version: int | None) -> Booking:
    """The booking for the staff. Raises NotFound for all others, Conflict on an old view."""
    if not actor.may(Permission.TEST_CENTRE_WORK):
        raise NotFound
    booking = queries.booking_for(session, actor, booking_id)
    check_version(booking, version)
    return booking
