"""Measured times of requests against a slow reference that looks at every minute."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.service_requests import facts
from portal.service_requests.facts import Life
from portal.service_requests.working_time import Calendar, Pause

MINUTE = timedelta(minutes=1)
OFFICE = ((time(9), time(12)), (time(13), time(18)))
BASE = Calendar(ZoneInfo("Asia/Shanghai"), (OFFICE,) * 5 + ((),) * 2)
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai
HOUR = timedelta(hours=1)


def test_an_example_by_hand() -> None:
    """Asked at nine, answered at ten, the customer asked from eleven to three, solved at five."""
    life = Life(
        MONDAY,
        MONDAY + HOUR,
        MONDAY + 7 * HOUR,
        MONDAY + 8 * HOUR,
        [("customer", Pause(MONDAY + 2 * HOUR, MONDAY + 6 * HOUR))],
    )
    found = facts.measured(life, BASE, MONDAY + 30 * HOUR)
    assert found["reply_minutes"] == 60
    assert found["plan_minutes"] == 2 * 60 + 60  # nine to eleven, three to four
    assert found["customer_minutes"] == 3 * 60  # the noon break is nobody's
    assert found["base_minutes"] == 4 * 60
    assert found["partner_minutes"] == 0
    assert f"{found['opened_on']} {found['ended_on']}" == "2026-03-02 2026-03-02"


def test_the_day_is_the_one_of_the_base() -> None:
    late = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # one in the morning in Shanghai
    assert (
        str(facts.measured(Life(late, None, None, None, []), BASE, late)["opened_on"])
        == "2026-03-03"
    )


steps = st.lists(
    st.tuples(st.sampled_from(["base", "customer", "partner", "rest"]), st.integers(1, 2000)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(steps, st.integers(0, 3000), st.integers(0, 3000), st.booleans())
def test_times_equal_a_reference_minute_by_minute(
    steps: list[tuple[str, int]], reply: int, plan: int, ended: bool
) -> None:
    moments, at = [], MONDAY
    for who, length in steps:
        moments.append((who, at, at + length * MINUTE))
        at += length * MINUTE
    pauses = [(who, Pause(a, b)) for who, a, b in moments if who in ("customer", "partner")]
    rests = [Pause(a, b) for who, a, b in moments if who == "rest"]
    met = [MONDAY + reply * MINUTE, MONDAY + plan * MINUTE]
    life = Life(MONDAY, met[0], met[1], at if ended else None, pauses, rests)
    found = facts.measured(life, BASE, at)
    expected = _minute_by_minute(moments, met)
    assert {name: found[name] for name in expected} == expected


def _minute_by_minute(moments: list[Any], met: list[datetime]) -> dict[str, int]:
    counted = dict.fromkeys(
        ("base_minutes", "customer_minutes", "partner_minutes", "reply_minutes", "plan_minutes"), 0
    )
    at = MONDAY
    while at < max(moments[-1][2], *met):
        if BASE.is_open(at):
            who = next((w for w, a, b in moments if a <= at < b), None)
            if who in facts.PHASES:
                counted[f"{who}_minutes"] += 1
            running = who not in ("customer", "partner")
            counted["reply_minutes"] += running and at < met[0]
            counted["plan_minutes"] += running and at < met[1]
        at += MINUTE
    return counted
