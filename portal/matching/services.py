"""Matches of a need or of a capability: candidates, verdicts, order, reasons.

The index proposes candidates by relevance; whether they may be matched and how they stand to the
criteria is read from the database. Without an index a reduced list comes from the category alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from portal.core import clock
from portal.disclosure.queries import NOBODY, Sight, owner_of
from portal.matching import queries, sides
from portal.matching.facts import CapabilityFacts, NeedFacts
from portal.matching.pairs import Pair, ranked
from portal.matching.ranking import Weights, parts, score
from portal.matching.sides import Row
from portal.matching.verdicts import judge
from portal.search.documents import Document, TextPart
from portal.search.engine import EmbeddedEngine
from portal.search.explain import Explainer, Explanation, Reason
from portal.search.index import IndexUnavailable
from portal.search.results import Scored

LIMIT = 20


@dataclass(frozen=True)
class Matches:
    """Ranked pairs; `rows` holds the other side's records by id; `reduced`: without the index."""

    pairs: tuple[Pair, ...]
    rows: Mapping[str, Any]
    reduced: bool = False


def matches_for(
    session: Session, engine: EmbeddedEngine, asking: Row, limit: int = LIMIT, far: Sight = NOBODY
) -> Matches:
    """What fits a need or a capability (stored, or built in memory with its texts), best first, for
    a reader who sees so far."""
    pairs, reduced = ranked_for(session, engine, asking, far)
    return explained_for(session, engine, asking, pairs[:limit], far, reduced=reduced)


def ranked_for(
    session: Session, engine: EmbeddedEngine, asking: Row, far: Sight
) -> tuple[list[Pair], bool]:
    """All pairs, best first, without their reasons; and whether the list is reduced."""
    scored = _proposed(engine, asking)
    pairs = pairs_of(session, asking, scored, far)
    return ranked(list(pairs.values()), reduced=scored is None), scored is None


def fresh_for(
    session: Session, engine: EmbeddedEngine, asking: Row, far: Sight
) -> list[Pair] | None:
    """All pairs, best first, with what the index says that both have in common; None without an
    index."""
    scored = _proposed(engine, asking)
    if scored is None:
        return None
    pairs = ranked(_sharing(pairs_of(session, asking, scored, far), scored))
    unplaced = [p for p in pairs[:LIMIT] if p.placed is None]
    better = explained_for(session, engine, asking, unplaced, far, reduced=False).pairs
    return _with(better, pairs)


def _proposed(engine: EmbeddedEngine, asking: Row) -> list[Scored] | None:
    side = sides.of(asking)
    return candidates(engine, document_of(asking), side.other)


def document_of(asking: Row) -> Document:
    """What a record asks the index with, and whose it is."""
    return replace(sides.of(asking).document(asking), owner=owner_of(asking))


def pairs_of(
    session: Session, asking: Row, scored: Sequence[Scored] | None, far: Sight, also: str = ""
) -> dict[str, Pair]:
    """A record held against what the index proposed (None: what the category alone proposes), by
    the id of the other side. `also` is held in any case."""
    side = sides.of(asking)
    relevance = _relevance(scored, lambda: side.nearby(session, asking.category))
    near = list(relevance)[: queries.CANDIDATES]
    own, weights = side.facts(session, asking), queries.weights(session)
    found = side.others(session, far, near, owner_of(asking), also)
    return {
        f.id: held(*side.in_order(own, f), relevance.get(f.id, 0.0), weights)
        for f in found.values()
    }


def explained_for(
    session: Session,
    engine: EmbeddedEngine,
    asking: Row,
    pairs: Sequence[Pair],
    far: Sight,
    *,
    reduced: bool,
) -> Matches:
    side = sides.of(asking)
    found = side.shown(session, [side.other_id(p) for p in pairs])
    rows = {row_id: far.seen(row) for row_id, row in found.items()}
    explain = explaining(engine, asking)
    explained = (explain(p, rows[side.other_id(p)]) for p in pairs)
    return Matches(tuple(explained), rows, reduced)


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
    side = sides.of(asking).name

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
