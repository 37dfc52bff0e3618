"""The audit trail: one event per change, in the same transaction, chained by hash."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.access import SYSTEM, Actor
from portal.core.models import AuditEvent, State

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_FIRST = "0" * 64
# The event that says which earlier ones lost personal data, and the state that says where a
# trail begins whose oldest events were deleted.
REDACTED, BEGINS = "audit.redact", "audit"


def record(
    session: Session,
    actor: Actor,
    action: str,
    obj: Any,
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Add one event about `obj` (a mapped row with an `id`). `detail` must hold no secrets."""
    event = AuditEvent(
        at=clock.now(),
        actor_id=actor.user_id,
        organisation_id=actor.org_id,
        action=action,
        object_kind=obj.__tablename__,
        object_id=str(obj.id),
        detail=dict(detail or {}),
        request_id=request_id.get(),
        previous_hash=_last_hash(session),
    )
    event.hash = digest(event)
    session.add(event)
    session.flush()
    return event


def _last_hash(session: Session) -> str:
    newest = select(AuditEvent.hash).order_by(AuditEvent.seq.desc()).limit(1)
    return session.execute(newest).scalar() or _FIRST


def digest(event: AuditEvent) -> str:
    """SHA-256 over the previous hash and every stored column but the sequence number."""
    body = [
        event.previous_hash,
        clock.iso_z(event.at),
        event.actor_id,
        event.organisation_id,
        event.action,
        event.object_kind,
        event.object_id,
        event.detail,
        event.request_id,
    ]
    text = json.dumps(body, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def redact(session: Session, details: Mapping[int, Mapping[str, Any]]) -> None:
    """Put other details in the place of those of some events, by sequence number.

    Their hashes stay, so the chain holds; a new event in the chain bears the digests of what they
    say from now on, by which they are verified.
    """
    digests: dict[str, str] = {}
    for event in session.scalars(select(AuditEvent).where(AuditEvent.seq.in_(list(details)))):
        event.detail = dict(details[event.seq])
        digests[str(event.seq)] = digest(event)
    if digests:
        last = SimpleNamespace(__tablename__="audit_event", id=max(digests, key=int))
        record(session, SYSTEM, REDACTED, last, {"events": digests})


def prune(session: Session, before: datetime, limit: int) -> int:
    """Delete the oldest events before a moment, at most `limit`; returns how many. Where the trail
    now begins is kept, so that the rest stays verifiable."""
    kept_from = session.scalar(select(func.min(AuditEvent.seq)).where(AuditEvent.at >= before))
    old = select(AuditEvent).where(AuditEvent.at < before).order_by(AuditEvent.seq).limit(limit)
    if kept_from is not None:
        old = old.where(AuditEvent.seq < kept_from)
    gone = list(session.scalars(old))
    if not gone:
        return 0
    session.merge(State(name=BEGINS, value={"seq": gone[-1].seq, "hash": gone[-1].hash}))
    session.execute(delete(AuditEvent).where(AuditEvent.seq <= gone[-1].seq))
    return len(gone)


def broken_links(session: Session) -> Iterator[int]:
    """Sequence numbers of events that were altered or whose predecessor is missing."""
    begins = session.get(State, BEGINS)
    previous = begins.value["hash"] if begins else _FIRST
    redacted = _redacted(session)
    query = select(AuditEvent).order_by(AuditEvent.seq).execution_options(yield_per=1000)
    for event in session.scalars(query):
        said = digest(event)
        is_whole = said in (event.hash, redacted.get(str(event.seq)))
        if event.previous_hash != previous or not is_whole:
            yield event.seq
        previous = event.hash


def _redacted(session: Session) -> dict[str, str]:
    """Sequence number → digest of what an event says since it lost personal data."""
    query = select(AuditEvent).where(AuditEvent.action == REDACTED).order_by(AuditEvent.seq)
    return {seq: said for event in session.scalars(query) for seq, said in
            event.detail["events"].items()}  # fmt: skip
