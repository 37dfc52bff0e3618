"""Reads of rules: those in use, those of the desk's list, and the analysis of a capability."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.capabilities import queries as capabilities
from portal.capabilities.models import Capability
from portal.companies.models import Certificate, Company
from portal.core import clock
from portal.core.access import Actor
from portal.core.errors import NotFound
from portal.evidence import subjects
from portal.evidence.queries import Standings, standings
from portal.evidence.rules import REJECTED, Standing
from portal.market_rules import rules
from portal.market_rules.conditions import Product
from portal.market_rules.markets import of_countries
from portal.market_rules.models import MarketRule, MarketRuleVersion
from portal.market_rules.rules import Facts, Held, Line, Moment, Rule, Verdict

# Nobody reads a longer matrix.
MOST = 100


@dataclass(frozen=True)
class Gap:
    """Where a capability stands in one market: requirements and practices, the most urgent first,
    and the notices about it."""

    market: str
    lines: tuple[Line, ...]
    notices: tuple[Rule, ...]

    @property
    def counts(self) -> dict[Verdict, int]:
        return rules.counted(self.lines)


def in_use(session: Session, wanted: Iterable[str]) -> Mapping[str, tuple[Rule, ...]]:
    """The rules in use of some markets, each market read once in a transaction."""
    known: dict[str, tuple[Rule, ...]] = session.info.setdefault("market_rules", {})
    absent = [market for market in dict.fromkeys(wanted) if market not in known]
    if absent:
        usable = (MarketRule.market.in_(absent), MarketRule.status.in_(rules.IN_USE))
        query = select(MarketRule).where(*usable).order_by(MarketRule.id)
        found = [rule_of(row) for row in session.scalars(query)]
        known |= {m: tuple(rule for rule in found if rule.market == m) for m in absent}
    return known


def forget(session: Session) -> None:
    """Read the rules anew: somebody has just changed one."""
    session.info.pop("market_rules", None)


def rule_of(row: MarketRule) -> Rule:
    return rules.parsed(row.content, row.status, row.reviewed_on)


def rule_in_use(session: Session, rule_id: str) -> Rule:
    """One rule. Raises NotFound for those that are gone."""
    row = session.get(MarketRule, rule_id)
    if row is None or row.status not in rules.IN_USE:
        raise NotFound
    return rule_of(row)


def gap(
    session: Session,
    capability: Capability,
    markets: Iterable[str],
    on: date,
    sop: str | None = None,
    known: Standings | None = None,
) -> list[Gap]:
    """The analysis of a capability that was loaded with its certificates and its company's, as far
    as its reader sees them. `known` spares the statement for the evidence of many capabilities."""
    wanted = list(markets)
    evidence = known or standings(session, [capability.company_id])
    facts, in_force = facts_of(capability, evidence), in_use(session, wanted)
    return [_gap(market, in_force[market], facts, Moment(on, sop)) for market in wanted]


def _gap(market: str, known: Sequence[Rule], facts: Facts, moment: Moment) -> Gap:
    return Gap(
        market,
        tuple(rules.analysed(known, facts, moment)),
        tuple(rules.notices(known, facts.classes, moment.on)),
    )


def notices(session: Session, market: str, category: str | None, on: date) -> list[Rule]:
    """Notices of a market about a category of products."""
    return rules.notices(in_use(session, [market])[market], rules.classes_of(category), on)


def facts_of(capability: Capability, evidence: Standings) -> Facts:
    """What the analysis knows of a capability. A certificate that the base could not confirm
    proves nothing."""
    scenarios = capability.scenarios or []
    rows = [*capability.certificates, *capability.company.certificates]
    held = ((row, evidence.of(subjects.certificate(row))) for row in rows)
    return Facts(
        classes=rules.classes_of(capability.category, scenarios),
        product=Product(capability.attributes or {}, frozenset(scenarios)),
        certificates=tuple(_held(row, now) for row, now in held if now.state != REJECTED),
    )


def _held(row: Certificate, standing: Standing) -> Held:
    whole = row.capability_id is None
    return Held(row.standard, row.expires, standing.level, row.site, whole)


def capability_for(session: Session, actor: Actor, capability_id: str) -> Capability:
    """A capability for its analysis: its owner's people and the base. Raises NotFound."""
    found = capabilities.capability_for(session, actor, capability_id)
    if not (actor.owns(found.company_id) or actor.is_staff):
        raise NotFound
    return found


def own_capabilities(session: Session, actor: Actor) -> list[Capability]:
    """The newest capabilities of the actor's organisation with all the analysis needs."""
    query = (
        select(Capability)
        .where(Capability.company_id == actor.org_id)
        .options(
            selectinload(Capability.texts),
            selectinload(Capability.certificates),
            joinedload(Capability.company).selectinload(Company.certificates),
        )
        .order_by(Capability.changed_at.desc(), Capability.id)
    )
    return list(session.scalars(query.limit(MOST)).unique())


def own_markets(capability: Capability, more: Iterable[str | None] = ()) -> tuple[str, ...]:
    """The markets a capability is meant for, and further ones."""
    return of_countries([*(capability.markets or ()), *more])


# the desk


def row_for(session: Session, rule_id: str) -> MarketRule:
    """A rule for the desk, whatever its status. Raises NotFound."""
    row = session.get(MarketRule, rule_id)
    if row is None:
        raise NotFound
    return row


def all_rows(session: Session) -> list[MarketRule]:
    """All rules by market; there are some hundreds at most."""
    return list(session.scalars(select(MarketRule).order_by(MarketRule.market, MarketRule.id)))


def history(session: Session, rule_id: str) -> list[MarketRuleVersion]:
    """All versions of a rule, the newest first."""
    query = select(MarketRuleVersion).where(MarketRuleVersion.rule_id == rule_id)
    return list(session.scalars(query.order_by(MarketRuleVersion.number.desc())))


@dataclass(frozen=True)
class Filters:
    """What a list of rules is narrowed to; `due`: whose review is due."""

    market: str = ""
    category: str = ""
    kind: str = ""
    status: str = ""
    due: bool = False
    words: str = ""


def listed(session: Session, filters: Filters, on: date | None = None) -> list[MarketRule]:
    """The rules that fit; retired ones only when they are asked for."""
    day = on or clock.now().date()
    return [row for row in all_rows(session) if _fits(row, filters, day)]


def _fits(row: MarketRule, filters: Filters, on: date) -> bool:
    rule = rule_of(row)
    asked = filters.status or (row.status if row.status != rules.RETIRED else None)
    return (
        filters.market in ("", row.market)
        and filters.kind in ("", row.kind)
        and row.status == asked
        and (not filters.category or rule.concerns(rules.classes_of(filters.category)))
        and (not filters.due or rules.review_due(row.status, row.reviewed_on, on))
        and (not filters.words or filters.words.casefold() in _words(row.id, row.content))
    )


def _words(rule_id: str, content: Mapping[str, Any]) -> str:
    texts = [*(content.get("title") or {}).values(), *(content.get("satisfied_by") or [])]
    return " ".join([rule_id, *texts, *(content.get("source") or {}).values()]).casefold()


def progress(session: Session) -> tuple[int, int]:
    """How many of the rules in use are confirmed, and how many there are."""
    confirmed = func.count().filter(MarketRule.status == rules.CONFIRMED)
    query = select(confirmed, func.count()).where(MarketRule.status.in_(rules.IN_USE))
    row = session.execute(query).one()
    return int(row[0]), int(row[1])
