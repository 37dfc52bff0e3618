"""BM25 over units, with numpy: impacts of posting lists are added, the best documents taken.

A form's frequency is divided by the relative length of the text it stands in (texts of spaced and
unspaced scripts have lengths of their own), the forms of a unit are added, and the sum saturates
once: BM25F with languages as fields.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeAlias

import numpy as np

from portal.search.columns import SPACED, UNSPACED
from portal.search.query import Phrase
from portal.search.segments import FACETS, TERMS, Segment, Snapshot
from portal.search.units import Form, Unit

K1 = 1.0
B = 0.6
B_CONCEPT = 0.3
# Phrases are checked in the stored word sequences of at most so many candidates.
PHRASE_CANDIDATES = 2_000
# What is kept of a segment to be used again: 16 MB.
CACHED_POSTINGS = 2_000_000
CACHED_COUNTS = 50_000
# More postings than one for so many documents are added up in an array of all documents.
SPARSE = 8
# Full in queries of so many words or characters, nothing in those of so many.
TOGETHER, TOGETHER_FULL, TOGETHER_NONE = 0.8, 4, 8
Impacts: TypeAlias = tuple[np.ndarray, np.ndarray]
_NOTHING = np.empty(0, "i8")


class Frequencies:
    """Frequencies of terms in the documents of a segment, for texts of average length."""

    def __init__(self, snapshot: Snapshot, segment: Segment) -> None:
        spaced = segment.spaced / np.float32(snapshot.averages[SPACED][1])
        unspaced = segment.unspaced / np.float32(snapshot.averages[UNSPACED][1])
        self.spaced = 1 - B + B * spaced
        self.unspaced = 1 - B + B * unspaced
        self.every = (1 - B_CONCEPT + B_CONCEPT * (spaced + unspaced)).astype("<f4")
        self._known: dict[str, Impacts] = {}
        self._room = CACHED_POSTINGS
        self._segment = segment

    def of(self, term: str) -> Impacts:
        """Documents of a term and its frequency there."""
        found = self._known.get(term)
        if found is None:
            ids, weights = self._segment.postings(TERMS, term)
            found = ids, weights / self._channel(term)[ids]
            self._keep(term, found)
        return found

    def _keep(self, term: str, found: Impacts) -> None:
        self._room -= len(found[0])
        if self._room < 0:
            self._known.clear()
            self._room = CACHED_POSTINGS
        self._known[term] = found

    def _channel(self, term: str) -> np.ndarray:
        first = term[0]
        if first in "=~":
            return self.spaced
        return self.every if first in "@#" else self.unspaced


@dataclass
class Scores:
    """The documents of a segment that match: numbers without order, scores, and how much of the
    query each covers; `lists` has the documents of each unit, ascending."""

    numbers: np.ndarray
    values: np.ndarray
    covered: np.ndarray | None = None
    lists: dict[int, np.ndarray] = field(default_factory=dict)


class Scorer:
    """Scoring against one snapshot; keeps what can be used again."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.frequencies = [Frequencies(snapshot, segment) for segment in snapshot.segments]
        self._counted: dict[str, int] = {}

    def frequency(self, unit: Unit) -> float:
        """Documents that have a unit, as far as its forms are sure; at least one when any has."""
        if len(unit.forms) == 1 and unit.forms[0].weight == 1:
            return float(self._form_frequency(unit.forms[0]))
        counted = [(f.weight, self._form_frequency(f)) for f in unit.forms]
        total = max(sum(w * n for w, n in counted), float(any(n for _, n in counted)))
        return min(total, float(max(self.snapshot.documents, 1)))

    def _form_frequency(self, form: Form) -> int:
        if len(form.terms) == 1:
            return self._term_frequency(form.terms[0])
        return min(self._term_frequency(term) for term in form.terms)

    def _term_frequency(self, term: str) -> int:
        found = self._counted.get(term)
        if found is None:
            if len(self._counted) >= CACHED_COUNTS:
                self._counted.clear()
            self._counted[term] = found = self.snapshot.frequency(TERMS, term)
        return found

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
        asked = [(i, units[i], weights[i]) for i in order if weights[i] > 0]
        slots = _slots(units, weights) if coverage else {}
        results = []
        late = False
        for frequencies, segment in zip(self.frequencies, self.snapshot.segments, strict=True):
            lists: dict[int, np.ndarray] = {}
            parts = []
            for index, unit, weight in asked:
                if monotonic() > deadline:
                    late = True
                    break
                ids, found = _unit(frequencies, unit)
                lists[index] = ids
                parts.append((ids, found, weight))
            result = Scores(*_summed(parts, segment.size), lists=lists)
            if coverage:
                _cover(result, slots, segment.size)
            results.append(result)
        return results, late


def _unit(frequencies: Frequencies, unit: Unit) -> Impacts:
    """Documents of a unit, its forms counted together."""
    parts = [_form(frequencies, form) for form in unit.forms]
    return parts[0] if len(parts) == 1 else added(parts, len(frequencies.every))


def _summed(parts: Sequence[tuple[np.ndarray, np.ndarray, float]], size: int) -> Impacts:
    """What all units add to each document that has one of them."""
    if not parts:
        return np.empty(0, "<i8"), np.empty(0, "<f8")
    found = np.concatenate([p[1] for p in parts])
    weights = np.repeat(
        np.array([p[2] * (K1 + 1) for p in parts], "<f4"), [len(p[0]) for p in parts]
    )
    weights *= found
    found += np.float32(K1)
    weights /= found
    return summed(np.concatenate([p[0] for p in parts]), weights, size)


def summed(ids: np.ndarray, values: np.ndarray, size: int) -> Impacts:
    """Each document once, with the sum of its values. Few entries cost time by their number, many
    by the number of documents; the former leaves the documents without order."""
    places = ids.astype("i8")
    if SPARSE * len(ids) > size:
        totals = np.bincount(places, values, size)
        numbers = np.flatnonzero(totals > 0)
        return numbers, totals[numbers]
    entries = np.arange(len(places))
    last = np.empty(size, "i8")  # only places that are written are read
    last[places] = entries
    ends = last[places]
    kept = np.flatnonzero(ends == entries)
    return places[kept], np.bincount(ends, values, len(places))[kept]


def added(parts: Sequence[Impacts], size: int) -> Impacts:
    """Forms of one unit as one list, ascending."""
    numbers, totals = summed(
        np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts]), size
    )
    order = np.argsort(numbers, kind="stable")
    return numbers[order], totals[order].astype("<f4")


def _slots(units: Sequence[Unit], weights: Sequence[float]) -> dict[int, tuple[float, list[int]]]:
    """Places of the query: how much each counts, and the units that answer for it."""
    slots: dict[int, list[int]] = {}
    for index, unit in enumerate(units):
        for slot in unit.slots if weights[index] > 0 else ():
            slots.setdefault(slot, []).append(index)
    return {
        slot: (max(weights[i] / units[i].boost for i in indexes), indexes)
        for slot, indexes in slots.items()
    }


def _cover(result: Scores, slots: Mapping[int, tuple[float, list[int]]], size: int) -> None:
    """Share of the query's weight whose places each document answers."""
    covered = np.zeros(len(result.numbers), "<f4")
    places = np.empty(size, "i8")  # only places of matching documents are read
    places[result.numbers] = np.arange(len(result.numbers))
    total = sum(importance for importance, _ in slots.values()) or 1.0
    for importance, indexes in slots.values():
        answered = np.zeros(len(covered), bool)
        for index in indexes:
            answered[places[result.lists.get(index, _NOTHING)]] = True
        covered += np.float32(importance / total) * answered
    result.covered = covered
    result.values = result.values * covered ** np.float32(_togetherness(len(slots)))


def _togetherness(words: int) -> float:
    """How much answering all words of a query counts over answering one of them well: much in a
    query of few words, nothing in a long question."""
    share = (TOGETHER_NONE - words) / (TOGETHER_NONE - TOGETHER_FULL)
    return TOGETHER * min(1.0, max(0.0, share))


def _form(frequencies: Frequencies, form: Form) -> Impacts:
    ids, found = frequencies.of(form.terms[0])
    for term in form.terms[1:]:
        others, counts = frequencies.of(term)
        left, right = common(ids, others)
        ids, found = ids[left], np.minimum(found[left], counts[right])
    return ids, found * np.float32(form.weight) if form.weight != 1 else found


def common(ids: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the numbers that two ascending lists share stand in each."""
    if len(ids) > len(others):
        right, left = common(others, ids)
        return left, right
    if not len(ids):
        return _NOTHING, _NOTHING
    places = np.minimum(np.searchsorted(others, ids), len(others) - 1)
    same = np.flatnonzero(others[places] == ids)
    return same, places[same]


def with_terms(segment: Segment, terms: Sequence[str]) -> np.ndarray:
    """Documents of a segment that have all terms."""
    lists = sorted((segment.postings(TERMS, term)[0] for term in terms), key=len)
    ids = lists[0]
    for others in lists[1:]:
        ids = ids[common(ids, others)[0]]
    return ids


def phrase_mask(segment: Segment, phrase: Phrase, scores: Scores | None) -> np.ndarray:
    """Documents in which the words of a phrase stand side by side; scores say which candidates
    come first when there are too many."""
    mask = np.zeros(segment.size, bool)
    candidates = with_terms(segment, phrase.terms)
    if len(phrase.terms) == 1 and phrase.sequence.count(" ") <= 3 and phrase.terms[0][0] == "=":
        mask[candidates] = True
        return mask
    if len(candidates) > PHRASE_CANDIDATES:
        candidates = _likeliest(segment, candidates, scores)
    mask[segment.with_sequence(phrase.sequence, candidates)] = True
    return mask


def _likeliest(segment: Segment, candidates: np.ndarray, scores: Scores | None) -> np.ndarray:
    if scores is not None:
        values = np.zeros(segment.size, "<f4")
        values[scores.numbers] = scores.values
        candidates = candidates[np.argsort(-values[candidates], kind="stable")]
    return np.sort(candidates[:PHRASE_CANDIDATES])


def filter_masks(segment: Segment, filters: Mapping[str, Sequence[str]]) -> dict[str, np.ndarray]:
    """For each filter the documents that have one of its values."""
    masks = {}
    for name, values in filters.items():
        mask = np.zeros(segment.size, bool)
        for value in values:
            mask[segment.postings(FACETS, f"{name}:{value}")[0]] = True
        masks[name] = mask
    return masks


def facet_counts(segment: Segment, name: str, numbers: np.ndarray) -> dict[str, int]:
    """How many of some documents have each value of a facet."""
    column = segment.facets.get(name)
    if column is None:
        return {}
    counts = column.counts(numbers)
    return {column.values[i]: int(counts[i]) for i in np.flatnonzero(counts).tolist()}
