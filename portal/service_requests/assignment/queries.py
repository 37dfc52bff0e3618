"""Reads about assignment: rules, people with what they have to do, the switch."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from portal.accounts.models import Organisation, User
from portal.companies.models import Company
from portal.core import clock, i18n
from portal.core.errors import NotFound
from portal.core.models import State
from portal.service_requests import rules as request_rules
from portal.service_requests.assignment.choosing import WEIGHTS, Facts, Person, Rule
from portal.service_requests.models import AssignmentRule, ServiceRequest, StaffProfile

STATE = "assignment"


@dataclass(frozen=True)
class Member:
    """Somebody of the staff with the profile, if there is one, and the present load."""

    user: User
    profile: StaffProfile
    load: Decimal
    count: int
    is_away: bool

    def as_person(self) -> Person:
        profile = self.profile
        return Person(
            id=self.user.id,
            name=self.user.name,
            team=profile.team,
            languages=tuple(profile.languages),
            services=tuple(profile.services),
            capacity=profile.capacity,
            takes=profile.takes_new and not self.is_away,
            load=self.load,
            count=self.count,
        )


def today() -> date:
    """The date at the base, by which absences count."""
    return clock.now().astimezone(ZoneInfo(i18n.BASE_ZONE)).date()


def is_away(profile: StaffProfile, day: date) -> bool:
    """Whether a person is absent on a day."""
    begin, end = profile.away_from, profile.away_until
    if begin is None and end is None:
        return False
    return (begin is None or begin <= day) and (end is None or day <= end)


def members(session: Session) -> list[Member]:
    """Everybody at the desk by name; two statements."""
    query = (
        select(User, StaffProfile)
        .outerjoin(StaffProfile, StaffProfile.user_id == User.id)
        .where(User.staff_role.is_not(None), User.disabled_at.is_(None))
        .order_by(User.name, User.id)
    )
    loads = _loads(session)
    return [
        _member(user, profile or new_profile(user.id), loads)
        for user, profile in session.execute(query).all()
    ]


def _member(user: User, profile: StaffProfile, loads: dict[str, tuple[Decimal, int]]) -> Member:
    load, count = loads.get(user.id, (Decimal(0), 0))
    return Member(user, profile, load, count, is_away(profile, today()))


def new_profile(user_id: str) -> StaffProfile:
    """The profile of somebody for whom nobody has entered anything."""
    return StaffProfile(
        user_id=user_id, team="", languages=[], services=[], capacity=20, takes_new=False, keys=True
    )


def _loads(session: Session) -> dict[str, tuple[Decimal, int]]:
    """Weight and number of open requests by person."""
    query = (
        select(ServiceRequest.assignee_id, ServiceRequest.priority, func.count())
        .where(
            ServiceRequest.state.in_(request_rules.OPEN), ServiceRequest.assignee_id.is_not(None)
        )
        .group_by(ServiceRequest.assignee_id, ServiceRequest.priority)
    )
    found: dict[str, tuple[Decimal, int]] = defaultdict(lambda: (Decimal(0), 0))
    for person, priority, count in session.execute(query).all():
        load, before = found[str(person)]
        found[str(person)] = (load + WEIGHTS[priority] * count, before + count)
    return found


def member(session: Session, user_id: str) -> Member:
    """One of the staff. Raises NotFound."""
    found = next((one for one in members(session) if one.user.id == user_id), None)
    if found is None:
        raise NotFound
    return found


def stored_rules(session: Session) -> list[AssignmentRule]:
    return list(session.scalars(select(AssignmentRule).order_by(AssignmentRule.place)))


def as_rule(row: AssignmentRule) -> Rule:
    return Rule(
        row.place,
        row.service,
        row.market,
        row.language,
        row.company_id or "",
        row.team,
        row.person_id or "",
    )


def facts_of(request: ServiceRequest) -> Facts:
    return Facts(
        service=request.service,
        language=request.locale,
        company_id=request.company_id,
        markets=tuple(request.markets),
        priority=request.priority,
    )


@dataclass(frozen=True)
class Switch:
    """Whether new requests are assigned by themselves, and the version of the rules."""

    on: bool = False
    version: int = 1


def switch(session: Session, *, lock: bool = False) -> Switch:
    """As it stands; `lock` lets others who open requests wait, so that loads are counted right."""
    query = select(State).where(State.name == STATE)
    row = session.scalars(query.with_for_update() if lock else query).first()
    value = row.value if row else {}
    return Switch(bool(value.get("on")), int(value.get("version", 1)))


def newest(session: Session, limit: int) -> list[ServiceRequest]:
    """The requests that came last, whatever became of them."""
    query = select(ServiceRequest).options(*_whole())
    return list(session.scalars(query.order_by(ServiceRequest.created_at.desc()).limit(limit)))


def open_ones(session: Session, ids: Iterable[str]) -> list[ServiceRequest]:
    """Those of these requests that are open, the most urgent and oldest first."""
    query = select(ServiceRequest).where(
        ServiceRequest.id.in_(list(ids)), ServiceRequest.state.in_(request_rules.OPEN)
    )
    order = (ServiceRequest.priority, ServiceRequest.created_at, ServiceRequest.id)
    return list(session.scalars(query.options(*_whole()).order_by(*order)))


def _whole() -> tuple[ExecutableOption, ...]:
    return (
        joinedload(ServiceRequest.company).joinedload(Company.organisation),
        joinedload(ServiceRequest.assignee),
    )


def companies_named(session: Session, names: Iterable[str]) -> dict[str, str]:
    """Ids of companies by their name in lower case; a name of several has none."""
    lower = {name.lower() for name in names}
    if not lower:
        return {}
    near = (Organisation.name.ilike(_in_any_case(name), escape="\\") for name in lower)
    query = select(Company.id, Organisation.name).join(Organisation, Organisation.id == Company.id)
    found: dict[str, list[str]] = defaultdict(list)
    for row_id, name in session.execute(query.where(or_(*near))):
        found[name.lower()].append(row_id)
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1 and name in lower}


def _in_any_case(name: str) -> str:
    """A pattern that the name fits: SQLite compares cases of A to Z only."""
    escaped = re.sub(r"([\\%_])", r"\\\1", name)
    return "".join(c if c.isascii() or c.lower() == c.upper() else "_" for c in escaped)


def company_names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Names of companies by id."""
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(list(ids)))
    return {found: str(name) for found, name in session.execute(query)}
