"""Keeping calendars: years loaded from the library, days that staff enter, alarms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, extract, select
from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.core import audit, clock, i18n, jobs
from portal.core.access import Actor, Permission
from portal.core.errors import Forbidden, Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import check_version
from portal.service_requests import calendars
from portal.service_requests import calendars_library as library
from portal.service_requests.calendars import LIBRARY, STAFF, StoredHours
from portal.service_requests.models import CalendarDay, CalendarYear, WorkCalendar
from portal.service_requests.working_time import Calendar

YEARS_BACK = 3
MAX_NAME = 100
notices.declare(
    "calendar.missing",
    _l("The holidays of %(year)s are missing in the calendar “%(calendar)s”"),
    "calendar-due",
)


@dataclass(frozen=True)
class DayInput:
    """A date that differs; without hours nobody works."""

    day: date
    hours: StoredHours
    name: str = ""


@dataclass(frozen=True)
class CalendarInput:
    """A new calendar; `week` has the hours of Monday to Sunday."""

    name: str
    zone: str
    country: str
    week: Sequence[StoredHours]


def load_years(session: Session) -> int:
    """Take over what the library knows of the years around now, into all calendars; returns how
    many years have changed. Days that staff entered stay as they are."""
    return sum(load_calendar(session, row) for row in calendars.listing(session))


def load_calendar(session: Session, row: WorkCalendar) -> int:
    """The same for one calendar: when it is new, or what staff entered was taken out of it."""
    this = clock.now().year
    changed = [
        year
        for year in range(this - YEARS_BACK, this + 2)
        if library.is_known(row.country, year) and _load_year(session, row, year)
    ]
    return len(changed)


def _load_year(session: Session, row: WorkCalendar, year: int) -> bool:
    """Whether the year is another one now."""
    wanted = _wanted(row, year)
    kept = _kept(session, row, year)
    now = {day: (it.hours, it.name) for day, it in kept.items() if it.source == LIBRARY}
    free = {day: it for day, it in wanted.items() if day not in kept or day in now}
    is_new = session.get(CalendarYear, (row.id, year)) is None
    if not is_new and now == free:
        return False
    if is_new:
        session.add(CalendarYear(calendar_id=row.id, year=year, source=LIBRARY))
    session.execute(delete(CalendarDay).where(*_of_year(row, year), CalendarDay.source == LIBRARY))
    session.add_all(_library_row(row, day, *it) for day, it in free.items())
    _changed(session, row)
    return True


def _wanted(row: WorkCalendar, year: int) -> dict[date, tuple[StoredHours, str]]:
    usual = calendars.usual_hours(row)
    known = library.days(row.country, year)
    return {day: (usual if it.works else [], it.name[:MAX_NAME]) for day, it in known.items()}


def _kept(session: Session, row: WorkCalendar, year: int) -> dict[date, CalendarDay]:
    found = session.scalars(select(CalendarDay).where(*_of_year(row, year)))
    return {day.day: day for day in found}


def _of_year(row: WorkCalendar, year: int) -> tuple[Any, ...]:
    return CalendarDay.calendar_id == row.id, extract("year", CalendarDay.day) == year


def _library_row(row: WorkCalendar, day: date, hours: StoredHours, name: str) -> CalendarDay:
    return CalendarDay(calendar_id=row.id, day=day, hours=hours, name=name, source=LIBRARY)


def _changed(session: Session, row: WorkCalendar) -> None:
    """Other hours of the base mean other due times: the clocks are read again."""
    row.version += 1
    row.changed_at = clock.now()
    session.flush()
    if row.id == calendars.BASE:
        jobs.enqueue(session, "clocks.refresh", {}, dedupe="clocks.refresh")


def create(session: Session, actor: Actor, data: CalendarInput) -> WorkCalendar:
    """A calendar of its own for a partner, with the holidays of its country."""
    _check_actor(actor)
    week = [list(hours) for hours in data.week]
    _check_calendar(data, week)
    row = WorkCalendar(
        name=data.name.strip()[:MAX_NAME], zone=data.zone, country=data.country, week=week
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "calendar.create", row, {"name": row.name, "zone": row.zone})
    load_calendar(session, row)
    return row


def _check_calendar(data: CalendarInput, week: list[StoredHours]) -> None:
    if data.zone not in i18n.zones():
        raise Invalid(_l("Please choose a time zone."), field="zone")
    if not data.name.strip():
        raise Invalid(_l("Please enter a name."), field="name")
    if len(week) != 7 or not any(week):
        raise Invalid(_l("Please enter the opening hours of the week."), field="week")
    for hours in week:
        _check_hours(hours, "week")


def _check_hours(hours: StoredHours, field: str) -> None:
    """Hours that end before they begin or overlap are no hours."""
    try:
        someday = date(2026, 1, 5)
        day = Calendar(ZoneInfo("UTC"), ((),) * 7, {someday: calendars.parsed(hours)})
        opened = day.openings(someday)
    except ValueError:
        opened = ()
    if len(opened) != len(hours):
        raise Invalid(_l("Please enter hours such as 09:00–12:00, 13:00–18:00."), field=field)


def set_day(
    session: Session, actor: Actor, calendar_id: str, data: DayInput, version: int | None = None
) -> CalendarDay:
    """Enter a date; it wins over the library. Raises Invalid, Conflict for a stale version."""
    row = _editable(session, actor, calendar_id, version)
    _check_hours(data.hours, "hours")
    day = session.get(CalendarDay, (row.id, data.day))
    if day is None:
        day = CalendarDay(calendar_id=row.id, day=data.day)
        session.add(day)
    day.hours, day.name, day.source = data.hours, data.name.strip()[:MAX_NAME], STAFF
    day.author_id, day.changed_at = actor.user_id, clock.now()
    _changed(session, row)
    detail = {"day": data.day.isoformat(), "hours": data.hours, "name": day.name}
    audit.record(session, actor, "calendar.set_day", row, detail)
    return day


def remove_day(
    session: Session, actor: Actor, calendar_id: str, day: date, version: int | None = None
) -> None:
    """Take back what staff entered; what the library says holds again."""
    row = _editable(session, actor, calendar_id, version)
    found = session.get(CalendarDay, (row.id, day))
    if found is None or found.source != STAFF:
        raise Invalid(_l("Nobody has entered this day."), field="day")
    session.delete(found)
    session.flush()
    known = _wanted(row, day.year).get(day)
    if known is not None and day.year in calendars.years(session, row.id):
        session.add(_library_row(row, day, *known))
    _changed(session, row)
    audit.record(session, actor, "calendar.remove_day", row, {"day": day.isoformat()})


def confirm_year(session: Session, actor: Actor, calendar_id: str, year: int) -> None:
    """Staff say that a year is complete as it stands, library or not."""
    row = _editable(session, actor, calendar_id, None)
    if session.get(CalendarYear, (row.id, year)) is None:
        kept = _kept(session, row, year)
        session.add(CalendarYear(calendar_id=row.id, year=year, source=STAFF))
        wanted = _wanted(row, year)
        session.add_all(_library_row(row, d, *it) for d, it in wanted.items() if d not in kept)
        _changed(session, row)
        audit.record(session, actor, "calendar.confirm_year", row, {"year": year})


def _check_actor(actor: Actor) -> None:
    if not actor.may(Permission.CALENDAR_EDIT):
        raise Forbidden(_l("Only supervisors change calendars."))


def _editable(
    session: Session, actor: Actor, calendar_id: str, version: int | None
) -> WorkCalendar:
    _check_actor(actor)
    row = calendars.row_for(session, calendar_id)
    _same_version(row, version)
    return row


def _same_version(row: WorkCalendar, version: int | None) -> None:
    check_version(row, version)


def warn(session: Session) -> int:
    """Tell those who keep calendars, once a month, that a year is missing."""
    missing = calendars.alarms(session)
    month = f"{clock.now():%Y-%m}"
    keepers = [user for user in accounts.staff(session) if user.staff_role != "agent"]
    for alarm in missing:
        notices.tell_users(
            session,
            keepers,
            "calendar.missing",
            {"year": str(alarm.year), "calendar": alarm.name},
            path=f"/desk/calendars/{alarm.calendar_id}/{alarm.year}",
            dedupe=f"calendar:{alarm.calendar_id}:{alarm.year}:{month}",
        )
    return len(missing)
