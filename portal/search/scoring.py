"""BM25 over units, with numpy: impacts of posting lists are added, the best documents taken.

A form's frequency is divided by the relative length of the text it stands in (texts of spaced and
unspaced scripts have lengths of their own), the forms of a unit are added, and the sum saturates
once: BM25F with languages as fields.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

import numpy as np

from portal.search.query import Phrase
from portal.search.segments import SPACED, TERMS, UNSPACED, Segment, Snapshot
from portal.search.units import Form, Unit

K1 = 1.0
B = 0.6
B_CONCEPT = 0.3
# Phrases are checked in the stored word sequences of at most so many candidates.
PHRASE_CANDIDATES = 2_000
CACHED_IMPACTS = 20_000
# Full in queries of so many words or characters, nothing in those of so many.
TOGETHER, TOGETHER_FULL, TOGETHER_NONE = 0.8, 4, 12


class Norms:
    """Relative text lengths of a segment, per channel."""

    def __init__(self, snapshot: Snapshot, segment: Segment) -> None:
        spaced = segment.spaced / np.float32(snapshot.averages[SPACED][1])
        unspaced = segment.unspaced / np.float32(snapshot.averages[UNSPACED][1])
        self.spaced = 1 - B + B * spaced
        self.unspaced = 1 - B + B * unspaced
        self.every = (1 - B_CONCEPT + B_CONCEPT * (spaced + unspaced)).astype("<f4")
        self._frequencies: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self._segment = segment

    def frequencies(self, term: str) -> tuple[np.ndarray, np.ndarray]:
        """Documents of a term and its frequency there for a text of average length."""
        found = self._frequencies.get(term)
        if found is None:
            ids, weights = self._segment.postings(TERMS, term)
            found = ids, weights / self._channel(term)[ids]
            if len(self._frequencies) >= CACHED_IMPACTS:
                self._frequencies.clear()
            self._frequencies[term] = found
        return found

    def _channel(self, term: str) -> np.ndarray:
        first = term[0]
        if first in "=~":
            return self.spaced
        return self.every if first in "@#" else self.unspaced


@dataclass
class Scores:
    """Scores of every document of a segment, and how much of the query each covers."""

    values: np.ndarray
    matched: np.ndarray
    covered: np.ndarray | None = None
    lists: dict[int, np.ndarray] = field(default_factory=dict)  # unit → documents


class Scorer:
    """Scoring against one snapshot; keeps what can be used again."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.norms = [Norms(snapshot, segment) for segment in snapshot.segments]

    def frequency(self, unit: Unit) -> float:
        """Documents that have a unit, as far as its forms are sure; at least one when any has."""
        counted = [(f.weight, self._form_frequency(f)) for f in unit.forms]
        total = max(sum(w * n for w, n in counted), float(any(n for _, n in counted)))
        return min(total, float(max(self.snapshot.documents, 1)))

    def _form_frequency(self, form: Form) -> int:
        return min(self.snapshot.frequency(TERMS, term) for term in form.terms)

    def idf(self, unit: Unit) -> float:
        frequency = self.frequency(unit)
        total = max(self.snapshot.documents, frequency)
        return math.log1p((total - frequency + 0.5) / (frequency + 0.5)) if frequency else 0.0

    def score(
        self, units: Sequence[Unit], deadline: float = math.inf, *, coverage: bool = False
    ) -> tuple[list[Scores], bool]:
        """Scores per segment; the second value says that time ran out before the last unit. With
        `coverage` documents that answer more of the query gain on others."""
        weights = [unit.boost * self.idf(unit) for unit in units]
        order = sorted(range(len(units)), key=lambda i: -weights[i])
        results = []
        late = False
        for norms, segment in zip(self.norms, self.snapshot.segments, strict=True):
            result = Scores(np.zeros(segment.size, "<f4"), np.zeros(segment.size, bool))
            for index in order:
                if monotonic() > deadline:
                    late = True
                    break
                if weights[index] > 0:
                    ids, impacts = self._impacts(norms, units[index])
                    result.values[ids] += np.float32(weights[index]) * impacts
                    result.lists[index] = ids
            result.matched = result.values > 0
            results.append(result)
        if coverage:
            self._cover(results, units, weights)
        return results, late

    def _impacts(self, norms: Norms, unit: Unit) -> tuple[np.ndarray, np.ndarray]:
        parts = [_form(norms, form) for form in unit.forms]
        ids, frequencies = parts[0] if len(parts) == 1 else _added(parts)
        return ids, frequencies * np.float32(K1 + 1) / (frequencies + np.float32(K1))

    def _cover(
        self, results: Sequence[Scores], units: Sequence[Unit], weights: Sequence[float]
    ) -> None:
        """Share of the query's weight whose places each document answers."""
        slots: dict[int, list[int]] = {}
        for index, unit in enumerate(units):
            for slot in unit.slots if weights[index] > 0 else ():
                slots.setdefault(slot, []).append(index)
        importance = {
            slot: max(weights[i] / units[i].boost for i in indexes)
            for slot, indexes in slots.items()
        }
        total = sum(importance.values()) or 1.0
        for result in results:
            result.covered = np.zeros(len(result.values), "<f4")
            for slot, indexes in slots.items():
                lists = [result.lists[i] for i in indexes if i in result.lists]
                if lists:
                    answered = np.unique(np.concatenate(lists)) if len(lists) > 1 else lists[0]
                    result.covered[answered] += np.float32(importance[slot] / total)
            result.values *= result.covered ** np.float32(_togetherness(len(slots)))


def _togetherness(words: int) -> float:
    """How much answering all words of a query counts over answering one of them well: much in a
    query of few words, nothing in a long question."""
    share = (TOGETHER_NONE - words) / (TOGETHER_NONE - TOGETHER_FULL)
    return TOGETHER * min(1.0, max(0.0, share))


def _form(norms: Norms, form: Form) -> tuple[np.ndarray, np.ndarray]:
    ids, frequencies = norms.frequencies(form.terms[0])
    for term in form.terms[1:]:
        others, counts = norms.frequencies(term)
        ids, left, right = np.intersect1d(ids, others, assume_unique=True, return_indices=True)
        frequencies = np.minimum(frequencies[left], counts[right])
    return ids, frequencies * np.float32(form.weight) if form.weight != 1 else frequencies


def _added(parts: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    ids = np.concatenate([p[0] for p in parts])
    values = np.concatenate([p[1] for p in parts])
    unique, places = np.unique(ids, return_inverse=True)
    return unique, np.bincount(places, weights=values, minlength=len(unique)).astype("<f4")


def with_terms(segment: Segment, terms: Sequence[str]) -> np.ndarray:
    """Documents of a segment that have all terms."""
    ids, _ = segment.postings(TERMS, terms[0])
    for term in terms[1:]:
        ids = np.intersect1d(ids, segment.postings(TERMS, term)[0], assume_unique=True)
    return ids


def phrase_mask(segment: Segment, phrase: Phrase, order: np.ndarray | None) -> np.ndarray:
    """Documents in which the words of a phrase stand side by side; `order` are scores that say
    which candidates come first when there are too many."""
    mask = np.zeros(segment.size, bool)
    candidates = with_terms(segment, phrase.terms)
    if len(phrase.terms) == 1 and phrase.sequence.count(" ") <= 3 and phrase.terms[0][0] == "=":
        mask[candidates] = True
        return mask
    if len(candidates) > PHRASE_CANDIDATES:
        ranked = candidates if order is None else candidates[np.argsort(-order[candidates])]
        candidates = ranked[:PHRASE_CANDIDATES]
    for number in candidates:
        lines = segment.sequence(int(number)).split("\n")
        mask[number] = any(phrase.sequence in f" {line} " for line in lines)
    return mask


def filter_masks(segment: Segment, filters: Mapping[str, Sequence[str]]) -> dict[str, np.ndarray]:
    """For each filter the documents that have one of its values."""
    masks = {}
    for name, values in filters.items():
        mask = np.zeros(segment.size, bool)
        for value in values:
            mask[segment.postings("f", f"{name}:{value}")[0]] = True
        masks[name] = mask
    return masks


def facet_counts(segment: Segment, name: str, mask: np.ndarray) -> dict[str, int]:
    """How many documents of a mask have each value of a facet."""
    column = segment.facets.get(name)
    if column is None:
        return {}
    counts = np.bincount(column.codes[mask[column.ids]], minlength=len(column.values))
    return {column.values[i]: int(counts[i]) for i in np.flatnonzero(counts)}
