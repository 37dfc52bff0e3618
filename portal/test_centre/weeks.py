"""Weeks of the lines: publishing them, taking them, giving them back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core import audit, clock, i18n
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import check_version
from portal.test_centre import programmes, queries, rules
from portal.test_centre.models import Booking, Line, Slot, SlotUse

MOST_PLACES = 99
MOST_WEEKS = 52


@dataclass(frozen=True)
class LineInput:
    """A line as staff describe it; `names` by language."""

    names: Mapping[str, str]
    programmes: tuple[str, ...]
    places: int
    retired: bool = False


def save_line(
    session: Session,
    actor: Actor,
    line_id: str | None,
    data: LineInput,
    version: int | None = None,
) -> Line:
    """A new line, or a changed one."""
    _may(actor)
    if not any(name.strip() for name in data.names.values()):
        raise Invalid(_l("Please name the line."), field="name_en")
    if not 1 <= data.places <= MOST_PLACES:
        raise Invalid(_l("A line takes between 1 and 99 bookings a week."), field="places")
    known = programmes.every(session)
    line = queries.line(session, line_id) if line_id else Line(version=0)
    if line_id:
        check_version(line, version)
    line.names = {tag: name.strip() for tag, name in data.names.items() if name.strip()}
    line.programmes = [name for name in data.programmes if name in known]
    line.places, line.retired = data.places, data.retired
    line.version += 1
    line.changed_at = clock.now()
    session.add(line)
    session.flush()
    audit.record(session, actor, "test_line.save", line, {"places": line.places})
    return line


def publish(
    session: Session, actor: Actor, line_id: str, first: date, count: int, places: int
) -> int:
    """Offer these weeks of a line with so many places each; returns how many weeks changed.

    0 places takes a week back. Raises Conflict where more are taken already.
    """
    _may(actor)
    line = queries.line(session, line_id)
    if not 1 <= count <= MOST_WEEKS:
        raise Invalid(_l("Please choose between 1 and 52 weeks."), field="count")
    if not 0 <= places <= MOST_PLACES:
        raise Invalid(_l("Please choose between 0 and 99 places."), field="places")
    weeks = rules.weeks_from(first, count)
    known = queries.slots_of(session, line.id, weeks)
    taken = queries.uses(session, [slot.id for slot in known.values()])
    changed = [
        week for week in weeks if _set_places(session, line, week, places, known.get(week), taken)
    ]
    session.flush()
    detail = {"first": weeks[0].isoformat(), "weeks": count, "places": places}
    audit.record(session, actor, "test_line.publish", line, detail)
    return len(changed)


def _set_places(
    session: Session,
    line: Line,
    week: date,
    places: int,
    slot: Slot | None,
    taken: Mapping[str, set[int]],
) -> bool:
    if slot is None:
        if places:
            session.add(Slot(line_id=line.id, week=week, places=places))
        return bool(places)
    if places < len(taken.get(slot.id, ())):
        raise Conflict(
            gettext(
                "More places of the week of %(day)s are taken already.", day=i18n.format_date(week)
            ),
            field="places",
        )
    changed = slot.places != places
    slot.places = places
    return changed


def check_free(session: Session, line_id: str, first: date, count: int) -> None:
    """Raises Conflict when a week is not published or is full."""
    _free_places(session, line_id, rules.weeks_from(first, count))


def take(session: Session, booking: Booking) -> None:
    """Take a place in each week of the booking's offer. Raises Conflict when somebody was faster:
    what the key of the table lets nobody take twice."""
    if booking.line_id is None or booking.first_week is None:
        raise Conflict(_l("No weeks are offered."))
    wanted = rules.weeks_from(booking.first_week, booking.weeks)
    free = _free_places(session, booking.line_id, wanted)
    try:
        with session.begin_nested():
            session.add_all(
                SlotUse(slot_id=slot, place=place, booking_id=booking.id)
                for slot, place in free.items()
            )
    except IntegrityError:
        raise Conflict(_taken(wanted[0])) from None


def _free_places(session: Session, line_id: str, weeks: list[date]) -> dict[str, int]:
    """A free place in each week, by the week's slot."""
    known = queries.slots_of(session, line_id, weeks)
    taken = queries.uses(session, [slot.id for slot in known.values()])
    found = {}
    for week in weeks:
        slot = known.get(week)
        used = taken.get(slot.id, set()) if slot else set()
        place = next((n for n in range(slot.places if slot else 0) if n not in used), None)
        if slot is None or place is None:
            raise Conflict(_taken(week))
        found[slot.id] = place
    return found


def _taken(week: date) -> str:
    return gettext(
        "The week of %(day)s is no longer free. Please choose other weeks.",
        day=i18n.format_date(week),
    )


def give_back(session: Session, booking: Booking) -> None:
    """The weeks are free for others again."""
    session.execute(delete(SlotUse).where(SlotUse.booking_id == booking.id))


def _may(actor: Actor) -> None:
    if not actor.may(Permission.TEST_CENTRE_EDIT):
        raise NotFound
