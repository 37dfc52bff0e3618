"""The embedded search engine: everything that the rest of the portal sees of searching."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from portal.search import readied
from portal.search.analysing import batches
from portal.search.analysis import Analyser
from portal.search.balance import balanced
from portal.search.batches import Batch, analysed
from portal.search.columns import ID, KIND
from portal.search.documents import FIELD_WEIGHTS, Document
from portal.search.index import REBUILDING, IndexFolder, IndexUnavailable, Progress
from portal.search.masks import facet_counts
from portal.search.query import parse
from portal.search.results import Health, Hit, Scored, SearchRequest, SearchResult
from portal.search.scoring import Scorer
from portal.search.segments import Record, Snapshot
from portal.search.selection import (
    Found,
    allowed,
    best,
    corrected,
    declared_units,
    found,
    masks_and_facets,
    matched,
    scored,
)
from portal.search.sums import Scores
from portal.search.translation import Translator
from portal.search.units import BRIDGING, Unit, units
from portal.thesaurus.store import Thesaurus

SEARCH_SECONDS = 0.5
MATCH_SECONDS = 2.0
MATCH_UNITS = 80
MAX_LIMIT = 1_000


class EmbeddedEngine:
    """Search over one index folder. Any thread may search; writers queue at a lock."""

    def __init__(
        self, folder: Path, thesaurus: Thesaurus, translator: Translator | None = None
    ) -> None:
        self.analyser = Analyser(thesaurus)
        self.translator = translator
        self.folder = IndexFolder(folder, self.analyser.version, thesaurus.release)
        # What whoever writes does first: look for a newer release of the thesaurus.
        self.follow: Callable[[], object] = lambda: None
        self._lock = threading.Lock()
        self._stamp: tuple[str, int, int] | None = None
        self._scorer: Scorer | None = None
        if self.folder.is_own():
            readied.load(self.analyser, folder)

    def use(self, thesaurus: Thesaurus) -> None:
        """From now on texts are read with this thesaurus; the index stays as it is."""
        fresh = Analyser(thesaurus)
        fresh.ready()
        self.analyser, self.folder.release = fresh, thesaurus.release
        readied.keep_for_good()

    # reading

    def scorer(self) -> Scorer:
        """The newest committed state. Raises IndexUnavailable."""
        stamp = self.folder.stamp()
        if self._scorer is not None and stamp == self._stamp and stamp is not None:
            if not self.folder.disturbed():
                return self._scorer
            self._stamp = None
        with self._lock:
            return self._open()

    def _open(self, attempts: int = 5) -> Scorer:
        for attempt in range(attempts):
            stamp = self.folder.stamp()
            if self._scorer is not None and stamp == self._stamp and stamp is not None:
                return self._scorer
            before = self._scorer.snapshot if self._scorer and self._same(stamp) else None
            self._scorer = None
            try:
                snapshot = self.folder.open(before)
            except IndexUnavailable:
                if attempt + 1 == attempts or self.folder.stamp() == stamp:
                    raise
                continue  # a commit happened meanwhile
            self._scorer, self._stamp = Scorer(snapshot), stamp
            return self._scorer
        raise IndexUnavailable("the index changes too fast")

    def _same(self, stamp: tuple[str, int, int] | None) -> bool:
        return bool(stamp and self._stamp and stamp[0] == self._stamp[0])

    @contextmanager
    def _doubting(self) -> Iterator[Scorer]:
        """The newest state; a fault while it is read may come from damage not yet noticed."""
        scorer = self.scorer()
        try:
            yield scorer
        except Exception as error:
            health = self.health(deep=True)
            if health.ok:
                raise
            raise IndexUnavailable(health.problem) from error

    def search(self, request: SearchRequest) -> SearchResult:
        """Ranked hits with facet counts. Raises IndexUnavailable."""
        with self._doubting() as scorer:
            return self._search(scorer, request)

    def _search(self, scorer: Scorer, request: SearchRequest) -> SearchResult:
        query = parse(request.text, request.locale, self.analyser, self.translator)
        deadline = monotonic() + SEARCH_SECONDS
        query, corrections = corrected(query, scorer)
        scores, late = scored(scorer, query, deadline, coverage=True)
        if any(unit.kind in BRIDGING for unit in query.units):
            scores = balanced(scores, scorer.written, query.written_in)
        if request.everything:
            scores = [replace(result, covered=None) for result in scores]
        wanted = {**request.filters, **({"kind": request.kinds} if request.kinds else {})}
        masks, facets = masks_and_facets(scorer.snapshot, scores, query, wanted)
        hits = found(scores, masks)
        page = best(hits, scorer.snapshot, request)
        shown = tuple(_hits(scorer.snapshot, scores, query.units, page))
        return SearchResult(
            total=hits.total,
            hits=shown,
            facets=facets,
            concepts=tuple(dict.fromkeys(s.concept for s in query.spans)),
            lang=query.lang,
            corrections=corrections,
            shortened=query.shortened,
            partial=late,
        )

    def relevant(
        self,
        query: Document | str,
        kind: str,
        limit: int = 50,
        filters: Mapping[str, Sequence[str]] | None = None,
        *,
        locale: str | None = None,
        exclude: Mapping[str, Sequence[str]] | None = None,
    ) -> list[Scored]:
        """Documents of a kind by relevance to a whole document (or to a text): the matcher's
        question. `exclude` leaves out documents with a facet value, such as one's own."""
        with self._doubting() as scorer:
            return self._relevant(scorer, query, kind, limit, filters or {}, exclude or {}, locale)

    def _relevant(
        self,
        scorer: Scorer,
        query: Document | str,
        kind: str,
        limit: int,
        filters: Mapping[str, Sequence[str]],
        exclude: Mapping[str, Sequence[str]],
        locale: str | None,
    ) -> list[Scored]:
        asked = self.match_units(query, scorer, locale)
        wanted: dict[str, Sequence[str]] = {**filters, "kind": (kind,)}
        masks = [allowed(segment, wanted, exclude) for segment in scorer.snapshot.segments]
        limit = min(limit, MAX_LIMIT)
        scores = scorer.strongest(asked, masks, limit, monotonic() + MATCH_SECONDS)
        possible = sum(u.boost * scorer.idf(u) for u in asked) or 1.0
        hits = Found([s.numbers for s in scores], [s.values for s in scores])
        page = best(hits, scorer.snapshot, SearchRequest(limit=limit))
        return [
            Scored(h.id, h.kind, h.score, min(1.0, h.score / possible), h.concepts, h.words)
            for h in _hits(scorer.snapshot, scores, asked, page)
        ]

    def match_units(
        self, query: Document | str, scorer: Scorer, locale: str | None = None
    ) -> tuple[Unit, ...]:
        """The weightiest units of a document or text."""
        if isinstance(query, str):
            built = units(self.analyser.analyse(query, locale), self.analyser, self.translator)
        else:
            built = list(self._document_units(query))
        weighed = [(u.boost * scorer.idf(u), u) for u in built]
        known = sorted((w for w in weighed if w[0] > 0), key=lambda pair: -pair[0])
        return tuple(u for _, u in known[:MATCH_UNITS])

    def _document_units(self, document: Document) -> Iterator[Unit]:
        merged: dict[tuple[str, Any], Unit] = {}
        for part in document.texts:
            weight = FIELD_WEIGHTS.get(part.field, 1.0) ** 0.5
            analysed = self.analyser.analyse(part.text, part.lang)
            for unit in units(analysed, self.analyser, self.translator):
                key = (unit.kind, unit.forms)
                before = merged.get(key)
                boost = weight * min(unit.boost, 2.0) + (before.boost if before else 0.0)
                merged[key] = replace(unit, boost=min(boost, 3.0), slots=())
        yield from merged.values()
        yield from declared_units(document)

    def load(self) -> None:
        """Build or read what every process needs to understand texts; takes up to two seconds."""
        self.analyser.analyse("Aufwärmen 预热 warming", "de")
        if self.folder.is_own():
            readied.save(self.analyser, self.folder.folder)

    def warm(self) -> None:
        """Load what the first question would have to wait for; for a thread at the start."""
        self.load()
        if self.translator is not None:
            self.translator.warm()
        if self.health().ok:
            self.search(SearchRequest("warm"))
            self.health(deep=True)  # the seal was believed at opening
        readied.keep_for_good()

    # writing

    def update(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> int:
        """One commit: replace documents (an older version never replaces a newer one), delete
        ids. Returns how many documents were written. Raises IndexUnavailable, or Behind."""
        with self.folder.locked():
            scorer = self.scorer()
            self.folder.check_release()
            newest: dict[str, Document] = {}
            for document in documents:
                before = newest.get(document.id)
                if before is None or before.version <= document.version:
                    newest[document.id] = document
            numbers = [n for i in deleted if (n := _global(scorer.snapshot, i)) is not None]
            fresh = []
            for document in newest.values():
                number = _global(scorer.snapshot, document.id)
                if (
                    number is not None
                    and _record(scorer.snapshot, number).version > document.version
                ):
                    continue
                fresh.append(document)
                if number is not None and number not in numbers:
                    numbers.append(number)
            if fresh or numbers:
                batches = [analysed(fresh, self.analyser)] if fresh else []
                self.folder.add(self.folder.current(), batches, numbers)
            return len(fresh)

    def rebuild(
        self,
        documents: Iterable[Document],
        progress: Progress | None = None,
        catch_up: Callable[[], tuple[Iterable[Document], Iterable[str]]] | None = None,
    ) -> int:
        """Build a new index beside the old one and swap it in. The old one answers meanwhile and
        takes updates; `catch_up` is asked at the end for what changed since the start."""
        readied.keep_for_good(again=False)
        with self.folder.locked(REBUILDING):
            with self.folder.locked():
                folder = self.folder.create()
            count = self._fill(folder, documents, progress)
            with self.folder.locked():
                self.folder.swap(folder)
            if catch_up is not None:
                self.update(*catch_up())
            return count

    def _fill(self, folder: Path, documents: Iterable[Document], progress: Progress | None) -> int:
        count = 0

        def counted() -> Iterator[Batch]:
            nonlocal count
            for batch in batches(_once(documents), self.analyser):
                yield batch
                count += batch.size
                if progress is not None:
                    progress(count)

        self.folder.add(folder, counted())
        return count

    # care

    def health(self, *, deep: bool = False) -> Health:
        """Can the index be believed? `deep` reads every file again."""
        try:
            if deep:
                self.folder.verify()
            scorer = self.scorer()
        except IndexUnavailable as error:
            return Health(False, str(error))
        return Health(True, "", scorer.snapshot.documents)

    def stats(self) -> dict[str, Any]:
        """Figures for operators."""
        scorer = self.scorer()
        folder = self.folder.current()
        size = sum(p.stat().st_size for p in folder.iterdir() if p.is_file())
        kinds: dict[str, int] = {}
        for segment in scorer.snapshot.segments:
            for kind, n in facet_counts(segment, "kind", np.flatnonzero(segment.alive)).items():
                kinds[kind] = kinds.get(kind, 0) + n
        return {
            "documents": scorer.snapshot.documents,
            "kinds": kinds,
            "segments": [s.size for s in scorer.snapshot.segments],
            "deleted": sum(int((~s.alive).sum()) for s in scorer.snapshot.segments),
            "bytes": size,
            "generation": folder.name,
            "commit": scorer.snapshot.generation,
            "analyser": self.analyser.version,
        }

    def records(self) -> Iterator[Record]:
        """Id, kind, version, update time and owner of everything indexed."""
        return self.scorer().snapshot.records()

    def ids(self) -> dict[str, int]:
        """Id → version of everything indexed, to be compared with the database."""
        return {record.id: record.version for record in self.records()}


def _once(documents: Iterable[Document]) -> Iterator[Document]:
    """The first document of each id."""
    seen: set[str] = set()
    for document in documents:
        if document.id not in seen:
            seen.add(document.id)
            yield document


def _hits(
    snapshot: Snapshot,
    scores: Sequence[Scores],
    asked: Sequence[Unit],
    page: Sequence[tuple[int, int, float]],
) -> Iterator[Hit]:
    """Records of a page, in its order, with what of the query each has."""
    hits: dict[tuple[int, int], Hit] = {}
    for position in {segment for segment, _, _ in page}:
        places = [place for place in page if place[0] == position]
        numbers = [number for _, number, _ in places]
        ids, kinds = (snapshot.segments[position].strings(name, numbers) for name in (ID, KIND))
        reasons = matched(scores[position], asked, numbers)
        for place, hit_id, kind, why in zip(places, ids, kinds, reasons, strict=True):
            hits[place[:2]] = Hit(hit_id, kind, place[2], *why)
    return (hits[place[:2]] for place in page)


def _record(snapshot: Snapshot, number: int) -> Record:
    for segment in snapshot.segments:
        if number < segment.size:
            return segment.record(number)
        number -= segment.size
    raise IndexError(number)


def _global(snapshot: Snapshot, document_id: str) -> int | None:
    """Whoosh's number of a document over all segments."""
    place = snapshot.locate(document_id)
    if place is None:
        return None
    return sum(s.size for s in snapshot.segments[: place[0]]) + place[1]
