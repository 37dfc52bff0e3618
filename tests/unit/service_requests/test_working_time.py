"""Working time against a slow reference that looks at every minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.service_requests.working_time import (
    Calendar,
    Hours,
    NeverOpenError,
    Pause,
    read,
)

MINUTE = timedelta(minutes=1)
OFFICE: Hours = ((time(9), time(12)), (time(13), time(18)))
NIGHT: Hours = ((time(0), time(2, 30)), (time(22), time(0)))
WEEKS = {
    "office": (OFFICE,) * 5 + ((),) * 2,
    "always": (((time(0), time(0)),),) * 7,
    "night": (NIGHT,) * 7,
    "weekend": ((),) * 5 + (((time(2, 15), time(2, 45)), (time(3), time(12))),) * 2,
}
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "America/New_York",
         "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu")  # fmt: skip


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def works(calendar: Calendar, moment: datetime) -> bool:
    """The obvious reading of the hours: what does the clock on the wall say?"""
    wall = moment.astimezone(calendar.zone)
    at = wall.time()
    return any(
        opens <= at and (at < closes or closes == time())
        for opens, closes in calendar.hours(wall.date())
    )


def slow_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    total, moment = timedelta(), start
    while moment < end:
        total += MINUTE if works(calendar, moment) else timedelta()
        moment += MINUTE
    return total


def slow_read(
    calendar: Calendar, start: datetime, budget: timedelta, pauses: list[Pause], now: datetime
) -> tuple[timedelta, datetime | None]:
    used, due, moment = timedelta(), None, start
    left = budget
    last = max([now, *(p.end or now for p in pauses)]) + timedelta(days=20)
    while (moment < last and due is None) or moment < now:
        paused = any(p.start <= moment and (p.end is None or moment < p.end) for p in pauses)
        if works(calendar, moment) and not paused:
            used += MINUTE if moment < now else timedelta()
            left -= MINUTE
            if due is None and left <= timedelta():
                due = moment + MINUTE
        moment += MINUTE
    return used, due


exceptions = st.dictionaries(
    st.dates(date(2020, 1, 1), date(2029, 12, 31)), st.sampled_from([(), OFFICE, NIGHT])
)
calendars = st.builds(
    lambda zone, week, days: Calendar(ZoneInfo(zone), WEEKS[week], days),
    st.sampled_from(ZONES), st.sampled_from(sorted(WEEKS)), exceptions,
)  # fmt: skip
# Around every change of the clocks of ten years as often as anywhere else.
moments = st.one_of(
    st.integers(0, 10 * 365 * 1440),
    st.builds(
        lambda year, month, day, minute: (
            (date(year, month, day) - date(2020, 1, 1)).days * 1440 + minute
        ),
        st.integers(2020, 2029),
        st.sampled_from([3, 4, 10, 11]),
        st.integers(1, 30),
        st.integers(0, 1439),
    ),
).map(lambda minute: utc(2020, 1, 1) + minute * MINUTE)
minutes = st.integers(0, 3 * 1440).map(lambda m: timedelta(minutes=m))


@settings(max_examples=120, deadline=None)
@given(calendars, moments, minutes)
def test_between_equals_counting_minutes(
    calendar: Calendar, start: datetime, length: timedelta
) -> None:
    end = start + length
    assert calendar.between(start, end) == slow_between(calendar, start, end)


@settings(max_examples=80, deadline=None)
@given(
    calendars,
    moments,
    st.integers(1, 900).map(lambda m: timedelta(minutes=m)),
    st.lists(st.tuples(minutes, st.one_of(st.none(), minutes)), max_size=3),
    minutes,
)
def test_a_clock_equals_counting_minutes(
    calendar: Calendar,
    start: datetime,
    budget: timedelta,
    gaps: list[tuple[timedelta, timedelta | None]],
    passed: timedelta,
) -> None:
    pauses = [
        Pause(start + after, None if length is None else start + after + length)
        for after, length in gaps
    ]
    now = start + passed
    reading = read(calendar, start, budget, pauses, now)
    used, due = slow_read(calendar, start, budget, pauses, now)
    assert reading.used == used
    assert reading.due == due


@settings(max_examples=200, deadline=None)
@given(calendars, moments, st.integers(1, 5000).map(lambda m: timedelta(minutes=m)))
def test_so_much_time_lies_before_what_is_due(
    calendar: Calendar, start: datetime, working: timedelta
) -> None:
    due = calendar.after(start, working)
    assert calendar.between(start, due) == working
    assert calendar.between(start, due - timedelta(seconds=1)) < working


def test_ten_years_of_days_are_counted_alike() -> None:
    """Every day of ten years in two zones with changes of the clocks."""
    for zone in ("Europe/Berlin", "America/New_York"):
        calendar = Calendar(ZoneInfo(zone), WEEKS["office"])
        start, end = (datetime(year, 1, 1, tzinfo=calendar.zone) for year in (2020, 2030))
        days = (date(2020, 1, 1) + timedelta(days=n) for n in range((end - start).days))
        working_days = sum(day.weekday() < 5 for day in days)
        assert calendar.between(start, end) == working_days * timedelta(hours=8)


def test_a_night_with_a_changed_clock_is_as_long_as_it_was() -> None:
    calendar = Calendar(ZoneInfo("Europe/Berlin"), WEEKS["always"])
    assert sum((b - a for a, b in calendar.openings(date(2026, 3, 29))), timedelta()) == timedelta(
        hours=23
    )
    assert sum((b - a for a, b in calendar.openings(date(2026, 10, 25))), timedelta()) == timedelta(
        hours=25
    )


def test_holidays_are_skipped_and_make_up_days_count() -> None:
    days: dict[date, Hours] = {date(2026, 10, 1): (), date(2026, 10, 10): OFFICE}
    calendar = Calendar(ZoneInfo("Asia/Shanghai"), WEEKS["office"], days)
    assert calendar.after(utc(2026, 9, 30, 9), timedelta(hours=2)) == utc(2026, 10, 2, 2)
    assert calendar.after(utc(2026, 10, 9, 9, 30), timedelta(hours=1)) == utc(2026, 10, 10, 1, 30)


def test_an_open_pause_has_no_due_time() -> None:
    calendar = Calendar(ZoneInfo("Asia/Shanghai"), WEEKS["office"])
    start = utc(2026, 11, 23, 1)
    reading = read(
        calendar, start, timedelta(hours=8), [Pause(utc(2026, 11, 23, 3))], utc(2026, 11, 24, 3)
    )
    assert reading.due is None
    assert reading.used == timedelta(hours=2)
    assert reading.left == timedelta(hours=6)


def test_a_clock_that_ran_out_before_the_pause_keeps_its_due_time() -> None:
    calendar = Calendar(ZoneInfo("Asia/Shanghai"), WEEKS["office"])
    pause = Pause(utc(2026, 11, 23, 9))
    reading = read(
        calendar, utc(2026, 11, 23, 1), timedelta(hours=2), [pause], utc(2026, 11, 25, 1)
    )
    assert reading.due == utc(2026, 11, 23, 3)
    assert reading.left < timedelta()


def test_a_calendar_without_hours_is_refused() -> None:
    with pytest.raises(NeverOpenError):
        Calendar(ZoneInfo("UTC"), ((),) * 7).after(utc(2026, 1, 1), MINUTE)


def test_overlapping_hours_are_refused() -> None:
    week = (((time(9), time(12)), (time(11), time(13))),) * 7
    with pytest.raises(ValueError, match="overlapping"):
        Calendar(ZoneInfo("UTC"), week).openings(date(2026, 1, 1))
