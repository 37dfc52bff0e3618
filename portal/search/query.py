"""What a user typed, in the portal's own small grammar: words, "phrases", -without.

Nothing typed here ever reaches a query parser; everything has a bound.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.search.analysis import UNSPACED, Analyser
from portal.search.translation import Translator
from portal.search.units import Unit, units
from portal.thesaurus.tagger import Span

MAX_CHARACTERS = 600
MAX_WORDS = 32
MAX_UNITS = 96
MAX_PHRASES = 4
MAX_EXCLUDED = 8
_QUOTES = '"“”„‟«»「」『』＂'
_PHRASE = re.compile(rf"(?P<minus>(?<!\S)[-−－])?[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)[{_QUOTES}]")
_WITHOUT = re.compile(r"(?<!\S)[-−－](?=[^\W_])(\S+)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


@dataclass(frozen=True)
class Phrase:
    """Words that must stand side by side; `sequence` as the index keeps it."""

    sequence: str
    terms: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """A query ready for scoring. `shortened` says that a bound cut something off, `written_in`
    what it is written in, as the index keeps it of texts."""

    text: str
    lang: str
    units: tuple[Unit, ...]
    written_in: str = ""
    spans: tuple[Span, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    without: tuple[Phrase, ...] = ()
    shortened: bool = False

    @property
    def empty(self) -> bool:
        return not (self.units or self.phrases or self.without)


def readable(text: str) -> str:
    """What was typed without control characters, which no page may hold, and lone surrogates."""
    return _CONTROL.sub(" ", text)


def parse(
    text: str, locale: str | None, analyser: Analyser, translator: Translator | None = None
) -> Query:
    """Read what was typed; never fails."""
    typed = readable(text)
    cut = typed[:MAX_CHARACTERS]
    phrases: list[Phrase] = []
    without: list[Phrase] = []
    for match in _PHRASE.finditer(cut):
        target = without if match["minus"] else phrases
        target.extend(_phrase(match["phrase"], locale, analyser))
    excluded = _PHRASE.sub(lambda m: " " if m["minus"] else f" {m['phrase']} ", cut)
    for match in _WITHOUT.finditer(excluded):
        without.extend(_phrase(match[1], locale, analyser))
    wanted, fewer = _bounded(_WITHOUT.sub(" ", excluded))
    analysed = analyser.analyse(wanted, locale)
    built = units(analysed, analyser, translator)
    return Query(
        text=wanted.strip(),
        lang=analysed.lang,
        units=tuple(built[:MAX_UNITS]),
        written_in=analysed.written_in,
        spans=analysed.spans,
        phrases=tuple(phrases[:MAX_PHRASES]),
        without=tuple(without[:MAX_EXCLUDED]),
        shortened=len(typed) > MAX_CHARACTERS or fewer or len(built) > MAX_UNITS,
    )


def _bounded(text: str) -> tuple[str, bool]:
    pieces = text.split()
    return " ".join(pieces[:MAX_WORDS]), len(pieces) > MAX_WORDS


def _phrase(text: str, locale: str | None, analyser: Analyser) -> Sequence[Phrase]:
    analysed = analyser.analyse(text[:200], locale)
    kinds = {"word", "number", "gram"}
    if any(w.script in UNSPACED and len(w.text) == 1 for w in analysed.words):
        kinds.add("single")
    terms = tuple(dict.fromkeys(t.term for t in analysed.tokens if t.kind in kinds))
    return (Phrase(f" {analysed.sequence} ", terms),) if terms else ()
