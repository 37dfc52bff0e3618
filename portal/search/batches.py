"""Documents on their way into a segment: analysed, counted, gathered as arrays.

A `Batch` is what one analysing process hands over, what is taken out of a segment that is merged
into another, and what `Builder` adds up to a segment.
"""

# mypy: disable-error-code="no-untyped-call"

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from portal.search import columns
from portal.search.analysis import Analyser, IndexTerms
from portal.search.codec import ArrayCodec, Postings
from portal.search.columns import SEQUENCE, SPACED, UNSPACED
from portal.search.documents import COUNTED_FACETS, Document
from portal.search.segments import FACETS, INDEX_NAME, KEYS, TERMS, MappedStorage, Record, Segment

# Documents of a batch; a chunk of this size keeps an analysing process busy for a second.
SIZE = 256
# A segment is written when it has so many postings: bounds the memory of a build to about 2 GB.
FULL = 64_000_000
FIELDS = (FACETS, KEYS, TERMS)


class Entry(NamedTuple):
    """A document as the index takes it."""

    record: Record
    terms: IndexTerms
    facets: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, document: Document, analyser: Analyser) -> "Entry":
        d = document
        owner = {"owner": (d.owner,)} if d.owner else {}
        record = Record(d.id, d.kind, d.version, d.updated, d.owner)
        return cls(record, analyser.document(d), {**d.facets, "kind": (d.kind,), **owner})


class Numbering(defaultdict[Any, int]):
    """Numbers things in the order in which they are first asked for."""

    def __missing__(self, key: Any) -> int:
        self[key] = number = len(self)
        return number


@dataclass
class Block:
    """Postings of one field in the order of documents; terms by their number in `terms`."""

    terms: list[bytes]
    numbers: np.ndarray
    documents: np.ndarray
    weights: np.ndarray


@dataclass
class Batch:
    """Some documents: postings by field, facets as values, counts per document and codes, other
    columns by name."""

    size: int
    blocks: dict[str, Block]
    facets: dict[str, tuple[list[str], np.ndarray, np.ndarray]]
    lengths: dict[str, np.ndarray]
    records: list[Record]
    sequences: list[bytes]

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "Batch":
        named = [[f"{n}:{v}" for n, values in e.facets.items() for v in values] for e in entries]
        return cls(
            len(entries),
            {
                FACETS: _block([dict.fromkeys(values, 1.0) for values in named]),
                KEYS: _block([{e.record.id: 1.0} for e in entries]),
                TERMS: _block([e.terms.terms for e in entries]),
            },
            {name: _facet([e.facets.get(name, ()) for e in entries]) for name in COUNTED_FACETS},
            {
                SPACED: np.array([e.terms.spaced for e in entries], "<f4"),
                UNSPACED: np.array([e.terms.unspaced for e in entries], "<f4"),
            },
            [e.record for e in entries],
            [_lines(e.terms.sequences) for e in entries],
        )

    @classmethod
    def of_segment(cls, segment: Segment) -> "Batch":
        """The living documents of a segment, renumbered."""
        living = np.flatnonzero(segment.alive)
        renumbered = np.cumsum(segment.alive, dtype="i8") - 1
        stored = segment.columns
        facets = segment.facets.items()
        return cls(
            len(living),
            {n: _kept(p, segment.alive, renumbered) for n, p in segment.every_posting().items()},
            {name: (list(c.values), *c.taken(living)) for name, c in facets},
            {name: stored[name][living] for name in (SPACED, UNSPACED)},
            segment.records_of(living),
            [stored.piece(SEQUENCE, int(n)) for n in living],
        )


def _block(listed: Sequence[Mapping[str, float]]) -> Block:
    """Postings of documents given as terms with their weights."""
    numbering = Numbering()
    numbers: list[int] = []
    weights: list[float] = []
    for terms in listed:
        numbers.extend(map(numbering.__getitem__, terms))
        weights.extend(terms.values())
    documents = np.repeat(np.arange(len(listed), dtype="<u4"), [len(terms) for terms in listed])
    encoded = [term.encode("utf-8", "surrogatepass") for term in numbering]
    return Block(encoded, np.array(numbers, "<u4"), documents, np.array(weights, "<f4"))


def _facet(listed: Sequence[Sequence[str]]) -> tuple[list[str], np.ndarray, np.ndarray]:
    numbering = Numbering()
    unique = [list(dict.fromkeys(values)) for values in listed]
    codes = [numbering[value] for values in unique for value in values]
    return list(numbering), np.array([len(v) for v in unique], "<u4"), np.array(codes, "<u4")


def _column(fields: Sequence[Any]) -> np.ndarray:
    """Strings as UTF-8, numbers as they are."""
    if isinstance(fields[0], str):
        return np.array([field.encode() for field in fields])
    return np.array(fields, "<i8")


def _lines(sequences: Sequence[str]) -> bytes:
    """Words of all texts with a space on either side, so that whole words are found."""
    return "".join(f" {line} \n" for line in sequences).encode("utf-8", "replace")


def _kept(postings: Postings, alive: np.ndarray, renumbered: np.ndarray) -> Block:
    kept = alive[postings.ids]
    numbers = np.repeat(np.arange(len(postings.terms), dtype="<u4"), postings.counts)
    documents = renumbered[postings.ids[kept]].astype("<u4")
    return Block(list(postings.terms), numbers[kept], documents, postings.weights[kept])


@dataclass
class _Gathered:
    """Postings of one field over all batches so far."""

    numbering: Numbering = field(default_factory=Numbering)
    numbers: list[np.ndarray] = field(default_factory=list)
    documents: list[np.ndarray] = field(default_factory=list)
    weights: list[np.ndarray] = field(default_factory=list)

    def add(self, block: Block, first: int) -> None:
        renumbered = np.fromiter(map(self.numbering.__getitem__, block.terms), "<u4")
        self.numbers.append(renumbered[block.numbers])
        self.documents.append(block.documents + np.uint32(first))
        self.weights.append(block.weights)

    def sorted(self) -> Postings:
        """By term, then by document."""
        terms = sorted(self.numbering)
        ranks = np.empty(len(terms), "<u4")
        ranks[[self.numbering[term] for term in terms]] = np.arange(len(terms), dtype="<u4")
        of_postings = ranks[np.concatenate(self.numbers)]
        counts = np.bincount(of_postings, minlength=len(terms))
        order = stable_order(of_postings)
        used = np.flatnonzero(counts)  # merging leaves terms that only deleted documents had
        return Postings(
            terms if len(used) == len(terms) else [terms[i] for i in used],
            counts[used],
            np.concatenate(self.documents)[order],
            np.concatenate(self.weights)[order],
        )


def stable_order(numbers: np.ndarray) -> np.ndarray:
    """Places of 32-bit numbers in ascending order, equal ones as they stand; counts in two passes
    of 16 bits, which is several times as fast as comparing."""
    order = np.argsort((numbers & np.uint32(0xFFFF)).astype("u2"), kind="stable")
    if len(numbers) and numbers.max() > 0xFFFF:
        order = order[np.argsort((numbers[order] >> np.uint32(16)).astype("u2"), kind="stable")]
    return order


class Builder:
    """Adds batches up to one segment."""

    def __init__(self) -> None:
        self.size = 0
        self.postings = 0
        self._batches: list[Batch] = []
        self._fields = {name: _Gathered() for name in FIELDS}

    @property
    def full(self) -> bool:
        return self.postings >= FULL

    def add(self, batch: Batch) -> None:
        for name, block in batch.blocks.items():
            self._fields[name].add(block, self.size)
            self.postings += len(block.numbers)
        batch.blocks = {}
        self._batches.append(batch)
        self.size += batch.size

    def write(self, storage: MappedStorage) -> Any:
        """Write the files; returns Whoosh's description of the segment."""
        codec = ArrayCodec()
        segment = codec.new_segment(storage, INDEX_NAME)
        segment.set_doc_count(self.size)
        fields = [(name, self._fields.pop(name).sorted()) for name in FIELDS]
        codec.field_writer(storage, segment).write(fields)
        path = Path(storage.folder) / segment.make_filename(columns.EXTENSION)
        columns.write(path, *self._columns())
        return segment

    def _columns(self) -> tuple[dict[str, np.ndarray], dict[str, list[str]]]:
        arrays: dict[str, np.ndarray] = {}
        values: dict[str, list[str]] = {}
        for name in (SPACED, UNSPACED):
            arrays[name] = np.concatenate([b.lengths[name] for b in self._batches])
        for name in COUNTED_FACETS:
            codes, counts, values[name] = self._facet(name)
            arrays[columns.FACET + name] = codes
            arrays[f"{columns.FACET}{name}.at"] = columns.starts_of(counts, "<u4")
        records = [record for b in self._batches for record in b.records]
        for name, fields in zip(Record._fields, zip(*records, strict=True), strict=True):
            arrays[name] = _column(fields)
        sequences = [piece for b in self._batches for piece in b.sequences]
        arrays[SEQUENCE] = np.frombuffer(b"".join(sequences), "u1")
        arrays[f"{SEQUENCE}.at"] = columns.starts_of([len(piece) for piece in sequences])
        return arrays, values

    def _facet(self, name: str) -> tuple[np.ndarray, np.ndarray, list[str]]:
        numbering, codes, counts = Numbering(), [], []
        for batch in self._batches:
            values, of_documents, numbers = batch.facets[name]
            renumbered = np.fromiter(map(numbering.__getitem__, values), "<u4", len(values))
            codes.append(renumbered[numbers])
            counts.append(of_documents)
        return np.concatenate(codes), np.concatenate(counts), list(numbering)


def chunks(documents: Iterable[Document], size: int = SIZE) -> Iterator[list[Document]]:
    """Documents in lists of a size."""
    rest = iter(documents)
    while chunk := list(islice(rest, size)):
        yield chunk


def analysed(documents: Sequence[Document], analyser: Analyser) -> Batch:
    """Documents as a batch."""
    return Batch.of([Entry.of(document, analyser) for document in documents])
