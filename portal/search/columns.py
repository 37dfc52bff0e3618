"""What a segment knows of each document, as arrays in one mapped file.

    <segment>.doc   length of the header (8 bytes), header (JSON), arrays, each at a multiple of 8

The header names the arrays with their types, counts and places, and the values of facets.

| array | entries |
|---|---|
| `spaced`, `unspaced` | f4: length of the texts in words, in characters of unspaced scripts |
| `id`, `kind`, `owner` | UTF-8, all as long as the longest, filled up with zeros |
| `version`, `updated` | i8; the latter in seconds since 1970 |
| `sequence`, `sequence.at` | folded words of all texts for phrases; where each document begins |
| `facet.<name>`, `facet.<name>.at` | u4: numbers of values; where those of each document begin |

An `.at` array has one entry more than there are documents: the end of the last one.
"""

import json
import mmap
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

EXTENSION = ".doc"
SPACED, UNSPACED, UPDATED = "spaced", "unspaced", "updated"
ID, KIND = "id", "kind"
SEQUENCE, FACET = "sequence", "facet."
_ALIGNED = 8


class FacetColumn:
    """Values of a facet: document i has `values[c]` for c in `codes[at[i]:at[i + 1]]`."""

    def __init__(self, values: Sequence[str], at: np.ndarray, codes: np.ndarray) -> None:
        self.values, self._at, self._codes = values, at, codes

    @cached_property
    def _single(self) -> bool:
        """Whether every document has exactly one value."""
        return len(self._codes) == len(self._at) - 1 and bool((np.diff(self._at) == 1).all())

    def counts(self, numbers: np.ndarray) -> np.ndarray:
        """How many of these documents have each value."""
        places = numbers if self._single else ragged(self._at, numbers)
        return np.bincount(self._codes[places], minlength=len(self.values))

    def taken(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of these documents how many values each has, and the values' numbers."""
        return np.diff(self._at)[numbers], self._codes[ragged(self._at, numbers)]


def ragged(at: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Places of all entries of some rows, when row i has the entries `at[i]` to `at[i + 1]`."""
    starts = at[rows].astype("i8")
    lengths = at[rows + 1] - starts
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(total)


def starts_of(lengths: Sequence[int] | np.ndarray, kind: str = "<i8") -> np.ndarray:
    """An `.at` array of rows with these lengths."""
    at = np.zeros(len(lengths) + 1, kind)
    np.cumsum(lengths, out=at[1:])
    return at


def write(path: Path, arrays: Mapping[str, np.ndarray], values: Mapping[str, list[str]]) -> None:
    """One file with all arrays, and the values of each facet."""
    listed: dict[str, tuple[str, int, int]] = {}
    place = 0
    for name, array in arrays.items():
        listed[name] = (array.dtype.str, len(array), place)
        place += _padded(array.nbytes)
    header = json.dumps({"arrays": listed, "values": values}).encode()
    header += b" " * (_padded(len(header)) - len(header))
    with path.open("wb") as file:
        file.write(len(header).to_bytes(_ALIGNED, "little") + header)
        for array in arrays.values():
            file.write(array.tobytes())
            file.write(bytes(_padded(array.nbytes) - array.nbytes))


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


class Columns:
    """The mapped file of a segment."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._buffer = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        start = _ALIGNED + int.from_bytes(self._buffer[:_ALIGNED], "little")
        header: dict[str, Any] = json.loads(self._buffer[_ALIGNED:start])
        self._values: dict[str, list[str]] = header["values"]
        self._places = {n: (k, c, start + at) for n, (k, c, at) in header["arrays"].items()}
        self._arrays: dict[str, np.ndarray] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        found = self._arrays.get(name)
        if found is None:
            kind, count, place = self._places[name]
            found = np.frombuffer(self._buffer, kind, count, place)
            self._arrays[name] = found
        return found

    def facets(self) -> dict[str, FacetColumn]:
        return {
            name: FacetColumn(values, self[f"{FACET}{name}.at"], self[FACET + name])
            for name, values in self._values.items()
        }

    def strings(self, name: str, numbers: Sequence[int] | np.ndarray) -> list[str]:
        """The strings of some documents."""
        return list(map(bytes.decode, self[name][numbers].tolist()))

    def piece(self, name: str, number: int) -> bytes:
        """The bytes of one document."""
        base, at = self._places[name][2], self[f"{name}.at"]
        return self._buffer[base + int(at[number]) : base + int(at[number + 1])]

    def containing(self, name: str, text: bytes, numbers: np.ndarray) -> np.ndarray:
        """Those of some documents whose bytes contain a text."""
        base, at, find = self._places[name][2], self[f"{name}.at"], self._buffer.find
        starts, ends = (at[numbers] + base).tolist(), (at[numbers + 1] + base).tolist()
        found = [find(text, s, e) >= 0 for s, e in zip(starts, ends, strict=True)]
        return numbers[np.array(found, bool)]
