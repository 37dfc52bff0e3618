"""Verbs of assignment: choose and put in charge, suggest only, keep rules and the switch."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.core import audit
from portal.core.access import SYSTEM, Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import State
from portal.service_requests import catalogue, charge, moving, rules
from portal.service_requests.assignment import queries
from portal.service_requests.assignment.choosing import WEIGHTS, Choice, Person, Rule, choose
from portal.service_requests.entries import write, write_change
from portal.service_requests.models import AssignmentRule, ServiceRequest

MOST_RULES = 100


@dataclass(frozen=True)
class Suggestion:
    """A request and who would take care of it; None when nobody can."""

    request: ServiceRequest
    choice: Choice | None


def opened(session: Session, request: ServiceRequest) -> None:
    """A request has come in: give it to somebody, if the base wants that."""
    if queries.switch(session, lock=True).on:
        _apply(session, SYSTEM, request)


def service_changed(session: Session, actor: Actor, request: ServiceRequest) -> None:
    """The request is another one now: whoever does not do that service passes it on."""
    if not queries.switch(session, lock=True).on or not rules.is_open(request):
        return
    if request.assignee_id is None or not _does(session, request):
        _apply(session, actor, request)


def _does(session: Session, request: ServiceRequest) -> bool:
    people = _people(session)
    in_charge = next((one for one in people if one.id == request.assignee_id), None)
    return in_charge is not None and in_charge.does(request.service)


def _people(session: Session) -> list[Person]:
    return [member.as_person() for member in queries.members(session)]


def _rules(session: Session) -> list[Rule]:
    return [queries.as_rule(row) for row in queries.stored_rules(session)]


def assign(session: Session, actor: Actor, request_id: str) -> Choice:
    """Give one request to whom rules, language and load choose, now. Raises Conflict when nobody
    can take it or it is no longer open."""
    request = moving.on_desk(session, actor, request_id)
    if not rules.is_open(request):
        raise Conflict(_l("This request is no longer open."))
    queries.switch(session, lock=True)
    choice = _apply(session, actor, request)
    if choice is None:
        raise Conflict(_l("Nobody is free for it: all are absent, have no room or do not do it."))
    return choice


def _apply(session: Session, actor: Actor, request: ServiceRequest) -> Choice | None:
    """Nobody is given what they have already, which would count it twice."""
    session.flush()
    people = [_without(one, request) for one in _people(session)]
    choice = choose(queries.facts_of(request), _rules(session), people)
    if choice is None:
        return None
    team_is_new = bool(choice.team) and choice.team != request.team
    person = choice.person
    person_is_new = person is not None and person.id != request.assignee_id
    if team_is_new or person_is_new:
        detail = {"reasons": choice.reasons, "person": person.name if person else "",
                  "team": choice.team}  # fmt: skip
        write(session, actor, request, event="chosen", internal=True, detail=detail)
    if team_is_new:
        detail = {"from": request.team, "to": choice.team}
        request.team = choice.team
        write_change(session, actor, request, "team", detail, internal=True)
    if person is not None and person_is_new:
        user = next(one for one in accounts.staff(session) if one.id == person.id)
        charge.put(session, actor, request, user)
    return choice


def _without(person: Person, request: ServiceRequest) -> Person:
    """The person without this request, if it is theirs and counts."""
    if person.id != request.assignee_id or not rules.is_open(request):
        return person
    load = person.load - WEIGHTS[request.priority]
    return replace(person, load=load, count=person.count - 1)


def suggest(session: Session, requests: Iterable[ServiceRequest]) -> list[Suggestion]:
    """Who would take care of these, one after another: each counts for the next. Changes
    nothing."""
    return trial(requests, _rules(session), _people(session))


def trial(
    requests: Iterable[ServiceRequest], tried: Sequence[Rule], people: Sequence[Person]
) -> list[Suggestion]:
    """The same by rules that are not in force yet."""
    known = {one.id: one for one in people}
    found = []
    for request in requests:
        facts = queries.facts_of(request)
        at_hand = [_without(one, request) for one in known.values()]
        choice = choose(facts, tried, at_hand)
        if choice and choice.person and choice.person.id != request.assignee_id:
            known[choice.person.id] = choice.person.after(facts)
            if request.assignee_id in known:
                known[request.assignee_id] = _without(known[request.assignee_id], request)
        found.append(Suggestion(request, choice))
    return found


def _keeper(actor: Actor) -> None:
    if not actor.may(Permission.DESK_ASSIGN):
        raise Forbidden(_l("Only supervisors decide who is given requests."))


def turn(session: Session, actor: Actor, *, on: bool) -> None:
    """Whether new requests are given to somebody by themselves."""
    _keeper(actor)
    row = _state(session)
    row.value = {**row.value, "on": on}
    _note(session, actor, "assignment.turn", {"on": on})


def _state(session: Session) -> State:
    row = session.get(State, queries.STATE)
    if row is None:
        row = State(name=queries.STATE, value={})
        session.add(row)
    return row


class _Rules:
    """What audit events about all rules together are about."""

    __tablename__ = AssignmentRule.__tablename__
    id = "all"


def _note(session: Session, actor: Actor, name: str, detail: dict[str, Any]) -> None:
    session.flush()
    audit.record(session, actor, name, _Rules, detail)


def set_rules(
    session: Session, actor: Actor, wanted: Sequence[Rule], version: int | None = None
) -> None:
    """Put these rules in place of all others, by their `place`; those without one come last.
    Raises Invalid at `rules.<n>.…`, Conflict when somebody else has changed them meanwhile."""
    _keeper(actor)
    now = queries.switch(session, lock=True)
    if version is not None and version != now.version:
        raise Conflict(_l("Somebody else has changed the rules meanwhile. Please look again."))
    check(session, wanted)
    session.execute(delete(AssignmentRule))
    ordered = in_order(wanted)
    for rule in ordered:
        values = asdict(rule)
        for name in ("company_id", "person_id"):
            values[name] = values[name] or None
        session.add(AssignmentRule(**values))
    row = _state(session)
    row.value = {**row.value, "version": now.version + 1}
    _note(session, actor, "assignment.rules", {"rules": [asdict(rule) for rule in ordered]})


def in_order(wanted: Sequence[Rule]) -> list[Rule]:
    """As they will hold, numbered from one."""
    ordered = sorted(wanted, key=lambda rule: rule.place if rule.place > 0 else MOST_RULES + 1)
    return [replace(rule, place=place) for place, rule in enumerate(ordered, start=1)]


def check(session: Session, wanted: Sequence[Rule]) -> None:
    """Raises Invalid for the first rule that leads nowhere or asks for what there is not."""
    if len(wanted) > MOST_RULES:
        raise Invalid(gettext("There can be at most %(count)s rules.", count=MOST_RULES))
    members = queries.members(session)
    people = {one.user.id for one in members}
    teams = {one.profile.team for one in members} - {""}
    for at, rule in enumerate(wanted):
        if rule.person_id not in people and rule.team not in teams:
            raise Invalid(_l("Please choose a team or a person."), field=f"rules.{at}.target")
        if rule.service and rule.service not in catalogue.SERVICES:
            raise Invalid(_l("Please choose a service."), field=f"rules.{at}.service")
