"""Requests that belong together: merged, split, followed up, linked."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.access import Actor
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.service_requests import catalogue, checks, clocks, news, queries, rules
from portal.service_requests.assignment import services as assignment
from portal.service_requests.entries import check_words, write, write_change
from portal.service_requests.models import (
    RequestAttachment,
    RequestEntry,
    RequestLink,
    RequestWatch,
    ServiceRequest,
)
from portal.service_requests.moving import check_version, on_desk, take, writable

# What a new request takes over from the one it comes from.
_INHERITED = (
    *("service", "form_version", "company_id", "requester_id", "locale", "markets", "answers"),
    *("desired_date", "consent_partners", "capability_id", "need_id", "inquiry_id", "match_id"),
    *("about_id", "contact", "timezone", "consent_note", "priority", "urgency_reason", "team"),
)


@dataclass(frozen=True)
class SplitInput:
    """What becomes a request of its own: entries of the old one, under a new title."""

    title: str
    entry_ids: Sequence[str]
    service: str = ""
    version: int | None = None


def merge(
    session: Session, actor: Actor, request_id: str, into: str, version: int | None = None
) -> ServiceRequest:
    """Let a request go on as part of another one of the same company, given by id or number.
    Its lines stay its own and are shown there, too. Returns the one that goes on."""
    source = on_desk(session, actor, request_id)
    target = on_desk(session, actor, queries.id_of(session, into))
    check_version(session, actor, source, version)
    _check_merge(source, target)
    take(session, actor, source, "merge", Words("", actor.locale))
    source.merged_into_id = target.id
    _take_along(session, source, target)
    detail = {"into": target.reference, "into_id": target.id}
    entry = write_change(session, actor, source, "merged", detail)
    taken = {"from": source.reference, "from_id": source.id}
    write_change(session, actor, target, "absorbed", taken)
    clocks.refresh(session, target)
    news.tell_merged(session, source, target, entry)
    return target


def _check_merge(source: ServiceRequest, target: ServiceRequest) -> None:
    if source.id == target.id:
        raise Invalid(_l("A request cannot go on in itself."), field="into")
    if source.company_id != target.company_id:
        raise Invalid(_l("Only requests of one company can be merged."), field="into")
    if not rules.is_open(target):
        raise Conflict(_l("The other request is no longer open."))


def _take_along(session: Session, source: ServiceRequest, target: ServiceRequest) -> None:
    """What had been merged before, and those who watch, follow."""
    session.flush()
    earlier = ServiceRequest.merged_into_id == source.id
    session.execute(update(ServiceRequest).where(earlier).values(merged_into_id=target.id))
    watching = select(RequestWatch.user_id).where(RequestWatch.request_id == source.id)
    for user_id in session.scalars(watching).all():
        session.merge(RequestWatch(request_id=target.id, user_id=user_id))
    session.flush()


def split(session: Session, actor: Actor, request_id: str, data: SplitInput) -> ServiceRequest:
    """Make a request of its own out of some lines of another; they are copied, not moved.
    Returns the new one, linked to the old."""
    source = on_desk(session, actor, request_id)
    check_version(session, actor, source, data.version)
    wanted = set(data.entry_ids)
    chosen = [e for e in queries.entries(session, actor, source) if e.id in wanted]
    chosen = [entry for entry in chosen if entry.event is None]
    if not data.title.strip():
        raise Invalid(_l("Please enter a title."), field="title")
    if not chosen or len(chosen) < len(wanted):
        raise Invalid(_l("Please choose the messages that belong to the new request."))
    made = _new(session, actor, source, data.title.strip(), _opening(chosen, source))
    made.split_from_id = source.id
    if data.service and data.service.upper() != made.service:
        _other_service(made, data.service)
    _begun(session, actor, made, {"split_from": source.reference, "split_from_id": source.id})
    for entry in chosen:
        _copy(session, made, entry)
    write_change(session, actor, source, "split", {"to": made.reference, "to_id": made.id})
    return made


def _opening(chosen: Sequence[RequestEntry], source: ServiceRequest) -> Words:
    """The description of the new request: the first words of the customer among the lines."""
    said = next((e for e in chosen if e.party == "customer"), None)
    return Words(said.body, said.locale) if said else Words(source.description, source.locale)


def _other_service(made: ServiceRequest, code: str) -> None:
    service = catalogue.get(code)
    made.service, made.form_version, made.answers = service.code, service.form.version, {}


def _new(
    session: Session, actor: Actor, source: ServiceRequest, title: str, words: Words
) -> ServiceRequest:
    taken_over = {name: getattr(source, name) for name in _INHERITED}
    made = ServiceRequest(
        number=queries.next_number(session),
        title=title,
        description=words.body,
        state="new",
        created_by_id=actor.user_id,
        **{**taken_over, "locale": words.locale},
    )
    session.add(made)
    session.flush()
    return made


def _begun(
    session: Session,
    actor: Actor,
    made: ServiceRequest,
    detail: dict[str, str],
    words: Words | None = None,
    *,
    told: bool = False,
) -> None:
    entry = write(session, actor, made, words, event="created", detail=detail)
    audit.record(session, actor, "service_request.create", made, detail)
    checks.begin(session, made)
    clocks.refresh(session, made)
    if told:
        return
    news.tell_customer(session, made, entry, "received")
    assignment.opened(session, made)
    news.tell_desk(session, made, entry, "new")


def _copy(session: Session, made: ServiceRequest, entry: RequestEntry) -> None:
    """The line as it was, with its author, moment and files."""
    copied = RequestEntry(
        request_id=made.id,
        party=entry.party,
        author_id=entry.author_id,
        internal=entry.internal,
        detail={**entry.detail, "copied_from": entry.id},
        body=entry.body,
        locale=entry.locale,
        created_at=entry.created_at,
        attachments=list(entry.attachments),
    )
    session.add(copied)
    session.flush()
    secret = select(RequestAttachment.file_id).where(
        RequestAttachment.entry_id == entry.id, RequestAttachment.confidential
    )
    here = (RequestAttachment.entry_id == copied.id, RequestAttachment.file_id.in_(secret))
    session.execute(update(RequestAttachment).where(*here).values(confidential=True))


def follow_up(session: Session, actor: Actor, request_id: str, words: Words) -> ServiceRequest:
    """A new request that goes on where an ended one stopped, when that may not be opened again.
    Whoever asked or works on it may do so; the rest of the form is taken over."""
    source = writable(session, actor, request_id)
    if not rules.may_follow_up(source, actor):
        raise Conflict(_l("This request is still open or can be opened again."))
    check_words(words, "reply")
    return go_on(session, actor, source, words)


def go_on(
    session: Session, actor: Actor, source: ServiceRequest, words: Words, *, told: bool = False
) -> ServiceRequest:
    """A new request that follows another one, which the actor may write in; whether it is time for
    that has been looked at. Where it is `told`, others tell its customer and choose its hand."""
    made = _new(session, actor, source, source.title, words)
    made.follows_id = source.id
    detail = {"follows": source.reference, "follows_id": source.id}
    _begun(session, actor, made, detail, words, told=told)
    write_change(session, actor, source, "followed", {"to": made.reference, "to_id": made.id})
    return made


def link(session: Session, actor: Actor, request_id: str, other: str) -> ServiceRequest:
    """Note that two requests belong together; the other by id or number. Returns the other."""
    one, two = _pair(session, actor, request_id, other)
    if session.get(RequestLink, _key(one, two)) is None:
        first, second = _key(one, two)
        session.add(RequestLink(first_id=first, second_id=second, author_id=actor.user_id))
        _note_link(session, actor, one, two, "linked")
    return two


def unlink(session: Session, actor: Actor, request_id: str, other: str) -> ServiceRequest:
    """Take a link back. Raises NotFound when there is none."""
    one, two = _pair(session, actor, request_id, other)
    found = session.get(RequestLink, _key(one, two))
    if found is None:
        raise NotFound
    session.delete(found)
    _note_link(session, actor, one, two, "unlinked")
    return two


def _pair(
    session: Session, actor: Actor, request_id: str, other: str
) -> tuple[ServiceRequest, ServiceRequest]:
    one = on_desk(session, actor, request_id)
    two = on_desk(session, actor, queries.id_of(session, other))
    if one.id == two.id:
        raise Invalid(_l("Please choose another request."), field="other")
    return one, two


def _key(one: ServiceRequest, two: ServiceRequest) -> tuple[str, str]:
    first, second = sorted((one.id, two.id))
    return first, second


def _note_link(
    session: Session, actor: Actor, one: ServiceRequest, two: ServiceRequest, name: str
) -> None:
    for here, there in ((one, two), (two, one)):
        detail = {"to": there.reference, "to_id": there.id}
        write_change(session, actor, here, name, detail, internal=True)


def watch(session: Session, actor: Actor, request_id: str) -> None:
    """Hear of everything that happens on a request one may read."""
    request = queries.request_for(session, actor, request_id)
    if actor.user_id is None:
        raise Forbidden(_l("Please sign in first."))
    if session.get(RequestWatch, (request.id, actor.user_id)) is None:
        session.add(RequestWatch(request_id=request.id, user_id=actor.user_id))
        _audit_watch(session, actor, request, "watch")


def unwatch(session: Session, actor: Actor, request_id: str) -> None:
    request = queries.request_for(session, actor, request_id)
    found = session.get(RequestWatch, (request.id, actor.user_id or ""))
    if found is not None:
        session.delete(found)
        _audit_watch(session, actor, request, "unwatch")


def _audit_watch(session: Session, actor: Actor, request: ServiceRequest, name: str) -> None:
    session.flush()
    audit.record(session, actor, f"service_request.{name}", request)
