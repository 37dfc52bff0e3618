"""Reads of matching: candidates as facts, the texts of those shown, stored matches."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from portal.accounts.models import Notice
from portal.capabilities.models import Capability
from portal.companies.models import Certificate, Company, CompanyText
from portal.companies.rules import confirmed_since
from portal.core import clock
from portal.core.access import Actor
from portal.core.errors import NotFound
from portal.disclosure.queries import NOBODY, Sight
from portal.disclosure.rules import at_least
from portal.evidence.queries import standings
from portal.evidence.subjects import CERTIFICATE_SAYS
from portal.matching import disclosed
from portal.matching.facts import (
    Answers,
    CapabilityFacts,
    NeedFacts,
    answers_of,
    capability_facts,
    need_facts,
)
from portal.matching.models import Match, RankingChange, SupplierResponse
from portal.matching.ranking import PARTS, Weights
from portal.needs.models import Need
from portal.thesaurus.store import get_thesaurus

CANDIDATES = 200
BEST = 3
ASKABLE = 50
# What facts are made of. Rows of columns take a quarter of the time of objects.
_FACTS = (
    Capability.id,
    Capability.company_id,
    Capability.category,
    Capability.scenarios,
    Capability.attributes,
    Capability.markets,
    Capability.capacity_quantity,
    Capability.capacity_unit,
    Capability.capacity_per,
    Capability.lead_series_from_days,
    Capability.lead_series_to_days,
    Capability.changed_at,
    Capability.disclosure,
)
_NEED_FACTS = (
    Need.id,
    Need.company_id,
    Need.category,
    Need.scenarios,
    Need.required,
    Need.wanted,
    Need.market,
    Need.quantity_per_year,
    Need.quantity_unit,
    Need.sop,
    Need.published_at,
    Need.changed_at,
    Need.disclosure,
    Need.alias,
)
_PROOF = (
    Certificate.id,
    *(getattr(Certificate, name) for name in CERTIFICATE_SAYS),
    Certificate.level,
    Certificate.capability_id,
    Certificate.disclosure,
)


def _living_company(now: datetime) -> ColumnElement[bool]:
    """Published and confirmed within the year; a stale profile leaves the matches."""
    confirmed = func.coalesce(Company.confirmed_at, Company.published_at)
    return and_(Company.state == "published", confirmed >= confirmed_since(now))


def _open_capability(now: datetime) -> ColumnElement[bool]:
    return and_(Capability.state == "published", _living_company(now))


def _open_need(now: datetime) -> ColumnElement[bool]:
    """Published, of a published company, and not past its deadline."""
    running = or_(Need.deadline.is_(None), Need.deadline > now)
    return and_(Need.state == "published", Company.state == "published", running)


def _either(first: ColumnElement[bool], second: ColumnElement[bool]) -> ColumnElement[bool]:
    """One or the other, in a form for which no database looks through the index of states."""
    chosen: ColumnElement[bool] = case((first, true()), else_=second)
    return chosen


# candidates


def capabilities(
    session: Session, far: Sight, ids: Iterable[str], without_company: str = "", also: str = ""
) -> dict[str, CapabilityFacts]:
    """Facts of those that may be matched, in two statements, as who sees so far sees them; own
    ones are left out. `also` is taken in any case."""
    matchable = and_(_open_capability(clock.now()), Capability.company_id != without_company)
    query = (
        select(*_FACTS, Company.country, SupplierResponse)
        .join(Company, Company.id == Capability.company_id)
        .outerjoin(SupplierResponse, SupplierResponse.company_id == Company.id)
        .where(Capability.id.in_([*ids, also]), _either(Capability.id == also, matchable))
    )
    rows: Sequence[Any] = session.execute(query).all()
    shown, shared = _certificates(session, rows)
    known = standings(session, (row.company_id for row in rows))
    found = {}
    for row in rows:
        reach = far.reach(row.company_id)
        listed = [*shared.get(row.company_id, ()), *shown.get(row.id, ())]
        proofs = [proof for proof in listed if at_least(reach, proof.disclosure)]
        said = answers_of(row.SupplierResponse)
        facts = capability_facts(row, proofs, row.country, said, known)
        withheld = [proof.disclosure for proof in listed if proof not in proofs]
        found[row.id] = disclosed.capability(facts, row, reach, withheld)
    return found


def answers(session: Session, company_id: str) -> Answers:
    """How a supplier has answered inquiries; known without a statement once its capability was
    loaded."""
    known: dict[str, Answers] = session.info.setdefault("answers", {})
    if company_id not in known:
        known[company_id] = answers_of(session.get(SupplierResponse, company_id))
    return known[company_id]


def weights(session: Session) -> Weights:
    """The weights in force, read once in a transaction."""
    if "weights" not in session.info:
        newest = select(RankingChange).order_by(RankingChange.id.desc()).limit(1)
        row = session.scalars(newest).first()
        points = {name: getattr(row, name) for name in PARTS} if row else {}
        session.info["weights"] = Weights(**points)
    return cast(Weights, session.info["weights"])


def _certificates(
    session: Session, capabilities: Sequence[Any]
) -> tuple[Mapping[str, list[Any]], Mapping[str, list[Any]]]:
    """Certificates shown for each capability, and those of each whole company."""
    of_company = Certificate.company_id.in_({row.company_id for row in capabilities})
    wanted = ["", *(row.id for row in capabilities)]
    whole_or_own = func.coalesce(Certificate.capability_id, "").in_(wanted)
    columns = [*_PROOF, Certificate.company_id]
    query = select(*columns).where(of_company, whole_or_own)
    shown: dict[str, list[Any]] = defaultdict(list)
    shared: dict[str, list[Any]] = defaultdict(list)
    for row in session.execute(query.order_by(Certificate.position, Certificate.id)):
        if row.capability_id is None:
            shared[row.company_id].append(row)
        else:
            shown[row.capability_id].append(row)
    return shown, shared


def needs(
    session: Session, far: Sight, ids: Iterable[str], without_company: str = "", also: str = ""
) -> dict[str, NeedFacts]:
    """Facts of the open needs among these, in one statement, as who sees so far sees them.
    `also` is taken in any case."""
    matchable = and_(_open_need(clock.now()), Need.company_id != without_company)
    query = (
        select(*_NEED_FACTS)
        .join(Company, Company.id == Need.company_id)
        .where(Need.id.in_([*ids, also]), _either(Need.id == also, matchable))
    )
    rows: Iterable[Any] = session.execute(query)
    return {row.id: disclosed.need(need_facts(row), row, far.reach(row.company_id)) for row in rows}


def capabilities_in(session: Session, category: str | None) -> list[str]:
    """Without an index: the newest capabilities in a category or below it."""
    query = (
        select(Capability.id)
        .join(Company, Company.id == Capability.company_id)
        .where(Capability.category.in_(_branch(category)), _open_capability(clock.now()))
    )
    newest = query.order_by(Capability.changed_at.desc(), Capability.id)
    return list(session.scalars(newest.limit(CANDIDATES)))


def needs_in(session: Session, category: str | None) -> list[str]:
    """Without an index: the newest open needs in a category or above it."""
    above = [category, *get_thesaurus().ancestors(category)] if category else []
    query = (
        select(Need.id)
        .join(Company, Company.id == Need.company_id)
        .where(Need.category.in_(above), _open_need(clock.now()))
    )
    return list(session.scalars(query.order_by(Need.changed_at.desc(), Need.id).limit(CANDIDATES)))


def _branch(category: str | None) -> list[str]:
    return [category, *get_thesaurus().descendants(category)] if category else []


# whole rows


SHOWN_CAPABILITY: tuple[ORMOption, ...] = (
    selectinload(Capability.texts),
    joinedload(Capability.company).selectinload(Company.texts),
)


def need(session: Session, need_id: str) -> Need | None:
    """With its texts, to ask what fits it."""
    query = select(Need).options(joinedload(Need.texts), joinedload(Need.company))
    return session.scalars(query.where(Need.id == need_id)).unique().first()


def capability(session: Session, capability_id: str) -> Capability | None:
    """With its texts and certificates, to ask what it fits."""
    query = (
        select(Capability, SupplierResponse)
        .outerjoin(SupplierResponse, SupplierResponse.company_id == Capability.company_id)
        .where(Capability.id == capability_id)
        .options(
            joinedload(Capability.texts),
            selectinload(Capability.certificates),
            joinedload(Capability.company).selectinload(Company.certificates),
        )
    )
    found = session.execute(query).unique().first()
    if found is None:
        return None
    session.info.setdefault("answers", {})[found[0].company_id] = answers_of(found[1])
    return found[0]


def is_open_need(session: Session, need_id: str) -> bool:
    return bool(needs(session, NOBODY, [need_id]))


def is_open_capability(session: Session, capability_id: str) -> bool:
    return bool(capabilities(session, NOBODY, [capability_id]))


def need_for(session: Session, actor: Actor, need_id: str) -> Need:
    """A need whose matches this reader may see: the owner's people and the base."""
    row = need(session, need_id)
    if row is None or not (actor.is_staff or actor.owns(row.company_id)):
        raise NotFound
    return row


def capability_for(session: Session, actor: Actor, capability_id: str) -> Capability:
    """A capability whose fitting needs this reader may see: the owner's people and the base."""
    row = capability(session, capability_id)
    if row is None or not (actor.is_staff or actor.owns(row.company_id)):
        raise NotFound
    return row


def shown_capabilities(session: Session, ids: Iterable[str]) -> dict[str, Capability]:
    """With texts and company, for those already chosen."""
    query = select(Capability).where(Capability.id.in_(list(ids))).options(*SHOWN_CAPABILITY)
    return {row.id: row for row in session.scalars(query)}


def shown_needs(session: Session, ids: Iterable[str]) -> dict[str, Need]:
    """With texts and company, for those already chosen."""
    company = joinedload(Need.company).joinedload(Company.texts)
    query = select(Need).where(Need.id.in_(list(ids))).options(joinedload(Need.texts), company)
    return {row.id: row for row in session.scalars(query).unique()}


def company_texts(session: Session, ids: Iterable[str]) -> dict[str, list[CompanyText]]:
    """The names of companies by their id, in one statement."""
    found: dict[str, list[CompanyText]] = defaultdict(list)
    query = select(CompanyText).where(CompanyText.company_id.in_(list(ids)))
    for text in session.scalars(query.order_by(CompanyText.position)):
        found[text.company_id].append(text)
    return found


def titles(session: Session, model: Any, ids: Iterable[str]) -> dict[str, Any]:
    """Needs or capabilities with their texts only."""
    query = select(model).where(model.id.in_(list(ids))).options(selectinload(model.texts))
    return {row.id: row for row in session.scalars(query)}


def askable_needs(session: Session, actor: Actor) -> list[Need]:
    """The reader's own published needs (the base: all), newest first, to ask about a capability."""
    query = select(Need).where(Need.state == "published").options(selectinload(Need.texts))
    if not actor.is_staff:
        query = query.where(Need.company_id == (actor.org_id or ""))
    return list(session.scalars(query.order_by(Need.published_at.desc(), Need.id).limit(ASKABLE)))


def askable_capabilities(session: Session, actor: Actor) -> list[Capability]:
    """The reader's own published capabilities (the base: all), to ask about a need."""
    query = select(Capability).where(Capability.state == "published")
    query = query.options(selectinload(Capability.texts))
    if not actor.is_staff:
        query = query.where(Capability.company_id == (actor.org_id or ""))
    newest = query.order_by(Capability.published_at.desc(), Capability.id)
    return list(session.scalars(newest.limit(ASKABLE)))


# stored matches


def stored(session: Session, column: Any, row_id: str) -> dict[tuple[str, str], Match]:
    """Stored matches of one need or one capability by their pair."""
    query = select(Match).where(column == row_id)
    return {(m.need_id, m.capability_id): m for m in session.scalars(query)}


def _standing(columns: Any, column: Any, *, clean: bool) -> Select[Any]:
    """Stored matches whose other side may still be matched; `clean`: without a hard gap."""
    query = select(*columns).select_from(Match)
    if column.key == Match.need_id.key:
        query = query.join(Capability, Capability.id == Match.capability_id)
        query = query.join(Company, Company.id == Capability.company_id)
        query = query.where(_open_capability(clock.now()))
    else:
        query = query.join(Need, Need.id == Match.need_id)
        query = query.join(Company, Company.id == Need.company_id)
        query = query.where(_open_need(clock.now()))
    return query.where(Match.gaps == 0) if clean else query


def matched_needs(actor: Actor, *, clean: bool = False) -> Select[Need]:
    """The reader's own open needs (the base: all) that have matches, newest first."""
    found = _standing([Match.need_id], Match.need_id, clean=clean)
    query = (
        select(Need)
        .where(Need.id.in_(found), Need.state == "published")
        .options(selectinload(Need.texts), joinedload(Need.company))
        .order_by(Need.published_at.desc(), Need.id)
    )
    return query if actor.is_staff else query.where(Need.company_id == actor.org_id)


def matched_capabilities(actor: Actor, *, clean: bool = False) -> Select[Capability]:
    """The reader's own published capabilities (the base: all) that have matches, newest first."""
    found = _standing([Match.capability_id], Match.capability_id, clean=clean)
    query = (
        select(Capability)
        .where(Capability.id.in_(found), Capability.state == "published")
        .options(*SHOWN_CAPABILITY)
        .order_by(Capability.published_at.desc(), Capability.id)
    )
    return query if actor.is_staff else query.where(Capability.company_id == actor.org_id)


def best_of(
    session: Session, column: Any, ids: Sequence[str], *, clean: bool = False
) -> dict[str, list[Match]]:
    """The best few stored matches of each need or capability, in one statement."""
    order = (Match.score.desc(), Match.need_id, Match.capability_id)
    place = func.row_number().over(partition_by=column, order_by=order).label("place")
    pair = [Match.need_id, Match.capability_id, place]
    top = _standing(pair, column, clean=clean).where(column.in_(list(ids))).subquery()
    same = and_(top.c.need_id == Match.need_id, top.c.capability_id == Match.capability_id)
    query = select(Match).join(top, same).where(top.c.place <= BEST).order_by(*order)
    found: dict[str, list[Match]] = defaultdict(list)
    for match in session.scalars(query):
        found[getattr(match, column.key)].append(match)
    return found


def counts_of(
    session: Session, column: Any, ids: Sequence[str], *, clean: bool = False
) -> dict[str, int]:
    """How many stored matches each need or capability has."""
    query = _standing([column, func.count()], column, clean=clean).where(column.in_(list(ids)))
    return {row[0]: row[1] for row in session.execute(query.group_by(column))}


def unread_pairs(
    session: Session, user_id: str, since: datetime, kinds: Sequence[str]
) -> list[Notice]:
    """New pairs a person was told of in the inbox and has not read there, oldest first."""
    query = select(Notice).where(
        Notice.user_id == user_id,
        Notice.kind.in_(kinds),
        Notice.created_at >= since,
        Notice.read_at.is_(None),
    )
    return list(session.scalars(query.order_by(Notice.created_at, Notice.id)))
