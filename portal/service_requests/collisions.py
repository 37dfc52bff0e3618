"""Two people who write at once: whoever sends second sees first what the other has sent."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.core.access import Actor
from portal.core.errors import Conflict
from portal.core.i18n import gettext
from portal.service_requests.models import RequestEntry


def newest(request_id: str, entries: Sequence[RequestEntry], actor: Actor) -> str:
    """What a page shows of others: the id of their last public message on this very request, not
    on those merged into it; empty without any."""
    of_others = (e for e in reversed(entries) if e.author_id != actor.user_id)
    return next((e.id for e in of_others if e.request_id == request_id and _is_message(e)), "")


def _is_message(entry: RequestEntry) -> bool:
    return entry.event is None and not entry.internal


def since(session: Session, actor: Actor, request_id: str, seen: str) -> RequestEntry | None:
    """The last public message of somebody else, when it is not the one that was seen."""
    query = (
        select(RequestEntry)
        .where(
            RequestEntry.request_id == request_id,
            RequestEntry.event.is_(None),
            RequestEntry.internal.is_(False),
            RequestEntry.author_id.is_distinct_from(actor.user_id),
        )
        .options(joinedload(RequestEntry.author))
        .order_by(RequestEntry.created_at.desc(), RequestEntry.id.desc())
        .limit(1)
    )
    found = session.scalars(query).first()
    return found if found is not None and found.id != seen else None


def sentence(entry: RequestEntry) -> str:
    """Who was faster, in one sentence."""
    name = entry.author.name if entry.author else gettext("Somebody")
    if entry.party == "customer":
        return gettext("%(person)s of the customer has just written.", person=name)
    return gettext("%(person)s has just answered while you were writing.", person=name)


def check(session: Session, actor: Actor, request_id: str, seen: str | None) -> None:
    """Raises Conflict when somebody has written since the page was made; `seen` is what it
    showed, None where that is not known."""
    entry = since(session, actor, request_id, seen) if seen is not None else None
    if entry is not None:
        kept = gettext(
            "Your text is kept below: please read the message above and send yours if it still "
            "fits."
        )
        raise Conflict(f"{sentence(entry)} {kept}")
