"""Calendars of the base and its partners: what is stored, and the working time it stands for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, cast, extract, null, select
from sqlalchemy.orm import Session

from portal.core import clock, i18n
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.service_requests import calendars_library as library
from portal.service_requests.models import CalendarDay, CalendarYear, WorkCalendar
from portal.service_requests.working_time import Calendar, Hours

BASE = "base"
LIBRARY, STAFF, FORETOLD, BASE_DAY = "library", "staff", "foretold", "base"
ALARM_MONTH = 11  # from November on the next year must be known
StoredHours = list[list[str]]
_built: WeakKeyDictionary[Any, dict[str, tuple[tuple[Any, ...], Calendar]]] = WeakKeyDictionary()


def load(session: Session, calendar_id: str = BASE) -> Calendar:
    """The calendar as working time; one statement unless it has changed. Raises NotFound."""
    row = row_for(session, calendar_id)
    stamp = (row.version, row.changed_at, clock.now().year)
    known = _built.setdefault(session.get_bind(), {})
    if calendar_id not in known or known[calendar_id][0] != stamp:
        known[calendar_id] = (stamp, _build(session, row))
    return known[calendar_id][1]


def row_for(session: Session, calendar_id: str) -> WorkCalendar:
    """The stored calendar. Raises NotFound."""
    row = session.get(WorkCalendar, calendar_id)
    if row is None:
        raise NotFound
    return row


def listing(session: Session) -> list[WorkCalendar]:
    """All calendars, the base's own first."""
    rows = session.scalars(select(WorkCalendar).order_by(WorkCalendar.name, WorkCalendar.id))
    return sorted(rows, key=lambda row: row.id != BASE)


def name_of(row: WorkCalendar) -> str:
    """The calendar's name in the reader's language: as staff entered it, else the usual one."""
    for tag in (i18n.current().tag, "en", *row.names):
        if row.names.get(tag):
            return str(row.names[tag])
    return gettext("Overseas Base") if row.id == BASE else row.name


def _build(session: Session, row: WorkCalendar) -> Calendar:
    """One statement: the days that differ, and the years that are known."""
    stored = select(CalendarDay.day, CalendarDay.hours, cast(null(), Integer))
    known = select(null(), null(), CalendarYear.year).where(CalendarYear.calendar_id == row.id)
    both = stored.where(CalendarDay.calendar_id == row.id).union_all(known)
    found = session.execute(both).all()
    days = {day: parsed(hours) for day, hours, year in found if year is None}
    foretold = _foretold(row, {year for _day, _hours, year in found if year is not None})
    return Calendar(ZoneInfo(row.zone), tuple(map(parsed, row.week)), {**foretold, **days})


def _foretold(row: WorkCalendar, loaded: set[int]) -> dict[date, Hours]:
    """Holidays of years that nobody has loaded yet: better than none at all."""
    this = clock.now().year
    usual = parsed(usual_hours(row))
    return {
        day: usual if known.works else ()
        for year in range(this - 1, this + 3)
        if year not in loaded
        for day, known in library.days(row.country, year).items()
    }


def years(session: Session, calendar_id: str) -> dict[int, CalendarYear]:
    """The years whose holidays are known."""
    query = select(CalendarYear).where(CalendarYear.calendar_id == calendar_id)
    return {row.year: row for row in session.scalars(query.order_by(CalendarYear.year))}


def today(row: WorkCalendar) -> date:
    """The day it is where the calendar holds."""
    return clock.now().astimezone(ZoneInfo(row.zone)).date()


def usual_hours(row: WorkCalendar) -> StoredHours:
    """The hours of an ordinary working day, which make-up days have, too."""
    return next((hours for hours in row.week if hours), [])


def parsed(hours: Iterable[Sequence[str]]) -> Hours:
    """`["09:00", "12:00"]` pairs as times of the day."""
    return tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in hours)


def stored(hours: Hours) -> StoredHours:
    return [[f"{a:%H:%M}", f"{b:%H:%M}"] for a, b in hours]


@dataclass(frozen=True)
class DayView:
    """A date of a calendar's year that differs from its weekday. `source` is staff, base, library,
    or foretold while the year has not been announced."""

    day: date
    hours: StoredHours
    name: str
    source: str

    @property
    def works(self) -> bool:
        return bool(self.hours)


def days_of(session: Session, row: WorkCalendar, year: int, locale: str) -> dict[date, DayView]:
    """The dates of a year that differ, in order; names of the library in the reader's language."""
    query = select(CalendarDay).where(
        CalendarDay.calendar_id == row.id, extract("year", CalendarDay.day) == year
    )
    names = library.days(row.country, year, library.language_of(locale))
    found = {} if year in years(session, row.id) else _views(row, names)
    for day in session.scalars(query):
        known = names.get(day.day) if day.source == LIBRARY else None
        name = known.name if known else day.name
        found[day.day] = DayView(day.day, day.hours, name, day.source)
    return dict(sorted(found.items()))


def _views(row: WorkCalendar, known: Mapping[date, library.LibraryDay]) -> dict[date, DayView]:
    usual = usual_hours(row)
    return {
        day: DayView(day, usual if it.works else [], it.name, FORETOLD) for day, it in known.items()
    }


@dataclass(frozen=True)
class Alarm:
    """A calendar that lacks a year it is needed for."""

    calendar: WorkCalendar
    year: int

    @property
    def calendar_id(self) -> str:
        return self.calendar.id

    @property
    def name(self) -> str:
        """In the reader's language."""
        return name_of(self.calendar)


def alarms(session: Session) -> list[Alarm]:
    """Calendars without this year, or from November on without the next, as far as the library
    does not have it, which the worker loads by itself: for banner and doctor."""
    rows = listing(session)
    known = {(year.calendar_id, year.year) for year in session.scalars(select(CalendarYear))}
    return [
        Alarm(row, year)
        for row in rows
        for year in _needed(row)
        if (row.id, year) not in known and not library.is_known(row.country, year)
    ]


def _needed(row: WorkCalendar) -> list[int]:
    now = today(row)
    return [now.year, now.year + 1] if now.month >= ALARM_MONTH else [now.year]
