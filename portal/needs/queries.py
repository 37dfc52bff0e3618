"""Reads of needs. What takes an actor authorises: strangers learn of nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, false, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.companies.models import Company
from portal.core import clock
from portal.core.access import Actor, Permission
from portal.core.errors import NotFound
from portal.disclosure.rules import PUBLIC
from portal.needs import rules
from portal.needs.models import Need
from portal.thesaurus.store import get_thesaurus

SORTS = ("new", "deadline")


@dataclass(frozen=True)
class Filters:
    """What a reader of the public list asked for."""

    category: str | None = None
    country: str | None = None
    kind: str | None = None
    scenario: str | None = None
    sort: str = "new"


def _loaded() -> Select[Need]:
    """With texts and the company's names: 3 statements for any number of rows."""
    return select(Need).options(
        selectinload(Need.texts), joinedload(Need.company).selectinload(Company.texts)
    )


def _public(query: Any, now: datetime | None = None) -> Any:
    return query.join(Company, Company.id == Need.company_id).where(
        Need.state == "published",
        Company.state == "published",
        or_(Need.deadline.is_(None), Need.deadline > (now or clock.now())),
    )


def need_for(session: Session, actor: Actor, need_id: str) -> Need:
    """The need with everything its page shows. Raises NotFound for strangers."""
    found = session.scalars(_loaded().where(Need.id == need_id)).unique().first()
    if found is None or not rules.may_see(found, actor):
        raise NotFound
    return found


def own(session: Session, actor: Actor, need_id: str) -> Need:
    """The need for changing it: its owner's editors only."""
    found = need_for(session, actor, need_id)
    if not (actor.owns(found.company_id) and actor.may(Permission.NEED_EDIT)):
        raise NotFound
    return found


def member_view(session: Session, actor: Actor, need_id: str) -> Need:
    """The need for its organisation's own pages."""
    found = need_for(session, actor, need_id)
    if not actor.owns(found.company_id):
        raise NotFound
    return found


def own_list(actor: Actor, state: str | None = None) -> Select[Need]:
    """All needs of the actor's organisation, last changed first."""
    query = _loaded().where(Need.company_id == actor.org_id)
    if state:
        query = query.where(Need.state == state)
    return query.order_by(Need.changed_at.desc(), Need.id)


def awaiting_review(session: Session) -> list[Need]:
    """Submitted needs, those that wait longest first."""
    query = _loaded().where(Need.state == "submitted").order_by(Need.changed_at)
    return list(session.scalars(query).unique())


def published(filters: Filters = Filters()) -> Select[Need]:
    """Open needs for `paginate` or `scalars`."""
    query = _public(_loaded())
    if filters.category:
        below = get_thesaurus().descendants(filters.category)
        query = query.where(Need.category.in_([filters.category, *below]))
    if filters.country:
        query = query.where(Need.market == filters.country, destination_is_public())
    if filters.kind:
        query = query.where(Need.kind == filters.kind)
    if filters.scenario:
        query = query.where(_has_scenario(filters.scenario))
    first = [Need.deadline.is_(None), Need.deadline] if filters.sort == "deadline" else []
    ordered: Select[Need] = query.order_by(*first, Need.published_at.desc(), Need.id)
    return ordered


def destination_is_public() -> ColumnElement[bool]:
    """SQL condition: everybody may know where it is to be delivered. Lists that everybody reads
    may be narrowed by nothing else."""
    level = Need.disclosure["destination"].as_string()
    return func.coalesce(level, PUBLIC) == PUBLIC


def names_company() -> ColumnElement[bool]:
    """SQL condition: the company shows itself to everybody, and is not behind an alias."""
    return Need.alias == ""


def _has_scenario(scenario: str) -> Any:
    """Looks into the JSON list; ids are plain words, so their quoted form is unmistakable."""
    known = {concept.id for concept in get_thesaurus().scenarios()}
    return cast(Need.scenarios, String).contains(f'"{scenario}"') if scenario in known else false()


def public_facets(session: Session) -> dict[str, dict[str, int]]:
    """Open needs by category, destination market and kind, in one statement."""
    market = case((destination_is_public(), Need.market)).label("shown_market")
    query = _public(select(Need.category, market, Need.kind, func.count()))
    facets: dict[str, dict[str, int]] = {"category": {}, "country": {}, "kind": {}}
    for *values, count in session.execute(query.group_by(Need.category, market, Need.kind)):
        for name, value in zip(facets, values, strict=True):
            if value:
                facets[name][value] = facets[name].get(value, 0) + count
    return facets


def public_by_ids(session: Session, ids: Sequence[str]) -> dict[str, Need]:
    """Open needs by id, with texts and company."""
    query = _public(_loaded()).where(Need.id.in_(ids))
    return {row.id: row for row in session.scalars(query).unique()}


def for_index(
    session: Session,
    ids: Sequence[str] | None = None,
    after: str | None = None,
    limit: int = 1000,
) -> list[Need]:
    """Open needs in the order of their ids, after an id, for the index."""
    query = _public(_loaded())
    if ids is not None:
        query = query.where(Need.id.in_(ids))
    if after:
        query = query.where(Need.id > after)
    return list(session.scalars(query.order_by(Need.id).limit(limit)).unique())


def for_export(session: Session, after: str | None = None, limit: int = 1000) -> list[Need]:
    """All needs in the order of their ids."""
    query = _loaded().order_by(Need.id).limit(limit)
    if after:
        query = query.where(Need.id > after)
    return list(session.scalars(query).unique())


def by_ref(session: Session, ref: str) -> Need | None:
    query = _loaded().where(or_(Need.external_ref == ref, Need.id == ref))
    return session.scalars(query.limit(1)).unique().first()


def due(session: Session, now: datetime, limit: int = 500) -> list[Need]:
    """Published needs whose deadline has passed."""
    query = _loaded().where(Need.state == "published", Need.deadline <= now)
    return list(session.scalars(query.order_by(Need.deadline).limit(limit)).unique())


Responders = Callable[[Session, Need], set[str]]
_responders: list[Responders] = []


def register_responders(provider: Responders) -> Responders:
    """Let a feature above say which organisations have answered a need."""
    if provider not in _responders:
        _responders.append(provider)
    return provider


def responders(session: Session, need: Need) -> list[str]:
    """Organisations that have answered this need, apart from its owner."""
    found = {party for provider in _responders for party in provider(session, need)}
    return sorted(found - {need.company_id})
