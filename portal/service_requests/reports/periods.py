"""Periods of reports: whole days of the base, cut into months or weeks."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from portal.core import clock, i18n
from portal.core.i18n import lazy_gettext as _l

MONTH, WEEK = "month", "week"
STEPS = {MONTH: _l("by month"), WEEK: _l("by week")}
# Periods that end today or with the last month, by how many months they have.
USUAL = {"last": 1, "quarter": 3, "year": 12, "all": 36}
NAMES = {
    "last": _l("Last month"),
    "quarter": _l("3 months"),
    "year": _l("12 months"),
    "all": _l("36 months"),
    "own": _l("Own days"),
}
MAX_DAYS = 5 * 366
MAX_WEEKS = 80
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included; `step` is month or week."""

    start: date
    end: date
    step: str = MONTH

    @cached_property
    def buckets(self) -> tuple[date, ...]:
        """The first days of the months or weeks; the first may have begun before the period."""
        return tuple(self._firsts())

    def _firsts(self) -> Iterator[date]:
        at = first_of(self.start) if self.step == MONTH else monday_of(self.start)
        while at <= self.end:
            yield at
            at = next_month(at) if self.step == MONTH else at + 7 * DAY

    def bucket_of(self, day: date) -> int:
        """The place of a day among the buckets; -1 before the first."""
        return bisect_right(self.buckets, day) - 1

    def holds(self, day: date | None) -> bool:
        return day is not None and self.start <= day <= self.end

    def last_day(self, place: int) -> date:
        """The last day of a bucket, within the period."""
        following = self.buckets[place + 1 : place + 2]
        return min(self.end, following[0] - DAY) if following else self.end


def today() -> date:
    """The day it is at the base."""
    return day_at_base(clock.now())


def day_at_base(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(i18n.BASE_ZONE)).date()


def first_of(day: date) -> date:
    return day.replace(day=1)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def next_month(day: date) -> date:
    return (first_of(day) + timedelta(days=31)).replace(day=1)


def months_before(day: date, months: int) -> date:
    """The first day of the month so many months earlier."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def of_month(month: str) -> Period:
    """A month such as 2026-10. Raises ValueError."""
    first = date.fromisoformat(f"{month}-01")
    return Period(first, next_month(first) - DAY, WEEK)


def asked(name: str, start: str, end: str, step: str) -> tuple[str, Period]:
    """The period an address asks for, by name or by its days; twelve months when it is odd."""
    chosen = _own(start, end) if name == "own" else None
    if chosen is None:
        name = name if name in USUAL else "year"
        chosen = _usual(name)
    weeks = (chosen[1] - chosen[0]).days / 7
    short = name == "last" and step not in STEPS
    step = WEEK if (step == WEEK or short) and weeks <= MAX_WEEKS else MONTH
    return name, Period(*chosen, step)


def _usual(name: str) -> tuple[date, date]:
    now = today()
    if name == "last":
        return months_before(now, 1), first_of(now) - DAY
    return months_before(now, USUAL[name] - 1), now


def _own(start: str, end: str) -> tuple[date, date] | None:
    try:
        first, last = date.fromisoformat(start), min(date.fromisoformat(end), today())
    except ValueError:
        return None
    return (first, last) if timedelta(0) <= last - first <= timedelta(days=MAX_DAYS) else None
