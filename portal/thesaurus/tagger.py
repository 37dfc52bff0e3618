"""Finding concepts in any text: the longest term wins, whatever the language.

Latin words are joined before look-up, so that `Batterie-Management-System`, `Battery management
system` and `Batteriemanagementsystem` are keys of the same kind; the last word is also tried as a
stem, and the head and tail of longer German compounds are looked up. Chinese is matched by
characters.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from portal.thesaurus.stopwords import HAN_STOPWORDS, STOPWORDS
from portal.thesaurus.store import Thesaurus
from portal.thesaurus.words import (
    Word,
    bare,
    base_language,
    language_of,
    stem,
    words,
)

MAX_WORDS = 7
# A term inside a longer German word: shorter ones are found in words that have nothing to do
# with them (Rad in Radio).
MIN_HEAD = 6
MIN_TAIL = 7
MIN_REST = 3
# Windows are given up as soon as no term begins like them; beginnings are known up to here.
_KNOWN_BEGINNING = 12
_COMPOUNDING = frozenset({"de", "nl", "sv", "da", "no", "fi"})
_BY_CHARACTER = frozenset({"han", "kana", "hangul"})
_EVERYDAY = frozenset().union(*STOPWORDS.values())


class Span(NamedTuple):
    """A concept found in a text at `start:end`; `lang` is that of the term that fitted."""

    concept: str
    lang: str
    start: int
    end: int
    text: str
    partial: bool = False  # inside a longer compound word


class _Key(NamedTuple):
    concept: str
    lang: str
    written: str  # the term as written when case must agree, else empty


class Tagger:
    """Longest-match tagging; building it takes well under a second, tagging a few µs a word."""

    def __init__(self, thesaurus: Thesaurus) -> None:
        self._joined: dict[str, list[_Key]] = {}  # Latin terms: words joined
        self._stems: dict[str, dict[str, _Key]] = {}  # language → joined words with stemmed end
        self._beginnings: set[str] = set()
        self._characters: dict[str, _Key] = {}  # Chinese and other unspaced terms
        self._lengths: dict[str, list[int]] = {}  # first two units → lengths, longest first
        for concept in thesaurus:
            for lang, terms in concept.terms.items():
                for term in terms:
                    self._add(concept.id, base_language(lang), term)
        for lengths in self._lengths.values():
            lengths.sort(reverse=True)
        self._inside = lru_cache(maxsize=40_000)(self._compound_terms)

    def _add(self, concept: str, lang: str, term: str) -> None:
        parts = list(words(term))
        if not parts:
            return
        if any(p.script in _BY_CHARACTER for p in parts):
            self._add_characters(_Key(concept, lang, ""), parts)
            return
        joined = "".join(bare(p.text.casefold()) for p in parts)
        everyday = joined in _EVERYDAY or len(joined) < 3
        key = _Key(concept, lang, term if everyday else "")
        self._joined.setdefault(joined, []).append(key)
        beginning = joined[:_KNOWN_BEGINNING]
        self._beginnings.update(beginning[:end] for end in range(1, len(beginning) + 1))
        if not everyday and len(joined) > 3:
            self._stems.setdefault(lang, {}).setdefault(_stemmed(parts, lang), key)

    def _add_characters(self, key: _Key, parts: Sequence[Word]) -> None:
        units = [text for part in parts for text, _, _ in _units(part)]
        joined = "".join(units)
        if len(units) < 2 or joined in HAN_STOPWORDS:
            return
        self._characters.setdefault(joined, key)
        lengths = self._lengths.setdefault(units[0] + units[1], [])
        if len(units) not in lengths:
            lengths.append(len(units))

    def tag(self, text: str, lang: str | None = None) -> list[Span]:
        """Concepts of a text, left to right, none inside another of the same kind of script."""
        found = list(words(text))
        return self.tag_words(text, found, language_of(found, lang))

    def tag_words(self, text: str, found: Sequence[Word], language: str) -> list[Span]:
        """As `tag`, for a text already cut into words."""
        spans = [*self._latin(text, found, language), *self._unspaced(text, found)]
        spans.sort(key=lambda span: (span.start, -span.end))
        return list(_outermost(spans))

    # Latin and other spaced scripts

    def _latin(self, text: str, found: Sequence[Word], language: str) -> Iterator[Span]:
        forms = [bare(w.text) if w.script == "word" else w.text.casefold() for w in found]
        position = 0
        while position < len(found):
            word = found[position]
            if word.script in _BY_CHARACTER:
                position += 1
                continue
            window = found[position : position + MAX_WORDS]
            count, key = self._longest(
                text, window, forms[position : position + MAX_WORDS], language
            )
            if key is not None:
                yield _span(key, text, word.start, window[count - 1].end)
            elif language in _COMPOUNDING:
                yield from self._parts(text, word, forms[position], language)
            position += max(count, 1)

    def _longest(
        self, text: str, window: Sequence[Word], forms: Sequence[str], language: str
    ) -> tuple[int, _Key | None]:
        """How many words of a window the longest term at its start takes, and that term."""
        stems = self._stems.get(language, {})
        best: tuple[int, _Key | None] = (0, None)
        before = ""
        for count, (word, form) in enumerate(zip(window, forms, strict=False), start=1):
            if word.script in _BY_CHARACTER:
                break
            joined = before + form
            key = self._exact(joined, text[window[0].start : word.end], language)
            if key is None and word.script == "word":
                key = stems.get(before + stem(word.text, language))
            best = (count, key) if key is not None else best
            if joined[:_KNOWN_BEGINNING] not in self._beginnings:
                break
            before = joined
        return best

    def _exact(self, joined: str, written: str, language: str) -> _Key | None:
        keys = self._joined.get(joined)
        if keys is None:
            return None
        fitting = [k for k in keys if not k.written or k.written == written]
        return next((k for k in fitting if k.lang == language), next(iter(fitting), None))

    # German compounds

    def _parts(self, text: str, word: Word, form: str, language: str) -> Iterator[Span]:
        if word.script != "word" or len(form) < MIN_HEAD + MIN_REST:
            return
        for key in self._inside(word.text, language):
            yield _span(key, text, word.start, word.end)._replace(partial=True)

    def _compound_terms(self, word: str, language: str) -> tuple[_Key, ...]:
        """Terms that end the word, then terms that begin what is left."""
        stems, form = self._stems.get(language, {}), bare(word)
        found: list[_Key] = []
        rest = form
        for cut in range(MIN_REST, len(word) - MIN_HEAD + 1):
            key = self._ending(word[cut:], form[cut:], stems, language)
            if key is not None:
                found.append(key)
                rest = form[:cut]
                break
        known = rest[: MIN_TAIL - 1] in self._beginnings
        for end in range(len(rest), MIN_TAIL - 1, -1) if known else ():
            key = self._single(rest[:end], stems, language)
            if key is not None and end < len(form) and key not in found:
                found.append(key)
                break
        return tuple(found)

    def _ending(
        self, word: str, form: str, stems: Mapping[str, _Key], language: str
    ) -> _Key | None:
        if form[: MIN_HEAD - 1] not in self._beginnings:
            return None
        return stems.get(stem(word, language))

    def _single(self, form: str, stems: Mapping[str, _Key], language: str) -> _Key | None:
        keys = [k for k in self._joined.get(form, ()) if not k.written and k.lang == language]
        return keys[0] if keys else stems.get(stem(form, language))

    # Chinese

    def _unspaced(self, text: str, found: Sequence[Word]) -> Iterator[Span]:
        units = [unit for word in found for unit in _units(word)]
        position, last = 0, len(units) - 1
        while position < last:
            lengths = self._lengths.get(units[position][0] + units[position + 1][0])
            length, key = self._unspaced_term(units, position, lengths) if lengths else (1, None)
            if key is not None:
                yield _span(key, text, units[position][1], units[position + length - 1][2])
            position += length

    def _unspaced_term(
        self, units: Sequence[tuple[str, int, int]], position: int, lengths: Sequence[int]
    ) -> tuple[int, _Key | None]:
        for length in lengths:
            window = units[position : position + length]
            key = self._characters.get("".join([u for u, _, _ in window]))
            if key is not None and len(window) == length:
                return length, key
        return 1, None


def _units(word: Word) -> Iterator[tuple[str, int, int]]:
    """A Latin word as one unit, an unspaced one as its characters."""
    if word.script not in _BY_CHARACTER:
        yield bare(word.text.casefold()), word.start, word.end
        return
    width = (word.end - word.start) / max(len(word.text), 1)
    for index, character in enumerate(word.text):
        start = word.start + int(index * width)
        yield character, start, max(start + 1, word.start + int((index + 1) * width))


def _stemmed(parts: Sequence[Word], language: str) -> str:
    before = "".join(bare(p.text.casefold()) for p in parts[:-1])
    return before + stem(parts[-1].text.casefold(), language)


def _span(key: _Key, text: str, start: int, end: int) -> Span:
    return Span(key.concept, key.lang, start, end, text[start:end])


def _outermost(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans that no other one encloses; several readings of the same compound stay."""
    last: Span | None = None
    for span in spans:
        inside = last is not None and span.end <= last.end and (span.start, span.end) != last[2:4]
        if not inside:
            yield span
            last = span
