"""Which documents of a segment may be hits: filters, phrases, and counts of facets."""

from collections.abc import Mapping, Sequence

import numpy as np

from portal.search.query import Phrase
from portal.search.segments import TERMS, Segment
from portal.search.sums import NOTHING, Scores

# Phrases are checked in the stored word sequences of at most so many candidates.
PHRASE_CANDIDATES = 2_000


def common(ids: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the numbers that two ascending lists share stand in each."""
    if len(ids) > len(others):
        right, left = common(others, ids)
        return left, right
    if not len(ids):
        return NOTHING, NOTHING
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
