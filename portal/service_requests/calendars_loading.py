"""Years of calendars: what the library knows, and what the base entered for its own country.

Other calendars of the base's country have the days that staff entered in the base's own, so that
a holiday is entered once; what is entered in a calendar itself comes before both.
"""

from datetime import date
from typing import Any

from sqlalchemy import delete, extract, select
from sqlalchemy.orm import Session

from portal.core import clock, jobs
from portal.service_requests import calendars
from portal.service_requests import calendars_library as library
from portal.service_requests.calendars import BASE, BASE_DAY, LIBRARY, STAFF, StoredHours
from portal.service_requests.models import CalendarDay, CalendarYear, WorkCalendar

YEARS_BACK = 3
MAX_NAME = 100
# Days that may be loaded again; those of staff are theirs.
LOADED = (LIBRARY, BASE_DAY)
# Hours, name and source of a day.
Wanted = dict[date, tuple[StoredHours, str, str]]


def load_years(session: Session) -> int:
    """Take over what is known of the years around now, into all calendars; returns how many
    years have changed. Days that staff entered stay as they are."""
    return sum(load_calendar(session, row) for row in calendars.listing(session))


def ask_library(session: Session) -> None:
    """Let the library work out what `load_years` will need. It is slow, and nobody who wants to
    save something should wait for it: this comes before the transaction."""
    for row in calendars.listing(session):
        for year in _years():
            library.is_known(row.country, year)
            library.days(row.country, year)


def _years() -> range:
    this = clock.now().year
    return range(this - YEARS_BACK, this + 2)


def load_calendar(session: Session, row: WorkCalendar) -> int:
    """The same for one calendar: when it is new, or what staff entered was taken out of it."""
    return sum(_load_year(session, row, year) for year in _years())


def share(session: Session, row: WorkCalendar) -> None:
    """The base's calendar has changed: the others of its country follow."""
    if row.id != BASE:
        return
    session.flush()
    for other in calendars.listing(session):
        if other.id != BASE and other.country == row.country:
            load_calendar(session, other)


def _load_year(session: Session, row: WorkCalendar, year: int) -> bool:
    """Whether the year is another one now."""
    source = _known_by(session, row, year)
    wanted = days_wanted(session, row, year) if source else _shared(session, row, year)
    stored = kept(session, row, year)
    now = {day: (it.hours, it.name, it.source) for day, it in stored.items() if it.source in LOADED}
    free = {day: it for day, it in wanted.items() if day not in stored or day in now}
    is_new = bool(source) and session.get(CalendarYear, (row.id, year)) is None
    if not is_new and now == free:
        return False
    if is_new:
        session.add(CalendarYear(calendar_id=row.id, year=year, source=source))
    of_year = _of_year(row, year)
    session.execute(delete(CalendarDay).where(*of_year, CalendarDay.source.in_(LOADED)))
    session.add_all(loaded_row(row, day, *it) for day, it in free.items())
    changed(session, row)
    return True


def _known_by(session: Session, row: WorkCalendar, year: int) -> str:
    """Who knows the holidays of a year: the library, or the base for its country; or nobody."""
    if library.is_known(row.country, year):
        return LIBRARY
    base = _base_of(session, row)
    known = base is not None and session.get(CalendarYear, (base.id, year)) is not None
    return BASE_DAY if known else ""


def _base_of(session: Session, row: WorkCalendar) -> WorkCalendar | None:
    """The base's calendar, where it is another one of the same country."""
    base = None if row.id == BASE else session.get(WorkCalendar, BASE)
    return base if base is not None and base.country == row.country else None


def days_wanted(session: Session, row: WorkCalendar, year: int) -> Wanted:
    """What the library and the base say of a year."""
    usual = calendars.usual_hours(row)
    known = library.days(row.country, year)
    found: Wanted = {
        day: (usual if it.works else [], it.name[:MAX_NAME], LIBRARY) for day, it in known.items()
    }
    return {**found, **_shared(session, row, year)}


def _shared(session: Session, row: WorkCalendar, year: int) -> Wanted:
    base = _base_of(session, row)
    if base is None:
        return {}
    entered = kept(session, base, year).items()
    given = {day: (_passed_on(base, row, it.hours), it) for day, it in entered}
    return {
        day: (hours, it.name, BASE_DAY)
        for day, (hours, it) in given.items()
        if it.source == STAFF and hours is not None
    }


def _passed_on(base: WorkCalendar, row: WorkCalendar, hours: StoredHours) -> StoredHours | None:
    """Whole days off and whole working days hold for the country; other hours are the base's own
    affair."""
    if not hours:
        return []
    return calendars.usual_hours(row) if hours == calendars.usual_hours(base) else None


def kept(session: Session, row: WorkCalendar, year: int) -> dict[date, CalendarDay]:
    """What is stored of a year."""
    found = session.scalars(select(CalendarDay).where(*_of_year(row, year)))
    return {day.day: day for day in found}


def _of_year(row: WorkCalendar, year: int) -> tuple[Any, ...]:
    return CalendarDay.calendar_id == row.id, extract("year", CalendarDay.day) == year


def loaded_row(
    row: WorkCalendar, day: date, hours: StoredHours, name: str, source: str
) -> CalendarDay:
    return CalendarDay(calendar_id=row.id, day=day, hours=hours, name=name, source=source)


def changed(session: Session, row: WorkCalendar) -> None:
    """Other hours of the base mean other due times: the clocks are read again."""
    row.version += 1
    row.changed_at = clock.now()
    session.flush()
    if row.id == BASE:
        jobs.enqueue(session, "clocks.refresh", {}, dedupe="clocks.refresh")
