"""What criteria look at: a need and a capability reduced to comparable facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.capabilities.models import Capability
from portal.capabilities.proofs import subjects_of
from portal.companies.models import Certificate
from portal.disclosure.fields import ATTRIBUTE
from portal.evidence import subjects
from portal.evidence.queries import Standings
from portal.matching.models import SupplierResponse
from portal.needs.models import Need

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Bound:
    """What is asked of an attribute: a range, one value, or a text such as an ASIL."""

    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    text: str = ""


@dataclass(frozen=True)
class Measure:
    """What a supplier states: a range (both ends alike for a single value) or a text."""

    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    text: str = ""


@dataclass(frozen=True)
class Wish:
    """Certificates and attributes, all required or all wanted."""

    certificates: tuple[str, ...] = ()
    attributes: Mapping[str, Bound] = field(default_factory=dict)


@dataclass(frozen=True)
class Proof:
    """A certificate as far as criteria need it; `whole_company` tells it from the capability's."""

    standard: str
    expires: date | None = None
    level: str = "claimed"
    whole_company: bool = False


@dataclass(frozen=True)
class Answers:
    """How a supplier has answered inquiries: counts, median working hours, and a score 0..1 that
    is missing before there were enough of them."""

    inquiries: int = 0
    answered: int = 0
    hours: float | None = None
    score: float | None = None


NO_ANSWERS = Answers()


@dataclass(frozen=True)
class NeedFacts:
    """A need, stored or not. `sop` is the first day of the month of the start of production,
    `hidden` what is not disclosed to the reader yet, with the level that discloses it."""

    id: str = ""
    company_id: str = ""
    category: str | None = None
    scenarios: tuple[str, ...] = ()
    required: Wish = Wish()
    wanted: Wish = Wish()
    market: str | None = None
    quantity: Decimal | None = None
    unit: str = ""
    sop: date | None = None
    updated: datetime = LONG_AGO
    hidden: Mapping[str, str] = field(default_factory=dict)

    def needed_on(self, today: date) -> date:
        """The day on which proofs must be valid: the start of production, or today."""
        return max(self.sop, today) if self.sop else today


@dataclass(frozen=True)
class CapabilityFacts:
    """A capability with the certificates shown for it and for its company; `hidden` as above."""

    id: str = ""
    company_id: str = ""
    country: str = ""
    category: str | None = None
    scenarios: tuple[str, ...] = ()
    proofs: tuple[Proof, ...] = ()
    attributes: Mapping[str, Measure] = field(default_factory=dict)
    markets: tuple[str, ...] = ()
    capacity: Decimal | None = None
    capacity_unit: str = ""
    capacity_per: str = ""
    lead_from: int | None = None
    lead_to: int | None = None
    updated: datetime = LONG_AGO
    answers: Answers = NO_ANSWERS
    hidden: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)  # of `capacity`, `attributes.<id>`


def need_facts(need: Need) -> NeedFacts:
    """Facts of a need, stored or only built in memory."""
    return NeedFacts(
        id=need.id or "",
        company_id=need.company_id or "",
        category=need.category,
        scenarios=tuple(need.scenarios or ()),
        required=wish(need.required or {}),
        wanted=wish(need.wanted or {}),
        market=need.market,
        quantity=need.quantity_per_year,
        unit=need.quantity_unit or "",
        sop=month_start(need.sop),
        updated=need.published_at or need.changed_at or LONG_AGO,
    )


def capability_facts(
    capability: Capability,
    certificates: Iterable[Certificate],
    country: str,
    answers: Answers = NO_ANSWERS,
    known: Standings | None = None,
) -> CapabilityFacts:
    """Facts of a capability; `certificates` are its own and its company's. Without `known` they
    stand as their own column says."""
    stated = (capability.attributes or {}).items()
    return CapabilityFacts(
        id=capability.id or "",
        company_id=capability.company_id or "",
        country=country,
        category=capability.category,
        scenarios=tuple(capability.scenarios or ()),
        proofs=tuple(_proof(c, known) for c in certificates),
        attributes={key: measure(raw) for key, raw in stated},
        markets=tuple(capability.markets or ()),
        capacity=capability.capacity_quantity,
        capacity_unit=capability.capacity_unit or "",
        capacity_per=capability.capacity_per or "year",
        lead_from=capability.lead_series_from_days,
        lead_to=capability.lead_series_to_days,
        updated=capability.changed_at or LONG_AGO,
        answers=answers,
        levels=_levels(capability, known),
    )


def answers_of(row: SupplierResponse | None) -> Answers:
    """The kept figures of a supplier; none were counted for a new one."""
    if row is None:
        return NO_ANSWERS
    return Answers(row.inquiries, row.answered, row.hours, row.score)


def _proof(certificate: Certificate, known: Standings | None) -> Proof:
    level = certificate.level or "claimed"
    if known is not None:
        proven = known.about(certificate.company_id)
        level = known.of(subjects.certificate(certificate)).level if proven else "claimed"
    return Proof(
        certificate.standard,
        certificate.expires,
        level,
        certificate.capability_id is None,
    )


def _levels(capability: Capability, known: Standings | None) -> Mapping[str, str]:
    """How capacity and attributes are proven."""
    if known is None or not known.about(capability.company_id):
        return {}
    return {
        s.key if s.kind == subjects.CAPACITY else ATTRIBUTE + s.key: known.of(s).level
        for s in subjects_of(capability)
    }


def wish(raw: Mapping[str, Any]) -> Wish:
    """From the stored form of what is required or wanted."""
    asked = (raw.get("attributes") or {}).items()
    return Wish(tuple(raw.get("certificates") or ()), {key: bound(value) for key, value in asked})


def bound(raw: Mapping[str, Any]) -> Bound:
    exact = raw.get("value")
    low, high = number(raw.get("min", exact)), number(raw.get("max", exact))
    text = str(exact) if exact is not None and low is None and high is None else ""
    return Bound(low, high, str(raw.get("unit") or ""), text.strip())


def measure(raw: Mapping[str, Any]) -> Measure:
    stated = bound(raw)
    low, high = stated.low, stated.high
    ends = (high if low is None else low, low if high is None else high)
    return Measure(*ends, stated.unit, stated.text)


def number(raw: object) -> Decimal | None:
    """A stored number; floats by their shortest form."""
    if raw is None or isinstance(raw, bool):
        return None
    try:
        value = Decimal(str(raw).strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def month_start(month: str | None) -> date | None:
    """The first day of "YYYY-MM"."""
    try:
        return date.fromisoformat(f"{month}-01") if month else None
    except ValueError:
        return None
