"""Keeping calendars: opening hours and days that staff enter, alarms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.core import audit, clock, i18n
from portal.core.access import Actor, Permission
from portal.core.errors import Forbidden, Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import check_version
from portal.service_requests import calendars
from portal.service_requests import calendars_loading as loading
from portal.service_requests.calendars import STAFF, StoredHours
from portal.service_requests.calendars_loading import MAX_NAME, load_calendar, load_years
from portal.service_requests.models import CalendarDay, CalendarYear, WorkCalendar
from portal.service_requests.working_time import Calendar

__all__ = [
    "CalendarInput",
    "DayInput",
    "WeekInput",
    "confirm_year",
    "create",
    "load_calendar",
    "load_years",
    "remove_day",
    "set_day",
    "set_week",
    "warn",
]
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


@dataclass(frozen=True)
class WeekInput:
    """The hours of Monday to Sunday, and the name of the calendar by locale."""

    week: Sequence[StoredHours]
    names: Mapping[str, str] = field(default_factory=dict)


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
    _check_week(week)


def _check_week(week: list[StoredHours]) -> None:
    if len(week) != 7 or not any(week):
        raise Invalid(_l("Please enter the opening hours of the week."), field="monday")
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
    known = loading.days_wanted(session, row, day.year).get(day)
    if known is not None and day.year in calendars.years(session, row.id):
        session.add(loading.loaded_row(row, day, *known))
    _changed(session, row)
    audit.record(session, actor, "calendar.remove_day", row, {"day": day.isoformat()})


def confirm_year(session: Session, actor: Actor, calendar_id: str, year: int) -> None:
    """Staff say that a year is complete as it stands, library or not."""
    row = _editable(session, actor, calendar_id, None)
    if session.get(CalendarYear, (row.id, year)) is None:
        kept = loading.kept(session, row, year)
        session.add(CalendarYear(calendar_id=row.id, year=year, source=STAFF))
        wanted = loading.days_wanted(session, row, year)
        new = {day: it for day, it in wanted.items() if day not in kept}
        session.add_all(loading.loaded_row(row, day, *it) for day, it in new.items())
        _changed(session, row)
        audit.record(session, actor, "calendar.confirm_year", row, {"year": year})


def set_week(
    session: Session, actor: Actor, calendar_id: str, data: WeekInput, version: int | None = None
) -> WorkCalendar:
    """Other opening hours or names. Make-up days get the new hours of an ordinary day; all due
    times are worked out again. Raises Invalid, Conflict for a stale version."""
    row = _editable(session, actor, calendar_id, version)
    week = [list(hours) for hours in data.week]
    _check_week(week)
    row.week = week
    row.names = {tag: text[:MAX_NAME] for tag, name in data.names.items() if (text := name.strip())}
    loading.load_calendar(session, row)
    _changed(session, row)
    audit.record(session, actor, "calendar.set_week", row, {"week": week, "names": row.names})
    return row


def _changed(session: Session, row: WorkCalendar) -> None:
    loading.changed(session, row)
    loading.share(session, row)


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
        for keeper in keepers:
            with i18n.use_locale(keeper.locale):
                name = alarm.name
            notices.tell_users(
                session,
                [keeper],
                "calendar.missing",
                {"year": str(alarm.year), "calendar": name},
                path=f"/desk/calendars/{alarm.calendar_id}/{alarm.year}",
                dedupe=f"calendar:{alarm.calendar_id}:{alarm.year}:{month}",
            )
    return len(missing)
