"""The facts of requests that reports count, measured where the steps are taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.service_requests.models import (
    RequestEntry,
    RequestFact,
    RequestPause,
    ServiceRequest,
)
from portal.service_requests.working_time import Calendar, Pause, read

BASE, CUSTOMER, PARTNER = "base", "customer", "partner"
PHASES = (BASE, CUSTOMER, PARTNER)
OPEN, RESOLVED = "open", "resolved"
_OUTCOMES = {
    "resolved": RESOLVED,
    "closed": RESOLVED,
    "cancelled": "cancelled",
    "rejected": "rejected",
}
_WAITED_FOR = {"waiting_customer": CUSTOMER, "waiting_partner": PARTNER}
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Life:
    """What the times of a request are read from. `rests` are the times in which it was solved or
    closed before it was opened again: nobody waited then."""

    created_at: datetime
    first_reply_at: datetime | None
    plan_at: datetime | None
    ended_at: datetime | None
    pauses: Sequence[tuple[str, Pause]]
    rests: Sequence[Pause] = ()


def measured(life: Life, calendar: Calendar, now: datetime) -> dict[str, Any]:
    """Dates and minutes of a request by the columns of its facts."""
    until = life.ended_at or now
    waited = {who: _during(calendar, life, who, until) for who in (CUSTOMER, PARTNER)}
    rested = sum((_cut(calendar, rest, until) for rest in life.rests), timedelta())
    base = calendar.between(life.created_at, until) - rested - sum(waited.values(), timedelta())
    return {
        "opened_on": life.created_at.astimezone(calendar.zone).date(),
        "ended_on": life.ended_at.astimezone(calendar.zone).date() if life.ended_at else None,
        "reply_minutes": _until(calendar, life, life.first_reply_at),
        "plan_minutes": _until(calendar, life, life.plan_at),
        "base_minutes": max(0, base // _MINUTE),
        **{f"{who}_minutes": time // _MINUTE for who, time in waited.items()},
        "counted_until": until,
    }


def _during(calendar: Calendar, life: Life, who: str, until: datetime) -> timedelta:
    return sum((_cut(calendar, p, until) for kind, p in life.pauses if kind == who), timedelta())


def _cut(calendar: Calendar, span: Pause, until: datetime) -> timedelta:
    return calendar.between(span.start, min(span.end or until, until))


def _until(calendar: Calendar, life: Life, met_at: datetime | None) -> int | None:
    if met_at is None:
        return None
    pauses = [pause for _kind, pause in life.pauses]
    return read(calendar, life.created_at, timedelta(), pauses, met_at).used // _MINUTE


def outcome(request: ServiceRequest) -> str:
    """How a request stands for reports; one that was merged goes on elsewhere."""
    if request.merged_into_id is not None:
        return "merged"
    return _OUTCOMES.get(request.state, OPEN)


def keep(
    session: Session,
    request: ServiceRequest,
    calendar: Calendar,
    pauses: Sequence[RequestPause],
    now: datetime,
) -> None:
    """Write down the facts of a request as they are now."""
    steps = _steps(session, request)
    came = outcome(request)
    life = Life(
        request.created_at,
        request.first_reply_at,
        request.plan_at,
        _ended(request, came, now),
        [(pause.kind, Pause(pause.started_at, pause.ended_at)) for pause in pauses],
        rests(steps),
    )
    row = session.get(RequestFact, request.id) or RequestFact(request_id=request.id)
    values = {
        **measured(life, calendar, now),
        "outcome": came,
        "phase": _WAITED_FOR.get(request.state, BASE) if came == OPEN else "",
        "reply_late": bool(request.first_reply_breached),
        "plan_late": bool(request.plan_breached),
        "reopened": sum(step == "reopen" for step, _to, _at in steps),
    }
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)


def _ended(request: ServiceRequest, came: str, now: datetime) -> datetime | None:
    if came == OPEN:
        return None
    ended = request.resolved_at if came == RESOLVED else request.closed_at
    return ended or now


Step = tuple[str, str, datetime]


def _steps(session: Session, request: ServiceRequest) -> list[Step]:
    """Steps of the workflow with the state they led to; what was undone leads to none."""
    query = select(RequestEntry.detail, RequestEntry.created_at).where(
        RequestEntry.request_id == request.id, RequestEntry.event.in_(("moved", "undone"))
    )
    rows = session.execute(query.order_by(RequestEntry.created_at, RequestEntry.id))
    return [(detail.get("step", ""), detail.get("to", ""), at) for detail, at in rows]


def rests(steps: Sequence[Step]) -> list[Pause]:
    """From each end to the step that took it back."""
    found, since = [], None
    for _step, to, at in steps:
        if to in _OUTCOMES:
            since = since or at
        elif since is not None:
            found.append(Pause(since, at))
            since = None
    return found


def without_facts(session: Session, limit: int, after: str = "") -> list[str]:
    """Ids of requests that were written before there were facts, or past the verbs; in order, from
    the one after `after` on."""
    known = select(RequestFact.request_id).where(RequestFact.request_id == ServiceRequest.id)
    query = select(ServiceRequest.id).where(~known.exists(), ServiceRequest.id > after)
    return list(session.scalars(query.order_by(ServiceRequest.id).limit(limit)))
