"""Reading one committed state of the index as numpy arrays; nothing here writes."""

# mypy: disable-error-code="no-untyped-call"

import mmap
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from whoosh import columns
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.index import TOC
from whoosh.reading import TermNotFound

from portal.search.codec import POSTINGS, decode

INDEX_NAME = "portal"
TERMS, FACETS, KEYS, MEASURES = "t", "f", "k", "m"
STORED, SEQUENCE = "record", "sequence"
SPACED, UNSPACED, DAY, SECOND = "spaced", "unspaced", "day", "second"
SEQUENCE_COLUMN = columns.CompressedBytesColumn()
CACHED_LISTS = 20_000
_NONE = np.empty(0, "<u4"), np.empty(0, "<f4")


class Record(NamedTuple):
    """What the index keeps of a document besides its terms."""

    id: str
    kind: str
    version: int
    updated: int
    owner: str


class _MappedFile(BufferFile):
    """A file of the index read through the page cache, safe for many threads."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            size = path.stat().st_size
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        super().__init__(memoryview(mapped), name=path.name)
        self._name = path.name


class MappedStorage(FileStorage):
    """Whoosh's folder storage with mapped files for reading."""

    def open_file(self, name: str, **_: Any) -> BufferFile:
        return _MappedFile(Path(self.folder) / name)


class FacetColumn(NamedTuple):
    """One facet of a segment: entry i says that document ids[i] has value codes[i]."""

    values: list[str]
    ids: np.ndarray
    codes: np.ndarray


class Segment:
    """A part of the index that never changes, apart from the deletions seen at opening."""

    def __init__(self, storage: MappedStorage, segment: Any) -> None:
        self.name: str = segment.segment_id()
        self.size: int = segment.doc_count_all()
        self._segment = segment
        codec = segment.codec()
        self._terms = codec.terms_reader(storage, segment)
        self._documents = codec.per_document_reader(storage, segment)
        path = Path(storage.folder) / segment.make_filename(POSTINGS)
        self._buffer = _map(path)
        self._lists: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]] = {}
        self._column = self._sequence_column()
        self.alive = np.ones(self.size, bool)
        deleted = np.fromiter(segment.deleted_docs(), "<i8")
        self.alive[deleted] = False

    def _sequence_column(self) -> Any:
        if not self._documents.has_column(SEQUENCE):
            return None
        return self._documents.column_reader(SEQUENCE, SEQUENCE_COLUMN)

    def with_deletions(self, segment: Any) -> "Segment":
        """The same mapped files under a newer list of deletions."""
        fresh = object.__new__(Segment)
        fresh.__dict__.update(self.__dict__)
        fresh._segment = segment
        fresh.alive = np.ones(self.size, bool)
        fresh.alive[np.fromiter(segment.deleted_docs(), "<i8")] = False
        return fresh

    def postings(self, field: str, term: str) -> tuple[np.ndarray, np.ndarray]:
        """Document numbers (ascending) and weights of a term; empty when unknown."""
        key = (field, term)
        found = self._lists.get(key)
        if found is None:
            found = self._read(field, term.encode())
            if len(self._lists) >= CACHED_LISTS:
                self._lists.clear()
            self._lists[key] = found
        return found

    def _read(self, field: str, term: bytes) -> tuple[np.ndarray, np.ndarray]:
        try:
            info = self._terms.term_info(field, term)
        except TermNotFound:
            return _NONE
        return decode(self._buffer, info.extent()[0], info.doc_frequency())

    def vocabulary(self, prefix: str, field: str = TERMS) -> Iterator[str]:
        """All terms of a field that begin like this, sorted."""
        beginning = prefix.encode()
        for name, term in self._terms.terms_from(field, beginning):
            if name != field or not term.startswith(beginning):
                break
            yield term.decode()

    def measure(self, name: str) -> np.ndarray:
        """A number of every document (0 where there is none)."""
        dense = np.zeros(self.size, np.float64)
        ids, weights = self.postings(MEASURES, name)
        dense[ids] = weights
        return dense

    @cached_property
    def spaced(self) -> np.ndarray:
        return self.measure(SPACED).astype("<f4")

    @cached_property
    def unspaced(self) -> np.ndarray:
        return self.measure(UNSPACED).astype("<f4")

    @cached_property
    def updated(self) -> np.ndarray:
        """Seconds since 1970."""
        return self.measure(DAY) * 86_400 + self.measure(SECOND)

    @cached_property
    def facets(self) -> Mapping[str, FacetColumn]:
        """All facet values of the segment as columns."""
        collected: dict[str, list[tuple[str, np.ndarray]]] = {}
        for (field, text), info in self._terms.items_from(FACETS, b""):
            if field != FACETS:
                break
            name, _, value = text.decode().partition(":")
            ids, _weights = decode(self._buffer, info.extent()[0], info.doc_frequency())
            collected.setdefault(name, []).append((value, ids))
        return {name: _facet_column(entries) for name, entries in collected.items()}

    def locate(self, document_id: str) -> int | None:
        """Number of a living document."""
        ids, _ = self.postings(KEYS, document_id)
        living = ids[self.alive[ids]]
        return int(living[-1]) if len(living) else None

    def record(self, number: int) -> Record:
        return Record(*self._documents.stored_fields(number)[STORED])

    def sequence(self, number: int) -> str:
        """Folded words of all texts of a document, one line a text, for phrases."""
        return "" if self._column is None else self._column[number].decode()

    def records(self) -> Iterator[Record]:
        return (self.record(int(number)) for number in np.flatnonzero(self.alive))


def _map(path: Path) -> Any:
    if not path.stat().st_size:
        return b""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _facet_column(entries: list[tuple[str, np.ndarray]]) -> FacetColumn:
    codes = np.repeat(np.arange(len(entries)), [len(ids) for _, ids in entries])
    return FacetColumn(
        [value for value, _ in entries], np.concatenate([ids for _, ids in entries]), codes
    )


class Snapshot:
    """All segments of one commit; what a search sees."""

    def __init__(self, folder: Path, generation: int, before: "Snapshot | None" = None) -> None:
        storage = MappedStorage(str(folder))
        known = {s.name: s for s in before.segments} if before else {}
        toc = TOC.read(storage, INDEX_NAME, gen=generation)
        self.generation = generation
        self.segments: tuple[Segment, ...] = tuple(
            known[s.segment_id()].with_deletions(s)
            if s.segment_id() in known
            else Segment(storage, s)
            for s in toc.segments
        )
        self.documents = sum(int(s.alive.sum()) for s in self.segments)

    @cached_property
    def averages(self) -> dict[str, tuple[int, float]]:
        """Channel → number of documents with text in it, their mean length."""
        result = {}
        for name in (SPACED, UNSPACED):
            lengths = [getattr(s, name)[s.alive] for s in self.segments]
            every = np.concatenate(lengths) if lengths else np.empty(0)
            filled = every[every > 0]
            result[name] = (len(filled), float(filled.mean()) if len(filled) else 1.0)
        return result

    def frequency(self, field: str, term: str) -> int:
        """Documents with a term, deleted ones still counted until they are merged away."""
        return sum(len(s.postings(field, term)[0]) for s in self.segments)

    def locate(self, document_id: str) -> tuple[int, int] | None:
        """Segment position and document number of a living document."""
        for position, segment in enumerate(self.segments):
            number = segment.locate(document_id)
            if number is not None:
                return position, number
        return None

    def records(self) -> Iterator[Record]:
        return (record for segment in self.segments for record in segment.records())
