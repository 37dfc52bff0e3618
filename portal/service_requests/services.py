"""Verbs of service requests: to ask for a service here, and the doors to all the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.companies import queries as companies
from portal.core import audit
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.service_requests import (
    answers,
    asking,
    catalogue,
    checks,
    clocks,
    market_gaps,
    news,
    queries,
)
from portal.service_requests.assignment import services as assignment
from portal.service_requests.entries import write
from portal.service_requests.handling import (
    assign,
    set_answer,
    set_priority,
    set_service,
    set_team,
)
from portal.service_requests.joining import (
    SplitInput,
    follow_up,
    link,
    merge,
    split,
    unlink,
    unwatch,
    watch,
)
from portal.service_requests.models import PRIORITIES, ServiceRequest
from portal.service_requests.moving import Step, close_solved, move
from portal.service_requests.writing import give_plan, mark_plan, note, reply

__all__ = [
    "RequestInput",
    "SplitInput",
    "Step",
    "assign",
    "close_solved",
    "create",
    "follow_up",
    "give_plan",
    "link",
    "mark_plan",
    "merge",
    "move",
    "note",
    "reply",
    "set_answer",
    "set_priority",
    "set_service",
    "set_team",
    "split",
    "unlink",
    "unwatch",
    "watch",
]
PROFILE_FIRST = _l(
    "Please fill in your company profile first, so that the base knows who is asking."
)


@dataclass(frozen=True)
class RequestInput:
    """What a requester gives; `answers` are keyed by the question ids of the service's form.

    `asked_elsewhere`: another form than the service's own asked, which need not ask everything.
    """

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
    rule_id: str = ""
    contact: str = "portal"
    timezone: str = ""
    confidential: bool = False
    channel: str = "portal"
    # Where staff ask on behalf of a company.
    company_id: str = ""
    requester_id: str = ""
    consent_note: str = ""
    asked_elsewhere: bool = False


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
    entry = write(session, actor, request, data.words, event="created")
    asking.mark_confidential(session, entry.id, data)
    audit.record(session, actor, "service_request.create", request, {"service": request.service})
    checks.begin(session, request)
    clocks.refresh(session, request)
    news.tell_customer(session, request, entry, "received")
    assignment.opened(session, request)
    news.tell_desk(session, request, entry, "new")
    return request


def _check_urgency(data: RequestInput) -> None:
    if data.priority not in PRIORITIES:
        raise Invalid(_l("Please choose how urgent it is."), field="priority")
    if data.priority in ("P1", "P2") and not data.urgency_reason.strip():
        raise Invalid(_l("Please say why it is urgent."), field="urgency_reason")


def _answers(form: catalogue.Form, data: RequestInput) -> dict[str, Any]:
    if data.asked_elsewhere:
        return answers.examined(form, data.answers, data.markets)[0]
    return answers.checked(form, data.answers, data.markets)


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
        answers=_answers(service.form, data),
        desired_date=data.desired_date,
        consent_partners=data.consent_partners,
        capability_id=data.capability_id or None,
        need_id=data.need_id or None,
        inquiry_id=data.inquiry_id or None,
        priority=data.priority,
        urgency_reason=data.urgency_reason,
        about_id=data.about_id or None,
        rule_id=market_gaps.known(session, data.rule_id),
        contact=data.contact,
        timezone=data.timezone or actor.timezone,
        consent_note=data.consent_note,
        channel=data.channel,
    )
    session.add(request)
    session.flush()
    return request
