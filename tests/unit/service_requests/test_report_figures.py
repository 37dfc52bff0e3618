"""Figures of reports: an example worked out by hand, and slow references that look at each row."""

import math
from datetime import date, timedelta
from statistics import mean, median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.service_requests.reports import charts, figures, periods, series
from portal.service_requests.reports.figures import BY_KEY, FIGURES, gathered
from portal.service_requests.reports.periods import MONTH, WEEK, Period
from portal.service_requests.reports.rows import Row

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
NOTHING: dict[str, Any] = {
    "ended_on": None, "outcome": "open", "reply": None, "plan": None, "reply_late": False,
    "plan_late": False, "base": 0, "customer": 0, "partner": 0, "phase": "", "counted_until": None,
    "reopened": 0, "service": "CERT", "markets": (), "person": None, "team": "", "side": "buyer",
    "solved": None, "mark": None,
}  # fmt: skip


def row(opened: date, **given: Any) -> Row:
    return Row(**{**NOTHING, "request_id": "r", "opened_on": opened, **given})


def day(number: int, month: int = 3) -> date:
    return date(2026, month, number)


# Five requests of which four arrived in March.
EXAMPLE = [
    row(day(20, 2), ended_on=day(4), outcome="resolved", reply=999, solved=1, mark=1),
    row(day(2), ended_on=day(9), outcome="resolved", reply=60, plan=300, base=400, customer=80,
        solved=5, mark=4),
    row(day(3), ended_on=day(30), outcome="resolved", reply=120, plan=900, plan_late=True,
        base=1000, partner=200, reopened=1, solved=4, mark=3),
    row(day(10), reply=600, reply_late=True, base=900, customer=120, phase="base"),
    row(day(31), ended_on=day(2, 4), outcome="cancelled", base=100),
]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value", "over"),
    [
        ("came", 4, None),
        ("left", 3, None),
        ("open", 2, None),
        ("reply_median", 120, 3),
        ("reply_p90", 600, 3),
        ("reply_kept", 2 / 3, 3),
        ("plan_median", 600, 2),
        ("plan_kept", 1 / 2, 2),
        ("base", 600, 4),
        ("customer", 50, 4),
        ("partner", 50, 4),
        ("breached", 2, None),
        ("reopened", 1 / 2, 2),
        ("solved", 4.5, 2),
        ("service", 3.5, 2),
    ],
)
def test_each_figure_is_what_a_hand_works_out(key: str, value: float, over: int | None) -> None:
    cell = BY_KEY[key].of(gathered(EXAMPLE, MARCH))
    assert cell.value == pytest.approx(value)
    assert cell.n == over


def test_every_figure_has_a_definition_and_is_checked_by_hand() -> None:
    assert all(str(figure.definition) for figure in FIGURES)
    assert len({figure.key for figure in FIGURES}) == 15


def test_figures_over_few_are_marked_and_none_are_made_up() -> None:
    group = gathered(EXAMPLE, MARCH)
    assert BY_KEY["reply_median"].of(group).is_few
    assert not BY_KEY["came"].of(group).is_few
    empty = gathered([], MARCH)
    assert [f.key for f in FIGURES if f.of(empty).value is not None] == [
        "came", "left", "open", "breached",
    ]  # fmt: skip


def test_a_row_with_several_keys_counts_in_each() -> None:
    rows = [row(day(2), markets=("DE", "US")), row(day(3), markets=("DE",))]
    found = figures.split(rows, MARCH, lambda r: r.markets)
    assert {key: group.came for key, group in found.items()} == {"DE": 2, "US": 1}


minutes = st.integers(0, 5000)
dates = st.dates(date(2025, 11, 1), date(2026, 6, 30))


@st.composite
def _rows(draw: Any) -> Row:
    opened = draw(dates)
    ended = draw(st.none() | st.integers(0, 90).map(lambda days: opened + timedelta(days=days)))
    outcome = draw(st.sampled_from(["resolved", "cancelled"])) if ended else "open"
    return row(
        opened,
        ended_on=ended,
        outcome=outcome,
        reply=draw(st.none() | minutes),
        reply_late=draw(st.booleans()),
        solved=draw(st.none() | st.integers(1, 5)),
    )


many = st.lists(_rows(), max_size=40)
spans = st.tuples(dates, st.integers(0, 200), st.sampled_from([MONTH, WEEK])).map(
    lambda given: Period(given[0], given[0] + timedelta(days=given[1]), given[2])
)


@settings(max_examples=150)
@given(many, spans)
def test_figures_equal_a_slow_reference(rows: list[Row], period: Period) -> None:
    group = gathered([r for r in rows if r.opened_on <= period.end], period)
    came = [r for r in rows if period.start <= r.opened_on <= period.end]
    replies = [r.reply for r in came if r.reply is not None]
    assert group.came == len(came)
    assert group.left == sum(
        r.ended_on is not None and period.start <= r.ended_on <= period.end
        for r in rows
        if r.opened_on <= period.end
    )
    assert group.open == sum(_is_open(r, period.end) for r in rows)
    if replies:
        assert BY_KEY["reply_median"].of(group).value == median(replies)
        worst = BY_KEY["reply_p90"].of(group).value
        assert sum(r <= worst for r in replies) >= math.ceil(0.9 * len(replies))
        assert sum(r < worst for r in replies) < 0.9 * len(replies)
    marks = [r.solved for r in came if r.solved is not None]
    if marks:
        assert BY_KEY["solved"].of(group).value == pytest.approx(mean(marks))


def _is_open(one: Row, on: date) -> bool:
    return one.opened_on <= on and (one.ended_on is None or one.ended_on > on)


@settings(max_examples=150)
@given(many, spans)
def test_a_trend_equals_a_slow_reference(rows: list[Row], period: Period) -> None:
    on_desk = [
        r
        for r in rows
        if r.opened_on <= period.end and (r.ended_on is None or r.ended_on >= period.start)
    ]
    points = series.trend(on_desk, period)
    assert [point.start for point in points] == list(period.buckets)
    for place, point in enumerate(points):
        first, last = max(point.start, period.start), period.last_day(place)
        assert point.group.came == sum(first <= r.opened_on <= last for r in rows)
        assert point.group.left == sum(
            r.ended_on is not None and first <= r.ended_on <= last for r in rows
        )
        assert point.group.open == sum(_is_open(r, last) for r in rows)


@settings(max_examples=100)
@given(many, spans, dates)
def test_cohorts_equal_a_slow_reference(rows: list[Row], period: Period, today: date) -> None:
    rows = [r for r in rows if r.opened_on <= period.end]
    for cohort in series.cohorts(rows, period, today):
        own = [
            r
            for r in rows
            if r.opened_on >= period.start
            and (r.opened_on.year, r.opened_on.month) == (cohort.month.year, cohort.month.month)
            and r.outcome != "cancelled"
        ]
        assert cohort.count == len(own)
        end = periods.next_month(cohort.month) - timedelta(days=1)
        for weeks, share in cohort.shares.items():
            if today < end + timedelta(days=7 * weeks):
                assert share is None
            else:
                done = [
                    r
                    for r in own
                    if r.ended_on and r.ended_on <= r.opened_on + timedelta(days=7 * weeks)
                ]
                assert share == len(done) / len(own)


def test_cohorts_of_the_example_wait_until_all_have_had_the_time() -> None:
    (march,) = series.cohorts(EXAMPLE, MARCH, date(2026, 4, 14))
    assert march.count == 3
    assert march.shares == {1: 1 / 3, 2: 1 / 3, 4: None, 8: None}
    (later,) = series.cohorts(EXAMPLE, MARCH, date(2026, 6, 1))
    assert later.shares == {1: 1 / 3, 2: 1 / 3, 4: 2 / 3, 8: 2 / 3}


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    weeks = Period(date(2026, 3, 4), date(2026, 3, 17), WEEK)
    assert weeks.buckets == (date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16))
    assert weeks.last_day(2) == date(2026, 3, 17)
    months = Period(date(2025, 12, 15), date(2026, 2, 3))
    assert months.buckets == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
    assert months.bucket_of(date(2026, 1, 31)) == 1


@pytest.mark.parametrize(
    "given",
    [("own", "2026-03-31", "2026-03-01"), ("own", "x", "y"), ("own", "1900-01-01", "2026-01-01"),
     ("own", "", ""), ("never", "", "")],
)  # fmt: skip
def test_odd_periods_are_the_usual_one(given: tuple[str, str, str]) -> None:
    name, period = periods.asked(*given, "fortnight")
    assert name == "year"
    assert period.step == MONTH
    assert len(period.buckets) == 12


@given(st.floats(0.001, 1e7))
def test_scales_are_round_and_reach_the_highest(highest: float) -> None:
    steps = charts.scale(highest)
    assert steps[0] == 0
    assert steps[-1] >= highest * 0.999
    assert 2 <= len(steps) <= charts.MAX_TICKS + 1


def test_lines_break_where_a_value_is_missing() -> None:
    axes = charts.Axes("k", "T", "S", ["a", "b", "c", "d"], str, top=1)
    chart = charts.over_time(axes, [], [charts.Series("x", 1, [1, None, 0.5, 0.25])])
    (path,) = chart.paths
    assert [len(piece.split()) for piece in path.pieces] == [1, 2]
    assert [value for _x, _y, value in path.marks] == ["1", "0.5", "0.25"]
