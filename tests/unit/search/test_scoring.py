"""Scores are exactly what the formula says, however many segments there are."""

import math
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from portal.search.engine import EmbeddedEngine
from portal.search.results import SearchRequest
from portal.search.scoring import K1, TOGETHER, B
from portal.search.units import STEM_BOOST, SURFACE_BOOST
from portal.thesaurus.store import Thesaurus
from tests.unit.search.conftest import document

WORDS = [f"w{chr(97 + i % 26)}{chr(97 + i // 26)}x" for i in range(60)]


def texts(count: int) -> list[str]:
    random = Random(7)
    weights = [1 / (i + 1) for i in range(len(WORDS))]
    return [" ".join(random.choices(WORDS, weights, k=random.randint(3, 40))) for _ in range(count)]


def expected(corpus: list[str], query: list[str]) -> dict[int, float]:
    """BM25, the plain way; every word counts as surface and as stem; documents with more of the
    query's words gain."""
    lengths = [len(text.split()) for text in corpus]
    mean = sum(lengths) / len(lengths)
    scores: Counter[int] = Counter()
    covered: Counter[int] = Counter()
    total = 0.0
    for word in query:
        frequency = sum(word in text.split() for text in corpus)
        idf = math.log1p((len(corpus) - frequency + 0.5) / (frequency + 0.5))
        total += idf
        for number, text in enumerate(corpus):
            tf = text.split().count(word) / (1 - B + B * lengths[number] / mean)
            if tf:
                boost = SURFACE_BOOST + STEM_BOOST
                scores[number] += boost * idf * tf * (K1 + 1) / (tf + K1)  # type: ignore[assignment]
                covered[number] += idf  # type: ignore[assignment]
    return {
        number: score * (covered[number] / total) ** TOGETHER for number, score in scores.items()
    }


@pytest.mark.parametrize("batches", [1, 7])
def test_scores_equal_the_formula(tmp_path: Path, batches: int) -> None:
    corpus = texts(140)
    engine = EmbeddedEngine(tmp_path / "index", Thesaurus([]))
    engine.rebuild([])
    size = len(corpus) // batches
    for start in range(0, len(corpus), size):
        engine.update(
            document(str(i), ("en", "")).__class__(
                str(i), "text", (document("x", ("en", ""), ("en", corpus[i])).texts[1],)
            )
            for i in range(start, start + size)
        )
    for query in (WORDS[0:3], WORDS[20:23], [WORDS[1], WORDS[50]]):
        request = SearchRequest(" ".join(query), "en", limit=200, everything=True)
        hits = engine.search(request).hits
        wanted = expected(corpus, query)
        assert {int(h.id) for h in hits} == set(wanted)
        for hit in hits:
            assert hit.score == pytest.approx(wanted[int(hit.id)], rel=1e-4)
        assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_pages_are_slices_of_one_order(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path / "index", Thesaurus([]))
    engine.rebuild(document(str(i), ("en", text)) for i, text in enumerate(texts(300)))
    request = SearchRequest(WORDS[0], "en", limit=300)
    everything = [h.id for h in engine.search(request).hits]
    paged = [
        h.id
        for offset in range(0, 300, 10)
        for h in engine.search(SearchRequest(WORDS[0], "en", limit=10, offset=offset)).hits
    ]
    assert paged == everything
    assert len(set(everything)) == len(everything)
