"""The audit trail: one event per change, in the same transaction, chained by hash."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.access import Actor
from portal.core.models import AuditEvent

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_FIRST = "0" * 64


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


def broken_links(session: Session) -> Iterator[int]:
    """Sequence numbers of events that were altered or whose predecessor is missing."""
    previous = _FIRST
    query = select(AuditEvent).order_by(AuditEvent.seq).execution_options(yield_per=1000)
    for event in session.scalars(query):
        if event.previous_hash != previous or event.hash != digest(event):
            yield event.seq
        previous = event.hash
