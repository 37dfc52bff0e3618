"""Reading one committed state of the index as numpy arrays; nothing here writes."""

# mypy: disable-error-code="no-untyped-call"

import mmap
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.index import TOC
from whoosh.reading import TermNotFound

from portal.search import columns
from portal.search.codec import POSTINGS, Postings, decode
from portal.search.columns import SEQUENCE, SPACED, UNSPACED, UPDATED, Columns, FacetColumn

INDEX_NAME = "portal"
TERMS, FACETS, KEYS = "t", "f", "k"
CACHED_LISTS = 20_000
CACHED_MASKS = 8_000_000  # bytes
_NONE = np.empty(0, "<u4"), np.empty(0, "<f4")


class Record(NamedTuple):
    """What the index keeps of a document besides its terms."""

    id: str
    kind: str
    version: int
    updated: int
    owner: str


class _MappedFile(BufferFile):
    """A file of the index read through the page cache, safe for many threads. Whoosh's own class
    would copy the whole file."""

    def __init__(self, path: Path) -> None:
        mapped = _map(path)
        self._buf = memoryview(mapped)
        self._name = path.name
        self.file = mapped
        self.onclose = None
        self.is_real = self.is_closed = False
        self.length = len(mapped)

    def close(self) -> None:
        """The system unmaps it when nobody looks at it any more."""
        self.is_closed = True


class MappedStorage(FileStorage):
    """Whoosh's folder storage with mapped files for reading."""

    def open_file(self, name: str, **_: Any) -> BufferFile:
        return _MappedFile(Path(self.folder) / name)


class Segment:
    """A part of the index that never changes, apart from the deletions seen at opening."""

    def __init__(self, storage: MappedStorage, segment: Any) -> None:
        self.name: str = segment.segment_id()
        self.size: int = segment.doc_count_all()
        folder = Path(storage.folder)
        self._terms = segment.codec().terms_reader(storage, segment)
        self._buffer = _map(folder / segment.make_filename(POSTINGS))
        self._lists: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]] = {}
        self.columns = Columns(folder / segment.make_filename(columns.EXTENSION))
        self._masks: dict[str, np.ndarray] = {}
        self._filled: dict[str, tuple[int, float]] = {}
        self._delete(segment)

    def _delete(self, segment: Any) -> None:
        self._gone = np.fromiter(segment.deleted_docs(), "<i8")
        self.alive = np.ones(self.size, bool)
        self.alive[self._gone] = False

    def with_deletions(self, segment: Any) -> "Segment":
        """The same mapped files under a newer list of deletions."""
        fresh = object.__new__(Segment)
        fresh.__dict__.update(self.__dict__)
        fresh._delete(segment)
        return fresh

    def postings(self, field: str, term: str) -> tuple[np.ndarray, np.ndarray]:
        """Document numbers (ascending) and weights of a term; empty when unknown."""
        key = (field, term)
        found = self._lists.get(key)
        if found is None:
            found = self._read(field, term.encode("utf-8", "surrogatepass"))
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

    @property
    def living(self) -> int:
        """How many documents are not deleted."""
        return self.size - len(self._gone)

    @cached_property
    def nothing(self) -> np.ndarray:
        """The mask of no document."""
        return np.zeros(self.size, bool)

    def having(self, value: str) -> np.ndarray:
        """Mask of the documents with a `facet:value`; not to be changed."""
        found = self._masks.get(value)
        if found is None:
            found = np.zeros(self.size, bool)
            found[self.postings(FACETS, value)[0]] = True
            if (len(self._masks) + 1) * self.size > CACHED_MASKS:
                self._masks.clear()
            self._masks[value] = found
        return found

    def every_posting(self) -> dict[str, Postings]:
        """All postings by field, in the order of the file."""
        terms: dict[str, list[bytes]] = {name: [] for name in (FACETS, KEYS, TERMS)}
        counts: dict[str, list[int]] = {name: [] for name in terms}
        for (field, term), info in self._terms.items():
            terms[field].append(term)
            counts[field].append(info.doc_frequency())
        ids, weights = decode(self._buffer, 0, len(self._buffer) // 8)
        ends = np.cumsum([sum(counts[name]) for name in terms])[:-1]
        parts = zip(terms, np.split(ids, ends), np.split(weights, ends), strict=True)
        return {
            name: Postings(terms[name], np.array(counts[name], "i8"), some, heavy)
            for name, some, heavy in parts
        }

    def vocabulary(self, prefix: str, field: str = TERMS) -> Iterator[str]:
        """All terms of a field that begin like this, sorted."""
        beginning = prefix.encode()
        for name, term in self._terms.terms_from(field, beginning):
            if name != field or not term.startswith(beginning):
                break
            yield term.decode()

    @property
    def spaced(self) -> np.ndarray:
        return self.columns[SPACED]

    @property
    def unspaced(self) -> np.ndarray:
        return self.columns[UNSPACED]

    def filled(self, channel: str) -> tuple[int, float]:
        """Living documents with text in a channel, and the sum of their lengths, which are whole
        numbers: it is exact whatever the order."""
        lengths = self.columns[channel]
        if channel not in self._filled:
            self._filled[channel] = int(np.count_nonzero(lengths)), float(lengths.sum(dtype="f8"))
        count, total = self._filled[channel]
        gone = lengths[self._gone]
        return count - int(np.count_nonzero(gone)), total - float(gone.sum(dtype="f8"))

    @property
    def updated(self) -> np.ndarray:
        """Seconds since 1970."""
        return self.columns[UPDATED]

    @cached_property
    def facets(self) -> Mapping[str, FacetColumn]:
        """The values of those facets that are counted."""
        return self.columns.facets()

    def locate(self, document_id: str) -> int | None:
        """Number of a living document."""
        ids, _ = self.postings(KEYS, document_id)
        living = ids[self.alive[ids]]
        return int(living[-1]) if len(living) else None

    def record(self, number: int) -> Record:
        return self.records_of([number])[0]

    def strings(self, name: str, numbers: Sequence[int]) -> list[str]:
        """A column of strings for some documents."""
        return self.columns.strings(name, numbers)

    def records_of(self, numbers: Sequence[int] | np.ndarray) -> list[Record]:
        stored = self.columns
        return list(
            map(
                Record,
                *(stored.strings(name, numbers) for name in ("id", "kind")),
                *(stored[name][numbers].tolist() for name in ("version", "updated")),
                stored.strings("owner", numbers),
            )
        )

    def sequence(self, number: int) -> str:
        """Folded words of all texts of a document, one line a text."""
        return self.columns.piece(SEQUENCE, number).decode()

    def with_sequence(self, words: str, numbers: np.ndarray) -> np.ndarray:
        """Those of some documents in which words stand side by side."""
        return self.columns.containing(SEQUENCE, words.encode("utf-8", "replace"), numbers)

    def records(self) -> Iterator[Record]:
        return iter(self.records_of(np.flatnonzero(self.alive)))


def _map(path: Path) -> Any:
    if not path.stat().st_size:
        return b""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


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
        self.documents = sum(s.living for s in self.segments)

    @cached_property
    def averages(self) -> dict[str, tuple[int, float]]:
        """Channel → number of documents with text in it, their mean length."""
        result = {}
        for name in (SPACED, UNSPACED):
            each = [segment.filled(name) for segment in self.segments]
            count, total = sum(n for n, _ in each), sum(length for _, length in each)
            result[name] = count, total / count if count else 1.0
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
