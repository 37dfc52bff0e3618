"""What reports show over time: figures by month or week, and what became of the requests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from portal.service_requests.facts import OPEN, RESOLVED
from portal.service_requests.reports import periods
from portal.service_requests.reports.figures import Group
from portal.service_requests.reports.periods import Period
from portal.service_requests.reports.rows import Row

WEEKS = (1, 2, 4, 8)
# Cohorts leave out what was never to be resolved here.
IN_COHORTS = (OPEN, RESOLVED)


@dataclass(frozen=True)
class Point:
    """A month or week: its first day in the calendar, and what is counted over it."""

    start: date
    group: Group


def trend(rows: Iterable[Row], period: Period) -> list[Point]:
    """Figures of each month or week over the requests that arrived in it; `left` counts those
    that ended in it, `open` those open on its last day."""
    buckets = period.buckets
    groups = [Group() for _ in buckets]
    before = 0
    for row in rows:
        if row.opened_on < period.start:
            before += 1
        else:
            groups[period.bucket_of(row.opened_on)].arrived(row)
        if row.ended_on is not None and period.holds(row.ended_on):
            groups[period.bucket_of(row.ended_on)].left += 1
    changes = [group.came - group.left for group in groups]
    for group, count in zip(groups, list(accumulate(changes, initial=before))[1:], strict=True):
        group.open = count
    return [Point(start, group) for start, group in zip(buckets, groups, strict=True)]


@dataclass(frozen=True)
class Cohort:
    """Requests that arrived in a month, and the share of them that was resolved within so many
    weeks; None while not all of them have had the time."""

    month: date
    count: int
    shares: Mapping[int, float | None]


def cohorts(rows: Iterable[Row], period: Period, today: date) -> list[Cohort]:
    """By month of arrival, without requests that were cancelled, rejected or merged."""
    found: dict[date, list[int | None]] = {}
    for row in rows:
        if row.opened_on >= period.start and row.outcome in IN_COHORTS:
            found.setdefault(periods.first_of(row.opened_on), []).append(_days(row))
    return [
        Cohort(month, len(days), _shares(month, days, today))
        for month, days in sorted(found.items())
    ]


def _days(row: Row) -> int | None:
    return (row.ended_on - row.opened_on).days if row.ended_on else None


def _shares(month: date, days: Sequence[int | None], today: date) -> dict[int, float | None]:
    last = periods.next_month(month) - periods.DAY
    return {
        weeks: sum(d is not None and d <= 7 * weeks for d in days) / len(days)
        if last + timedelta(weeks=weeks) <= today
        else None
        for weeks in WEEKS
    }
