"""The tables of a report: what pages show, charts are drawn from, and files hold."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.reports import wording
from portal.service_requests.reports.figures import (
    BY_KEY,
    COUNT,
    FIGURES,
    MARK,
    MINUTES,
    SHARE,
    Cell,
    Group,
    gathered,
    mean,
    median,
    share,
    split,
)
from portal.service_requests.reports.periods import Period, day_at_base
from portal.service_requests.reports.rows import Asked, Names, Row
from portal.service_requests.reports.series import WEEKS, Cohort, Point

TREND = (
    *("came", "left", "open", "reply_median", "reply_kept"),
    *("plan_median", "plan_kept", "breached"),
)


@dataclass(frozen=True)
class Column:
    """`definition` says how its figures are counted."""

    key: str
    label: Any
    kind: str
    definition: Any = ""


@dataclass(frozen=True)
class Line:
    """A row of a table; `key` is what its name stands for."""

    key: str
    name: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Table:
    """`head` names the first column."""

    key: str
    title: str
    head: str
    columns: Sequence[Column]
    lines: Sequence[Line]

    def values(self, key: str) -> list[float | None]:
        """The figures of a column, from the first line to the last."""
        place = [column.key for column in self.columns].index(key)
        return [line.cells[place].value for line in self.lines]

    @property
    def has_few(self) -> bool:
        return any(cell.is_few for line in self.lines for cell in line.cells)


def _columns(keys: Iterable[str]) -> list[Column]:
    chosen = (BY_KEY[key] for key in keys)
    return [Column(f.key, f.label, f.kind, f.definition) for f in chosen]


ALL = tuple(figure.key for figure in FIGURES)


def _line(key: str, name: str, group: Group, keys: Iterable[str] = ALL) -> Line:
    return Line(key, name, [BY_KEY[figure].of(group) for figure in keys])


def summary(rows: Iterable[Row], period: Period) -> Table:
    """One line over all requests."""
    line = _line("", gettext("All requests"), gathered(rows, period))
    head = gettext("Requests")
    return Table("summary", gettext("The period in figures"), head, _columns(ALL), [line])


def trend(points: Sequence[Point], period: Period) -> Table:
    """A line for each month or week."""
    lines = [
        _line(f"{p.start}", wording.bucket(p.start, period.step), p.group, TREND) for p in points
    ]
    head = {"month": gettext("Month"), "week": gettext("Week")}[period.step]
    return Table("trend", gettext("Course"), head, _columns(TREND), lines)


Keys = Callable[[Row], Iterable[str]]


def keys_of(dimension: str, partners: Mapping[str, Sequence[str]]) -> Keys:
    """By what a request is counted; `partners` has those asked by request."""
    nothing = ("",)
    known: dict[str, Keys] = {
        "service": lambda row: (row.service,),
        "market": lambda row: row.markets or nothing,
        "partner": lambda row: partners.get(row.request_id, nothing),
        "person": lambda row: (row.person or "",),
        "team": lambda row: (row.team,),
        "side": lambda row: (row.side,),
    }
    return known[dimension]


def breakdown(
    rows: Iterable[Row], period: Period, dimension: str, keys: Keys, names: Names
) -> Table:
    """A line for each service, market, partner …, those with most arrivals first."""
    groups = split(rows, period, keys)
    lines = [_line(k, wording.name_of(dimension, k, names), g) for k, g in groups.items()]
    lines.sort(key=lambda line: (-(line.cells[0].value or 0), line.name))
    head = str(wording.DIMENSIONS[dimension])
    return Table(dimension, head, head, _columns(ALL), lines)


def cohorts(found: Sequence[Cohort]) -> Table:
    """A line for each month of arrival."""
    columns = [Column("count", _l("Requests"), COUNT, _l(
        "Requests that arrived in the month, without those that were cancelled, rejected or merged."
    ))]  # fmt: skip
    columns += [Column(f"weeks{weeks}", _WITHIN[weeks], SHARE, _RESOLVED_WITHIN) for weeks in WEEKS]
    lines = [
        Line(
            f"{c.month:%Y-%m}",
            wording.bucket(c.month, "month"),
            [Cell(c.count), *(Cell(c.shares[weeks], c.count) for weeks in WEEKS)],
        )
        for c in found
    ]
    title = gettext("How soon requests are resolved")
    return Table("cohorts", title, gettext("Month of arrival"), columns, lines)


_WITHIN = {
    1: _l("Within 1 week"),
    2: _l("Within 2 weeks"),
    4: _l("Within 4 weeks"),
    8: _l("Within 8 weeks"),
}
_RESOLVED_WITHIN = _l(
    "Share of these requests that was resolved within so many weeks of arrival, counted in days of "
    "the calendar. It is shown once all requests of the month have had that time. One that was "
    "opened again counts with its last end."
)


def answers(asked: Iterable[Asked], rows: Sequence[Row], period: Period, names: Names) -> Table:
    """How partners answer: a line for each that was asked in the period."""
    counted = {row.request_id for row in rows}
    groups: dict[str, list[Asked]] = {}
    for one in asked:
        if one.request_id in counted and period.holds(day_at_base(one.created_at)):
            groups.setdefault(one.partner, []).append(one)
    lines = [
        Line(key, wording.name_of("partner", key, names), _answer_cells(group))
        for key, group in groups.items()
    ]
    lines.sort(key=lambda line: (-(line.cells[0].value or 0), line.name))
    title = gettext("How partners answer")
    return Table("answers", title, gettext("Partner"), _ANSWERS, lines)


def _answer_cells(group: Sequence[Asked]) -> list[Cell]:
    first = [a.answer for a in group if a.answer is not None]
    result = [a.finish for a in group if a.finish is not None]
    timely = [a.in_time for a in group if a.in_time is not None]
    marks = [a.mark for a in group if a.mark is not None]
    return [
        Cell(len(group)),
        Cell(median(first), len(first)),
        Cell(median(result), len(result)),
        share(sum(timely), len(timely)),
        Cell(mean(marks), len(marks)),
    ]


_ANSWERS = (
    Column("asked", _l("Questions"), COUNT, _l("Referrals to the partner in the period.")),
    Column(
        "answer",
        _l("First word, median"),
        MINUTES,
        _l("Working time of the partner from the question to its first word."),
    ),
    Column(
        "finish",
        _l("Result, median"),
        MINUTES,
        _l("Working time of the partner from the question to its result."),
    ),
    Column(
        "in_time",
        _l("In time"),
        SHARE,
        _l("Share of the referrals in which no word of the partner came too late."),
    ),
    Column("mark", _l("Mark"), MARK, _l("Mean mark, 1 to 5, that the base gave for the answers.")),
)
