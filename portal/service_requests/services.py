"""Verbs of service requests: ask, reply, note, move, assign, set the priority."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.companies import queries as companies
from portal.core import audit, clock
from portal.core.access import SYSTEM, Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import format_datetime, gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.service_requests import answers, asking, catalogue, news, queries, rules
from portal.service_requests.models import PRIORITIES, RequestEntry, ServiceRequest
from portal.service_requests.rules import WORKFLOW

PROFILE_FIRST = _l(
    "Please fill in your company profile first, so that the base knows who is asking."
)


@dataclass(frozen=True)
class RequestInput:
    """What a requester gives; `answers` are keyed by the question ids of the service's form."""

    service: str
    title: str
    words: Words
    priority: str = "P3"
    urgency_reason: str = ""
    markets: Sequence[str] = ()
    desired_date: date | None = None
    consent_partners: bool = False
    answers: Mapping[str, Any] = field(default_factory=dict)
    capability_id: str = ""
    need_id: str = ""
    inquiry_id: str = ""
    about_id: str = ""
    contact: str = "portal"
    timezone: str = ""
    confidential: bool = False
    channel: str = "portal"
    # Where staff ask on behalf of a company.
    company_id: str = ""
    requester_id: str = ""
    consent_note: str = ""


@dataclass(frozen=True)
class Step:
    """A step of the workflow, with the version its author saw and the words given with it."""

    name: str
    version: int | None
    words: Words


def create(session: Session, actor: Actor, data: RequestInput) -> ServiceRequest:
    """Ask the base for a service. Raises Invalid, Conflict without a company profile."""
    asker = asking.asker(session, actor, data)
    if not companies.has_profile(session, asker):
        raise Conflict(PROFILE_FIRST)
    _check_urgency(data)
    queries.links_for(session, asker, data.capability_id, data.need_id, data.inquiry_id)
    asking.check(session, asker, data)
    request = _new_request(session, asker, data)
    request.created_by_id = actor.user_id
    entry = _write(session, actor, request, data.words, event="created")
    asking.mark_confidential(session, entry.id, data)
    audit.record(session, actor, "service_request.create", request, {"service": request.service})
    news.tell_customer(session, request, entry, "received")
    news.tell_desk(session, request, entry, "new")
    return request


def _check_urgency(data: RequestInput) -> None:
    if data.priority not in PRIORITIES:
        raise Invalid(_l("Please choose how urgent it is."), field="priority")
    if data.priority in ("P1", "P2") and not data.urgency_reason.strip():
        raise Invalid(_l("Please say why it is urgent."), field="urgency_reason")


def _new_request(session: Session, actor: Actor, data: RequestInput) -> ServiceRequest:
    service = catalogue.get(data.service)
    request = ServiceRequest(
        number=queries.next_number(session),
        service=service.code,
        form_version=service.form.version,
        company_id=actor.org_id,
        requester_id=actor.user_id,
        title=data.title,
        description=data.words.body,
        locale=data.words.locale,
        markets=list(data.markets),
        answers=answers.checked(service.form, data.answers, data.markets),
        desired_date=data.desired_date,
        consent_partners=data.consent_partners,
        capability_id=data.capability_id or None,
        need_id=data.need_id or None,
        inquiry_id=data.inquiry_id or None,
        priority=data.priority,
        urgency_reason=data.urgency_reason,
        about_id=data.about_id or None,
        contact=data.contact,
        timezone=data.timezone or actor.timezone,
        consent_note=data.consent_note,
        channel=data.channel,
    )
    session.add(request)
    session.flush()
    return request


def _write(
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
    party = rules.STAFF if actor.is_staff else "customer"
    entry = RequestEntry(
        request_id=request.id,
        party=party if actor.user_id else rules.SYSTEM,
        author_id=actor.user_id,
        internal=internal,
        event=event,
        detail=dict(detail or {}),
        body=words.body if words and event is None else "",
        locale=words.locale if words else actor.locale,
        created_at=clock.now(),
        attachments=list(words.attachments) if words else [],
    )
    session.add(entry)
    session.flush()
    return entry


def reply(session: Session, actor: Actor, request_id: str, words: Words) -> RequestEntry:
    """Write to the other side. A customer's reply to an open question also resumes the work."""
    request = _writable(session, actor, request_id)
    _check_words(words, "reply")
    if WORKFLOW.can("answer", request, actor):
        return _step(session, actor, request, "answer", words)
    entry = _public(session, actor, request, words)
    if actor.is_staff:
        news.tell_customer(session, request, entry, "reply")
    else:
        news.tell_desk(session, request, entry, "reply")
    return entry


def _check_words(words: Words, name: str) -> None:
    if not words.body.strip():
        raise Invalid(_l("Please write something first."), field=name)


def _writable(session: Session, actor: Actor, request_id: str) -> ServiceRequest:
    request = queries.request_for(session, actor, request_id)
    if not rules.parties(request, actor):
        raise Forbidden(_l("You may read service requests, but not write in them."))
    return request


def _public(session: Session, actor: Actor, request: ServiceRequest, words: Words) -> RequestEntry:
    entry = _write(session, actor, request, words)
    request.changed_at = entry.created_at
    if actor.is_staff and request.first_reply_at is None:
        request.first_reply_at = entry.created_at
    audit.record(session, actor, "service_request.reply", request, {"entry": entry.id})
    return entry


def note(session: Session, actor: Actor, request_id: str, words: Words) -> RequestEntry:
    """Write among the staff; the customer never sees it."""
    request = _on_desk(session, actor, request_id)
    _check_words(words, "note")
    entry = _write(session, actor, request, words, internal=True)
    audit.record(session, actor, "service_request.note", request, {"entry": entry.id})
    return entry


def _on_desk(session: Session, actor: Actor, request_id: str) -> ServiceRequest:
    if not actor.may(Permission.DESK_WORK):
        raise NotFound
    return queries.request_for(session, actor, request_id)


def move(session: Session, actor: Actor, request_id: str, step: Step) -> ServiceRequest:
    """Take a step of the workflow. Raises Conflict for a stale version or a wrong state."""
    request = _writable(session, actor, request_id)
    transition = WORKFLOW.find(step.name)
    if transition is None or not transition.shown:
        raise NotFound
    _check_version(session, actor, request, step.version)
    _step(session, actor, request, step.name, step.words)
    return request


def _step(
    session: Session, actor: Actor, request: ServiceRequest, name: str, words: Words
) -> RequestEntry:
    """Fire the transition; its words become a message or a note, then the event follows."""
    before = request.state
    internal = name in rules.INTERNAL_NOTE
    try:
        WORKFLOW.fire(session, request, name, actor, note=words.body)
    except Invalid as error:
        field_name = "note" if internal else "reply"
        raise Invalid(error.message, field=field_name) from error
    _keep_dates(request, name)
    written = None
    if words.body.strip() and internal:
        written = _write(session, actor, request, words, internal=True)
    elif words.body.strip() and name in rules.PUBLIC_NOTE:
        written = _public(session, actor, request, words)
    event = _write(
        session,
        actor,
        request,
        event="moved",
        detail={"step": name, "from": before, "to": request.state},
    )
    _announce(session, request, event, name, actor)
    return written or event


def _keep_dates(request: ServiceRequest, name: str) -> None:
    if name == "resolve":
        request.resolved_at = clock.now()
    request.closed_at = clock.now() if WORKFLOW.state(request.state).final else None


def _announce(
    session: Session, request: ServiceRequest, event: RequestEntry, name: str, actor: Actor
) -> None:
    if name in news.CUSTOMER_NEWS:
        news.tell_customer(session, request, event, news.CUSTOMER_NEWS[name])
    elif name in news.DESK_NEWS and not actor.is_staff:
        news.tell_desk(session, request, event, news.DESK_NEWS[name])


def close_solved(session: Session) -> int:
    """Close what was resolved seven days ago without objection; returns how many there were."""
    due = queries.resolved_before(session, clock.now() - rules.OBJECTION)
    for request in due:
        _step(session, SYSTEM, request, "close", Words("", SYSTEM.locale))
    return len(due)


def assign(
    session: Session, actor: Actor, request_id: str, person_id: str, version: int | None = None
) -> ServiceRequest:
    """Put a person in charge: agents themselves, supervisors anybody of the staff."""
    request = _on_desk(session, actor, request_id)
    if person_id != actor.user_id and not actor.may(Permission.DESK_ASSIGN):
        raise Forbidden(_l("Only supervisors assign requests to others."))
    person = next((user for user in accounts.staff(session) if user.id == person_id), None)
    if person is None:
        raise Invalid(_l("Please choose a member of the staff."), field="assignee")
    if not rules.is_open(request):
        raise Conflict(_l("This request is no longer open."))
    _check_version(session, actor, request, version)
    if request.assignee_id != person.id:
        _put_in_charge(session, actor, request, person)
    return request


def _put_in_charge(session: Session, actor: Actor, request: ServiceRequest, person: User) -> None:
    request.assignee_id = person.id
    empty = Words("", actor.locale)
    for name in ("triage", "assign"):
        if WORKFLOW.can(name, request, actor):
            _step(session, actor, request, name, empty)
    request.version += 1
    request.changed_at = clock.now()
    detail = {"person": person.name, "person_id": person.id}
    entry = _write(session, actor, request, event="assigned", detail=detail)
    audit.record(session, actor, "service_request.assign", request, {"to": person.id})
    news.tell_assigned(session, actor, request, entry, person)


def set_priority(
    session: Session, actor: Actor, request_id: str, priority: str, version: int | None = None
) -> ServiceRequest:
    """Change how urgent the request is; the promise follows."""
    request = _on_desk(session, actor, request_id)
    if priority not in PRIORITIES:
        raise Invalid(_l("Please choose how urgent it is."), field="priority")
    _check_version(session, actor, request, version)
    before = request.priority
    if priority != before:
        request.priority = priority
        request.version += 1
        request.changed_at = clock.now()
        detail = {"from": before, "to": priority}
        _write(session, actor, request, event="priority", detail=detail)
        audit.record(session, actor, "service_request.priority", request, detail)
    return request


def _check_version(
    session: Session, actor: Actor, request: ServiceRequest, version: int | None
) -> None:
    """Refuse a step on an old view of the request, saying who was faster and where it stands."""
    if version is None or version == request.version:
        return
    last = queries.last_event(session, request)
    raise Conflict(
        gettext(
            "%(person)s changed this request at %(moment)s; it is now “%(state)s”. Your text is "
            "kept below: please look again and send it if it still fits.",
            person=last.author.name if last and last.author else gettext("Somebody"),
            moment=format_datetime(request.changed_at),
            state=str(WORKFLOW.state(request.state).shown(actor.is_staff)),
        )
    )
