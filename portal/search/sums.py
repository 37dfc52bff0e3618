"""Adding up posting lists: each document once with the sum of its values, or only the best.

Arrays of all documents are kept by each thread, since making them costs more than what is done
with them.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

# The best are looked for above what a sample of so many postings says; when each of them has so
# many postings it is right.
SAMPLE, SPARE = 300, 12
# With more than one entry for so many documents all documents are looked through.
DENSE = 8
# With more than one entry for so many documents everything is wiped.
WIPED = 12
Entries: TypeAlias = tuple[np.ndarray, np.ndarray]
NOTHING = np.empty(0, "i8")
NO_ENTRIES: Entries = NOTHING, np.empty(0, "<f4")


@dataclass
class Scores:
    """The documents of a segment that match: numbers without order, scores, and how much of the
    query each covers; `lists` has the documents of each unit, ascending."""

    numbers: np.ndarray
    values: np.ndarray
    covered: np.ndarray | None = None
    lists: dict[int, np.ndarray] = field(default_factory=dict)


class _Scratch(threading.local):
    """Arrays of all documents that a thread uses again."""

    def __init__(self) -> None:
        self._totals = np.zeros(0, "<f4")
        self._places = np.empty(0, "i4")

    def totals(self, places: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
        """The sum of the values at each place; to be wiped after use."""
        if len(self._totals) < size:
            self._totals = np.zeros(size, "<f4")
        totals = self._totals[:size]
        np.add.at(totals, places, values)
        return totals

    def wipe(self, places: np.ndarray, size: int) -> None:
        """What was added at these places."""
        if WIPED * len(places) > size:
            self._totals[:size].fill(0)
        else:
            self._totals[places] = 0

    def places(self, size: int) -> np.ndarray:
        """Places of all documents, with anything in them."""
        if len(self._places) < size:
            self._places = np.empty(size, "i4")
        return self._places[:size]


scratch = _Scratch()


def summed(lists: Sequence[np.ndarray], values: np.ndarray, size: int) -> Entries:
    """Each document of some lists once, with the sum of its values. Few entries cost time by their
    number, many by the number of documents; the former leaves the documents without order."""
    if not len(values):
        return NOTHING, np.empty(0)
    if len(lists) == 1:
        return lists[0].astype("i8"), values
    places = np.concatenate(lists, dtype="i8")
    try:
        totals = scratch.totals(places, values, size)
        if DENSE * len(places) > size:
            numbers = np.flatnonzero(totals > 0)
        else:
            numbers = _once(places, scratch.places(size))
        return numbers, totals[numbers]
    finally:
        scratch.wipe(places, size)


def _once(places: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Each number once: where it stands last."""
    entries = np.arange(len(places), dtype="i4")
    last[places] = entries
    return places[last[places] == entries]


def best(lists: Sequence[np.ndarray], values: np.ndarray, mask: np.ndarray, count: int) -> Entries:
    """Of the allowed documents the best, found by what a sample says that they are above."""
    if not len(values):
        return NOTHING, np.empty(0)
    places = np.concatenate(lists, dtype="i8")
    try:
        totals = scratch.totals(places, values, len(mask))
        step = len(places) // SAMPLE + 1
        some = places[::step]
        sample = np.sort(totals[some] * mask[some])
        rank = len(sample) - 4 - SPARE * count // step
        numbers = _above(totals, sample[rank] if rank > 0 else 0.0, mask)
        if len(numbers) < count:
            numbers = _above(totals, 0.0, mask)
        return numbers, totals[numbers]
    finally:
        scratch.wipe(places, len(mask))


def _above(totals: np.ndarray, edge: float, mask: np.ndarray) -> np.ndarray:
    numbers = np.flatnonzero(totals >= edge if edge > 0 else totals > 0)
    return numbers[mask[numbers]]


def added(parts: Sequence[Entries], size: int) -> Entries:
    """Forms of one unit as one list, ascending."""
    values = np.concatenate([found for _, found in parts])
    numbers, totals = summed([ids for ids, _ in parts], values, size)
    order = np.argsort(numbers, kind="stable")
    return numbers[order].astype("<u4"), totals[order].astype("<f4")
