"""Word pairs of two languages, kept in a small database file that is built once and then only read.

Words are kept as the stems of their content words, so that every form of a word finds its entry.
"""

import logging
import os
import re
import sqlite3
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock, local

from portal.search.wordlists import WordList
from portal.thesaurus.stopwords import STOPWORDS
from portal.thesaurus.words import stem

_LOG = logging.getLogger(__name__)
FORMAT = 1
MAX_WORDS = 3
MAX_TARGETS = 24
_WORD = re.compile(r"[^\W_]+(?:['’][a-z]+)?")
_SMALL = {
    "de": frozenset(["etw", "jd", "jdm", "jdn", "jds", "wir", "sich", "er", "ich", "zu"]),
    "en": frozenset(["sb", "sth", "smb", "oneself", "he", "she", "we", "they", "i", "it", "to"]),
}
_TABLE = """
create table pair (source text, target text, weight real, primary key (source, target))
without rowid
"""
_ADD = """
insert into pair values (?, ?, ?) on conflict do update set weight = weight + excluded.weight
"""
_BEST = """
insert into kept.pair select source, target, weight from (
    select *, row_number() over (partition by source order by weight desc) as place from pair
) where place <= ?
"""

Stems = tuple[str, ...]


class WordPairs:
    """Look-up in both directions. Until `load` was called once after a file changed, nothing is
    known; nobody waits for a dictionary."""

    def __init__(self, lists: Sequence[WordList], cached: Path) -> None:
        self.lists = tuple(lists)
        self._folder = cached
        self._lock = Lock()
        self._here = local()
        self._built = False
        self._known = lru_cache(maxsize=20_000)(self._look_up)

    @property
    def _path(self) -> Path:
        states = [(w.path.name, w.path.stat().st_size, w.path.stat().st_mtime_ns, w.languages)
                  for w in self.lists]  # fmt: skip
        return self._folder / f"pairs-{FORMAT}-{zlib.crc32(repr(states).encode()):08x}.sqlite"

    def load(self) -> None:
        """Build the file when it is missing: half a minute for 300,000 entries. A file that
        cannot be read is reported and left out of use."""
        with self._lock:
            try:
                if not self._path.exists():
                    self._build(self._path)
            except (OSError, EOFError, struct.error, zlib.error, sqlite3.Error):
                _LOG.exception("dictionary files could not be read")

    def _build(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}.part")
        work = path.with_suffix(f".{os.getpid()}.work")
        try:
            for file in (beside, work):
                file.unlink(missing_ok=True)
            _fill(work, beside, self._rows())
            beside.replace(path)
        finally:
            for file in (beside, work):
                file.unlink(missing_ok=True)
        self._remove_older(path)

    def _remove_older(self, path: Path) -> None:
        for file in path.parent.glob("pairs-*.sqlite"):
            if file != path:
                with suppress(OSError):
                    file.unlink()

    def _rows(self) -> Iterator[tuple[str, str, float]]:
        for word_list in self.lists:
            one, other = word_list.languages
            for pair in word_list.read(word_list.path):
                left, right = stems(pair.source, one), stems(pair.target, other)
                if 0 < len(left) <= MAX_WORDS and 0 < len(right) <= MAX_WORDS:
                    yield _key(one, left), " ".join(right), pair.weight
                    yield _key(other, right), " ".join(left), pair.weight

    def senses(self, lang: str, words: Stems) -> tuple[tuple[Stems, float], ...]:
        """Renderings of one to three stems, weights adding up to one, best first."""
        return self._known(lang, words) if self.ready else ()

    def _look_up(self, lang: str, words: Stems) -> tuple[tuple[Stems, float], ...]:
        connection = self._connection()
        if connection is None or not 0 < len(words) <= MAX_WORDS:
            return ()
        query = "select target, weight from pair where source = ? order by weight desc"
        try:
            rows = connection.execute(query, (_key(lang, words),)).fetchall()
        except sqlite3.DatabaseError:
            return ()
        total = sum(weight for _, weight in rows)
        return tuple((tuple(target.split()), weight / total) for target, weight in rows)

    def _connection(self) -> sqlite3.Connection | None:
        """One a thread, opened at its first question."""
        known: sqlite3.Connection | None = getattr(self._here, "connection", None)
        if known is None:
            with suppress(sqlite3.Error):
                address = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
                known = self._here.connection = sqlite3.connect(address, uri=True)
        return known

    @property
    def ready(self) -> bool:
        """Whether this or another process has built the file."""
        if not self._built:
            with suppress(OSError):
                self._built = self._path.exists()
        return self._built


def stems(text: str, lang: str) -> Stems:
    """Stems of the content words of a text."""
    small = STOPWORDS.get(lang, frozenset()) | _SMALL.get(lang, frozenset())
    found = _WORD.findall(text.casefold())
    return tuple(stem(word, lang) for word in found if word not in small)


def _key(lang: str, words: Iterable[str]) -> str:
    return f"{lang}:{' '.join(words)}"


def _fill(work: Path, target: Path, rows: Iterable[tuple[str, str, float]]) -> None:
    with closing(sqlite3.connect(work)) as connection:
        connection.execute("pragma journal_mode = off")
        connection.execute("pragma synchronous = off")
        connection.execute(_TABLE)
        connection.executemany(_ADD, rows)
        connection.commit()
        connection.execute("attach ? as kept", (str(target),))
        connection.execute(_TABLE.replace("table pair", "table kept.pair"))
        connection.execute(_BEST, (MAX_TARGETS,))
        connection.commit()
