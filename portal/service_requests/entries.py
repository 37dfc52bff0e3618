"""Lines of a request's timeline: who wrote what, and what happened."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.core import audit, clock
from portal.core.access import Actor
from portal.core.errors import Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.service_requests import rules
from portal.service_requests.finding import index as _index  # noqa: F401  (keeps the words found)
from portal.service_requests.models import RequestEntry, ServiceRequest


def write(
    session: Session,
    actor: Actor,
    request: ServiceRequest,
    words: Words | None = None,
    *,
    event: str | None = None,
    internal: bool = False,
    detail: Mapping[str, Any] | None = None,
) -> RequestEntry:
    """Add a line to the timeline. An event keeps the files; its words stand elsewhere."""
    entry = RequestEntry(
        request_id=request.id,
        internal=internal,
        event=event,
        detail=dict(detail or {}),
        body=words.body if words and event is None else "",
        **signed(actor, words, "customer"),
    )
    session.add(entry)
    session.flush()
    return entry


def signed(actor: Actor, words: Words | None, outside: str) -> dict[str, Any]:
    """Who writes a line, when, in which language, with which files. `outside` is the party of
    those who are not of the base."""
    party = rules.STAFF if actor.is_staff else outside
    return {
        "party": party if actor.user_id else rules.SYSTEM,
        "author_id": actor.user_id,
        "locale": words.locale if words else actor.locale,
        "created_at": clock.now(),
        "attachments": list(words.attachments) if words else [],
    }


def write_public(
    session: Session, actor: Actor, request: ServiceRequest, words: Words, **detail: Any
) -> RequestEntry:
    """A message to the other side, with its audit event. The first one of a person at the base
    is the first reply, and the first after opening again the answer to that."""
    entry = write(session, actor, request, words, detail=detail)
    request.changed_at = entry.created_at
    if actor.is_staff and actor.user_id:
        request.first_reply_at = request.first_reply_at or entry.created_at
        request.last_staff_at, request.reopened_at = entry.created_at, None
    elif not actor.is_staff:
        request.last_customer_at = entry.created_at
    audit.record(session, actor, "service_request.reply", request, {"entry": entry.id})
    return entry


def write_change(
    session: Session,
    actor: Actor,
    request: ServiceRequest,
    name: str,
    detail: Mapping[str, Any],
    *,
    internal: bool = False,
) -> RequestEntry:
    """An event line and its audit event `service_request.<name>`; the version goes up."""
    request.version += 1
    request.changed_at = clock.now()
    entry = write(session, actor, request, event=name, internal=internal, detail=detail)
    audit.record(session, actor, f"service_request.{name}", request, detail)
    return entry


def check_words(words: Words, field: str) -> None:
    """Raises Invalid for an empty text."""
    if not words.body.strip():
        raise Invalid(_l("Please write something first."), field=field)
