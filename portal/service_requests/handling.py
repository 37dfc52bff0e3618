"""What the desk sets on a request: who takes care of it, team, priority, service."""

from typing import Any

from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests import catalogue, charge, checks, clocks, queries, rules
from portal.service_requests.assignment import services as assignment
from portal.service_requests.catalogue import Question
from portal.service_requests.entries import write_change
from portal.service_requests.models import PRIORITIES, ServiceRequest
from portal.service_requests.moving import check_version, on_desk


def assign(
    session: Session, actor: Actor, request_id: str, person_id: str, version: int | None = None
) -> ServiceRequest:
    """Put a person in charge: agents themselves, supervisors anybody of the staff."""
    request = on_desk(session, actor, request_id)
    if person_id != actor.user_id and not actor.may(Permission.DESK_ASSIGN):
        raise Forbidden(_l("Only supervisors assign requests to others."))
    person = next((user for user in accounts.staff(session) if user.id == person_id), None)
    if person is None:
        raise Invalid(_l("Please choose a member of the staff."), field="assignee")
    if not rules.is_open(request):
        raise Conflict(_l("This request is no longer open."))
    check_version(session, actor, request, version)
    if request.assignee_id != person.id:
        charge.put(session, actor, request, person)
    return request


def set_priority(
    session: Session, actor: Actor, request_id: str, priority: str, version: int | None = None
) -> ServiceRequest:
    """Change how urgent the request is; the promise follows, pauses stay as they are."""
    request = on_desk(session, actor, request_id)
    if priority not in PRIORITIES:
        raise Invalid(_l("Please choose how urgent it is."), field="priority")
    check_version(session, actor, request, version)
    _set(session, actor, request, "priority", priority)
    return request


def set_service(
    session: Session, actor: Actor, request_id: str, code: str, version: int | None = None
) -> ServiceRequest:
    """Another service than the customer chose; its promise holds from now on. Answers that its
    form does not ask for are kept in the timeline's event."""
    request = on_desk(session, actor, request_id)
    service = catalogue.get(code)
    check_version(session, actor, request, version)
    if service.code != request.service:
        given, asked = request.answers, service.form.by_id
        kept = {"form_version": request.form_version, "answers": given}
        request.answers = {key: value for key, value in given.items() if key in asked}
        request.form_version = service.form.version
        _set(session, actor, request, "service", service.code, kept)
        checks.follow_service(session, request)
        assignment.service_changed(session, actor, request)
    return request


def hastening(request: ServiceRequest) -> list[Question]:
    """Questions of the request's form whose answer brings the first reply forward, as far as it
    is one of a few."""
    service = catalogue.get(request.service)
    asked = service.form_of(request.form_version).by_id
    names = dict.fromkeys(when.question for when, _hours in service.sooner)
    return [asked[name] for name in names if name in asked and options_of(asked[name])]


def options_of(question: Question) -> dict[str, Any]:
    """Stored answer by what a form sends; nothing for questions with free answers."""
    if question.type == "bool":
        return {"yes": True, "no": False}
    return {value: value for value, _label in question.choices if question.type == "choice"}


def set_answer(
    session: Session,
    actor: Actor,
    request_id: str,
    name: str,
    value: str,
    version: int | None = None,
) -> ServiceRequest:
    """Correct an answer on which the promise depends: a safety case that nobody had called one.
    The promise follows, pauses stay as they are; the timeline keeps what was answered before."""
    request = on_desk(session, actor, request_id)
    question = next((one for one in hastening(request) if one.id == name), None)
    options = options_of(question) if question else {}
    if question is None or value not in options:
        raise Invalid(_l("Please choose an answer."), field="answer")
    check_version(session, actor, request, version)
    before = request.answers.get(name)
    if options[value] != before:
        request.answers = {**request.answers, name: options[value]}
        detail = {"question": name, "from": before, "to": options[value]}
        write_change(session, actor, request, "answer", detail, internal=True)
        clocks.retarget(session, request)
    return request


def set_team(
    session: Session, actor: Actor, request_id: str, team: str, version: int | None = None
) -> ServiceRequest:
    """Give the request to a team, or to none. Raises Invalid for a team nobody belongs to."""
    request = on_desk(session, actor, request_id)
    if team and team not in queries.teams(session):
        raise Invalid(_l("Please choose a team."), field="team")
    check_version(session, actor, request, version)
    _set(session, actor, request, "team", team, internal=True)
    return request


def _set(
    session: Session,
    actor: Actor,
    request: ServiceRequest,
    name: str,
    value: str,
    more: dict[str, Any] | None = None,
    *,
    internal: bool = False,
) -> None:
    before = getattr(request, name)
    if value == before:
        return
    setattr(request, name, value)
    detail = {"from": before, "to": value, **(more or {})}
    write_change(session, actor, request, name, detail, internal=internal)
    if name in ("priority", "service"):
        clocks.retarget(session, request)
