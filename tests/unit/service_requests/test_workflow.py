"""Every step × state × role against a table written by hand."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal.core import clock
from portal.core.access import SYSTEM, Actor
from portal.service_requests.rules import WORKFLOW

OPEN = "new triaged assigned in_progress waiting_customer waiting_partner reopened"
# step: (states it starts from, state it leads to, who may take it)
EXPECTED = {
    "triage": ("new", "triaged", "staff"),
    "assign": ("triaged reopened", "assigned", "staff"),
    "start": ("assigned reopened", "in_progress", "staff"),
    "ask_customer": ("in_progress", "waiting_customer", "staff"),
    "ask_partner": ("in_progress", "waiting_partner", "staff"),
    "resume": ("waiting_customer waiting_partner", "in_progress", "staff"),
    "answer": ("waiting_customer", "in_progress", "owner editor"),
    "resolve": ("in_progress", "resolved", "staff"),
    "confirm": ("resolved", "closed", "owner editor"),
    "close": ("resolved", "closed", "staff system"),
    "reopen": ("resolved closed", "reopened", "owner editor staff"),
    "cancel": (OPEN, "cancelled", "owner editor"),
    "reject": (OPEN, "rejected", "staff"),
}
ACTORS = {
    "owner": Actor(user_id="o", role="owner", org_id="c1"),
    "editor": Actor(user_id="e", role="editor", org_id="c1"),
    "viewer": Actor(user_id="v", role="viewer", org_id="c1"),
    "stranger": Actor(user_id="s", role="owner", org_id="c2"),
    "staff": Actor(user_id="a", role="agent"),
    "system": SYSTEM,
    "visitor": Actor(),
}
STATES = [state.name for state in WORKFLOW.states]


def request_in(state: str, **more: Any) -> Any:
    """A request eight days after its solution: both time limits are met."""
    facts = {
        "company_id": "c1",
        "assignee_id": "a",
        "resolved_at": clock.now() - timedelta(days=8),
        **more,
    }
    return SimpleNamespace(state=state, **facts)


def test_the_table_is_complete() -> None:
    assert set(EXPECTED) == {t.name for t in WORKFLOW.transitions}
    assert {t.target for t in WORKFLOW.transitions} | {"new"} == set(STATES)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", ACTORS)
def test_each_step_is_open_to_those_and_only_those(who: str, state: str) -> None:
    for name, (sources, target, parties) in EXPECTED.items():
        wanted = state in sources.split() and who in parties.split()
        assert WORKFLOW.can(name, request_in(state), ACTORS[who]) is wanted, name
        transition = WORKFLOW.find(name)
        assert transition and transition.target == target


def test_closing_without_the_customer_waits_for_seven_days() -> None:
    fresh = request_in("resolved", resolved_at=clock.now() - timedelta(days=6))
    assert not WORKFLOW.can("close", fresh, ACTORS["staff"])
    assert WORKFLOW.can("confirm", fresh, ACTORS["owner"])


def test_reopening_ends_after_thirty_days() -> None:
    old = request_in("closed", resolved_at=clock.now() - timedelta(days=31))
    assert not WORKFLOW.can("reopen", old, ACTORS["owner"])


def test_nobody_is_assigned_without_a_person() -> None:
    assert not WORKFLOW.can("assign", request_in("triaged", assignee_id=None), ACTORS["staff"])
