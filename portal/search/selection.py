"""From scores to hits: filters, facets, phrases, the best of the rest, spelling."""

import math
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from portal.search.analysis import root
from portal.search.documents import COUNTED_FACETS, Document
from portal.search.masks import facet_counts, filter_masks, phrase_mask, with_terms
from portal.search.query import Query
from portal.search.results import SearchRequest
from portal.search.scoring import Scorer
from portal.search.segments import Segment, Snapshot
from portal.search.sums import NOTHING, Scores
from portal.search.units import CONCEPT_BOOST, STEM_BOOST, Form, Unit

# A hit must answer for this share of the weight of the words in the query.
MIN_COVERAGE = 0.34
MAX_CORRECTIONS = 2
# Longer words have thousands of neighbours and are rarely one slip away from another.
MIN_CORRECTED, MAX_CORRECTED = 5, 24
CORRECTION_BOOST = 0.6
# So many keys are worth a sample of this size before they are ordered.
SAMPLED, SAMPLE = 3_000, 300
_HINTS = frozenset({"broader", "declared", "translation", "character"})


@dataclass(frozen=True)
class Found:
    """Hits by segment: document numbers with their scores."""

    numbers: list[np.ndarray]
    scores: list[np.ndarray]

    @property
    def total(self) -> int:
        return sum(map(len, self.numbers))


def allowed(
    segment: Segment, wanted: Mapping[str, Sequence[str]], unwanted: Mapping[str, Sequence[str]]
) -> np.ndarray:
    """Living documents that have the wanted facet values and none of the unwanted, as a mask."""
    mask = segment.alive.copy()
    for having in filter_masks(segment, wanted).values():
        mask &= having
    for having in filter_masks(segment, unwanted).values():
        mask &= ~having
    return mask


def masks_and_facets(
    snapshot: Snapshot,
    scores: Sequence[Scores],
    query: Query,
    wanted: Mapping[str, Sequence[str]],
    counted: Sequence[str] = COUNTED_FACETS,
) -> tuple[list[np.ndarray], dict[str, dict[str, int]]]:
    """Which of the scored documents are hits, as masks per segment; and facets, each counted over
    the hits of all filters but its own."""
    masks: list[np.ndarray] = []
    counts: dict[str, dict[str, int]] = {name: {} for name in counted}
    for segment, result in zip(snapshot.segments, scores, strict=True):
        base = _matching(segment, result, query)
        having = {n: m[result.numbers] for n, m in filter_masks(segment, wanted).items()}
        failures = sum((~mask for mask in having.values()), np.zeros(len(base), "u1"))
        masks.append(base & (failures == 0) if having else base)
        hits = result.numbers[masks[-1]] if counts else NOTHING
        for name, totals in counts.items():
            visible = hits
            if name in having:
                others = (failures == 0) | ((failures == 1) & ~having[name])
                visible = result.numbers[base & others]
            for value, n in facet_counts(segment, name, visible).items():
                totals[value] = totals.get(value, 0) + n
    return masks, counts


def scored(
    scorer: Scorer, query: Query, deadline: float = math.inf, *, coverage: bool = False
) -> tuple[list[Scores], bool]:
    """Scores of a query; a query without words asks for all documents, without a score."""
    if query.units:
        return scorer.score(query.units, deadline, coverage=coverage)
    segments = scorer.snapshot.segments
    return [Scores(np.arange(s.size), np.zeros(s.size)) for s in segments], False


def _matching(segment: Segment, result: Scores, query: Query) -> np.ndarray:
    """Of the scored documents those that live and answer the words, phrases and exclusions."""
    mask = segment.alive[result.numbers]
    if query.units and result.covered is not None:
        mask &= result.covered >= MIN_COVERAGE
    for phrase in query.phrases:
        mask &= phrase_mask(segment, phrase, result)[result.numbers]
    for phrase in query.without:
        many = len(phrase.terms) > 1
        having = phrase_mask(segment, phrase, None) if many else _having(segment, phrase.terms)
        mask &= ~having[result.numbers]
    return mask


def _having(segment: Segment, terms: Sequence[str]) -> np.ndarray:
    mask = np.zeros(segment.size, bool)
    mask[with_terms(segment, terms)] = True
    return mask


def found(scores: Sequence[Scores], masks: Sequence[np.ndarray]) -> Found:
    """All hits."""
    pairs = list(zip(scores, masks, strict=True))
    return Found([s.numbers[mask] for s, mask in pairs], [s.values[mask] for s, mask in pairs])


def best(hits: Found, snapshot: Snapshot, request: SearchRequest) -> list[tuple[int, int, float]]:
    """The asked-for page as segment, document number and score; equal scores newest first."""
    end = request.offset + request.limit
    parts: list[tuple[np.ndarray, ...]] = []
    for position, segment in enumerate(snapshot.segments):
        numbers, scores = hits.numbers[position], hits.scores[position]
        keys = segment.updated[numbers] if request.sort == "updated" else scores
        chosen = highest(keys, end)
        if len(chosen) < len(keys):
            numbers, keys, scores = numbers[chosen], keys[chosen], scores[chosen]
        where = np.full(len(numbers), position)
        parts.append((numbers, where, -segment.updated[numbers], -keys, scores))
    if not parts:
        return []
    columns = parts[0] if len(parts) == 1 else list(map(np.concatenate, zip(*parts, strict=True)))
    page = np.lexsort(columns[:4])[request.offset : end]
    return list(zip(*(columns[i][page].tolist() for i in (1, 0, 4)), strict=True))


def highest(keys: np.ndarray, count: int) -> np.ndarray:
    """Places of at least the `count` highest keys, ties included. A sample says what they are
    above, so that few have to be ordered."""
    if len(keys) > SAMPLED:
        sample = np.sort(keys[:: len(keys) // SAMPLE])
        rank = 4 + 2 * count * len(sample) // len(keys)
        if rank < len(sample):
            above = np.flatnonzero(keys >= sample[-rank])
            if count <= len(above) < len(keys):
                return above[highest(keys[above], count)]
    if len(keys) <= 4 * count:
        return np.arange(len(keys))
    edge = np.partition(keys, len(keys) - count)[len(keys) - count]
    return np.flatnonzero(keys >= edge)


def matched(
    result: Scores, asked: Sequence[Unit], numbers: Sequence[int]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Concepts and words of a query that each of some documents has, weightiest first."""
    wanted = np.array(numbers, "i8")
    concepts: list[dict[str, None]] = [{} for _ in numbers]
    words: list[dict[str, None]] = [{} for _ in numbers]
    for index, ids in result.lists.items():
        unit = asked[index]
        if not len(ids) or unit.kind in _HINTS:
            continue
        places = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
        of_kind, name = (concepts, unit.concept) if unit.kind == "concept" else (words, unit.text)
        for having in np.flatnonzero(ids[places] == wanted).tolist():
            of_kind[having][name] = None
    return [(tuple(c), tuple(w)) for c, w in zip(concepts, words, strict=True)]


def declared_units(document: Document) -> Iterator[Unit]:
    """The category, scenarios and certificates of a document, as things to look for."""
    for concept, weight in document.concepts.items():
        form = Form(("@" + concept,))
        yield Unit("concept", concept, (form,), CONCEPT_BOOST * weight, (), concept)


def corrected(query: Query, scorer: Scorer) -> tuple[Query, dict[str, str]]:
    """Latin words that no document has, replaced by the nearest one that some have."""
    corrections: dict[str, str] = {}
    slots_of_concepts = {slot for u in query.units if u.kind == "concept" for slot in u.slots}
    known = {slot for u in query.units if u.slots and scorer.frequency(u) for slot in u.slots}
    result: list[Unit] = []
    attempts = 0
    for unit in query.units:
        word = unit.text
        unknown = unit.forms[0].terms[0].startswith("=") and not {*unit.slots} & (
            known | slots_of_concepts
        )
        if unknown and word.isalpha() and attempts < MAX_CORRECTIONS:
            attempts += 1
            near = _nearest(word, scorer)
            if near:
                corrections[word] = near
                result.extend(_corrected_units(unit, near, query.lang))
        result.append(unit)
    return (replace(query, units=tuple(result)) if corrections else query), corrections


def _corrected_units(unit: Unit, near: str, lang: str) -> Iterator[Unit]:
    surface, stemmed = Form(("=" + near,)), Form((root(near, lang),))
    yield replace(unit, text=near, forms=(surface,), boost=CORRECTION_BOOST * unit.boost)
    yield replace(unit, text=near, forms=(stemmed,), boost=CORRECTION_BOOST * STEM_BOOST)


def _nearest(word: str, scorer: Scorer) -> str | None:
    """The most frequent indexed word one edit away."""
    if not MIN_CORRECTED <= len(word) <= MAX_CORRECTED or not word.isascii():
        return None
    counted = ((scorer.snapshot.frequency("t", "=" + w), w) for w in _edits(word))
    frequency, near = max(counted, default=(0, ""))
    return near if frequency else None


def _edits(word: str) -> set[str]:
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    deleted = {a + b[1:] for a, b in cuts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    letters = string.ascii_lowercase
    replaced = {a + c + b[1:] for a, b in cuts if b for c in letters}
    inserted = {a + c + b for a, b in cuts for c in letters}
    return (deleted | swapped | replaced | inserted) - {word}
