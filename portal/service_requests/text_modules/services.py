"""Verbs of text modules: writing them, and using them on a request in one act."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from portal.core import audit, clock
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.service_requests import catalogue, handling, moving, rules, writing
from portal.service_requests import queries as requests
from portal.service_requests.models import PRIORITIES, ServiceRequest, TextModule
from portal.service_requests.moving import Step
from portal.service_requests.text_modules import placeholders, queries

MAX_NAME, MAX_BODY = 80, 5000
ME = "me"
# Steps that a macro may take: those of the staff whose words, if any, are for the customer.
STEPS = {
    transition.name: transition
    for transition in rules.WORKFLOW.transitions
    if transition.shown
    and rules.STAFF in transition.parties
    and transition.name not in rules.INTERNAL_NOTE
}
ACTIONS = ("step", "priority", "assignee", "team")


@dataclass(frozen=True)
class ModuleInput:
    """A module as it is written; `names` and `bodies` by locale, `actions` by `ACTIONS`."""

    names: Mapping[str, str]
    bodies: Mapping[str, str]
    service: str = ""
    actions: Mapping[str, str] = field(default_factory=dict)
    own: bool = True
    version: int | None = None


def save(session: Session, actor: Actor, module_id: str | None, data: ModuleInput) -> TextModule:
    """Write a new module, or a new wording. Raises Invalid, Forbidden for what is everybody's."""
    _check(session, data)
    row = queries.module_for(session, actor, module_id) if module_id else TextModule(version=0)
    if data.version is not None and module_id and data.version != row.version:
        raise Conflict(_l("Somebody has changed this text meanwhile: please look again."))
    _may_write(actor, own=data.own and (not module_id or row.author_id is not None))
    row.names = {tag: text for tag, text in data.names.items() if text}
    row.bodies = {tag: text for tag, text in data.bodies.items() if text}
    row.actions = {key: data.actions[key] for key in ACTIONS if data.actions.get(key)}
    row.service = data.service
    row.author_id = actor.user_id if data.own else None
    row.version += 1
    row.changed_at = clock.now()
    session.add(row)
    session.flush()
    audit.record(session, actor, "text_module.save", row, {"version": row.version})
    return row


def _may_write(actor: Actor, *, own: bool) -> None:
    own = own and actor.may(Permission.DESK_WORK)
    if not own and not actor.may(Permission.TEXT_MODULE_EDIT):
        raise Forbidden(_l("Only supervisors change texts that everybody uses."))


def _check(session: Session, data: ModuleInput) -> None:
    if not any(data.names.values()):
        raise Invalid(_l("Please enter a name in one language at least."), field="names")
    if not any(data.bodies.values()) and not any(data.actions.values()):
        raise Invalid(_l("Please write a text, or choose what happens."), field="bodies")
    for text in data.bodies.values():
        if wrong := placeholders.unknown(text):
            message = _l("There is no placeholder %(name)s.", name="{{" + wrong[0] + "}}")
            raise Invalid(message, field="bodies")
    if data.service and data.service not in catalogue.SERVICES:
        raise Invalid(_l("Please choose a service."), field="service")
    _check_actions(session, data)


def _check_actions(session: Session, data: ModuleInput) -> None:
    known = {"step": STEPS, "priority": PRIORITIES}
    for name, values in known.items():
        if data.actions.get(name) and data.actions[name] not in values:
            raise Invalid(_l("Please choose one of the list."), field=name)
    team = data.actions.get("team")
    if team and team not in requests.teams(session):
        raise Invalid(_l("Please choose a team."), field="team")


def retire(session: Session, actor: Actor, module_id: str, *, retired: bool) -> None:
    """No longer offer a module, or offer it again."""
    row = queries.module_for(session, actor, module_id)
    _may_write(actor, own=row.author_id is not None)
    row.retired_at = clock.now() if retired else None
    audit.record(session, actor, "text_module.retire", row, {"retired": retired})


def count_use(session: Session, actor: Actor, module_ids: Iterable[str]) -> None:
    """Note that texts were sent, so that unused ones are seen."""
    for module_id in dict.fromkeys(module_ids):
        try:
            queries.module_for(session, actor, module_id).used += 1
        except NotFound:
            continue


def apply(
    session: Session,
    actor: Actor,
    request_id: str,
    module_id: str,
    words: Words,
    version: int | None = None,
) -> ServiceRequest:
    """Everything a macro does, in one act: fields, then its step with the words, which have been
    looked at and perhaps changed. What one part refuses undoes the others with the transaction."""
    actions = queries.module_for(session, actor, module_id).actions
    request = moving.on_desk(session, actor, request_id)
    moving.check_version(session, actor, request, version)
    if assignee := actions.get("assignee"):
        person = (actor.user_id or "") if assignee == ME else assignee
        handling.assign(session, actor, request_id, person)
    if priority := actions.get("priority"):
        handling.set_priority(session, actor, request_id, priority)
    if team := actions.get("team"):
        handling.set_team(session, actor, request_id, team)
    _speak(session, actor, request, actions.get("step", ""), words)
    return request


def _speak(
    session: Session, actor: Actor, request: ServiceRequest, step: str, words: Words
) -> None:
    if step:
        _get_ready(session, actor, request, step)
        moving.move(session, actor, request.id, Step(step, None, words))
    elif words.body.strip():
        writing.reply(session, actor, request.id, words)


def _get_ready(session: Session, actor: Actor, request: ServiceRequest, step: str) -> None:
    """Whoever asks or answers has begun: a request nobody has taken on is taken on by them."""
    if request.state in STEPS[step].sources or "in_progress" not in STEPS[step].sources:
        return
    if request.assignee_id is None:
        handling.assign(session, actor, request.id, actor.user_id or "")
    for name in ("start", "resume"):
        if rules.WORKFLOW.can(name, request, actor):
            moving.move(session, actor, request.id, Step(name, None, Words("", actor.locale)))
