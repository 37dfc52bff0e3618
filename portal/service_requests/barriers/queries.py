"""Reads of barriers: for the desk all of them, for everybody the approved public versions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.accounts.models import Organisation, User
from portal.companies.models import Company, CompanyText
from portal.core.access import Actor, Permission
from portal.core.errors import NotFound
from portal.service_requests import queries as requests
from portal.service_requests.barriers import rules
from portal.service_requests.models import Barrier, RequestBarrier, ServiceRequest
from portal.thesaurus.store import get_thesaurus

STATES = ("internal", "waiting", "public", "withdrawn")
MOST_ALIKE = 8
MOST_COMPARED = 1000


@dataclass(frozen=True)
class Filters:
    """What the register is narrowed to; empty values do not filter. `state` is one of STATES;
    waiting: a public text is to be approved."""

    market: str = ""
    category: str = ""
    kind: str = ""
    state: str = ""
    q: str = ""


def _whole(query: Select[Any]) -> Select[Any]:
    return query.options(
        joinedload(Barrier.author),
        joinedload(Barrier.draft_author),
        joinedload(Barrier.approved_by),
    )


def barrier_for(session: Session, actor: Actor, barrier_id: str) -> Barrier:
    """A barrier for the staff. Raises NotFound for all others."""
    found: Barrier | None = None
    if actor.may(Permission.DESK_VIEW):
        found = session.scalars(_whole(select(Barrier).where(Barrier.id == barrier_id))).first()
    if found is None:
        raise NotFound
    return found


def public_one(session: Session, barrier_id: str) -> Barrier:
    """A barrier whose public version stands. Raises NotFound."""
    query = select(Barrier).where(Barrier.id == barrier_id, Barrier.state == "public")
    found = session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def listing(filters: Filters) -> Select[Any]:
    """The register of the desk, latest change first."""
    query = select(Barrier).where(*conditions(filters))
    return _whole(query).order_by(Barrier.changed_at.desc(), Barrier.id)


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.market:
        found.append(Barrier.market == filters.market)
    if filters.category:
        found.append(Barrier.category.in_(_with_narrower(filters.category)))
    if filters.kind:
        found.append(Barrier.kind == filters.kind)
    if filters.state == "waiting":
        found.append(Barrier.drafted_at.is_not(None))
    elif filters.state:
        found.append(Barrier.state == filters.state)
    if filters.q:
        columns = (Barrier.rule, Barrier.effect, Barrier.remedy)
        found.append(or_(*(c.icontains(filters.q, autoescape=True) for c in columns)))
    return found


def _with_narrower(category: str) -> list[str]:
    return [category, *get_thesaurus().descendants(category)]


def met_counts(session: Session, barrier_ids: Iterable[str]) -> dict[str, int]:
    """How many requests met each of these barriers, in one statement."""
    query = (
        select(RequestBarrier.barrier_id, func.count())
        .where(RequestBarrier.barrier_id.in_(list(barrier_ids)))
        .group_by(RequestBarrier.barrier_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def state_counts(session: Session) -> dict[str, int]:
    """How many barriers are in each state, and how many wait for approval."""
    columns = [
        func.count().filter(Barrier.state == name) for name in ("internal", "public", "withdrawn")
    ]
    waiting = func.count().filter(Barrier.drafted_at.is_not(None))
    row = session.execute(select(waiting, func.count(), *columns).select_from(Barrier)).one()
    names = ("waiting", "all", "internal", "public", "withdrawn")
    return dict(zip(names, row, strict=True))


def categories(session: Session) -> list[str]:
    """Categories that barriers are recorded for."""
    query = select(Barrier.category).where(Barrier.category.is_not(None)).distinct()
    return [category for category in session.scalars(query) if category]


def of_request(session: Session, request_id: str) -> list[Barrier]:
    """Barriers that a request met; for the staff."""
    query = (
        select(Barrier)
        .join(RequestBarrier, RequestBarrier.barrier_id == Barrier.id)
        .where(RequestBarrier.request_id == request_id)
    )
    return list(session.scalars(query.order_by(RequestBarrier.created_at, Barrier.id)))


def requests_of(actor: Actor, barrier: Barrier) -> Select[Any]:
    """Requests that met a barrier, newest first; for the staff."""
    query = (
        select(ServiceRequest)
        .join(RequestBarrier, RequestBarrier.request_id == ServiceRequest.id)
        .where(RequestBarrier.barrier_id == barrier.id, requests.visible(actor))
        .options(joinedload(ServiceRequest.company).joinedload(Company.organisation))
    )
    return query.order_by(ServiceRequest.created_at.desc(), ServiceRequest.id)


@dataclass(frozen=True)
class Alike:
    """A barrier on record that looks like the one being written; `same`: it is the same rule."""

    barrier: Barrier
    same: bool


def lookalikes(
    session: Session, market: str, rule: str, category: str | None = None, but: str = ""
) -> list[Alike]:
    """Barriers of a market whose rule reads alike, the most alike first."""
    query = select(Barrier).where(Barrier.market == market, Barrier.id != but)
    found = []
    for row in session.scalars(query.order_by(Barrier.changed_at.desc()).limit(MOST_COMPARED)):
        near = rules.likeness(rule, row.rule)
        if near >= rules.ALIKE:
            found.append((near, Alike(row, near == 1.0 and row.category == category)))
    found.sort(key=lambda pair: -pair[0])
    return [alike for _near, alike in found[:MOST_ALIKE]]


def names_met(session: Session, barrier: Barrier) -> set[str]:
    """Names of the companies and people whose requests met a barrier, and the requests' numbers:
    what no public text may contain."""
    met = select(RequestBarrier.request_id).where(RequestBarrier.barrier_id == barrier.id)
    rows = session.execute(
        select(ServiceRequest.number, Organisation.name, User.name, CompanyText.name)
        .join(Organisation, Organisation.id == ServiceRequest.company_id)
        .outerjoin(User, User.id == ServiceRequest.requester_id)
        .outerjoin(CompanyText, CompanyText.company_id == ServiceRequest.company_id)
        .where(ServiceRequest.id.in_(met))
    )
    names: set[str] = set()
    for number, *others in rows:
        names |= {f"SR-{number:05d}", *(name for name in others if name)}
    return names


def public_listing(filters: Filters) -> Select[Any]:
    """Public versions, by market and the newest approval first; `q` is not asked of them."""
    narrowed = Filters(filters.market, filters.category, filters.kind, "public")
    query = select(Barrier).where(*conditions(narrowed))
    return query.order_by(Barrier.market, Barrier.approved_at.desc(), Barrier.id)


def public_facets(session: Session) -> dict[str, dict[str, int]]:
    """How many public barriers there are by market, by kind and by category, in one statement."""
    query = (
        select(Barrier.market, Barrier.kind, Barrier.category, func.count())
        .where(Barrier.state == "public")
        .group_by(Barrier.market, Barrier.kind, Barrier.category)
    )
    found: dict[str, dict[str, int]] = {"market": {}, "kind": {}, "category": {}}
    for market, kind, category, count in session.execute(query):
        for name, value in (("market", market), ("kind", kind), ("category", category)):
            if value:
                found[name][value] = found[name].get(value, 0) + count
    return found


def public_hints(
    session: Session,
    markets: Iterable[str] = (),
    *,
    category: str | None = None,
    kinds: Sequence[str] = (),
    limit: int = 5,
) -> list[Barrier]:
    """Public barriers in force in these countries (all without one) for a category, which those
    without a category are for, too; newest approval first."""
    query = select(Barrier).where(Barrier.state == "public")
    wanted = {place for market in markets for place in rules.markets_of(market)}
    if wanted:
        query = query.where(Barrier.market.in_(wanted))
    if category:
        broader = [category, *get_thesaurus().ancestors(category)]
        query = query.where(or_(Barrier.category.in_(broader), Barrier.category.is_(None)))
    if kinds:
        query = query.where(Barrier.kind.in_(kinds))
    return list(session.scalars(query.order_by(Barrier.approved_at.desc()).limit(limit)))


def suggested(
    session: Session, request: ServiceRequest, q: str = "", market: str = ""
) -> list[Barrier]:
    """What a request might have met: by words, else in its markets; without those noted already."""
    met = select(RequestBarrier.barrier_id).where(RequestBarrier.request_id == request.id)
    query = select(Barrier).where(Barrier.id.not_in(met), *conditions(Filters(market=market, q=q)))
    places = {place for code in request.markets for place in rules.markets_of(code)}
    if places and not q and not market:
        query = query.where(Barrier.market.in_(places))
    return list(session.scalars(query.order_by(Barrier.changed_at.desc()).limit(20)))


def for_export(filters: Filters) -> Select[Barrier, str]:
    """The register by market and rule, with the number of requests of each barrier."""
    met = (
        select(func.count())
        .where(RequestBarrier.barrier_id == Barrier.id)
        .correlate(Barrier)
        .scalar_subquery()
    )
    query = select(Barrier, cast(met, String)).where(*conditions(filters))
    return query.order_by(Barrier.market, Barrier.rule, Barrier.id)
