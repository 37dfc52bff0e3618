"""Matches of a need or of a capability: candidates, verdicts, order, reasons.

The index proposes candidates by relevance; whether they may be matched and how they stand to the
criteria is read from the database. Without an index a reduced list comes from the category alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from portal.capabilities.models import Capability
from portal.core import clock, i18n
from portal.matching import queries
from portal.matching.criteria import Criterion, Verdict, judge
from portal.matching.facts import CapabilityFacts, NeedFacts, capability_facts, need_facts
from portal.matching.ranking import Tally, score, tally
from portal.needs.models import Need
from portal.search.documents import Document, TextPart
from portal.search.engine import EmbeddedEngine
from portal.search.explain import Explainer, Explanation, Reason
from portal.search.index import IndexUnavailable
from portal.search.sources import capability_document, need_document
from portal.thesaurus.store import get_thesaurus

LIMIT = 20
# What the texts must have in common, by how the category stands: a capability of another category
# is listed only when the texts say that it fits all the same.
RELATED = {Verdict.MATCH: 0.0, Verdict.UNKNOWN: 0.05, Verdict.GAP: 0.25}
# Concepts that say what a thing is; a shared standard or use alone says little.
TELLING = frozenset(
    {"part", "material", "process", "equipment", "software", "chip", "service", "logistics"}
)
STRONG_WORDS = 3
UNEXPLAINED = Explanation((), ())
Row: TypeAlias = Need | Capability


@dataclass(frozen=True)
class Pair:
    """A need and a capability held against each other. `relevance` is 0..1."""

    need: NeedFacts
    capability: CapabilityFacts
    criteria: tuple[Criterion, ...]
    score: float
    relevance: float
    explanation: Explanation = UNEXPLAINED

    @property
    def hard(self) -> Tally:
        return tally(self.criteria, hard=True)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self.explanation.reasons

    @property
    def open(self) -> tuple[Criterion, ...]:
        """What would need asking: the unknown, and certificates that run out before the day."""
        return tuple(c for c in self.criteria if c.verdict is Verdict.UNKNOWN or c.renewable)

    @property
    def placed(self) -> Verdict | None:
        """How the category stands; None when the need names none."""
        return next((c.verdict for c in self.criteria if c.criterion == "category"), None)

    @property
    def convincing(self) -> bool:
        """Worth telling somebody: the same kind of thing, and no hard gap but one that an ordinary
        renewal closes."""
        if any(c.hard and c.verdict is Verdict.GAP and not c.renewable for c in self.criteria):
            return False
        if self.placed is None:
            return bool(self.top_concept) or self._shared_words
        named = self.need.category in {r.concept for r in self.reasons}
        return self.placed is Verdict.MATCH or (named and not self._neighbour)

    @property
    def _neighbour(self) -> bool:
        return any(c.evidence.name in ("category.near", "category.other") for c in self.criteria)

    @property
    def top_concept(self) -> str:
        """The concept that says best what both sides speak of."""
        thesaurus = get_thesaurus()
        named = (thesaurus.get(r.concept) for r in self.reasons if r.kind == "concept")
        return next((c.id for c in named if c and c.kind in TELLING), "")

    @property
    def _shared_words(self) -> bool:
        return any(len(r.terms) >= STRONG_WORDS for r in self.reasons if r.kind == "words")


@dataclass(frozen=True)
class Matches:
    """Ranked pairs; `rows` holds the other side's records by id; `reduced`: without the index."""

    pairs: tuple[Pair, ...]
    rows: Mapping[str, Any]
    reduced: bool = False


def matches_for_need(
    session: Session, engine: EmbeddedEngine, need: Need, limit: int = LIMIT
) -> Matches:
    """Capabilities that fit a need (stored, or built in memory with its texts), best first."""
    pairs, reduced = ranked_for_need(session, engine, need)
    return explained_for_need(session, engine, need, pairs[:limit], reduced=reduced)


def ranked_for_need(
    session: Session, engine: EmbeddedEngine, need: Need
) -> tuple[list[Pair], bool]:
    """All pairs of a need, best first, without their reasons; and whether the list is reduced."""
    asked = need_facts(need)
    relevance, reduced = _candidates(
        engine,
        need_document(need),
        "capability",
        lambda: queries.capabilities_in(session, need.category),
    )
    found = queries.capabilities(session, relevance, need.company_id or "")
    pairs = [_pair(asked, facts, relevance[facts.id]) for facts in found.values()]
    return ranked(pairs, reduced=reduced), reduced


def explained_for_need(
    session: Session, engine: EmbeddedEngine, need: Need, pairs: Sequence[Pair], *, reduced: bool
) -> Matches:
    rows = queries.shown_capabilities(session, [p.capability.id for p in pairs])
    explain = _explaining(engine, need_document(need), need.category)
    explained = (explain(p, rows[p.capability.id]) for p in pairs)
    return Matches(tuple(explained), rows, reduced)


def matches_for_capability(
    session: Session, engine: EmbeddedEngine, capability: Capability, limit: int = LIMIT
) -> Matches:
    """Open needs that a capability fits, best first."""
    pairs, reduced = ranked_for_capability(session, engine, capability)
    return explained_for_capability(session, engine, capability, pairs[:limit], reduced=reduced)


def ranked_for_capability(
    session: Session, engine: EmbeddedEngine, capability: Capability
) -> tuple[list[Pair], bool]:
    """All pairs of a capability, best first, without their reasons; and whether reduced."""
    offered = facts_of(capability)
    relevance, reduced = _candidates(
        engine,
        capability_document(capability),
        "need",
        lambda: queries.needs_in(session, capability.category),
    )
    found = queries.needs(session, relevance, capability.company_id or "")
    pairs = [_pair(facts, offered, relevance[facts.id]) for facts in found.values()]
    return ranked(pairs, reduced=reduced), reduced


def explained_for_capability(
    session: Session,
    engine: EmbeddedEngine,
    capability: Capability,
    pairs: Sequence[Pair],
    *,
    reduced: bool,
) -> Matches:
    rows = queries.shown_needs(session, [p.need.id for p in pairs])
    explain = _explaining(engine, capability_document(capability), capability.category)
    explained = (explain(p, rows[p.need.id]) for p in pairs)
    return Matches(tuple(explained), rows, reduced)


def facts_of(capability: Capability) -> CapabilityFacts:
    """Facts of a loaded capability, with the certificates that are shown publicly."""
    listed = (*capability.certificates, *capability.company.certificates)
    public = [c for c in listed if c.public]
    return capability_facts(capability, public, capability.company.country)


def _candidates(
    engine: EmbeddedEngine, document: Document, kind: str, fallback: Callable[[], list[str]]
) -> tuple[dict[str, float], bool]:
    """Ids with their relevance, and whether the index had to be done without."""
    own = {"owner": (document.owner,)} if document.owner else {}
    try:
        scored = engine.relevant(document, kind, queries.CANDIDATES, exclude=own)
    except IndexUnavailable:
        return dict.fromkeys(fallback(), 0.0), True
    return {s.id: s.share for s in scored}, False


def _pair(need: NeedFacts, capability: CapabilityFacts, relevance: float) -> Pair:
    now = clock.now()
    criteria = judge(need, capability, now.date())
    updated = capability.updated
    return Pair(need, capability, criteria, score(criteria, relevance, updated, now), relevance)


def ranked(pairs: Sequence[Pair], *, reduced: bool = False) -> list[Pair]:
    """Those that have something to do with each other, best first; equal ones by id."""
    kept = (p for p in pairs if reduced or _related(p))
    return sorted(kept, key=lambda p: (-p.score, p.need.id, p.capability.id))


def _related(pair: Pair) -> bool:
    return pair.relevance >= RELATED[pair.placed or Verdict.UNKNOWN]


def _explaining(
    engine: EmbeddedEngine, document: Document, category: str | None
) -> Callable[[Pair, Any], Pair]:
    explainer = Explainer(engine.analyser)
    declared = (category,) if category else ()

    def explain(pair: Pair, row: Any) -> Pair:
        named = (row.category,) if row.category else ()
        why = explainer.explain(
            document.texts, parts_of(row), query_concepts=declared, document_concepts=named
        )
        return replace(pair, explanation=why)

    return explain


_FIELDS = {"title": "title", "summary": "summary", "description": "body"}


def parts_of(row: Row) -> tuple[TextPart, ...]:
    """The texts of a need or a capability as the explanation reads them."""
    return tuple(
        TextPart(field, text.locale, value)
        for text in row.texts
        for column, field in _FIELDS.items()
        if (value := getattr(text, column, ""))
    )


def json_for_need(
    session: Session, engine: EmbeddedEngine, need: Need, locale: str, limit: int = LIMIT
) -> dict[str, Any]:
    """Matches of a need, stored or not, in the form of the contract."""
    found = matches_for_need(session, engine, need, limit)
    return {"need": need.id or "", **to_json(found, locale, "capability")}


def json_for_capability(
    session: Session,
    engine: EmbeddedEngine,
    capability: Capability,
    locale: str,
    limit: int = LIMIT,
) -> dict[str, Any]:
    """Needs that a capability fits, in the form of the contract."""
    found = matches_for_capability(session, engine, capability, limit)
    return {"capability": capability.id or "", **to_json(found, locale, "need")}


def to_json(found: Matches, locale: str, other: str) -> dict[str, Any]:
    """`other` names the side that is listed; texts are in the language of `locale`."""
    with i18n.use_locale(locale):
        rows = [_match(n, pair, other) for n, pair in enumerate(found.pairs, start=1)]
    return {"matches": rows, **({"reduced": True} if found.reduced else {})}


def _match(rank: int, pair: Pair, other: str) -> dict[str, Any]:
    side = pair.capability if other == "capability" else pair.need
    return {
        "rank": rank,
        other: side.id,
        "company": side.company_id,
        "score": round(pair.score, 4),
        "criteria": [_criterion(line) for line in pair.criteria],
        "reasons": [reason.as_dict() for reason in pair.reasons],
    }


def _criterion(line: Criterion) -> dict[str, Any]:
    return {
        "criterion": line.criterion,
        "wanted": str(line.wanted),
        "verdict": line.verdict.value,
        "evidence": str(line.evidence),
        "level": line.level,
        "hard": line.hard,
    }
