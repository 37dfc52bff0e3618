"""Which charts a report has, and what they say in a sentence."""

from datetime import date

from portal.core.i18n import format_number, gettext
from portal.service_requests.reports import wording
from portal.service_requests.reports.charts import Axes, Chart, Series, Stack, over_time, stacked
from portal.service_requests.reports.figures import BY_KEY, MINUTES
from portal.service_requests.reports.periods import MONTH, Period
from portal.service_requests.reports.series import WEEKS
from portal.service_requests.reports.tables import Line, Table

ROWS = 12  # of a stacked chart
WAITING = ("base", "customer", "partner")


def of_report(trend: Table, breakdown: Table, cohorts: Table, period: Period) -> dict[str, Chart]:
    """Charts by name."""
    return {
        "volume": volume(trend, period),
        "promises": promises(trend, period),
        "waiting": waiting(breakdown),
        "cohorts": resolved(cohorts),
    }


def _labels(table: Table, step: str) -> list[str]:
    return [wording.on_axis(date.fromisoformat(line.key), step) for line in table.lines]


def _count(value: float) -> str:
    return format_number(round(value, 1))


def _column(table: Table, key: str, style: int) -> Series:
    label = next(str(column.label) for column in table.columns if column.key == key)
    return Series(label, style, table.values(key))


def volume(trend: Table, period: Period) -> Chart:
    """What came and went, and what was left."""
    came, left = (sum(v or 0 for v in trend.values(key)) for key in ("came", "left"))
    still = (trend.values("open") or [0])[-1] or 0
    said = gettext(
        "%(came)s requests arrived and %(left)s ended; %(open)s were open at the end.",
        came=_count(came), left=_count(left), open=_count(still),
    )  # fmt: skip
    title = gettext("Arrived, ended, open")
    axes = Axes("volume", title, said, _labels(trend, period.step), _count)
    bars = [_column(trend, "came", 1), _column(trend, "left", 2)]
    return over_time(axes, bars, [_column(trend, "open", 3)])


def promises(trend: Table, period: Period) -> Chart:
    """How many were in time."""
    known = [v for v in trend.values("reply_kept") if v is not None]
    said = gettext("No reply was due.")
    if known:
        said = gettext(
            "Between %(least)s and %(most)s of first replies were in time.",
            least=wording.percent(min(known)), most=wording.percent(max(known)),
        )  # fmt: skip
    title = gettext("Promises kept")
    axes = Axes("promises", title, said, _labels(trend, period.step), wording.percent, top=1)
    lines = [_column(trend, "reply_kept", 1), _column(trend, "plan_kept", 2)]
    return over_time(axes, [], lines)


def waiting(breakdown: Table) -> Chart:
    """For whom requests wait, on average."""
    places = [[c.key for c in breakdown.columns].index(key) for key in WAITING]

    def stack(line: Line) -> Stack:
        return Stack(line.name, [line.cells[place].value or 0 for place in places])

    stacks = [stack(line) for line in breakdown.lines[:ROWS]]
    stacks = [one for one in stacks if sum(one.values)]
    said = gettext("No request arrived in the period.")
    if stacks:
        longest = max(stacks, key=lambda one: sum(one.values))
        said = gettext(
            "The longest way of the lines shown has “%(name)s” with %(time)s of working time per "
            "request.",
            name=longest.name, time=wording.hours(sum(longest.values)),
        )  # fmt: skip
    names = [str(BY_KEY[key].label) for key in WAITING]
    title = gettext("Working time per request, by whom it waits for")
    return stacked("waiting", title, said, names, stacks, lambda v: wording.shown(v, MINUTES))


def resolved(cohorts: Table) -> Chart:
    """How soon requests of each month were resolved."""
    lines = [_column(cohorts, f"weeks{weeks}", at) for at, weeks in enumerate(WEEKS, start=1)]
    known = [v for v in lines[-1].values if v is not None]
    said = gettext("No month has had eight weeks of time yet.")
    if known:
        said = gettext(
            "Of the latest month that has had the time, %(share)s were resolved within 8 weeks.",
            share=wording.percent(known[-1]),
        )
    labels = [
        wording.on_axis(date.fromisoformat(f"{line.key}-01"), MONTH) for line in cohorts.lines
    ]
    axes = Axes("cohorts", cohorts.title, said, labels, wording.percent, top=1)
    return over_time(axes, [], lines)
