"""Reads of the test centre. What takes an actor authorises: strangers learn of nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from portal.capabilities.models import Capability
from portal.companies.models import Company
from portal.core.access import Actor, Permission
from portal.core.errors import NotFound
from portal.core.models import StoredFile
from portal.test_centre import rules
from portal.test_centre.models import (
    Booking,
    BookingEvent,
    CustodyEvent,
    Line,
    Sample,
    Slot,
    SlotUse,
)
from portal.test_centre.programmes import CHIP_OF, local

# How far ahead weeks are shown.
AHEAD = 12
MOST_FINISHED = 30


def visible(actor: Actor) -> ColumnElement[bool]:
    """Bookings the actor may know of: all for staff, those of their organisation for suppliers."""
    if actor.may(Permission.TEST_CENTRE_WORK):
        return Booking.id.is_not(None)
    owner = actor.org_id if actor.may(Permission.TEST_CENTRE_VIEW) else None
    return (Booking.company_id == owner) & Booking.company_id.is_not(None)


def _named() -> tuple[ExecutableOption, ...]:
    return (
        joinedload(Booking.company).joinedload(Company.organisation),
        joinedload(Booking.capability).selectinload(Capability.texts),
        joinedload(Booking.line),
        joinedload(Booking.request),
    )


def whole() -> tuple[ExecutableOption, ...]:
    """Everything the page of a booking shows."""
    return (
        *_named(),
        joinedload(Booking.report),
        joinedload(Booking.reported_by),
        joinedload(Booking.released_by),
        selectinload(Booking.runs),
        selectinload(Booking.samples).selectinload(Sample.custody).joinedload(CustodyEvent.author),
        selectinload(Booking.happenings).joinedload(BookingEvent.author),
    )


def booking_for(
    session: Session, actor: Actor, booking_id: str, *more: ExecutableOption
) -> Booking:
    """The booking for those it concerns. Raises NotFound for strangers."""
    query = select(Booking).where(Booking.id == booking_id, visible(actor))
    found = (
        session.scalars(
            query.options(*(more or _named())).execution_options(populate_existing=bool(more))
        )
        .unique()
        .first()
    )
    if found is None:
        raise NotFound
    return found


def listing(actor: Actor) -> Select[Any]:
    """Bookings of the actor's organisation, latest news first."""
    query = select(Booking).where(visible(actor)).options(*_named())
    return query.order_by(Booking.changed_at.desc(), Booking.id)


def board(session: Session) -> dict[str, list[Booking]]:
    """Bookings by state, those that wait longest first; of the finished ones the latest."""
    query = select(Booking).options(*_named())
    live = session.scalars(query.where(Booking.state.in_(rules.OPEN)).order_by(Booking.changed_at))
    columns: dict[str, list[Booking]] = {name: [] for name in rules.OPEN}
    for row in live.unique():
        columns[row.state].append(row)
    return columns


def finished(session: Session) -> list[Booking]:
    """The latest results."""
    query = select(Booking).options(*_named()).where(Booking.state.in_(("completed", "failed")))
    return list(session.scalars(query.order_by(Booking.changed_at.desc()).limit(MOST_FINISHED)))


def of_capability(session: Session, actor: Actor, capability_id: str) -> list[Booking]:
    query = select(Booking).where(Booking.capability_id == capability_id, visible(actor))
    return list(session.scalars(query.order_by(Booking.created_at.desc()).limit(8)))


def of_request(session: Session, actor: Actor, request_id: str) -> Booking | None:
    query = select(Booking).where(Booking.request_id == request_id, visible(actor))
    return session.scalars(query).first()


def next_number(session: Session, table: type[Booking] | type[Sample]) -> int:
    """A write transaction has the table to itself."""
    return (session.execute(select(func.max(table.number))).scalar() or 0) + 1


def own_chips(session: Session, actor: Actor) -> list[Capability]:
    """Capabilities of the actor's organisation that are chips."""
    query = (
        select(Capability)
        .where(Capability.company_id == actor.org_id, Capability.category.in_(CHIP_OF))
        .options(selectinload(Capability.texts))
    )
    return list(session.scalars(query.order_by(Capability.created_at)))


def lines(session: Session, *, all_of_them: bool = False) -> list[Line]:
    query = select(Line).order_by(Line.position, Line.id)
    if not all_of_them:
        query = query.where(Line.retired.is_(False))
    return list(session.scalars(query))


def line(session: Session, line_id: str) -> Line:
    found = session.get(Line, line_id)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Week:
    """A week of a line: how many places there are, and how many of them are taken."""

    monday: date
    places: int = 0
    used: int = 0
    slot_id: str = ""

    @property
    def free(self) -> int:
        return max(0, self.places - self.used)


@dataclass(frozen=True)
class Row:
    """A line with its weeks."""

    line: Line
    weeks: list[Week] = field(default_factory=list)

    @property
    def name(self) -> str:
        return local(self.line.names)

    @property
    def places(self) -> int:
        return sum(week.places for week in self.weeks)

    @property
    def used(self) -> int:
        return sum(week.used for week in self.weeks)

    def starts(self, count: int = 1) -> list[date]:
        """Mondays from which so many weeks in a row are free."""
        free = [week.free > 0 for week in self.weeks]
        return [
            week.monday
            for at, week in enumerate(self.weeks)
            if at + count <= len(free) and all(free[at : at + count])
        ]


def calendar(session: Session, first: date, count: int = AHEAD) -> list[Row]:
    """The lines with their weeks from a Monday on, in two statements."""
    mondays = rules.weeks_from(first, count)
    used = func.count(SlotUse.place)
    query = (
        select(Slot, used)
        .outerjoin(SlotUse, SlotUse.slot_id == Slot.id)
        .where(Slot.week >= mondays[0], Slot.week <= mondays[-1])
        .group_by(Slot.id)
    )
    known = {
        (slot.line_id, slot.week): Week(slot.week, slot.places, taken, slot.id)
        for slot, taken in session.execute(query)
    }
    return [
        Row(one, [known.get((one.id, monday), Week(monday)) for monday in mondays])
        for one in lines(session)
    ]


def free_weeks(rows: Iterable[Row], programme_id: str, count: int = 1) -> list[date]:
    """Mondays on which some line can start the programme."""
    starts = {
        day for row in rows if programme_id in row.line.programmes for day in row.starts(count)
    }
    return sorted(starts)


def by_week(session: Session, first: date, count: int = AHEAD) -> dict[str, list[Booking]]:
    """Which bookings keep a line busy in these weeks: line id and Monday → bookings."""
    last = first + timedelta(weeks=count)
    query = (
        select(Slot.line_id, Slot.week, Booking)
        .join(SlotUse, SlotUse.slot_id == Slot.id)
        .join(Booking, Booking.id == SlotUse.booking_id)
        .where(Slot.week >= first, Slot.week < last)
        .order_by(Booking.number)
    )
    found: dict[str, list[Booking]] = {}
    for line_id, week, booking in session.execute(query):
        found.setdefault(f"{line_id} {week}", []).append(booking)
    return found


def slots_of(session: Session, line_id: str, weeks: Sequence[date]) -> dict[date, Slot]:
    query = select(Slot).where(Slot.line_id == line_id, Slot.week.in_(weeks))
    return {slot.week: slot for slot in session.scalars(query)}


def uses(session: Session, slot_ids: Iterable[str]) -> dict[str, set[int]]:
    """The places that are taken, by slot."""
    found: dict[str, set[int]] = {}
    query = select(SlotUse).where(SlotUse.slot_id.in_(list(slot_ids)))
    for use in session.scalars(query):
        found.setdefault(use.slot_id, set()).add(use.place)
    return found


def store(state: str = "") -> Select[Any]:
    """Samples for the store list, by number; without a state those that are here or on the way."""
    wanted = (state,) if state in rules.PLACES else ("announced", "lost", *rules.HERE)
    query = (
        select(Sample)
        .where(Sample.state.in_(wanted))
        .options(
            joinedload(Sample.booking).joinedload(Booking.company).joinedload(Company.organisation)
        )
    )
    return query.order_by(Sample.number.desc())


def sample_numbered(session: Session, text: str) -> Sample | None:
    """Samples by the number on their label, however much of the label a scanner reads."""
    digits = text.upper().rpartition("S-")[2].strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        return None
    return session.scalars(select(Sample).where(Sample.number == int(digits))).first()


def sample_counts(session: Session) -> dict[str, int]:
    query = select(Sample.state, func.count()).group_by(Sample.state)
    return {row[0]: row[1] for row in session.execute(query)}


def sample_for(session: Session, actor: Actor, sample_id: str) -> Sample:
    """Raises NotFound for strangers."""
    query = (
        select(Sample)
        .join(Sample.booking)
        .where(Sample.id == sample_id, visible(actor))
        .options(
            joinedload(Sample.booking).joinedload(Booking.company).joinedload(Company.organisation),
            joinedload(Sample.booking).joinedload(Booking.request),
            selectinload(Sample.custody).joinedload(CustodyEvent.author),
        )
    )
    found = session.scalars(query).unique().first()
    if found is None:
        raise NotFound
    return found


def report_for(session: Session, actor: Actor, booking_id: str) -> StoredFile:
    """The report: for the staff at once, for the supplier when it is released."""
    booking = booking_for(session, actor, booking_id, joinedload(Booking.report))
    if booking.report is None or not (released(booking) or actor.is_staff):
        raise NotFound
    return booking.report


def released(booking: Booking) -> bool:
    return booking.released_at is not None
