"""One action on many requests, and taking it back while nothing else has happened to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import audit, clock
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.service_requests import clocks, handling, moving, queries
from portal.service_requests.assignment import services as assignment
from portal.service_requests.entries import write_change
from portal.service_requests.models import BulkChange, RequestPause, ServiceRequest
from portal.service_requests.moving import Step
from portal.service_requests.rules import WORKFLOW

MAX_REQUESTS = 200
UNDO_FOR = timedelta(minutes=10)
# Steps that need no words can be taken with many requests at once.
STEPS = tuple(t.name for t in WORKFLOW.transitions if t.shown and not t.note_required)
_KEPT = ("state", "assignee_id", "priority", "team", "escalation", "plan_escalation")
_MOMENTS = ("closed_at", "reopened_at")


@dataclass(frozen=True)
class BulkInput:
    """`action` is assign, choose, priority, team, move or close; `value` the person's id, the
    priority, the team or the step."""

    action: str
    request_ids: Sequence[str]
    value: str = ""


@dataclass(frozen=True)
class Refusal:
    """A request that stayed as it was, and why, in the reader's language."""

    reference: str
    reason: str


@dataclass(frozen=True)
class BulkResult:
    """`change_id` is what `undo` takes until `undo_until`; None when nothing was done."""

    done: tuple[str, ...]
    refused: tuple[Refusal, ...]
    change_id: str | None = None
    undo_until: datetime | None = None


Verb = Callable[[Session, Actor, str, str], object]


def _move(session: Session, actor: Actor, request_id: str, name: str) -> object:
    if name not in STEPS:
        raise Invalid(_l("This step cannot be taken with many requests at once."), field="value")
    return moving.move(session, actor, request_id, Step(name, None, Words("", actor.locale)))


ACTIONS: dict[str, Verb] = {
    "assign": handling.assign,
    "choose": lambda session, actor, request_id, _value: assignment.assign(
        session, actor, request_id
    ),
    "priority": handling.set_priority,
    "team": handling.set_team,
    "move": _move,
    "close": lambda session, actor, request_id, _value: _move(session, actor, request_id, "close"),
}


def apply(session: Session, actor: Actor, data: BulkInput) -> BulkResult:
    """Do the same with many requests. One that refuses does not keep the others from it."""
    ids = list(dict.fromkeys(data.request_ids))
    _check(actor, data.action, ids)
    changes: dict[str, Any] = {}
    refused = []
    for request in _loaded(session, actor, ids):
        before = _snapshot(session, request)
        reason = _tried(session, actor, request, data)
        if reason is not None:
            refused.append(Refusal(request.reference, reason))
        elif request.version != before["version"]:
            changes[request.id] = {**before, "after": request.version}
    return _result(session, actor, data, changes, refused)


def _check(actor: Actor, action: str, ids: list[str]) -> None:
    if not actor.may(Permission.DESK_WORK):
        raise Forbidden(_l("You may not take this step."))
    if action not in ACTIONS:
        raise Invalid(_l("Please choose what to do."), field="action")
    if not 0 < len(ids) <= MAX_REQUESTS:
        raise Invalid(_l("Please choose between 1 and 200 requests."), field="ids")


def _loaded(session: Session, actor: Actor, ids: list[str]) -> list[ServiceRequest]:
    query = select(ServiceRequest).where(ServiceRequest.id.in_(ids), queries.visible(actor))
    return list(session.scalars(query.order_by(ServiceRequest.number)))


def _tried(session: Session, actor: Actor, request: ServiceRequest, data: BulkInput) -> str | None:
    """The reason of a refusal, or None; what a refused verb had begun is rolled back."""
    try:
        with session.begin_nested():
            ACTIONS[data.action](session, actor, request.id, data.value)
    except DomainError as error:
        return str(error)
    return None


def _snapshot(session: Session, request: ServiceRequest) -> dict[str, Any]:
    """What a bulk action may change, as plain JSON."""
    moments = {name: getattr(request, name) for name in _MOMENTS}
    return {
        "version": request.version,
        "values": {name: getattr(request, name) for name in _KEPT},
        "moments": {name: at.isoformat() if at else None for name, at in moments.items()},
        "paused": _open_pause(session, request),
    }


def _open_pause(session: Session, request: ServiceRequest) -> str | None:
    query = select(RequestPause.id).where(
        RequestPause.request_id == request.id, RequestPause.ended_at.is_(None)
    )
    return session.scalars(query).first()


def _result(
    session: Session,
    actor: Actor,
    data: BulkInput,
    changes: dict[str, Any],
    refused: list[Refusal],
) -> BulkResult:
    if not changes:
        return BulkResult((), tuple(refused))
    row = BulkChange(actor_id=actor.user_id, action=data.action, changes=changes)
    session.add(row)
    session.flush()
    detail = {"action": data.action, "value": data.value, "requests": list(changes)}
    audit.record(session, actor, "service_request.bulk", row, detail)
    return BulkResult(tuple(changes), tuple(refused), row.id, row.created_at + UNDO_FOR)


def undo(session: Session, actor: Actor, change_id: str) -> BulkResult:
    """Put back what one's own bulk action changed, where nothing else has changed since; for the
    others the result says who did what. Raises Conflict when it is too late."""
    row = session.get(BulkChange, change_id)
    if row is None or row.actor_id != actor.user_id or not actor.may(Permission.DESK_WORK):
        raise NotFound
    if row.undone_at is not None or clock.now() > row.created_at + UNDO_FOR:
        raise Conflict(_l("This can no longer be undone."))
    restored, kept = [], []
    for request in _loaded(session, actor, list(row.changes)):
        before = row.changes[request.id]
        if request.version == before["after"]:
            _restore(session, actor, request, before, row)
            restored.append(request.id)
        else:
            kept.append(_since(session, request))
    row.undone_at = clock.now()
    audit.record(session, actor, "service_request.bulk_undo", row, {"requests": restored})
    return BulkResult(tuple(restored), tuple(kept))


def _since(session: Session, request: ServiceRequest) -> Refusal:
    reason = gettext(
        "%(person)s has changed this request since; it is now “%(state)s”.",
        person=moving.last_hand(session, request),
        state=str(WORKFLOW.state(request.state).label),
    )
    return Refusal(request.reference, reason)


def _restore(
    session: Session,
    actor: Actor,
    request: ServiceRequest,
    before: dict[str, Any],
    row: BulkChange,
) -> None:
    for name, value in before["values"].items():
        setattr(request, name, value)
    for name, at in before["moments"].items():
        setattr(request, name, datetime.fromisoformat(at) if at else None)
    _restore_pause(session, before["paused"])
    write_change(session, actor, request, "undone", {"action": row.action}, internal=True)
    clocks.refresh(session, request)


def _restore_pause(session: Session, pause_id: str | None) -> None:
    """A pause that the action ended goes on as if it had not; no bulk action begins one."""
    pause = session.get(RequestPause, pause_id) if pause_id else None
    if pause is not None:
        pause.ended_at = None
