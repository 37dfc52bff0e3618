"""A need and a capability held against each other, and what follows from it alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.matching.criteria import Criterion, Verdict
from portal.matching.facts import CapabilityFacts, NeedFacts
from portal.matching.ranking import WEIGHTS, Parts, Tally, Weights, tally
from portal.search.explain import Explanation, Reason
from portal.thesaurus.store import get_thesaurus

# What the texts must have in common, by how the category stands: a capability of another category
# is listed only when the texts say that it fits all the same.
RELATED = {Verdict.MATCH: 0.0, Verdict.UNKNOWN: 0.05, Verdict.GAP: 0.25}
# Concepts that say what a thing is; a shared standard or use alone says little.
TELLING = frozenset(
    {"part", "material", "process", "equipment", "software", "chip", "service", "logistics"}
)
STRONG_WORDS = 3
UNEXPLAINED = Explanation((), ())
NOTHING = Parts(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Pair:
    """A need and a capability held against each other. `relevance` is 0..1; `score` weighs `parts`
    by `weights`; `asking` names the side whose texts were the question."""

    need: NeedFacts
    capability: CapabilityFacts
    criteria: tuple[Criterion, ...]
    score: float
    relevance: float
    parts: Parts = NOTHING
    weights: Weights = WEIGHTS
    explanation: Explanation = UNEXPLAINED
    asking: str = "need"

    @property
    def hard(self) -> Tally:
        return tally(self.criteria, hard=True)

    @property
    def soft(self) -> Tally:
        return tally(self.criteria, hard=False)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self.explanation.reasons

    @property
    def open(self) -> tuple[Criterion, ...]:
        """What would need asking."""
        return tuple(c for c in self.criteria if c.open)

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


def ranked(pairs: Sequence[Pair], *, reduced: bool = False) -> list[Pair]:
    """Those that have something to do with each other, best first; equal ones by id."""
    kept = (p for p in pairs if reduced or related(p))
    return sorted(kept, key=lambda p: (-p.score, p.need.id, p.capability.id))


def related(pair: Pair) -> bool:
    return pair.relevance >= RELATED[pair.placed or Verdict.UNKNOWN]
