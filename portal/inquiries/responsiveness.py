"""How suppliers answer inquiries: counted in the background, kept for the order of matches.

An inquiry counts once it is answered or has waited long enough; those that the buyer withdrew
before an answer do not count. The time is measured in working hours of the supplier's country, so
that nights, weekends and holidays cost nobody anything.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.companies.models import Company
from portal.core import clock, jobs
from portal.core.db import Database
from portal.inquiries.models import Inquiry
from portal.matching.models import SupplierResponse
from portal.matching.ranking import responsiveness

# An inquiry without an answer counts after so many working hours: five days.
PATIENCE = 45.0
# Older ones say nothing about today.
YEAR = timedelta(days=365)
OPENS, CLOSES = time(9), time(18)
# A longer wait is measured no further.
MAX_DAYS = 60
_ZONES = {"CN": "Asia/Shanghai", "DE": "Europe/Berlin", "US": "America/New_York"}


@lru_cache(maxsize=256)
def _calendar(country: str, year: int) -> Any:
    """Holidays and make-up working days; a country that nobody knows has weekends only."""
    import holidays  # noqa: PLC0415  (slow to load, and only needed by the worker)

    try:
        return holidays.country_holidays(country, years=year)
    except NotImplementedError:
        return holidays.HolidayBase(years=year)


def is_working_day(country: str, day: date) -> bool:
    return bool(_calendar(country, day.year).is_working_day(day))


@lru_cache(maxsize=256)
def zone_of(country: str) -> ZoneInfo:
    """The zone of a country, of its first city where it has several."""
    from babel.core import get_global  # noqa: PLC0415

    named = _ZONES.get(country) or next(iter(get_global("territory_zones").get(country, ())), "UTC")
    return ZoneInfo(named)


def working_hours(country: str, start: datetime, end: datetime) -> float:
    """Hours between two moments, from nine to six on the working days of a country."""
    zone = zone_of(country)
    begin, stop = start.astimezone(zone), end.astimezone(zone)
    days = min((stop.date() - begin.date()).days, MAX_DAYS)
    hours = 0.0
    for number in range(days + 1):
        day = begin.date() + timedelta(days=number)
        if is_working_day(country, day):
            opens, closes = (datetime.combine(day, at, zone) for at in (OPENS, CLOSES))
            spent = min(closes, stop) - max(opens, begin)
            hours += max(spent.total_seconds(), 0.0) / 3600
    return hours


def _inquiries(since: datetime) -> Select[*tuple[Any, ...]]:
    """Supplier, its country, sent, first answer, state; ordered by supplier."""
    return (
        select(
            Inquiry.supplier_id,
            Company.country,
            Inquiry.created_at,
            Inquiry.first_answer_at,
            Inquiry.state,
        )
        .join(Company, Company.id == Inquiry.supplier_id)
        .where(Inquiry.created_at >= since)
        .order_by(Inquiry.supplier_id, Inquiry.id)
    )


def counted(rows: Iterable[Any], now: datetime) -> Iterator[SupplierResponse]:
    """Figures of each supplier from its inquiries."""
    for supplier, own in groupby(rows, key=lambda row: row.supplier_id):
        waits = [w for row in own if (w := _wait(row, now)) is not None]
        if waits:
            yield _figures(supplier, waits, now)


def _wait(row: Any, now: datetime) -> tuple[bool, float] | None:
    """Whether it was answered and after how many working hours; None: it does not count yet."""
    if row.first_answer_at is not None:
        return True, working_hours(row.country, row.created_at, row.first_answer_at)
    if row.state == "withdrawn":
        return None
    waited = working_hours(row.country, row.created_at, now)
    return (False, waited) if waited >= PATIENCE else None


def _figures(supplier: str, waits: Sequence[tuple[bool, float]], now: datetime) -> SupplierResponse:
    hours = [wait for answered, wait in waits if answered]
    middle = median(hours) if hours else None
    return SupplierResponse(
        company_id=supplier,
        inquiries=len(waits),
        answered=len(hours),
        hours=middle,
        score=responsiveness(len(waits), len(hours), middle),
        computed_at=now,
    )


def renew(session: Session) -> int:
    """Count again for all suppliers; returns how many have figures."""
    now = clock.now()
    fresh = {row.company_id: row for row in counted(session.execute(_inquiries(now - YEAR)), now)}
    for kept in session.scalars(select(SupplierResponse)):
        if kept.company_id not in fresh:
            session.delete(kept)
    for row in fresh.values():
        session.merge(row)
    return len(fresh)


@jobs.every(3600, "count how suppliers answer")
def renew_hourly(database: Database) -> None:
    with database.transaction() as session:
        renew(session)
