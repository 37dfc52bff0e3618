"""Matches of a need or of a capability: candidates, verdicts, order, reasons.

The index proposes candidates by relevance; whether they may be matched and how they stand to the
criteria is read from the database. Without an index a reduced list comes from the category alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from portal.capabilities.models import Capability
from portal.core import clock
from portal.matching import queries
from portal.matching.criteria import judge
from portal.matching.facts import (
    NO_ANSWERS,
    Answers,
    CapabilityFacts,
    NeedFacts,
    capability_facts,
    need_facts,
)
from portal.matching.pairs import Pair, ranked
from portal.matching.ranking import Weights, parts, score
from portal.needs.models import Need
from portal.search.documents import Document, TextPart
from portal.search.engine import EmbeddedEngine
from portal.search.explain import Explainer, Explanation, Reason
from portal.search.index import IndexUnavailable
from portal.search.results import Scored
from portal.search.sources import capability_document, need_document

LIMIT = 20
Row: TypeAlias = Need | Capability


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
    scored = candidates(engine, need_document(need), "capability")
    pairs = pairs_of_need(session, need, scored)
    return ranked(list(pairs.values()), reduced=scored is None), scored is None


def fresh_for_need(session: Session, engine: EmbeddedEngine, need: Need) -> list[Pair] | None:
    """All pairs of a need, best first, with what the index says that both have in common; None
    without an index."""
    scored = candidates(engine, need_document(need), "capability")
    if scored is None:
        return None
    pairs = ranked(_sharing(pairs_of_need(session, need, scored), scored))
    unplaced = [p for p in pairs[:LIMIT] if p.placed is None]
    return _with(explained_for_need(session, engine, need, unplaced, reduced=False).pairs, pairs)


def pairs_of_need(
    session: Session, need: Need, scored: Sequence[Scored] | None, also: str = ""
) -> dict[str, Pair]:
    """A need held against what the index proposed (None: what the category alone proposes), by
    the id of the capability. `also` is held in any case."""
    relevance = _relevance(scored, lambda: queries.capabilities_in(session, need.category))
    near = list(relevance)[: queries.CANDIDATES]
    asked, weights = need_facts(need), queries.weights(session)
    found = queries.capabilities(session, near, need.company_id or "", also)
    return {f.id: held(asked, f, relevance.get(f.id, 0.0), weights) for f in found.values()}


def explained_for_need(
    session: Session, engine: EmbeddedEngine, need: Need, pairs: Sequence[Pair], *, reduced: bool
) -> Matches:
    rows = queries.shown_capabilities(session, [p.capability.id for p in pairs])
    explain = explaining(engine, need)
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
    scored = candidates(engine, capability_document(capability), "need")
    pairs = pairs_of_capability(session, capability, scored)
    return ranked(list(pairs.values()), reduced=scored is None), scored is None


def fresh_for_capability(
    session: Session, engine: EmbeddedEngine, capability: Capability
) -> list[Pair] | None:
    """All pairs of a capability, as above."""
    scored = candidates(engine, capability_document(capability), "need")
    if scored is None:
        return None
    pairs = ranked(_sharing(pairs_of_capability(session, capability, scored), scored))
    unplaced = [p for p in pairs[:LIMIT] if p.placed is None]
    told = explained_for_capability(session, engine, capability, unplaced, reduced=False)
    return _with(told.pairs, pairs)


def pairs_of_capability(
    session: Session, capability: Capability, scored: Sequence[Scored] | None, also: str = ""
) -> dict[str, Pair]:
    """A capability held against what the index proposed, by the id of the need; see above."""
    relevance = _relevance(scored, lambda: queries.needs_in(session, capability.category))
    near = list(relevance)[: queries.CANDIDATES]
    owner = capability.company_id or ""
    offered = facts_of(capability, queries.answers(session, owner))
    weights = queries.weights(session)
    found = queries.needs(session, near, owner, also)
    return {f.id: held(f, offered, relevance.get(f.id, 0.0), weights) for f in found.values()}


def explained_for_capability(
    session: Session,
    engine: EmbeddedEngine,
    capability: Capability,
    pairs: Sequence[Pair],
    *,
    reduced: bool,
) -> Matches:
    rows = queries.shown_needs(session, [p.need.id for p in pairs])
    explain = explaining(engine, capability)
    explained = (explain(p, rows[p.need.id]) for p in pairs)
    return Matches(tuple(explained), rows, reduced)


def facts_of(capability: Capability, answers: Answers = NO_ANSWERS) -> CapabilityFacts:
    """Facts of a loaded capability, with the certificates that are shown publicly."""
    listed = (*capability.certificates, *capability.company.certificates)
    public = [c for c in listed if c.public]
    return capability_facts(capability, public, capability.company.country, answers)


def candidates(
    engine: EmbeddedEngine,
    document: Document,
    kind: str,
    limit: int = queries.CANDIDATES,
    *,
    own: bool = False,
) -> list[Scored] | None:
    """What the index proposes, most relevant first; None when it had to be done without. `own`:
    also what belongs to the same company."""
    hidden = {"owner": (document.owner,)} if document.owner and not own else {}
    try:
        return engine.relevant(document, kind, limit, exclude=hidden)
    except IndexUnavailable:
        return None


def _sharing(pairs: Mapping[str, Pair], scored: Iterable[Scored]) -> list[Pair]:
    """Pairs with the concepts that the index found on both sides; reading the texts of many pairs
    would take several times as long as everything else. The words of the other side tell only
    where no category does: see `_with`."""
    found = {s.id: s.concepts for s in scored}
    return [replace(p, explanation=_named(found.get(i, ()))) for i, p in pairs.items()]


def _named(concepts: Iterable[str]) -> Explanation:
    return Explanation(tuple(Reason("concept", None, concept) for concept in concepts), ())


def _with(better: Iterable[Pair], pairs: Iterable[Pair]) -> list[Pair]:
    """Pairs, some of which are better known."""
    known = {(p.need.id, p.capability.id): p for p in better}
    return [known.get((p.need.id, p.capability.id), p) for p in pairs]


def _relevance(
    scored: Iterable[Scored] | None, fallback: Callable[[], list[str]]
) -> dict[str, float]:
    if scored is None:
        return dict.fromkeys(fallback(), 0.0)
    return {s.id: s.share for s in scored}


def held(need: NeedFacts, capability: CapabilityFacts, relevance: float, weights: Weights) -> Pair:
    """A need and a capability held against each other now."""
    now = clock.now()
    criteria = judge(need, capability, now.date())
    answers = capability.answers.score
    found = parts(criteria, relevance, capability.updated, answers, now)
    return Pair(need, capability, criteria, score(found, weights), relevance, found, weights)


def explaining(engine: EmbeddedEngine, asking: Row) -> Callable[[Pair, Any], Pair]:
    """Adds to a pair why the other side's record fits the one that asks."""
    explainer, texts = Explainer(engine.analyser), parts_of(asking)
    declared = (asking.category,) if asking.category else ()
    side = "need" if isinstance(asking, Need) else "capability"

    def explain(pair: Pair, row: Any) -> Pair:
        named = (row.category,) if row.category else ()
        why = explainer.explain(
            texts, parts_of(row), query_concepts=declared, document_concepts=named
        )
        return replace(pair, explanation=why, asking=side)

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
