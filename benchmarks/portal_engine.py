"""The portal's own index, fed with ready tokens and asked below its grammar."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from math import inf
from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.exact import Formula
from benchmarks.queries import COUNTED, Question
from portal.search import scoring
from portal.search.analysis import IndexTerms
from portal.search.batches import SIZE, Batch, Entry
from portal.search.columns import ID
from portal.search.engine import EmbeddedEngine
from portal.search.query import Phrase, Query
from portal.search.results import SearchRequest
from portal.search.segments import Record, Snapshot
from portal.search.selection import Found, allowed, best, found, masks_and_facets, scored
from portal.search.units import Form, Unit
from portal.thesaurus.store import get_thesaurus


class PortalEngine:
    name = "portal"
    formula = Formula(scoring.K1, scoring.B, per_script=True)

    def __init__(self, folder: Path) -> None:
        self.engine = EmbeddedEngine(folder / "portal", get_thesaurus())

    def build(self, corpus: Corpus) -> None:
        folder = self.engine.folder.create()
        self.engine.folder.add(folder, _batches(corpus))
        self.engine.folder.swap(folder)

    def open(self) -> None:
        self.engine.scorer()

    def prepare(self, question: Question) -> Query:
        return Query("", "en", tuple(_units(question)), phrases=_phrases(question))

    def ask(self, question: Question, query: Query) -> list[int]:
        scorer = self.engine.scorer()
        if question.kind == "matcher":
            masks = [allowed(segment, {}, {}) for segment in scorer.snapshot.segments]
            scores = scorer.strongest(query.units, masks, question.top, inf)
            hits = Found([s.numbers for s in scores], [s.values for s in scores])
            return _page(scorer.snapshot, hits, question.top)
        scores, _ = scored(scorer, query)
        wanted = {name: (value,) for name, value in question.filters.items()}
        counted = COUNTED if question.kind == "facets" else ()
        masks, self.facets = masks_and_facets(scorer.snapshot, scores, query, wanted, counted)
        return _page(scorer.snapshot, found(scores, masks), question.top)

    def update(self, number: int, tokens: list[str], facets: dict[str, tuple[str, ...]]) -> None:
        """What `EmbeddedEngine.update` does after analysing."""
        with self.engine.folder.locked():
            snapshot = self.engine.scorer().snapshot
            place = snapshot.locate(str(number))
            gone = []
            if place:
                gone = [sum(s.size for s in snapshot.segments[: place[0]]) + place[1]]
            batch = Batch.of([entry(number, tokens, facets, 2)])
            self.engine.folder.add(self.engine.folder.current(), [batch], gone)
        self.engine.scorer()


def _page(snapshot: Snapshot, hits: Found, top: int) -> list[int]:
    page = best(hits, snapshot, SearchRequest(limit=top))
    places: dict[int, list[int]] = {}
    for at, (position, _, _) in enumerate(page):
        places.setdefault(position, []).append(at)
    found = [0] * len(page)
    for position, listed in places.items():
        ids = snapshot.segments[position].strings(ID, [page[at][1] for at in listed])
        for at, document in zip(listed, ids, strict=True):
            found[at] = int(document)
    return found


def _units(question: Question) -> Iterator[Unit]:
    for slot, (token, weight) in enumerate(zip(question.tokens, question.weights, strict=True)):
        yield Unit("word", token, (Form((token,)),), weight, (slot,))


def _phrases(question: Question) -> tuple[Phrase, ...]:
    if question.kind != "phrase":
        return ()
    return (Phrase(f" {_sequence(question.tokens)} ", question.tokens),)


def _sequence(tokens: tuple[str, ...] | list[str]) -> str:
    """Words of the text: pairs of characters overlap."""
    if tokens[0][0] == "=":
        return " ".join(token[1:] for token in tokens)
    return " ".join((*(token[0] for token in tokens), tokens[-1][1]))


def entry(
    number: int, tokens: list[str], facets: dict[str, tuple[str, ...]], version: int = 1
) -> Entry:
    spaced = tokens[0][0] == "="
    terms = IndexTerms(
        dict(Counter(tokens)),
        float(len(tokens) * spaced),
        float((len(tokens) + 1) * (not spaced)),
        [_sequence(tokens)],
    )
    return Entry(Record(str(number), facets["kind"][0], version, 0, ""), terms, facets)


def _batches(corpus: Corpus) -> Iterator[Batch]:
    documents = corpus.documents()
    while chunk := list(islice(documents, SIZE)):
        yield Batch.of([entry(*document) for document in chunk])
