"""BM25 over units, with numpy: impacts of posting lists are added, the best documents taken.

A form's frequency is divided by the relative length of the text it stands in (texts of spaced and
unspaced scripts have lengths of their own), the forms of a unit are added, and the sum saturates
once: BM25F with languages as fields.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from time import monotonic
from typing import TypeAlias

import numpy as np

from portal.search.balance import Masks, written_in
from portal.search.columns import SPACED, UNSPACED
from portal.search.masks import common
from portal.search.segments import TERMS, Segment, Snapshot
from portal.search.sums import NO_ENTRIES, NOTHING, Entries, Scores, added, best, scratch, summed
from portal.search.units import Form, Unit

K1 = 1.0
B = 0.6
B_CONCEPT = 0.6
# What is kept of a segment to be used again: 16 MB.
CACHED_POSTINGS = 2_000_000
CACHED_ENTRY = 16  # postings that take as much memory as a term's entry
CACHED_COUNTS = 50_000
# Full in queries of so many words or characters, nothing in those of so many.
TOGETHER, TOGETHER_FULL, TOGETHER_NONE = 0.8, 4, 8
# A concept above the one that was asked for answers so far; alone it makes no hit.
BROADER_ANSWER = 0.3


class Impacts:
    """What terms and units add to the documents of a segment, before they are weighed."""

    def __init__(self, snapshot: Snapshot, segment: Segment) -> None:
        spaced = segment.spaced / np.float32(snapshot.averages[SPACED][1])
        unspaced = segment.unspaced / np.float32(snapshot.averages[UNSPACED][1])
        self._spaced = 1 - B + B * spaced
        self._unspaced = 1 - B + B * unspaced
        self._every = (1 - B_CONCEPT + B_CONCEPT * (spaced + unspaced)).astype("<f4")
        self.kept: dict[str, Entries] = {}
        self._room = CACHED_POSTINGS
        self._segment = segment

    def of_term(self, term: str) -> Entries:
        """Documents of a term, and its impact there."""
        ids, frequencies = self._frequencies(term)
        found = (ids, saturated(frequencies)) if len(ids) else NO_ENTRIES
        self._room -= len(ids) + CACHED_ENTRY
        if self._room < 0:
            self.kept.clear()
            self._room = CACHED_POSTINGS
        self.kept[term] = found
        return found

    def of_unit(self, unit: Unit) -> Entries:
        """Documents of a unit, whose forms are counted together."""
        parts = [self._of_form(form) for form in unit.forms]
        ids, found = parts[0] if len(parts) == 1 else added(parts, self._segment.size)
        return ids, saturated(found)

    def _of_form(self, form: Form) -> Entries:
        ids, found = self._frequencies(form.terms[0])
        for term in form.terms[1:]:
            others, counts = self._frequencies(term)
            left, right = common(ids, others)
            ids, found = ids[left], np.minimum(found[left], counts[right])
        return ids, found * np.float32(form.weight) if form.weight != 1 else found

    def _frequencies(self, term: str) -> Entries:
        """Documents of a term, and how often it stands there, for texts of average length."""
        ids, weights = self._segment.postings(TERMS, term)
        return (ids, weights / self._channel(term)[ids]) if len(ids) else NO_ENTRIES

    def _channel(self, term: str) -> np.ndarray:
        first = term[0]
        if first in "=~":
            return self._spaced
        return self._every if first in "@#" else self._unspaced


def saturated(frequencies: np.ndarray) -> np.ndarray:
    """BM25's growing less with every further occurrence."""
    result: np.ndarray = frequencies * np.float32(K1 + 1) / (frequencies + np.float32(K1))
    return result


# A unit of the query: what it counts, its place among them, itself, its term if it is but one.
_Asked: TypeAlias = tuple[float, int, Unit, str]


class Scorer:
    """Scoring against one snapshot; keeps what can be used again."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._impacts = [Impacts(snapshot, segment) for segment in snapshot.segments]
        self._counted: dict[str, int] = {}
        self._idfs: dict[str, float] = {}

    @cached_property
    def written(self) -> list[Masks]:
        """Language → documents with texts in it, for each segment."""
        return [written_in(segment) for segment in self.snapshot.segments]

    def frequency(self, unit: Unit) -> float:
        """Documents that have a unit, as far as its forms are sure; at least one when any has."""
        counted = [(f.weight, self._form_frequency(f)) for f in unit.forms]
        total = max(sum(w * n for w, n in counted), float(any(n for _, n in counted)))
        return min(total, float(max(self.snapshot.documents, 1)))

    def _form_frequency(self, form: Form) -> int:
        return min([self._term_frequency(term) for term in form.terms])

    def _term_frequency(self, term: str) -> int:
        found = self._counted.get(term)
        if found is None:
            if len(self._counted) >= CACHED_COUNTS:
                self._counted.clear()
                self._idfs.clear()
            self._counted[term] = found = self.snapshot.frequency(TERMS, term)
        return found

    def idf(self, unit: Unit) -> float:
        """How much a unit tells, by how few documents have it; nothing when none has."""
        known = self._idfs.get(unit.term)
        if known is None:
            known = self._idf(self.frequency(unit))
            if unit.term:
                self._idfs[unit.term] = known
        return known

    def _idf(self, frequency: float) -> float:
        total = max(self.snapshot.documents, frequency)
        return math.log1p((total - frequency + 0.5) / (frequency + 0.5)) if frequency else 0.0

    def score(
        self, units: Sequence[Unit], deadline: float = math.inf, *, coverage: bool = False
    ) -> tuple[list[Scores], bool]:
        """Scores per segment; the second value says that time ran out before the last unit. With
        `coverage` documents that answer more of the query gain on others."""
        asked = self._asked(units)
        slots = _slots(asked) if coverage else {}
        results, late = [], False
        for impacts, segment in zip(self._impacts, self.snapshot.segments, strict=True):
            lists, weighed, cut = _gathered(impacts, asked, deadline)
            result = Scores(*summed(list(lists.values()), weighed, segment.size), lists=lists)
            if coverage:
                _cover(result, slots, segment.size)
            results.append(result)
            late = late or cut
        return results, late

    def strongest(
        self, units: Sequence[Unit], masks: Sequence[np.ndarray], count: int, deadline: float
    ) -> list[Scores]:
        """As `score`, but at least the `count` best of those documents that a mask for each
        segment allows, and few others."""
        asked = self._asked(units)
        results = []
        for impacts, mask in zip(self._impacts, masks, strict=True):
            lists, weighed, _ = _gathered(impacts, asked, deadline)
            results.append(Scores(*best(list(lists.values()), weighed, mask, count), lists=lists))
        return results

    def _asked(self, units: Sequence[Unit]) -> list[_Asked]:
        """Units that some document has, weightiest first."""
        known, idf = self._idfs, self.idf
        asked = []
        for number, unit in enumerate(units):
            term = unit.term
            rarity = known.get(term)
            weight = unit.boost * (idf(unit) if rarity is None else rarity)
            if weight > 0:
                asked.append((weight, number, unit, term))
        asked.sort(key=itemgetter(0), reverse=True)
        return asked


def _gathered(
    impacts: Impacts, asked: Sequence[_Asked], deadline: float
) -> tuple[dict[int, np.ndarray], np.ndarray, bool]:
    """Documents of each unit and what it adds to each, one unit after the other; the last value
    says that time ran out."""
    lists: dict[int, np.ndarray] = {}
    found: list[np.ndarray] = []
    weights: list[float] = []
    kept, late = impacts.kept, False
    for weight, number, unit, term in asked:
        entries = kept.get(term)
        if entries is None:
            if late := monotonic() > deadline:
                break
            entries = impacts.of_term(term) if term else impacts.of_unit(unit)
        if len(entries[0]):
            lists[number], values = entries
            found.append(values)
            weights.append(weight)
    return lists, _weighed(found, weights), late


def _weighed(found: Sequence[np.ndarray], weights: Sequence[float]) -> np.ndarray:
    if not found:
        return np.empty(0, "<f4")
    every = np.concatenate(found)
    every *= np.repeat(np.array(weights, "<f4"), list(map(len, found)))
    return every


def _slots(asked: Sequence[_Asked]) -> dict[int, list[tuple[float, float, int]]]:
    """Places of the query with the units that answer for each: how far, how much the place counts
    by it, and its number; the best last."""
    slots: dict[int, list[tuple[float, float, int]]] = {}
    for weight, number, unit, _ in asked:
        degree = BROADER_ANSWER if unit.kind == "broader" else 1.0
        for slot in unit.slots:
            slots.setdefault(slot, []).append((degree, weight / unit.boost, number))
    return {slot: sorted(answering) for slot, answering in slots.items()}


def _cover(
    result: Scores, slots: Mapping[int, Sequence[tuple[float, float, int]]], size: int
) -> None:
    """Share of the query's weight whose places each document answers."""
    covered = np.zeros(len(result.numbers), "<f4")
    places = scratch.places(size)  # only those of matching documents are read
    places[result.numbers] = np.arange(len(result.numbers), dtype="i4")
    total = sum(answering[-1][1] for answering in slots.values()) or 1.0
    for answering in slots.values():
        answered = np.zeros(len(covered), "<f4")
        for degree, _, number in answering:
            answered[places[result.lists.get(number, NOTHING)]] = degree
        covered += np.float32(answering[-1][1] / total) * answered
    result.covered = covered
    result.values = result.values * covered ** np.float32(_togetherness(len(slots)))


def _togetherness(words: int) -> float:
    """How much answering all words of a query counts over answering one of them well: much in a
    query of few words, nothing in a long question."""
    share = (TOGETHER_NONE - words) / (TOGETHER_NONE - TOGETHER_FULL)
    return TOGETHER * min(1.0, max(0.0, share))
