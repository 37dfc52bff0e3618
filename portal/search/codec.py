"""Postings as plain arrays: document numbers, then weights, four bytes each, ready to be mapped.

Terms, stored fields and columns stay as Whoosh writes them; only posting lists differ, so that
scoring reads them from the mapped file without decoding anything.
"""

# mypy: disable-error-code="no-untyped-call"

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.codec.whoosh3 import W3Codec
from whoosh.matching.mcore import ListMatcher

ENTRY = 8  # bytes of one posting
POSTINGS = W3Codec.POSTS_EXT


def decode(buffer: Any, offset: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Document numbers and weights of one posting list, views into the buffer."""
    ids = np.frombuffer(buffer, "<u4", count, offset)
    return ids, np.frombuffer(buffer, "<f4", count, offset + 4 * count)


class ArrayPostingsWriter(base.PostingsWriter):
    """Writes one posting list at a time; also speaks for its own statistics."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._terminfo: Any = None
        self._ids = array("I")
        self._weights = array("f")

    def written(self) -> bool:
        return False

    def start_postings(self, format_: Any, terminfo: Any) -> None:  # noqa: ARG002
        self._terminfo = terminfo
        self._ids, self._weights = array("I"), array("f")

    def add_posting(
        self,
        id_: int,
        weight: float,
        vbytes: bytes,  # noqa: ARG002
        length: int | None = None,  # noqa: ARG002
    ) -> None:
        self._ids.append(id_)
        self._weights.append(weight)

    def finish_postings(self) -> Any:
        terminfo, self._terminfo = self._terminfo, None
        terminfo.add_block(self)
        start = self._file.tell()
        self._file.write(np.asarray(self._ids, "<u4").tobytes())
        self._file.write(np.asarray(self._weights, "<f4").tobytes())
        terminfo.set_extent(start, ENTRY * len(self._ids))
        return terminfo

    def __len__(self) -> int:
        return len(self._ids)

    def min_id(self) -> int:
        return self._ids[0]

    def max_id(self) -> int:
        return self._ids[-1]

    def min_length(self) -> int:
        return 1

    def max_length(self) -> int:
        return 1

    def max_weight(self) -> float:
        return max(self._weights)


class ArrayCodec(W3Codec):
    """Whoosh's codec with posting lists as arrays."""

    length_stats = False

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> Any:
        if byteids:  # term vectors, which this index does not have
            return super().postings_writer(dbfile, byteids=True)
        return ArrayPostingsWriter(dbfile)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> Any:
        count = terminfo.doc_frequency()
        ids, weights = decode(dbfile.get(terminfo.extent()[0], ENTRY * count), 0, count)
        values: Sequence[bytes] = [b""] * len(ids)
        return ListMatcher(
            ids.tolist(), weights.tolist(), values, format_, scorer, term=term, terminfo=terminfo
        )
