"""Verbs of partner institutions: enter them, change them, set their working hours."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Organisation
from portal.core import audit, clock, i18n
from portal.core.access import PARTNER, Actor, Permission
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import check_version
from portal.service_requests import calendars, calendars_keeping, catalogue
from portal.service_requests.models import CalendarDay, Partner, WorkCalendar
from portal.service_requests.partners import hours, queries
from portal.service_requests.partners.rules import KINDS

Week = Sequence[Sequence[Sequence[str]]]


@dataclass(frozen=True)
class PartnerInput:
    """What supervisors enter about a partner institution."""

    name: str
    kind: str
    country: str
    locale: str
    services: Sequence[str] = ()
    countries: Sequence[str] = ()
    languages: Sequence[str] = ()
    description: str = ""
    zone: str = "UTC"
    active: bool = True


@dataclass(frozen=True)
class OwnDay:
    """A date with hours of its own; none: closed."""

    day: date
    hours: Sequence[Sequence[str]] = ()
    name: str = ""


@dataclass(frozen=True)
class HoursInput:
    """A calendar: `week` has the hours of Monday to Sunday."""

    zone: str
    country: str
    week: Week
    days: Sequence[OwnDay] = field(default=())


def create(session: Session, actor: Actor, data: PartnerInput) -> Partner:
    """Enter a partner institution, open on weekdays until it says otherwise."""
    _check(actor, data)
    organisation = Organisation(
        kind=PARTNER, name=data.name, country=data.country, locale=data.locale
    )
    calendar = WorkCalendar(
        name=data.name[:100],
        zone=data.zone,
        country=data.country,
        week=hours.DEFAULT_WEEK,
        changed_at=clock.now(),
    )
    session.add_all([organisation, calendar])
    session.flush()
    partner = Partner(id=organisation.id, calendar_id=calendar.id, **_facts(data))
    session.add(partner)
    session.flush()
    calendars_keeping.load_calendar(session, calendar)
    audit.record(session, actor, "partner.create", partner, {"kind": data.kind})
    return partner


def edit(
    session: Session, actor: Actor, partner_id: str, data: PartnerInput, version: int | None = None
) -> Partner:
    """Change what is known of a partner; its working hours are a verb of their own."""
    _check(actor, data)
    partner = queries.partner(session, partner_id)
    check_version(partner, version)
    organisation = partner.organisation
    organisation.name, organisation.country = data.name, data.country
    organisation.locale = data.locale
    for name, value in _facts(data).items():
        setattr(partner, name, value)
    partner.version += 1
    partner.changed_at = clock.now()
    audit.record(session, actor, "partner.edit", partner, {"active": data.active})
    return partner


def _facts(data: PartnerInput) -> dict[str, Any]:
    return {
        "kind": data.kind,
        "services": list(data.services),
        "countries": list(data.countries),
        "languages": list(data.languages),
        "description": data.description,
        "active": data.active,
    }


def _check(actor: Actor, data: PartnerInput) -> None:
    if not actor.may(Permission.PARTNER_EDIT):
        raise Forbidden(_l("Only supervisors of the base change partner institutions."))
    if not data.name.strip():
        raise Invalid(_l("Please enter the name of the institution."), field="name")
    if data.kind not in KINDS:
        raise Invalid(_l("Please choose what kind of institution it is."), field="kind")
    if any(code not in catalogue.SERVICES for code in data.services):
        raise Invalid(_l("Please choose services of the catalogue."), field="services")
    if data.zone not in i18n.zones():
        raise Invalid(_l("Please choose a time zone."), field="zone")


def set_hours(
    session: Session, actor: Actor, partner_id: str, data: HoursInput, version: int | None = None
) -> WorkCalendar:
    """Set when a partner works: by its own people, or by supervisors of the base."""
    partner = queries.partner(session, partner_id)
    own = actor.owns(partner.id) and actor.may(Permission.PARTNER_HOURS_EDIT)
    if not own and not actor.may(Permission.PARTNER_EDIT):
        raise NotFound
    calendar = partner.calendar
    check_version(calendar, version)
    _check_hours(data)
    calendar.zone, calendar.country = data.zone, data.country
    calendar.week = [[list(pair) for pair in day] for day in data.week]
    calendar.version += 1
    calendar.changed_at = clock.now()
    _set_days(session, actor, calendar, data.days)
    audit.record(session, actor, "partner.hours", partner, {"zone": data.zone})
    return calendar


def _check_hours(data: HoursInput) -> None:
    if data.zone not in i18n.zones():
        raise Invalid(_l("Please choose a time zone."), field="zone")
    if not any(data.week):
        raise Invalid(_l("Please enter the hours of at least one weekday."), field="monday")
    days = [row.day for row in data.days]
    if len(set(days)) < len(days):
        raise Invalid(_l("A date stands here twice."), field="days")


def _set_days(
    session: Session, actor: Actor, calendar: WorkCalendar, days: Sequence[OwnDay]
) -> None:
    """What was entered by hand wins over the library, whose other days come back."""
    for kept in hours.own_days(session, calendar):
        session.delete(kept)
    session.flush()
    for row in days:
        day = session.get(CalendarDay, (calendar.id, row.day))
        if day is None:
            day = CalendarDay(calendar_id=calendar.id, day=row.day)
            session.add(day)
        day.hours, day.name = [list(pair) for pair in row.hours], row.name
        day.source, day.author_id, day.changed_at = calendars.STAFF, actor.user_id, clock.now()
    session.flush()
    calendars_keeping.load_calendar(session, calendar)
