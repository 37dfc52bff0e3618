"""Segments as arrays: order, merging, facets, and the best found by a sample."""

from pathlib import Path

import numpy as np
import pytest
from whoosh.index import FileIndex
from whoosh.query import Term

from portal.search import analysing, sums
from portal.search.batches import analysed, stable_order
from portal.search.columns import FacetColumn, ragged, starts_of
from portal.search.engine import EmbeddedEngine
from portal.search.query import MAX_CHARACTERS, MAX_PHRASES, MAX_UNITS, parse
from portal.search.results import SearchRequest
from portal.search.segments import INDEX_NAME, TERMS, MappedStorage
from portal.search.selection import highest
from portal.thesaurus.store import Thesaurus
from tests.unit.search.conftest import DOCUMENTS, document


@pytest.mark.parametrize("top", [10, 70_000, 3_000_000_000])
def test_the_order_is_stable(top: int) -> None:
    numbers = np.random.default_rng(1).integers(0, top, 5000).astype("<u4")
    assert (stable_order(numbers) == np.argsort(numbers, kind="stable")).all()


def test_facets_of_some_documents_are_counted() -> None:
    column = FacetColumn(["a", "b", "c"], starts_of([2, 0, 1], "<u4"), np.array([0, 2, 2], "<u4"))
    assert column.counts(np.array([0, 1, 2])).tolist() == [1, 0, 2]
    assert column.counts(np.array([1])).tolist() == [0, 0, 0]
    assert ragged(np.array([0, 2, 2, 3]), np.array([2, 0])).tolist() == [2, 0, 1]


def test_the_highest_are_all_there_with_ties() -> None:
    random = np.random.default_rng(2)
    for keys in (random.random(20_000), random.integers(0, 5, 20_000), np.zeros(20_000)):
        found = np.sort(keys[highest(keys, 50)])[::-1]
        assert (found[:50] == np.sort(keys)[::-1][:50]).all()


def test_the_strongest_are_those_of_all_scores() -> None:
    random = np.random.default_rng(3)
    size, mask = 4000, random.random(4000) < 0.3
    lists = [np.sort(random.choice(size, n, replace=False)) for n in (30, 900, 2500)]
    values = random.random(sum(map(len, lists))).astype("f4")
    numbers, totals = sums.summed(lists, values, size)
    allowed = np.sort(totals[mask[numbers]])[::-1]
    best = np.sort(sums.best(lists, values, mask, 40)[1])[::-1]
    assert best[:40] == pytest.approx(allowed[:40])


def test_many_small_commits_become_few_segments(engine: EmbeddedEngine) -> None:
    for number in range(60):
        engine.update([document(f"d{number}", ("en", f"gearbox number {number}"))])
    snapshot = engine.scorer().snapshot
    assert len(snapshot.segments) < 12
    assert snapshot.documents == len(DOCUMENTS) + 60
    assert engine.search(SearchRequest("gearbox", limit=100)).total == 60


def test_whoosh_itself_reads_the_postings(engine: EmbeddedEngine) -> None:
    storage = MappedStorage(str(engine.folder.current()))
    with FileIndex(storage, indexname=INDEX_NAME).searcher() as searcher:
        found = set(searcher.docs_for_query(Term(TERMS, "=silicon")))
    segment = engine.scorer().snapshot.segments[0]
    assert found == set(segment.postings(TERMS, "=silicon")[0].tolist())


def test_helpers_analyse_as_this_process_does(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysing, "WORTH_HELP", 1)
    monkeypatch.setattr(analysing, "processors", lambda: 2)
    [batch] = analysing.batches(DOCUMENTS, engine.analyser)
    alone = analysed(DOCUMENTS, engine.analyser)
    assert batch.records == alone.records
    assert batch.sequences == alone.sequences
    assert batch.blocks[TERMS].terms == alone.blocks[TERMS].terms


def test_a_dead_helper_is_done_without(engine: EmbeddedEngine) -> None:
    with analysing.Helper(engine.analyser) as helper:
        helper._process.kill()
        helper._process.wait()
        assert helper.analyse(DOCUMENTS).size == len(DOCUMENTS)


HOSTILE = ("a" * 10_000, "wort " * 500, '"(' * 3000, "*?~" * 1000, "\x00\x1f電池" * 900, "-" * 5000,
           " ".join(f"word{i}" for i in range(500)))  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_questions_have_bounded_work(engine: EmbeddedEngine, text: str) -> None:
    query = parse(text, "de", engine.analyser)
    assert len(query.text) <= MAX_CHARACTERS
    assert len(query.units) <= MAX_UNITS
    assert len(query.phrases) <= MAX_PHRASES
    engine.search(SearchRequest(text, "de"))


def test_an_index_of_nothing_answers(tmp_path: Path) -> None:
    built = EmbeddedEngine(tmp_path / "index", Thesaurus([]))
    built.rebuild([])
    assert built.search(SearchRequest("x")).total == 0
