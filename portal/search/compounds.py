"""German compounds cut into the words they are made of."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from portal.thesaurus.words import bare, stem

LEXICON = Path(__file__).with_name("lexicon")
LANGUAGES = frozenset({"de"})
MIN_LENGTH = 8
MIN_PART = 4
# A head without a known front is believed when it is this long.
MIN_HEAD = 6
_LINKS = ("", "s", "es", "n", "en", "er", "e", "-")


class Splitter:
    """Cuts where every part has a stem that `known` accepts, fewest parts first."""

    def __init__(self, known: Callable[[str], bool], language: str = "de") -> None:
        self._language = language
        self._is_known = known
        self.split = lru_cache(maxsize=40_000)(self._split)

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in vars(self).items() if name != "split"}

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)
        self.split = lru_cache(maxsize=40_000)(self._split)

    def _split(self, word: str) -> tuple[str, ...]:
        """Stems of the parts of a lower-case word, empty when it is not a compound."""
        parts = self._cut(word, len(word)) if len(word) >= MIN_LENGTH else None
        return parts if parts and len(parts) > 1 else ()

    def _may_begin(self, part: str) -> bool:
        return bool(part)

    def _cut(self, word: str, whole: int) -> tuple[str, ...] | None:
        """The word as known parts, or nothing; the first part is as long as possible."""
        best: tuple[str, ...] | None = None
        if len(word) < whole or whole < 2 * MIN_PART:
            known = self._known(word, last=True)
            if known:
                return (known,)
        for end in range(len(word) - MIN_PART, MIN_PART - 1, -1):
            first = self._known(word[:end], last=False)
            rest = self._cut(word[end:], whole) if first else None
            if first and rest and (best is None or len(rest) + 1 < len(best)):
                best = (first, *rest)
        return best

    def _known(self, part: str, *, last: bool) -> str | None:
        if not self._may_begin(part):
            return None
        for link in ("",) if last else _LINKS:
            core = part.removesuffix(link) if link else part
            if link and core == part:
                continue
            form = stem(core, self._language)
            if len(core) >= MIN_PART and self._is_known(form):
                return form
        return None


class Compounds(Splitter):
    """Splits over a lexicon of simple words; what stands before a known head is believed."""

    def __init__(self, terms: Iterable[str], language: str = "de") -> None:
        simple = (LEXICON / f"{language}.txt").read_text("utf-8").split()
        from_terms = (w for t in terms for w in re.findall(r"\b[^\W\d_]{4,9}\b", t.casefold()))
        stems = {stem(word.casefold(), language) for word in (*simple, *from_terms)}
        # Stemming keeps how a word begins: most places to cut are given up without a stem.
        self._beginnings = {known[:MIN_PART] for known in stems}
        super().__init__(stems.__contains__, language)

    def _split(self, word: str) -> tuple[str, ...]:
        if len(word) < MIN_LENGTH:
            return ()
        if self._cut(word, len(word)) is None:
            return self._head(word)
        return super()._split(word)

    def _may_begin(self, part: str) -> bool:
        return bare(part[:MIN_PART]) in self._beginnings

    def _head(self, word: str) -> tuple[str, ...]:
        """The known head of a word whose front is unknown, and that front."""
        for cut in range(MIN_PART, len(word) - MIN_HEAD + 1):
            head = self._known(word[cut:], last=True)
            if head:
                front = bare(word[:cut]).removesuffix("s")
                return (front, head) if len(front) >= MIN_PART else (head,)
        return ()
