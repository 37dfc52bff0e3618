"""Steps of the workflow, with the words that go with them and what follows from them."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.core import clock, jobs
from portal.core.access import SYSTEM, Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import format_datetime, gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.service_requests import clocks, news, queries, rules
from portal.service_requests.entries import write, write_public
from portal.service_requests.models import RequestEntry, ServiceRequest
from portal.service_requests.rules import WORKFLOW
from portal.service_requests.satisfaction import rules as satisfaction


@dataclass(frozen=True)
class Step:
    """A step of the workflow, with the version its author saw and the words given with it."""

    name: str
    version: int | None
    words: Words


def writable(session: Session, actor: Actor, request_id: str) -> ServiceRequest:
    """The request, for somebody who may write in it. Raises NotFound, Forbidden."""
    request = queries.request_for(session, actor, request_id)
    if not rules.parties(request, actor):
        raise Forbidden(_l("You may read service requests, but not write in them."))
    return request


def on_desk(session: Session, actor: Actor, request_id: str) -> ServiceRequest:
    """The request, for the base's staff. Raises NotFound for all others."""
    if not actor.may(Permission.DESK_WORK):
        raise NotFound
    return queries.request_for(session, actor, request_id)


def move(session: Session, actor: Actor, request_id: str, step: Step) -> ServiceRequest:
    """Take a step of the workflow. Raises Conflict for a stale version or a wrong state."""
    request = writable(session, actor, request_id)
    transition = WORKFLOW.find(step.name)
    if transition is None or not transition.shown:
        raise NotFound
    check_version(session, actor, request, step.version)
    take(session, actor, request, step.name, step.words)
    return request


def take(
    session: Session, actor: Actor, request: ServiceRequest, name: str, words: Words
) -> RequestEntry:
    """Fire the transition; its words become a message or a note, then the event follows."""
    before = request.state
    internal = name in rules.INTERNAL_NOTE
    session.expire(request, ["open_referrals"])
    try:
        WORKFLOW.fire(session, request, name, actor, note=words.body)
    except Invalid as error:
        field_name = "note" if internal else "reply"
        raise Invalid(error.message, field=field_name) from error
    _keep_dates(request, name)
    written = _say(session, actor, request, name, words)
    if name == "reopen":
        _begin_again(request, actor)
    detail = {"step": name, "from": before, "to": request.state}
    event = write(session, actor, request, event="moved", detail=detail)
    clocks.refresh(session, request)
    _announce(session, request, event, name, actor)
    if name in satisfaction.CLOSING:
        _ask_how_it_was(session, request)
    return written or event


def _ask_how_it_was(session: Session, request: ServiceRequest) -> None:
    jobs.enqueue(
        session,
        "satisfaction.ask",
        {"request": request.id},
        dedupe=f"satisfaction:{request.id}",
        delay=satisfaction.ASK_AFTER,
    )


def _say(
    session: Session, actor: Actor, request: ServiceRequest, name: str, words: Words
) -> RequestEntry | None:
    if not words.body.strip():
        return None
    if name in rules.INTERNAL_NOTE:
        return write(session, actor, request, words, internal=True)
    return write_public(session, actor, request, words) if name in rules.PUBLIC_NOTE else None


def _keep_dates(request: ServiceRequest, name: str) -> None:
    if name == "resolve":
        request.resolved_at = clock.now()
        request.plan_at = request.plan_at or request.resolved_at
    request.closed_at = clock.now() if WORKFLOW.state(request.state).final else None


def _begin_again(request: ServiceRequest, actor: Actor) -> None:
    """What staff open again themselves, saying why, is answered already."""
    if not actor.is_staff:
        clocks.reopened(request)


def _announce(
    session: Session, request: ServiceRequest, event: RequestEntry, name: str, actor: Actor
) -> None:
    if name in news.CUSTOMER_NEWS:
        news.tell_customer(session, request, event, news.CUSTOMER_NEWS[name])
    elif name in news.DESK_NEWS and not actor.is_staff:
        news.tell_desk(session, request, event, news.DESK_NEWS[name])
    news.tell_watching_staff(session, actor, request, event, name)


def close_solved(session: Session, limit: int = 500) -> int:
    """Close what was resolved seven days ago without objection; returns how many there were."""
    due = queries.resolved_before(session, clock.now() - rules.OBJECTION, limit)
    for request in due:
        take(session, SYSTEM, request, "close", Words("", SYSTEM.locale))
    return len(due)


def check_version(
    session: Session, actor: Actor, request: ServiceRequest, version: int | None
) -> None:
    """Refuse a step on an old view of the request, saying who was faster and where it stands."""
    if version is None or version == request.version:
        return
    raise Conflict(
        gettext(
            "%(person)s changed this request at %(moment)s; it is now “%(state)s”. Your text is "
            "kept below: please look again and send it if it still fits.",
            person=last_hand(session, request),
            moment=format_datetime(request.changed_at),
            state=str(WORKFLOW.state(request.state).shown(actor.is_staff)),
        )
    )


def last_hand(session: Session, request: ServiceRequest) -> str:
    """Who changed the request last."""
    last = queries.last_event(session, request)
    return last.author.name if last and last.author else gettext("Somebody")
