"""The figures of reports: each is counted over a group of rows, and says how."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.facts import RESOLVED
from portal.service_requests.reports.periods import Period
from portal.service_requests.reports.rows import Row

COUNT, SHARE, MINUTES, MARK = "count", "share", "minutes", "mark"
FEW = 5  # figures over fewer are marked


@dataclass(frozen=True)
class Cell:
    """A figure with the number of requests it is counted over, where it is not a count itself."""

    value: float | None
    n: int | None = None

    @property
    def is_few(self) -> bool:
        return self.value is not None and self.n is not None and self.n < FEW


@dataclass
class Group:
    """What is counted over some requests of a period, gathered in one pass."""

    came: int = 0
    left: int = 0
    open: int = 0
    replies: list[int] = field(default_factory=list)
    reply_kept: int = 0
    reply_missed: int = 0
    plans: list[int] = field(default_factory=list)
    plan_kept: int = 0
    plan_missed: int = 0
    base: int = 0
    customer: int = 0
    partner: int = 0
    breached: int = 0
    reopened: int = 0
    resolved: int = 0
    solved: list[int] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)

    def add(self, row: Row, period: Period) -> None:
        if row.ended_on is None or row.ended_on > period.end:
            self.open += 1
        elif row.ended_on >= period.start:
            self.left += 1
        if row.opened_on >= period.start:
            self.arrived(row)

    def arrived(self, row: Row) -> None:
        """Count a request that came in the period."""
        self.came += 1
        if row.reply is not None:
            self.replies.append(row.reply)
        if row.plan is not None:
            self.plans.append(row.plan)
        self.reply_missed += row.reply_late
        self.reply_kept += row.reply is not None and not row.reply_late
        self.plan_missed += row.plan_late
        self.plan_kept += row.plan is not None and not row.plan_late
        self.base += row.base
        self.customer += row.customer
        self.partner += row.partner
        self.breached += row.reply_late or row.plan_late
        self.reopened += row.reopened > 0
        self.resolved += row.outcome == RESOLVED or row.reopened > 0
        if row.solved is not None:
            self.solved.append(row.solved)
        if row.mark is not None:
            self.marks.append(row.mark)


def gathered(rows: Iterable[Row], period: Period) -> Group:
    group = Group()
    for row in rows:
        group.add(row, period)
    return group


def split(
    rows: Iterable[Row], period: Period, keys_of: Callable[[Row], Iterable[str]]
) -> dict[str, Group]:
    """Groups by key; a row with several keys counts in each of them."""
    groups: dict[str, Group] = {}
    for row in rows:
        for key in keys_of(row):
            group = groups.get(key)
            if group is None:
                group = groups[key] = Group()
            group.add(row, period)
    return groups


def median(values: Sequence[int]) -> float | None:
    """The middle value, or the mean of the two in the middle."""
    if not values:
        return None
    ordered, half = sorted(values), len(values) // 2
    return float(ordered[half]) if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2


def ninth_tenth(values: Sequence[int]) -> float | None:
    """The smallest value that at least nine of ten do not exceed."""
    return float(sorted(values)[-(-9 * len(values) // 10) - 1]) if values else None


def mean(values: Sequence[int]) -> float | None:
    return sum(values) / len(values) if values else None


def share(part: int, whole: int) -> Cell:
    return Cell(part / whole if whole else None, whole)


@dataclass(frozen=True)
class Figure:
    """A column of reports: its name, how it is counted, in what it is shown."""

    key: str
    label: Any
    definition: Any
    kind: str
    of: Callable[[Group], Cell]


def _per_request(minutes: int, group: Group) -> Cell:
    return Cell(minutes / group.came if group.came else None, group.came)


FIGURES = (
    Figure(
        "came",
        _l("Arrived"),
        _l("Requests that arrived in the period."),
        COUNT,
        lambda g: Cell(g.came),
    ),
    Figure(
        "left",
        _l("Ended"),
        _l(
            "Requests that were resolved, cancelled, rejected or merged in the period. One that "
            "was opened again counts with its last end."
        ),
        COUNT,
        lambda g: Cell(g.left),
    ),
    Figure(
        "open",
        _l("Open at the end"),
        _l("Requests that had arrived by the last day of the period and had not ended by then."),
        COUNT,
        lambda g: Cell(g.open),
    ),
    Figure(
        "reply_median",
        _l("First reply, median"),
        _l(
            "Working time of the base from arrival to the first message of a person, without the "
            "time in which the clock stood still. Half of the requests that arrived in the period "
            "and have a reply got it within this time."
        ),
        MINUTES,
        lambda g: Cell(median(g.replies), len(g.replies)),
    ),
    Figure(
        "reply_p90",
        _l("First reply, 9 of 10"),
        _l("As before: nine of ten requests got their first reply within this time."),
        MINUTES,
        lambda g: Cell(ninth_tenth(g.replies), len(g.replies)),
    ),
    Figure(
        "reply_kept",
        _l("First reply in time"),
        _l(
            "Share of the requests that arrived in the period and were answered within the time "
            "promised, among those that were answered or are overdue."
        ),
        SHARE,
        lambda g: share(g.reply_kept, g.reply_kept + g.reply_missed),
    ),
    Figure(
        "plan_median",
        _l("Plan, median"),
        _l(
            "Working time of the base from arrival to the proposal or the named partner, without "
            "the time in which the clock stood still; the middle of the requests that arrived in "
            "the period and have one."
        ),
        MINUTES,
        lambda g: Cell(median(g.plans), len(g.plans)),
    ),
    Figure(
        "plan_kept",
        _l("Plan in time"),
        _l("As for the first reply, for the proposal or the named partner."),
        SHARE,
        lambda g: share(g.plan_kept, g.plan_kept + g.plan_missed),
    ),
    Figure(
        "base",
        _l("Waiting for the base"),
        _l(
            "Mean working time of the base per request that arrived in the period, until it "
            "ended or until now, in which the next step was the base's."
        ),
        MINUTES,
        lambda g: _per_request(g.base, g),
    ),
    Figure(
        "customer",
        _l("Waiting for the customer"),
        _l("The same for the time in which the customer was asked; the clocks stood still."),
        MINUTES,
        lambda g: _per_request(g.customer, g),
    ),
    Figure(
        "partner",
        _l("Waiting for partners"),
        _l("The same for the time in which a partner was asked; the clocks stood still."),
        MINUTES,
        lambda g: _per_request(g.partner, g),
    ),
    Figure(
        "breached",
        _l("Promises missed"),
        _l("Requests that arrived in the period and whose first reply or plan came too late."),
        COUNT,
        lambda g: Cell(g.breached),
    ),
    Figure(
        "reopened",
        _l("Opened again"),
        _l(
            "Share of the requests that arrived in the period and were resolved which were opened "
            "again at least once."
        ),
        SHARE,
        lambda g: share(g.reopened, g.resolved),
    ),
    Figure(
        "solved",
        _l("Problem solved"),
        _l(
            "Mean mark, 1 to 5, that customers gave for how well the matter was solved, over the "
            "requests that arrived in the period and were marked."
        ),
        MARK,
        lambda g: Cell(mean(g.solved), len(g.solved)),
    ),
    Figure(
        "service",
        _l("Service mark"),
        _l("The same for the service of the base."),
        MARK,
        lambda g: Cell(mean(g.marks), len(g.marks)),
    ),
)
BY_KEY: Mapping[str, Figure] = {figure.key: figure for figure in FIGURES}
