"""BM25 over units, with numpy: impacts of posting lists are added, the best documents taken.

A form's frequency is divided by the relative length of the text it stands in (texts of spaced and
unspaced scripts have lengths of their own), the forms of a unit are added, and the sum saturates
once: BM25F with languages as fields.
"""

import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import itemgetter
from time import monotonic
from typing import NamedTuple, TypeAlias

import numpy as np

from portal.search.columns import SPACED, UNSPACED
from portal.search.query import Phrase
from portal.search.segments import TERMS, Segment, Snapshot
from portal.search.units import Form, Unit

K1 = 1.0
B = 0.6
B_CONCEPT = 0.6
# Phrases are checked in the stored word sequences of at most so many candidates.
PHRASE_CANDIDATES = 2_000
# What is kept of a segment to be used again: 16 MB.
CACHED_POSTINGS = 2_000_000
CACHED_COUNTS = 50_000
# The best are looked for above what a sample of so many postings says; when each of them has so
# many postings it is right.
SAMPLE, SPARE = 300, 12
# With more than one entry for so many documents all documents are looked through.
DENSE = 8
# Full in queries of so many words or characters, nothing in those of so many.
TOGETHER, TOGETHER_FULL, TOGETHER_NONE = 0.8, 4, 8
Entries: TypeAlias = tuple[np.ndarray, np.ndarray]
_NOTHING = np.empty(0, "i8")


class Impacts:
    """What terms and units add to the documents of a segment, before they are weighed."""

    def __init__(self, snapshot: Snapshot, segment: Segment) -> None:
        spaced = segment.spaced / np.float32(snapshot.averages[SPACED][1])
        unspaced = segment.unspaced / np.float32(snapshot.averages[UNSPACED][1])
        self._spaced = 1 - B + B * spaced
        self._unspaced = 1 - B + B * unspaced
        self._every = (1 - B_CONCEPT + B_CONCEPT * (spaced + unspaced)).astype("<f4")
        self._kept: dict[str, Entries] = {}
        self._room = CACHED_POSTINGS
        self._segment = segment

    def of_term(self, term: str) -> Entries:
        """Documents of a term, and its impact there."""
        return self._kept.get(term) or self._keep(term, *self._frequencies(term))

    def _keep(self, term: str, ids: np.ndarray, frequencies: np.ndarray) -> Entries:
        self._room -= len(ids)
        if self._room < 0:
            self._kept.clear()
            self._room = CACHED_POSTINGS
        self._kept[term] = found = ids, saturated(frequencies)
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
        return ids, weights / self._channel(term)[ids]

    def _channel(self, term: str) -> np.ndarray:
        first = term[0]
        if first in "=~":
            return self._spaced
        return self._every if first in "@#" else self._unspaced


def saturated(frequencies: np.ndarray) -> np.ndarray:
    """BM25's growing less with every further occurrence."""
    result: np.ndarray = frequencies * np.float32(K1 + 1) / (frequencies + np.float32(K1))
    return result


@dataclass
class Scores:
    """The documents of a segment that match: numbers without order, scores, and how much of the
    query each covers; `lists` has the documents of each unit, ascending."""

    numbers: np.ndarray
    values: np.ndarray
    covered: np.ndarray | None = None
    lists: dict[int, np.ndarray] = field(default_factory=dict)


class _Asked(NamedTuple):
    """A unit of the query: its place among them, what it counts, its term if it is but one."""

    number: int
    unit: Unit
    weight: float
    term: str


class Scorer:
    """Scoring against one snapshot; keeps what can be used again."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._impacts = [Impacts(snapshot, segment) for segment in snapshot.segments]
        self._counted: dict[str, int] = {}
        self._idfs: dict[str, float] = {}

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
        term = _only_term(unit)
        known = self._idfs.get(term)
        if known is None:
            known = self._idf(self.frequency(unit))
            if term:
                self._idfs[term] = known
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
            results.append(Scores(*_best(list(lists.values()), weighed, mask, count), lists=lists))
        return results

    def _asked(self, units: Sequence[Unit]) -> list[_Asked]:
        """Units that some document has, weightiest first."""
        idf = self.idf
        weighed = [_Asked(i, u, u.boost * idf(u), _only_term(u)) for i, u in enumerate(units)]
        return sorted((a for a in weighed if a.weight > 0), key=itemgetter(2), reverse=True)


def _only_term(unit: Unit) -> str:
    """The term of a unit that is nothing but it."""
    if len(unit.forms) > 1:
        return ""
    form = unit.forms[0]
    return form.terms[0] if len(form.terms) == 1 and form.weight == 1 else ""


def _gathered(
    impacts: Impacts, asked: Sequence[_Asked], deadline: float
) -> tuple[dict[int, np.ndarray], np.ndarray, bool]:
    """Documents of each unit and what it adds to each, one unit after the other; the last value
    says that time ran out."""
    lists: dict[int, np.ndarray] = {}
    found: list[np.ndarray] = []
    weights: list[float] = []
    for number, unit, weight, term in asked:
        if monotonic() > deadline:
            break
        lists[number], values = impacts.of_term(term) if term else impacts.of_unit(unit)
        found.append(values)
        weights.append(weight)
    return lists, _weighed(found, weights), len(found) < len(asked)


def _weighed(found: Sequence[np.ndarray], weights: Sequence[float]) -> np.ndarray:
    if not found:
        return np.empty(0, "<f4")
    every = np.concatenate(found)
    every *= np.repeat(np.array(weights, "<f4"), [len(values) for values in found])
    return every


class _Scratch(threading.local):
    """Arrays of all documents that a thread uses again: fresh ones cost more than what is done
    with them."""

    def __init__(self) -> None:
        self._totals = np.zeros(0, "<f4")
        self._places = np.empty(0, "i4")

    @contextmanager
    def totals(
        self, lists: Sequence[np.ndarray], values: np.ndarray, size: int
    ) -> Iterator[Entries]:
        """Entries of some lists as places, and the sum of the values at each place."""
        if len(self._totals) < size:
            self._totals = np.zeros(size, "<f4")
        totals, places = self._totals[:size], np.concatenate(lists).astype("i8")
        try:
            np.add.at(totals, places, values)
            yield places, totals
        finally:
            totals[places] = 0

    def places(self, size: int) -> np.ndarray:
        """Places of all documents, with anything in them."""
        if len(self._places) < size:
            self._places = np.empty(size, "i4")
        return self._places[:size]


_scratch = _Scratch()


def summed(lists: Sequence[np.ndarray], values: np.ndarray, size: int) -> Entries:
    """Each document of some lists once, with the sum of its values. Few entries cost time by their
    number, many by the number of documents; the former leaves the documents without order."""
    if not len(values):
        return _NOTHING, np.empty(0)
    if len(lists) == 1:
        return lists[0].astype("i8"), values
    with _scratch.totals(lists, values, size) as (places, totals):
        if DENSE * len(places) > size:
            numbers = np.flatnonzero(totals > 0)
        else:
            numbers = _once(places, _scratch.places(size))
        return numbers, totals[numbers]


def _once(places: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Each number once: where it stands last."""
    entries = np.arange(len(places), dtype="i4")
    last[places] = entries
    return places[last[places] == entries]


def _best(lists: Sequence[np.ndarray], values: np.ndarray, mask: np.ndarray, count: int) -> Entries:
    """Of the allowed documents the best, found by what a sample says that they are above."""
    if not len(values):
        return _NOTHING, np.empty(0)
    with _scratch.totals(lists, values, len(mask)) as (places, totals):
        step = len(places) // SAMPLE + 1
        some = places[::step]
        sample = np.sort(totals[some] * mask[some])
        rank = len(sample) - 4 - SPARE * count // step
        numbers = _above(totals, sample[rank] if rank > 0 else 0.0, mask)
        if len(numbers) < count:
            numbers = _above(totals, 0.0, mask)
        return numbers, totals[numbers]


def _above(totals: np.ndarray, edge: float, mask: np.ndarray) -> np.ndarray:
    numbers = np.flatnonzero(totals >= edge if edge > 0 else totals > 0)
    return numbers[mask[numbers]]


def added(parts: Sequence[Entries], size: int) -> Entries:
    """Forms of one unit as one list, ascending."""
    values = np.concatenate([found for _, found in parts])
    numbers, totals = summed([ids for ids, _ in parts], values, size)
    order = np.argsort(numbers, kind="stable")
    return numbers[order].astype("<u4"), totals[order].astype("<f4")


def _slots(asked: Sequence[_Asked]) -> dict[int, tuple[float, list[int]]]:
    """Places of the query: how much each counts, and the units that answer for it."""
    slots: dict[int, list[_Asked]] = {}
    for one in asked:
        for slot in one.unit.slots:
            slots.setdefault(slot, []).append(one)
    return {
        slot: (max(a.weight / a.unit.boost for a in answering), [a.number for a in answering])
        for slot, answering in slots.items()
    }


def _cover(result: Scores, slots: Mapping[int, tuple[float, list[int]]], size: int) -> None:
    """Share of the query's weight whose places each document answers."""
    covered = np.zeros(len(result.numbers), "<f4")
    places = _scratch.places(size)  # only those of matching documents are read
    places[result.numbers] = np.arange(len(result.numbers), dtype="i4")
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
    """For each filter the documents that have one of its values; not to be changed."""
    masks = {}
    for name, values in filters.items():
        found = [segment.having(f"{name}:{value}") for value in values]
        masks[name] = found[0] if len(found) == 1 else np.any([*found, segment.nothing], axis=0)
    return masks


def facet_counts(segment: Segment, name: str, numbers: np.ndarray) -> dict[str, int]:
    """How many of some documents have each value of a facet."""
    column = segment.facets.get(name)
    if column is None:
        return {}
    counts = column.counts(numbers)
    return {column.values[i]: int(counts[i]) for i in np.flatnonzero(counts).tolist()}
