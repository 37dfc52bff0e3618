"""Postings as plain arrays: all document numbers of a segment, then all weights, four bytes each.

    <segment>.trm   Whoosh's hash of terms; of each term: where its postings begin and how many
    <segment>.pst   numbers of documents (u4) of all terms, one term after the other, ascending
                    within a term; then the weights (f4) of the same postings

Readers map the file and look at it in place: nothing is decoded, and the pages are shared by all
processes. A segment is written in one go from sorted arrays.
"""

# mypy: disable-error-code="no-untyped-call"

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter
from whoosh.matching.mcore import ListMatcher
from whoosh.system import pack_ushort

ENTRY = 4  # bytes of a document number, and of a weight
POSTINGS = W3Codec.POSTS_EXT
# What Whoosh's reader of terms expects of each, in one piece.
_TERM_INFO = np.dtype(
    [
        ("inlined", "u1"),
        ("total", ">f4"),
        ("count", ">u4"),
        ("shortest", "u1"),
        ("longest", "u1"),
        ("heaviest", ">f4"),
        ("first", ">u4"),
        ("last", ">u4"),
        ("offset", ">i8"),
        ("length", ">i4"),
    ]
)


class Postings(NamedTuple):
    """Posting lists of many terms of one field: term i has `counts[i]` postings."""

    terms: Sequence[bytes]
    counts: np.ndarray
    ids: np.ndarray
    weights: np.ndarray


class ArrayFieldWriter(W3FieldWriter):
    """Writes whole fields at once."""

    def write(self, fields: Sequence[tuple[str, Postings]]) -> None:
        """All fields of a segment, by name; terms ascending, none without postings."""
        start = 0
        for name, postings in fields:
            self.start_field(name, None)
            self._write_terms(postings, start)
            start += len(postings.ids)
        for kind, column in (("<u4", "ids"), ("<f4", "weights")):
            for _, postings in fields:
                array = np.ascontiguousarray(getattr(postings, column), kind)
                self._postfile.file.write(array.data.cast("B") if len(array) else b"")
        self.close()

    def start_field(self, fieldname: str, _field: Any) -> None:
        self._fieldid = self._fieldmap.setdefault(fieldname, len(self._fieldmap))

    def _write_terms(self, postings: Postings, start: int) -> None:
        if not len(postings.counts):
            return
        field, add = pack_ushort(self._fieldid), self._tindex.add
        infos, size = _term_infos(postings, start).tobytes(), _TERM_INFO.itemsize
        for number, term in enumerate(postings.terms):
            add(field + term, infos[number * size : (number + 1) * size])


def _term_infos(postings: Postings, start: int) -> np.ndarray:
    counts = postings.counts
    begins = np.concatenate(([0], np.cumsum(counts[:-1], dtype="i8")))
    infos = np.zeros(len(counts), _TERM_INFO)
    infos["count"] = counts
    infos["shortest"] = infos["longest"] = 1
    infos["total"] = np.add.reduceat(postings.weights, begins)
    infos["heaviest"] = np.maximum.reduceat(postings.weights, begins)
    infos["first"] = postings.ids[begins]
    infos["last"] = postings.ids[begins + counts - 1]
    infos["offset"] = (start + begins) * ENTRY
    infos["length"] = counts * ENTRY
    return infos


def decode(buffer: Any, offset: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Document numbers and weights of one posting list, views into the buffer."""
    ids = np.frombuffer(buffer, "<u4", count, offset)
    return ids, np.frombuffer(buffer, "<f4", count, offset + len(buffer) // 2)


class ArrayCodec(W3Codec):
    """Whoosh's codec with posting lists as arrays."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> ArrayFieldWriter:
        return ArrayFieldWriter(self, storage, segment)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> Any:
        """For Whoosh's own searchers."""
        buffer = dbfile.get(0, dbfile.length)
        ids, weights = decode(buffer, terminfo.extent()[0], terminfo.doc_frequency())
        values: Sequence[bytes] = [b""] * len(ids)
        return ListMatcher(
            ids.tolist(), weights.tolist(), values, format_, scorer, term=term, terminfo=terminfo
        )
