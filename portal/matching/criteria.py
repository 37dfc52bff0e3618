"""What a need asks for, held against what a capability states: MATCH, GAP or UNKNOWN.

Every rule is a pure function of a need, a capability and the day of asking. A verdict is GAP only
where the supplier's own record speaks against it; silence is UNKNOWN and a thing to ask about.
A missing certificate is a GAP when the supplier lists another one of the same kind (who lists
ISO 9001 would list IATF 16949, too), else UNKNOWN.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from portal.companies.models import EVIDENCE_LEVELS
from portal.matching.facts import Bound, CapabilityFacts, Measure, NeedFacts, Proof, Wish
from portal.matching.sentences import Amount, Attribute, Concept, Countries, Month, Sentence, say
from portal.thesaurus.conversion import converted
from portal.thesaurus.standards import answers, of_one_kind
from portal.thesaurus.store import Thesaurus, get_thesaurus


class Verdict(StrEnum):
    """How a capability stands to one thing a need asks for."""

    MATCH = "MATCH"
    GAP = "GAP"
    UNKNOWN = "UNKNOWN"


MATCH, GAP, UNKNOWN = Verdict.MATCH, Verdict.GAP, Verdict.UNKNOWN


@dataclass(frozen=True)
class Criterion:
    """One line of a match. `level` is the step of the evidence ladder; `hard`: a must."""

    criterion: str
    wanted: Sentence
    verdict: Verdict
    evidence: Sentence
    level: str = "claimed"
    hard: bool = True

    @property
    def renewable(self) -> bool:
        """A gap that an ordinary renewal closes: a certificate valid today, but not on the day."""
        return self.evidence.name == "certificate.ends"

    @property
    def open(self) -> bool:
        """Worth asking: nothing is known, or a certificate runs out before the day."""
        unknown = self.verdict is Verdict.UNKNOWN and self.evidence.name != "disclosed.asked"
        return unknown or self.renewable

    @property
    def proved(self) -> bool:
        """Whether a certificate or a check stands behind it, so that its level means much."""
        return self.level != "claimed" or self.evidence.name in (
            "certificate.valid",
            "certificate.unlimited",
            "certificate.ends",
        )


Rule = Callable[[NeedFacts, CapabilityFacts, date], Iterable[Criterion]]
# Working weeks and days of a year, on the safe side.
_PER_YEAR = {"year": Decimal(1), "month": Decimal(12), "week": Decimal(48), "day": Decimal(240)}
# Texts that have an order: who has a later one has the earlier ones.
_SCALES = {"asil": ("QM", "A", "B", "C", "D")}


# category


def category(need: NeedFacts, capability: CapabilityFacts, _on: date) -> Iterator[Criterion]:
    """The same or a narrower category fits; a wider or neighbouring one is worth asking."""
    if need.category:
        wanted = say("category.wanted", category=Concept(need.category))
        verdict, evidence = _placed(need.category, capability.category, get_thesaurus())
        yield Criterion("category", wanted, verdict, evidence)


@lru_cache(maxsize=10_000)
def _placed(wanted: str, listed: str | None, tree: Thesaurus) -> tuple[Verdict, Sentence]:
    if not listed:
        return UNKNOWN, say("category.none")
    label = Concept(listed)
    if listed == wanted:
        return MATCH, say("category.same", category=label)
    if wanted in tree.ancestors(listed):
        return MATCH, say("category.narrower", category=label, wanted=Concept(wanted))
    if listed in tree.ancestors(wanted):
        return UNKNOWN, say("category.broader", category=label)
    if _near(wanted, listed, tree):
        return UNKNOWN, say("category.near", category=label)
    return GAP, say("category.other", category=label)


def _near(one: str, other: str, tree: Thesaurus) -> bool:
    first, second = tree.get(one), tree.get(other)
    if first is None or second is None:
        return False
    siblings = bool(set(first.broader) & set(second.broader))
    return siblings or other in first.related or one in second.related


# certificates


def required_certificates(
    need: NeedFacts, capability: CapabilityFacts, on: date
) -> Iterator[Criterion]:
    return _certificates(need, need.required, capability, on, hard=True)


def wanted_certificates(
    need: NeedFacts, capability: CapabilityFacts, on: date
) -> Iterator[Criterion]:
    return _certificates(need, need.wanted, capability, on, hard=False)


def _certificates(
    need: NeedFacts, wish: Wish, capability: CapabilityFacts, on: date, *, hard: bool
) -> Iterator[Criterion]:
    for standard in wish.certificates:
        verdict, evidence, level = _proved(standard, capability.proofs, need, on)
        yield Criterion("certificate", say("plain", value=standard), verdict, evidence, level, hard)


def _proved(
    standard: str, proofs: tuple[Proof, ...], need: NeedFacts, on: date
) -> tuple[Verdict, Sentence, str]:
    held = [p for p in proofs if answers(p.standard, standard)]
    if not held:
        return *_unlisted(standard, proofs), "claimed"
    best = max(held, key=lambda p: (_holds(p, need.needed_on(on)), _rung(p), p.expires or date.max))
    if not _holds(best, need.needed_on(on)):
        latest = max(held, key=lambda p: p.expires or date.max)
        return GAP, _ended(latest, need, on), latest.level
    if best.expires is None:
        return MATCH, say("certificate.unlimited", standard=best.standard), best.level
    sentence = say("certificate.valid", standard=best.standard, until=best.expires)
    return MATCH, sentence, best.level


def _holds(proof: Proof, day: date) -> bool:
    """A certificate is valid through its last day."""
    return proof.expires is None or proof.expires >= day


def _rung(proof: Proof) -> int:
    return EVIDENCE_LEVELS.index(proof.level) if proof.level in EVIDENCE_LEVELS else 0


def _ended(proof: Proof, need: NeedFacts, on: date) -> Sentence:
    until = proof.expires or on
    if until < on or need.sop is None:
        return say("certificate.expired", standard=proof.standard, until=until)
    return say("certificate.ends", standard=proof.standard, until=until, sop=Month(need.sop))


def _unlisted(standard: str, proofs: tuple[Proof, ...]) -> tuple[Verdict, Sentence]:
    kin = tuple(dict.fromkeys(p.standard for p in proofs if of_one_kind(p.standard, standard)))
    if kin:
        return GAP, say("certificate.others", listed=kin)
    return UNKNOWN, say("certificate.none")


# attributes


def required_attributes(
    need: NeedFacts, capability: CapabilityFacts, _on: date
) -> Iterator[Criterion]:
    return _attributes(need.required, capability, hard=True)


def wanted_attributes(
    need: NeedFacts, capability: CapabilityFacts, _on: date
) -> Iterator[Criterion]:
    return _attributes(need.wanted, capability, hard=False)


def _attributes(wish: Wish, capability: CapabilityFacts, *, hard: bool) -> Iterator[Criterion]:
    for name, bound in wish.attributes.items():
        stated = capability.attributes.get(name)
        verdict, evidence = _compared(name, bound, stated)
        level = capability.levels.get(f"attributes.{name}", "claimed") if stated else "claimed"
        yield Criterion("attribute", _asked(name, bound), verdict, evidence, level, hard)


def _asked(name: str, bound: Bound) -> Sentence:
    label = Attribute(name)
    if bound.low is None and bound.high is None:
        return say("attribute.exact", name=label, value=bound.text)
    if bound.low == bound.high and bound.low is not None:
        return say("attribute.exact", name=label, value=Amount(bound.low, bound.unit))
    if bound.high is None and bound.low is not None:
        return say("attribute.low", name=label, low=Amount(bound.low, bound.unit))
    if bound.low is None and bound.high is not None:
        return say("attribute.high", name=label, high=Amount(bound.high, bound.unit))
    low, high = bound.low or Decimal(0), bound.high or Decimal(0)
    ends = {"low": Amount(low), "high": Amount(high, bound.unit)}
    return say("attribute.range", name=label, **ends)


def _compared(name: str, bound: Bound, stated: Measure | None) -> tuple[Verdict, Sentence]:
    if stated is None or (stated.low is None and not stated.text):
        return UNKNOWN, say("attribute.none")
    if bound.text or stated.low is None or stated.high is None:
        return _compared_texts(name, bound, stated)
    usual = get_thesaurus().attributes.get(name)
    own, asked = (unit or (usual.unit if usual else "") for unit in (stated.unit, bound.unit))
    low, high = (converted(end, own, asked) for end in (stated.low, stated.high))
    evidence = _figure(stated, own)
    if low is None or high is None:
        return UNKNOWN, say("attribute.unlike", value=_amount(stated, own))
    return _within(bound, low, high), evidence


def _within(bound: Bound, low: Decimal, high: Decimal) -> Verdict:
    """A stated range fits when one of its values can satisfy the bound."""
    reaches = bound.low is None or high >= bound.low
    stays = bound.high is None or low <= bound.high
    return MATCH if reaches and stays else GAP


def _amount(stated: Measure, unit: str) -> Amount:
    return Amount(stated.high if stated.high is not None else Decimal(0), unit)


def _figure(stated: Measure, unit: str) -> Sentence:
    if stated.low != stated.high and stated.low is not None:
        ends = {"low": Amount(stated.low), "high": _amount(stated, unit)}
        return say("attribute.stated_range", **ends)
    return say("attribute.stated", value=_amount(stated, unit))


def _compared_texts(name: str, bound: Bound, stated: Measure) -> tuple[Verdict, Sentence]:
    asked, given = (t.text.casefold().strip() for t in (bound, stated))
    value = stated.text or _amount(stated, stated.unit)
    if asked and asked == given:
        return MATCH, say("attribute.stated", value=value)
    scale = [step.casefold() for step in _SCALES.get(name, ())]
    places = [t.removeprefix("asil").strip(" -") for t in (asked, given)]
    if all(place in scale for place in places):
        enough = scale.index(places[1]) >= scale.index(places[0])
        return (MATCH if enough else GAP), say("attribute.stated", value=value)
    return UNKNOWN, say("attribute.unlike", value=value)


# capacity, market, lead time, use


def capacity(need: NeedFacts, capability: CapabilityFacts, _on: date) -> Iterator[Criterion]:
    """The yearly capacity must reach the quantity, in units that can be compared."""
    if need.quantity is not None and need.quantity > 0:
        wanted = say("capacity.wanted", quantity=Amount(need.quantity, need.unit))
        verdict, evidence = _enough(need.quantity, need.unit, capability)
        stated = capability.capacity is not None
        level = capability.levels.get("capacity", "claimed") if stated else "claimed"
        yield Criterion("capacity", wanted, verdict, evidence, level)


def _enough(quantity: Decimal, unit: str, capability: CapabilityFacts) -> tuple[Verdict, Sentence]:
    if capability.capacity is None:
        return UNKNOWN, say("capacity.none")
    stated = Amount(capability.capacity, capability.capacity_unit)
    times = _PER_YEAR.get(capability.capacity_per)
    comparable = converted(capability.capacity, capability.capacity_unit, unit)
    if times is None or comparable is None:
        return UNKNOWN, say("capacity.unlike", capacity=stated)
    yearly = Amount(capability.capacity * times, capability.capacity_unit)
    verdict = MATCH if comparable * times >= quantity else GAP
    return verdict, say("capacity.stated", capacity=yearly)


def market(need: NeedFacts, capability: CapabilityFacts, _on: date) -> Iterator[Criterion]:
    """The market must be one the supplier lists, or where it is at home."""
    if need.market:
        wanted = Countries((need.market,))
        verdict, evidence = _served(need.market, capability)
        yield Criterion("market", say("market.wanted", market=wanted), verdict, evidence)


def _served(code: str, capability: CapabilityFacts) -> tuple[Verdict, Sentence]:
    if code in capability.markets:
        return MATCH, say("market.listed", market=Countries((code,)))
    if code == capability.country:
        return MATCH, say("market.home", market=Countries((code,)))
    if capability.markets:
        return GAP, say("market.others", markets=Countries(capability.markets))
    return UNKNOWN, say("market.none")


def lead_time(need: NeedFacts, capability: CapabilityFacts, on: date) -> Iterator[Criterion]:
    """Series parts, ordered today, must be there on the first day of the month of the SOP."""
    if need.sop:
        wanted = say("lead_time.wanted", sop=Month(need.sop))
        verdict, evidence = _in_time(need.sop, capability, on)
        yield Criterion("lead_time", wanted, verdict, evidence)


def _in_time(sop: date, capability: CapabilityFacts, on: date) -> tuple[Verdict, Sentence]:
    low, high = capability.lead_from, capability.lead_to
    shortest = low if low is not None else high
    longest = high if high is not None else low
    if shortest is None or longest is None:
        return UNKNOWN, say("lead_time.none")
    if sop < on:
        return UNKNOWN, say("lead_time.past")
    first, last = on + timedelta(days=shortest), on + timedelta(days=longest)
    if last <= sop:
        return MATCH, say("lead_time.in_time", days=longest, ready=last)
    if first <= sop:
        return UNKNOWN, say("lead_time.tight", low=shortest, high=longest, ready=last)
    return GAP, say("lead_time.late", days=shortest, ready=first)


def scenario(need: NeedFacts, capability: CapabilityFacts, _on: date) -> Iterator[Criterion]:
    """A shared use speaks for a supplier; it is never a must."""
    if need.scenarios:
        wanted = say("scenario.wanted", scenarios=_concepts(need.scenarios))
        verdict, evidence = _used(need.scenarios, capability.scenarios)
        yield Criterion("scenario", wanted, verdict, evidence, hard=False)


def _used(wanted: tuple[str, ...], listed: tuple[str, ...]) -> tuple[Verdict, Sentence]:
    shared = tuple(s for s in wanted if s in listed)
    if shared:
        return MATCH, say("scenario.shared", scenarios=_concepts(shared))
    if listed:
        return GAP, say("scenario.others", scenarios=_concepts(listed))
    return UNKNOWN, say("scenario.none")


def _concepts(ids: tuple[str, ...]) -> tuple[Concept, ...]:
    return tuple(Concept(i) for i in ids)


RULES: tuple[Rule, ...] = (
    category,
    required_certificates,
    required_attributes,
    capacity,
    market,
    lead_time,
    wanted_certificates,
    wanted_attributes,
    scenario,
)
