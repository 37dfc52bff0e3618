"""Hits of other languages beside those in the language of the query.

A text in the query's own language has all its words, one in another language only what the bridges
bring over: scores of different languages cannot be compared, and all good hits of one would hide
those of the others. So the best documents of each other language are lifted towards the best of
the query's own; the order within a language stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from portal.search.analysis import WRITTEN_IN
from portal.search.segments import TERMS, Segment
from portal.search.sums import Scores

Masks = Mapping[str, np.ndarray]

# How far languages are brought together: not at all with 0, up to the same best scores with 1.
NEARNESS = 0.7
MOST = 3.0
# So many documents stand for what is best in a language: one alone may be an accident.
BEST = 5


def written_in(segment: Segment) -> Masks:
    """Language → which documents of a segment have texts in it."""
    masks = {}
    for term in segment.vocabulary(WRITTEN_IN):
        masks[term.removeprefix(WRITTEN_IN)] = mask = np.zeros(segment.size, bool)
        mask[segment.postings(TERMS, term)[0]] = True
    return masks


def balanced(scores: Sequence[Scores], written: Sequence[Masks], own: str) -> list[Scores]:
    """The scores of a query written in `own`, with documents of other languages lifted; `written`
    tells the languages of the documents of each segment."""
    masks = [_belonging(found, own) for found in written]
    languages = dict.fromkeys(name for found in masks for name in found)
    if set(languages) <= {own}:
        return list(scores)
    having = [
        {name: mask[result.numbers] for name, mask in found.items()}
        for result, found in zip(scores, masks, strict=True)
    ]
    best = {name: _best(_values(scores, having, name)) for name in languages}
    top = best.get(own) or max(best.values())
    lifts = {n: min(MOST, (top / b) ** NEARNESS) for n, b in best.items() if 0 < b < top}
    return [_lifted(*pair, lifts) for pair in zip(scores, having, strict=True)]


def _belonging(found: Masks, own: str) -> Masks:
    """Documents of each language; those that also have the query's own belong to it alone."""
    mine = found.get(own)
    if mine is None:
        return found
    return {name: mask if name == own else mask & ~mine for name, mask in found.items()}


def _values(scores: Sequence[Scores], having: Iterable[Masks], name: str) -> np.ndarray:
    pairs = zip(scores, having, strict=True)
    return np.concatenate([result.values[found[name]] for result, found in pairs if name in found])


def _best(values: np.ndarray) -> float:
    """Mean of the highest."""
    if len(values) > BEST:
        values = np.partition(values, len(values) - BEST)[-BEST:]
    return float(values.mean()) if len(values) else 0.0


def _lifted(result: Scores, having: Masks, lifts: Mapping[str, float]) -> Scores:
    factors = np.ones(len(result.values), "<f4")
    for name in having.keys() & lifts.keys():
        np.maximum(factors, np.float32(lifts[name]), out=factors, where=having[name])
    return replace(result, values=result.values * factors)
