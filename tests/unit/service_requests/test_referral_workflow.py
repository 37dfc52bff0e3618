"""Every step × state × role of referrals and quotes against tables written by hand."""

import contextlib
import itertools
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.core import audit, clock
from portal.core.access import SYSTEM, Actor
from portal.core.errors import Conflict, Forbidden
from portal.core.workflow import Workflow
from portal.service_requests.partners.rules import WORKFLOW as REFERRAL
from portal.service_requests.quotes.rules import WORKFLOW as QUOTE
from tests.support import handbook

STAFF = "agent supervisor administrator"
# step: (states it starts from, state it leads to, who may take it)
REFERRAL_STEPS = {
    "accept": ("asked", "accepted", "partner partner_editor"),
    "finish": ("accepted", "done", "partner partner_editor"),
    "give_up": ("accepted", "no_help", "partner partner_editor"),
    "decline": ("asked", "declined", "partner partner_editor"),
    "miss": ("asked accepted", "unreachable", STAFF),
    "withdraw": ("asked accepted", "withdrawn", f"{STAFF} system"),
}
# Of quotes whose last day is yet to come, and of quotes whose last day is over.
VALID_STEPS = {
    "send": ("proposed", "sent", STAFF),
    "accept": ("sent", "accepted", "owner editor"),
    "decline": ("sent", "declined", "owner editor"),
    "withdraw": ("proposed sent", "withdrawn", STAFF),
    "take_back": ("proposed", "withdrawn", "partner partner_editor"),
    "expire": ("", "expired", ""),
}
OVER_STEPS = VALID_STEPS | {
    "send": ("", "sent", ""),
    "accept": ("", "accepted", ""),
    "expire": ("proposed sent", "expired", "system"),
}
ACTORS = {
    "owner": Actor(user_id="o", role="owner", org_id="c1", org_kind="both"),
    "editor": Actor(user_id="e", role="editor", org_id="c1", org_kind="both"),
    "viewer": Actor(user_id="v", role="viewer", org_id="c1", org_kind="both"),
    "stranger": Actor(user_id="s", role="owner", org_id="c2", org_kind="both"),
    "partner": Actor(user_id="p", role="owner", org_id="p1", org_kind="partner"),
    "partner_editor": Actor(user_id="q", role="editor", org_id="p1", org_kind="partner"),
    "partner_viewer": Actor(user_id="r", role="viewer", org_id="p1", org_kind="partner"),
    "other_partner": Actor(user_id="t", role="owner", org_id="p2", org_kind="partner"),
    "agent": Actor(user_id="a", role="agent"),
    "supervisor": Actor(user_id="b", role="supervisor"),
    "administrator": Actor(user_id="d", role="administrator"),
    "system": SYSTEM,
    "visitor": Actor(),
}


def referral(state: str) -> Any:
    return SimpleNamespace(state=state, partner_id="p1")


def quote(state: str, days: int) -> Any:
    request = SimpleNamespace(company_id="c1", requester=None, timezone="Europe/Berlin")
    last = clock.now().date() + timedelta(days=days)
    return SimpleNamespace(
        state=state, request=request, referral=referral("accepted"), valid_until=last
    )


def open_steps(flow: Workflow, thing: Any, who: str) -> set[str]:
    return {t.name for t in flow.transitions if flow.can(t.name, thing, ACTORS[who])}


def wanted(table: dict[str, tuple[str, str, str]], state: str, who: str) -> set[str]:
    return {
        name
        for name, (sources, _target, people) in table.items()
        if state in sources.split() and who in people.split()
    }


@pytest.mark.parametrize("who", ACTORS)
def test_each_step_is_open_to_those_and_only_those(who: str) -> None:
    for state in REFERRAL.states:
        found = open_steps(REFERRAL, referral(state.name), who)
        assert found == wanted(REFERRAL_STEPS, state.name, who), state.name
    for state in QUOTE.states:
        for days, table in ((10, VALID_STEPS), (-10, OVER_STEPS)):
            found = open_steps(QUOTE, quote(state.name, days), who)
            assert found == wanted(table, state.name, who), (state.name, days)


@pytest.mark.parametrize(("flow", "table"), [(REFERRAL, REFERRAL_STEPS), (QUOTE, VALID_STEPS)])
def test_the_tables_are_complete(flow: Workflow, table: dict[str, tuple[str, str, str]]) -> None:
    assert {t.name: t.target for t in flow.transitions} == {n: row[1] for n, row in table.items()}
    reached = {t.target for t in flow.transitions} | {flow.states[0].name}
    assert reached == {state.name for state in flow.states}


@pytest.mark.parametrize("who", ACTORS)
def test_what_is_not_open_is_refused_and_moves_nothing(
    who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "record", lambda *_: None)
    for flow, thing in ((REFERRAL, referral), (QUOTE, lambda state: quote(state, 10))):
        for state, step in itertools.product(flow.states, flow.transitions):
            moved = fired(flow, thing(state.name), step.name, who)
            wished = flow.can(step.name, thing(state.name), ACTORS[who])
            assert moved == (step.target if wished else state.name), (state.name, step.name)


def fired(flow: Workflow, thing: Any, step: str, who: str) -> str:
    """The state after somebody tried a step."""
    thing.version = 1
    with contextlib.suppress(Forbidden, Conflict):
        flow.fire(Session(), thing, step, ACTORS[who], note="because")
    return str(thing.state)


@pytest.mark.parametrize(
    ("flow", "table"),
    [(REFERRAL, REFERRAL_STEPS), (QUOTE, VALID_STEPS | {"expire": OVER_STEPS["expire"]})],
)
def test_the_handbook_shows_the_same_tables(
    flow: Workflow, table: dict[str, tuple[str, str, str]]
) -> None:
    text = handbook.workflows().split(f"## {flow.name.capitalize()}\n")[1].split("\n## ")[0]
    for step, (sources, target, _people) in table.items():
        states = ", ".join(f"`{state}`" for state in sources.split())
        assert f"| `{step}` | {states} | `{target}` |" in text, step
    for state in flow.states:
        assert f"| `{state.name}` | {state.label} |" in text, state.name


def test_a_quote_holds_to_the_end_of_the_day_where_the_requester_is() -> None:
    from datetime import UTC, date, datetime

    from portal.service_requests.quotes.rules import ends_at

    offered = quote("sent", 0)
    offered.valid_until, offered.request.timezone = date(2026, 12, 1), "America/Detroit"
    assert ends_at(offered) == datetime(2026, 12, 2, 5, tzinfo=UTC)
