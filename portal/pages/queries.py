"""Figures and lists for the home page, the dashboards and the site map, over all features."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from portal.accounts.models import Notice, Organisation, User
from portal.capabilities.models import Capability, CapabilityText
from portal.companies.models import Company, CompanyText
from portal.core import clock
from portal.core.access import Actor
from portal.core.models import AuditEvent
from portal.matching.models import Match
from portal.needs.models import Need, NeedText
from portal.service_requests import rules as requests
from portal.service_requests.models import Barrier, ServiceRequest
from portal.thesaurus.store import get_thesaurus

RECENT = timedelta(days=14)


def _open_need(now: datetime) -> ColumnElement[bool]:
    running = or_(Need.deadline.is_(None), Need.deadline > now)
    return and_(Need.state == "published", running, Company.state == "published")


@dataclass(frozen=True)
class Figures:
    """What the portal holds that everybody may read."""

    suppliers: int
    capabilities: int
    needs: int
    countries: int


def figures(session: Session) -> Figures:
    """Counts for the home page, in one statement."""
    public = Company.state == "published"
    suppliers = select(func.count()).where(public, Company.kind != "buyer")
    countries = select(func.count(Company.country.distinct())).where(public)
    capabilities = _of_public(select(func.count()), Capability).where(
        Capability.state == "published"
    )
    needs = _of_public(select(func.count()), Need).where(_open_need(clock.now()))
    counts = (suppliers, capabilities, needs, countries)
    row = session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return Figures(*row)


def _of_public(query: Any, model: Any) -> Any:
    joined = query.select_from(model).join(Company, Company.id == model.company_id)
    return joined.where(Company.state == "published")


def segments(session: Session) -> dict[str, int]:
    """Published capabilities by top category, the largest first."""
    query = _of_public(select(Capability.category, func.count()), Capability)
    query = query.where(Capability.state == "published", Capability.category.is_not(None))
    tops = {concept.id for concept in get_thesaurus().roots()}
    counts: dict[str, int] = {}
    for category, number in session.execute(query.group_by(Capability.category)):
        for top in tops.intersection({category, *get_thesaurus().ancestors(category)}):
            counts[top] = counts.get(top, 0) + number
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


@dataclass(frozen=True)
class NewMatches:
    """Pairs found lately for an organisation's own needs and capabilities."""

    for_needs: int
    for_capabilities: int


def new_matches(session: Session, actor: Actor) -> NewMatches:
    """Matches of the last two weeks that both sides may still look at, in one statement."""
    now = clock.now()
    recent = (
        select(func.count())
        .select_from(Match)
        .join(Need, Need.id == Match.need_id)
        .join(Capability, Capability.id == Match.capability_id)
        .join(Company, Company.id == Need.company_id)
        .where(Match.found_at > now - RECENT, Capability.state == "published", _open_need(now))
    )
    own_needs = recent.where(Need.company_id == actor.org_id).scalar_subquery()
    own_capabilities = recent.where(Capability.company_id == actor.org_id).scalar_subquery()
    return NewMatches(*session.execute(select(own_needs, own_capabilities)).one())


def open_requests(states: dict[str, int]) -> int:
    return sum(count for state, count in states.items() if state in requests.OPEN)


def latest_notices(session: Session, actor: Actor, limit: int = 5) -> list[Notice]:
    """The newest lines of the person's inbox."""
    query = select(Notice).where(Notice.user_id == actor.user_id)
    query = query.order_by(Notice.created_at.desc(), Notice.id).limit(limit)
    return list(session.scalars(query))


def waiting_reviews(session: Session) -> dict[str, int]:
    """Submitted items by kind, in one statement."""
    models: dict[str, Any] = {"company": Company, "capability": Capability, "need": Need}
    counts = [
        select(func.count()).select_from(model).where(model.state == "submitted").scalar_subquery()
        for model in models.values()
    ]
    return dict(zip(models, session.execute(select(*counts)).one(), strict=True))


@dataclass(frozen=True)
class Event:
    """One line of what happened lately."""

    at: datetime
    action: str
    kind: str
    object_id: str
    who: str
    organisation: str


def latest_events(session: Session, actions: tuple[str, ...], limit: int = 10) -> list[Event]:
    """The newest audit events among these actions."""
    query = (
        select(AuditEvent, User.name, Organisation.name)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .outerjoin(Organisation, Organisation.id == AuditEvent.organisation_id)
        .where(AuditEvent.action.in_(actions))
        .order_by(AuditEvent.seq.desc())
        .limit(limit)
    )
    found = [
        Event(e.at, e.action, e.object_kind, e.object_id, who or "", organisation or "")
        for e, who, organisation in session.execute(query)
    ]
    return sorted(found, key=lambda event: event.at, reverse=True)


@dataclass
class Title:
    """What an object is called, in the language of the row."""

    kind: str
    object_id: str
    locale: str
    position: int
    title: str


def titles(session: Session, events: Iterable[Event]) -> list[Title]:
    """The titles of what the events are about, in all their languages, in one statement."""
    ids = {event.object_id for event in events}
    sources: tuple[tuple[str, Any, Any, Any], ...] = (
        ("company", CompanyText, CompanyText.company_id, CompanyText.name),
        ("capability", CapabilityText, CapabilityText.capability_id, CapabilityText.title),
        ("need", NeedText, NeedText.need_id, NeedText.title),
    )
    query = union_all(
        *(
            select(literal(kind), key, text.locale, text.position, title).where(key.in_(ids))
            for kind, text, key, title in sources
        ),
        select(
            literal("service_request"),
            ServiceRequest.id,
            ServiceRequest.locale,
            literal(0),
            ServiceRequest.title,
        ).where(ServiceRequest.id.in_(ids)),
    )
    return [Title(*row) for row in session.execute(query)]


def published_pages(session: Session, limit: int) -> Iterator[tuple[str, str, datetime]]:
    """(kind, id, last change) of everything public, the newest of each kind first."""
    company = select(Company.id, Company.changed_at).where(Company.state == "published")
    capability = _of_public(select(Capability.id, Capability.changed_at), Capability).where(
        Capability.state == "published"
    )
    need = _of_public(select(Need.id, Need.changed_at), Need).where(_open_need(clock.now()))
    barrier = select(Barrier.id, Barrier.changed_at).where(Barrier.state == "public")
    kinds = (
        ("needs", need, Need),
        ("capabilities", capability, Capability),
        ("barriers", barrier, Barrier),
    )
    for name, query, model in (*kinds, ("companies", company, Company)):
        rows = session.execute(query.order_by(model.changed_at.desc()).limit(limit)).all()
        limit -= len(rows)
        yield from ((name, row[0], row[1]) for row in rows)
