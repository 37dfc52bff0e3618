"""The course of a made-up request: steps that follow each other in working time."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.service_requests import catalogue, facts, rules
from portal.service_requests.clocks import PAUSED_BY
from portal.service_requests.facts import Life
from portal.service_requests.working_time import Calendar, Pause

OPEN = rules.OPEN
PRIORITIES = ("P1", *("P2",) * 3, *("P3",) * 12, *("P4",) * 4)
# Medians in working hours.
TRIAGE, REPLY, PLAN, WORK, CUSTOMER, PARTNER = 1.0, 3.0, 18.0, 14.0, 14.0, 26.0
Span = tuple[str, datetime, datetime | None]
Step = tuple[str, dict[str, str], datetime]


@dataclass(frozen=True)
class Course:
    """What happened: steps of the timeline, pauses, columns of the request, facts for reports."""

    state: str
    steps: list[Step]
    pauses: list[Span]
    columns: dict[str, Any]
    facts: dict[str, Any]

    def moments(self, dice: random.Random, count: int) -> Iterator[datetime]:
        """When something was written, in order."""
        first, last = self.steps[0][2], self.steps[-1][2]
        yield from sorted(first + (last - first) * dice.random() for _ in range(count))


def at_work(moment: datetime, dice: random.Random) -> datetime:
    """Most people write on weekdays, between eight and seven in Shanghai."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if day.weekday() > 4 and dice.random() < 0.9:
        day -= timedelta(days=day.weekday() - 4)
    return min(moment, day + timedelta(seconds=dice.randrange(11 * 3600)))


class _Plan:
    """Steps one after the other, each after some working time."""

    def __init__(self, dice: random.Random, calendar: Calendar, came: datetime) -> None:
        self.dice, self.calendar, self.at, self.state = dice, calendar, came, "new"
        self.steps: list[Step] = [("created", {}, came)]

    def hours(self, median: float, spread: float = 0.8) -> timedelta:
        return timedelta(seconds=int(3600 * median * self.dice.lognormvariate(0, spread)))

    def take(self, name: str, to: str, median: float) -> datetime:
        self.at = self.calendar.after(self.at, self.hours(median))
        self.steps.append(("moved", {"step": name, "from": self.state, "to": to}, self.at))
        self.state = to
        return self.at


def live(
    dice: random.Random, calendar: Calendar, came: datetime, now: datetime, service: str
) -> Course:
    """From the arrival to the end, or as far as it has come by now."""
    plan, priority = _Plan(dice, calendar, came), dice.choice(PRIORITIES)
    _work(plan)
    done = [step for step in plan.steps if step[2] <= now]
    said = calendar.after(came, plan.hours(REPLY * _hurry(priority)))
    offered = calendar.after(said, plan.hours(PLAN * _hurry(priority)))
    solved, state = _last(done, "resolved"), done[-1][1].get("to", "new")
    ended = done[-1][2] if state in ("closed", "cancelled", "rejected") else None
    columns = {
        "priority": priority,
        "state": state,
        "created_at": came,
        "first_reply_at": said if said <= now else None,
        "plan_at": offered if offered <= (solved or now) else solved,
        "resolved_at": solved,
        "closed_at": ended,
    }
    pauses = list(_pauses(done))
    found = _facts(columns, done, pauses, calendar, now)
    found |= _late(found, priority, service)
    columns |= {f"{clock}_breached": found[f"{name}_late"] for clock, name in _CLOCKS.items()}
    return Course(state, done, pauses, columns, found)


_CLOCKS = {"first_reply": "reply", "plan": "plan"}


def _hurry(priority: str) -> float:
    return math.pow(float(catalogue.PRIORITY_FACTORS[priority]), 0.8)


def _work(plan: _Plan) -> None:
    plan.take("triage", "triaged", TRIAGE)
    fate = plan.dice.random()
    if fate < 0.08:
        plan.take(*(("cancel", "cancelled") if fate < 0.05 else ("reject", "rejected")), WORK)
        return
    plan.take("assign", "assigned", TRIAGE)
    plan.take("start", "in_progress", TRIAGE)
    _ask(plan)
    plan.take("resolve", "resolved", WORK)
    if plan.dice.random() < 0.06:
        plan.take("reopen", "reopened", CUSTOMER)
        plan.take("start", "in_progress", TRIAGE)
        plan.take("resolve", "resolved", WORK)
    plan.at += timedelta(days=plan.dice.choice((1, 3, 7, 7)))
    plan.take("close", "closed", 0.1)


def _ask(plan: _Plan) -> None:
    for _ in range(plan.dice.choice((0, 0, 1, 1, 2))):
        plan.take("ask_customer", "waiting_customer", WORK)
        plan.take("answer", "in_progress", CUSTOMER)
    if plan.dice.random() < 0.25:
        plan.take("ask_partner", "waiting_partner", WORK)
        plan.take("resume", "in_progress", PARTNER)


def _pauses(done: list[Step]) -> Iterator[Span]:
    ends = [*(at for _event, _detail, at in done[1:]), None]
    for (_event, detail, at), end in zip(done, ends, strict=True):
        kind = PAUSED_BY.get(detail.get("to", ""))
        if kind:
            yield kind, at, end


def _last(done: list[Step], state: str) -> datetime | None:
    return next((at for _e, detail, at in reversed(done) if detail.get("to") == state), None)


def _facts(
    columns: dict[str, Any],
    done: list[Step],
    pauses: list[Span],
    calendar: Calendar,
    now: datetime,
) -> dict[str, Any]:
    state = columns["state"]
    outcome = {"closed": "resolved"}.get(state, "open" if state in OPEN else state)
    ended = {"open": None, "resolved": columns["resolved_at"]}.get(outcome, columns["closed_at"])
    rests = facts.rests([(d.get("step", ""), d.get("to", ""), at) for _e, d, at in done])
    spans = [(kind, Pause(start, end)) for kind, start, end in pauses]
    times = (columns["created_at"], columns["first_reply_at"], columns["plan_at"])
    return {
        **facts.measured(Life(*times, ended, spans, rests), calendar, now),
        "outcome": outcome,
        "phase": PAUSED_BY.get(state, "base") if outcome == "open" else "",
        "reopened": sum(d.get("step") == "reopen" for _e, d, _at in done),
    }


def _late(found: dict[str, Any], priority: str, code: str) -> dict[str, bool]:
    service = catalogue.get(code)
    factor = catalogue.PRIORITY_FACTORS[priority]
    budgets = {
        "reply": catalogue.reply_hours(service, priority) * 60,
        "plan": service.plan_days * catalogue.HOURS_A_DAY * 60 * factor,
    }
    return {f"{n}_late": (found[f"{n}_minutes"] or 0) > budget for n, budget in budgets.items()}
