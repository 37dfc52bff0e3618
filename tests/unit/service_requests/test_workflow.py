"""Every step × state × role against a table written by hand: `expected_transitions.csv`. What it
does not name is refused."""

import csv
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.core import audit, clock, i18n
from portal.core.access import SYSTEM, Actor
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.locales import LOCALES, Locale
from portal.service_requests.quotes import rules as quotes
from portal.service_requests.rules import WORKFLOW
from tests.support import handbook

TABLE = Path(__file__).with_name("expected_transitions.csv")
ACTORS = {
    "owner": Actor(user_id="o", role="owner", org_id="c1"),
    "editor": Actor(user_id="e", role="editor", org_id="c1"),
    "viewer": Actor(user_id="v", role="viewer", org_id="c1"),
    "stranger": Actor(user_id="s", role="owner", org_id="c2"),
    "agent": Actor(user_id="a", role="agent"),
    "supervisor": Actor(user_id="u", role="supervisor"),
    "administrator": Actor(user_id="d", role="administrator"),
    "partner": Actor(user_id="p", role="partner-owner", org_id="p1"),
    "system": SYSTEM,
    "visitor": Actor(),
}
STATES = [state.name for state in WORKFLOW.states]
STEPS = [step.name for step in WORKFLOW.transitions]
# (step, state) → (where it leads, who may)
EXPECTED = {
    (row["step"], row["from"]): (row["to"], {who for who in ACTORS if row[who] == "yes"})
    for row in csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines())
}


def request_in(state: str, **more: Any) -> Any:
    """A request eight days after its solution: both time limits are met."""
    facts = {
        "id": "r1",
        "version": 1,
        "company_id": "c1",
        "assignee_id": "a",
        "merged_into_id": None,
        "open_referrals": 0,
        "resolved_at": clock.now() - timedelta(days=8),
        **more,
    }
    return SimpleNamespace(state=state, **facts)


@pytest.fixture
def fire(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Fire a step without a database: the audit event is noted only."""
    noted: list[str] = []
    monkeypatch.setattr(audit, "record", lambda _s, _a, action, *_: noted.append(action))

    def run(step: str, request: Any, actor: Actor, note: str = "because") -> list[str]:
        noted.clear()
        WORKFLOW.fire(Session(), request, step, actor, note=note)
        return noted

    return run


def test_the_table_is_complete() -> None:
    assert {step for step, _state in EXPECTED} == set(STEPS)
    assert {to for to, _who in EXPECTED.values()} | {"new"} == set(STATES)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", ACTORS)
def test_each_step_is_open_to_those_and_only_those(who: str, state: str, fire: Any) -> None:
    for step in STEPS:
        target, allowed = EXPECTED.get((step, state), ("", set()))
        request = request_in(state)
        offered = WORKFLOW.can(step, request, ACTORS[who])
        assert offered is (who in allowed), step
        if offered:
            assert fire(step, request, ACTORS[who]) == [f"service_request.{step}"]
            assert request.state == target and request.version == 2
        else:
            with pytest.raises((Forbidden, Conflict)):
                fire(step, request, ACTORS[who])
            assert request.state == state and request.version == 1


@pytest.mark.parametrize("step", [s.name for s in WORKFLOW.transitions if s.note_required])
def test_steps_that_need_words_are_refused_without(step: str, fire: Any) -> None:
    transition = WORKFLOW.find(step)
    assert transition is not None
    state = transition.sources[0]
    _to, allowed = EXPECTED[step, state]
    with pytest.raises(Invalid):
        fire(step, request_in(state), ACTORS[sorted(allowed)[0]], note="  ")


def test_closing_without_the_customer_waits_for_seven_days() -> None:
    fresh = request_in("resolved", resolved_at=clock.now() - timedelta(days=6))
    assert not WORKFLOW.can("close", fresh, ACTORS["agent"])
    assert WORKFLOW.can("confirm", fresh, ACTORS["owner"])


def test_reopening_ends_after_thirty_days() -> None:
    old = request_in("closed", resolved_at=clock.now() - timedelta(days=31))
    assert not WORKFLOW.can("reopen", old, ACTORS["owner"])


def test_what_was_merged_is_not_opened_again() -> None:
    assert not WORKFLOW.can("reopen", request_in("closed", merged_into_id="r2"), ACTORS["owner"])


def test_nobody_is_assigned_without_a_person() -> None:
    assert not WORKFLOW.can("assign", request_in("triaged", assignee_id=None), ACTORS["agent"])


def test_nothing_is_solved_while_a_partner_owes_an_answer(fire: Any) -> None:
    waits, agent = request_in("in_progress", open_referrals=1), ACTORS["agent"]
    assert not WORKFLOW.can("resolve", waits, agent)
    with pytest.raises(Conflict, match="a partner still owes an answer"):
        fire("resolve", waits, agent)
    assert ["a partner" in str(reason) for reason in WORKFLOW.hindrances(waits, agent)] == [True]
    assert not WORKFLOW.hindrances(request_in("in_progress"), agent)
    assert not WORKFLOW.hindrances(waits, ACTORS["owner"]), "that is no business of the customer"


@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: locale.tag)
def test_a_cancelled_request_and_a_withdrawn_quote_are_told_apart(locale: Locale) -> None:
    cancelled, quote = WORKFLOW.state("cancelled"), quotes.WORKFLOW.state("withdrawn")
    with i18n.use_locale(locale.tag):
        for staff in (True, False):
            assert str(cancelled.shown(staff)) != str(quote.shown(staff))


def test_the_handbook_shows_the_same_table() -> None:
    text = handbook.workflows()
    for step in STEPS:
        sources = ", ".join(f"`{state}`" for s, state in EXPECTED if s == step)
        target = next(to for (s, _), (to, _who) in EXPECTED.items() if s == step)
        assert f"| `{step}` | {sources} | `{target}` |" in text, step
