"""Working time: how much of it lies between two moments, and when so much of it has passed.

A calendar has a zone, opening hours by weekday in wall-clock time, and days that differ: holidays
on which nobody works, make-up days on which everybody does. All moments given and returned are
aware; what is counted is real elapsed time, so an opening that spans a change of the clocks is an
hour longer or shorter than its hours read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# A calendar that never opens would be searched for ever.
MAX_DAYS = 4000
DAY = timedelta(days=1)
NONE = timedelta()

Hours = tuple[tuple[time, time], ...]  # from (included) to (excluded); 00:00 as an end is midnight
Interval = tuple[datetime, datetime]


class NeverOpenError(ValueError):
    """The calendar has no working time within ten years."""


@dataclass(frozen=True)
class Calendar:
    """When somebody works. `week` has the hours of Monday to Sunday, `days` what single dates
    have instead, which is nothing on holidays."""

    zone: ZoneInfo
    week: tuple[Hours, ...]
    days: Mapping[date, Hours] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_open", lru_cache(maxsize=4096)(self._opened))

    def hours(self, day: date) -> Hours:
        """The opening hours of a date, in wall-clock time."""
        return self.days.get(day, self.week[day.weekday()])

    def openings(self, day: date) -> Sequence[Interval]:
        """The opening hours of a date as moments in UTC."""
        found: Sequence[Interval] = self._open(day)  # type: ignore[attr-defined]
        return found

    def _opened(self, day: date) -> Sequence[Interval]:
        hours = self.hours(day)
        return tuple(_in_utc(day, hours, self.zone)) if hours else ()

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from one moment to a later one; nothing when it is not later."""
        return sum((b - a for a, b in self._within(start, end)), NONE)

    def _within(self, start: datetime, end: datetime) -> Iterator[Interval]:
        day, last = self._date(start), self._date(end)
        while day <= last:
            yield from _clipped(self.openings(day), start, end)
            day += DAY

    def after(self, start: datetime, working: timedelta) -> datetime:
        """The moment at which so much working time has passed. Nothing to wait for is due at
        once, or when the doors open next. Raises NeverOpenError."""
        left, day = working, self._date(start)
        for _ in range(MAX_DAYS):
            for a, b in _clipped(self.openings(day), start, datetime.max.replace(tzinfo=UTC)):
                if left <= b - a:
                    return a + left
                left -= b - a
            day += DAY
        raise NeverOpenError

    def is_open(self, moment: datetime) -> bool:
        return any(a <= moment < b for a, b in self.openings(self._date(moment)))

    def _date(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def _clipped(openings: Iterable[Interval], start: datetime, end: datetime) -> Iterator[Interval]:
    for a, b in openings:
        if max(a, start) < min(b, end):
            yield max(a, start), min(b, end)


def _in_utc(day: date, hours: Hours, zone: ZoneInfo) -> Iterator[Interval]:
    """Between two changes of the clocks a wall-clock time is one moment; in each such part of
    the day the hours are moved by its offset and cut to it."""
    pieces = sorted(
        (max(a, begin), min(b, end))
        for begin, end, offset in _parts(day, zone)
        for a, b in ((_utc(day, one, offset), _until(day, other, offset)) for one, other in hours)
        if max(a, begin) < min(b, end)
    )
    for index, (a, b) in enumerate(pieces):
        if index and pieces[index - 1][1] > a:
            message = f"overlapping hours on {day}"
            raise ValueError(message)
        yield a, b


def _utc(day: date, wall: time, offset: timedelta) -> datetime:
    return datetime.combine(day, wall, UTC) - offset


def _until(day: date, wall: time, offset: timedelta) -> datetime:
    return _utc(day + DAY if wall == time() else day, wall, offset)


def _parts(day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """A local day in UTC, cut where the clocks change, with the offset of each part."""
    begin = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + DAY, time(), zone).astimezone(UTC)
    change = _change(begin, end, zone)
    for a, b in ((begin, change), (change, end)) if change else ((begin, end),):
        yield a, b, _offset(a, zone)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or NONE


def _change(begin: datetime, end: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment of a change of the clocks on a day, to the second."""
    before = _offset(begin, zone)
    if _offset(end - timedelta(seconds=1), zone) == before:
        return None
    low, high = begin, end
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return high


@dataclass(frozen=True)
class Pause:
    """A time in which the clock stood still; without an end it still does."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Reading:
    """A clock at one moment: `used` working time of `budget`; `due` is missing while it stands."""

    budget: timedelta
    used: timedelta
    due: datetime | None

    @property
    def left(self) -> timedelta:
        """What is left of the budget, negative when it is overdrawn."""
        return self.budget - self.used


def read(
    calendar: Calendar,
    start: datetime,
    budget: timedelta,
    pauses: Iterable[Pause],
    now: datetime,
) -> Reading:
    """A clock that was started, stood still during the pauses and may still stand."""
    running = list(_running(start, pauses))
    used = sum((calendar.between(a, min(b or now, now)) for a, b in running), NONE)
    return Reading(budget, used, _due(calendar, running, budget))


def _running(
    start: datetime, pauses: Iterable[Pause]
) -> Iterator[tuple[datetime, datetime | None]]:
    """The times between the pauses, which may overlap; the last has no end unless one is open."""
    at: datetime | None = start
    for pause in sorted(pauses, key=lambda p: p.start):
        if at is None:
            return
        if pause.start > at:
            yield at, pause.start
        at = None if pause.end is None else max(at, pause.end)
    if at is not None:
        yield at, None


def _due(
    calendar: Calendar, running: Iterable[tuple[datetime, datetime | None]], budget: timedelta
) -> datetime | None:
    left = budget
    for start, end in running:
        if end is None:
            return calendar.after(start, left)
        here = calendar.between(start, end)
        if left <= here:
            return calendar.after(start, left)
        left -= here
    return None
