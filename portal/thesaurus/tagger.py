"""Finding concepts in any text: the longest term wins, whatever the language.

Latin words are joined before look-up, so that `Batterie-Management-System`, `Battery management
system` and `Batteriemanagementsystem` are keys of the same kind; the last word is also tried as a
stem, and the head and tail of longer German compounds are looked up. Where every word of a term is
inflected (French, Spanish, Portuguese, Arabic) the stems of all words are joined, too; the Arabic
article is no part of a stem. Chinese and Japanese are matched by characters.
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
    pieces,
    stem,
    without_article,
    words,
)

MAX_WORDS = 10
# A term inside a longer German word: shorter ones are found in words that have nothing to do
# with them (Rad in Radio).
MIN_HEAD = 6
MIN_TAIL = 7
MIN_REST = 3
# Windows are given up as soon as no term begins like them; beginnings are known up to here.
_KNOWN_BEGINNING = 12
_COMPOUNDING = frozenset({"de", "nl", "sv", "da", "no", "fi"})
BY_CHARACTER = frozenset({"han", "kana", "hangul"})
_LETTERS = frozenset({"word", "arabic"})
_EVERYDAY = frozenset().union(*STOPWORDS.values())
# Short single words of these languages are everyday words of others (French pile, Portuguese bom):
# in a longer text of another language they mean nothing.
_GUARDED = frozenset({"fr", "es", "pt"})
SURE_LETTERS = 10
GUESSED_WORDS = 6
INFLECTED = frozenset({"ar", "es", "fr", "pt"})
# Shorter stems of one Arabic root belong to many words, shorter kana words to longer ones.
_SURE_STEM = 4
_SURE_KANA = 4


Piece = tuple[str, str]  # text and script


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
    guarded: bool = False  # counts only in short texts and those of its language
    plain: str = ""  # an Arabic term's words without article
    letters: int = 0


class Tagger:
    """Longest-match tagging; building it takes well under a second, tagging a few µs a word."""

    def __init__(self, thesaurus: Thesaurus) -> None:
        self._joined: dict[str, list[_Key]] = {}  # Latin terms: words joined
        self._rooted: dict[str, dict[str, list[_Key]]] = {}  # language → all stems joined
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
        self.inside = lru_cache(maxsize=40_000)(self._compound_terms)

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in vars(self).items() if name != "inside"}

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)
        self.inside = lru_cache(maxsize=40_000)(self._compound_terms)

    def _add(self, concept: str, lang: str, term: str) -> None:
        parts = pieces(term)
        scripts = {script for _, script in parts}
        if scripts & BY_CHARACTER:
            self._add_characters(_Key(concept, lang, ""), parts)
        elif parts:
            self._add_words(concept, lang, term, parts, arabic="arabic" in scripts)

    def _add_words(
        self, concept: str, lang: str, term: str, parts: Sequence[Piece], *, arabic: bool
    ) -> None:
        joined = "".join([bare(text) for text, _ in parts])
        everyday = joined in _EVERYDAY or len(joined) < 3
        guarded = lang in _GUARDED and len(parts) == 1 and len(joined) < SURE_LETTERS
        plain = "".join([without_article(text) for text, _ in parts]) if arabic else ""
        key = _Key(
            concept, lang, term if everyday and not arabic else "", guarded, plain, len(joined)
        )
        self._begin(joined)
        self._joined.setdefault(joined, []).append(key)
        if arabic or (lang in INFLECTED and len(parts) > 1):
            rooted = "".join([_root(*part, lang) for part in parts])
            self._begin(rooted)
            language = "ar" if arabic else lang
            self._rooted.setdefault(language, {}).setdefault(rooted, []).append(key)
        elif not everyday and len(joined) > 3:
            stemmed = joined[: len(joined) - len(bare(parts[-1][0]))] + stem(parts[-1][0], lang)
            # Engines are plural engines, not engineering: the shortest term of a stem has it.
            known = self._stems.setdefault(lang, {}).setdefault(stemmed, key)
            if key.letters < known.letters:
                self._stems[lang][stemmed] = key

    def _begin(self, joined: str) -> None:
        known = self._beginnings
        for end in range(min(len(joined), _KNOWN_BEGINNING), 0, -1):
            beginning = joined[:end]
            if beginning in known:  # and so are all shorter ones
                break
            known.add(beginning)

    def _add_characters(self, key: _Key, parts: Sequence[Piece]) -> None:
        units: list[str] = []
        for text, script in parts:
            units.extend(text if script in BY_CHARACTER else (bare(text),))
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
        forms = [bare(w.text) if w.script in _LETTERS else w.text.casefold() for w in found]
        guessed = len(found) <= GUESSED_WORDS
        position = 0
        while position < len(found):
            word = found[position]
            if word.script in BY_CHARACTER:
                position += 1
                continue
            window = found[position : position + MAX_WORDS]
            count, key = self._longest(
                text, window, forms[position : position + MAX_WORDS], language, guessed=guessed
            )
            if key is not None:
                yield _span(key, text, word.start, window[count - 1].end)
            elif language in _COMPOUNDING:
                yield from self._parts(text, word, forms[position], language)
            position += max(count, 1)

    def _longest(
        self,
        text: str,
        window: Sequence[Word],
        forms: Sequence[str],
        language: str,
        *,
        guessed: bool,
    ) -> tuple[int, _Key | None]:
        """How many words of a window the longest term at its start takes, and that term."""
        stems = self._stems.get(language, {})
        best: tuple[int, _Key | None] = (0, None)
        before = rooted = ""
        for count, (word, form) in enumerate(zip(window, forms, strict=False), start=1):
            if word.script in BY_CHARACTER:
                break
            joined, rooted = before + form, rooted + self._root_of(word, language)
            key = self._exact(
                joined, text[window[0].start : word.end], language, guessed=guessed
            ) or self._by_roots(rooted, window[:count], language)
            if key is None and word.script == "word":
                key = stems.get(before + stem(word.text, language))
            best = (count, key) if key is not None else best
            if not (
                joined[:_KNOWN_BEGINNING] in self._beginnings
                or (rooted and rooted[:_KNOWN_BEGINNING] in self._beginnings)
            ):
                break
            before = joined
        return best

    @staticmethod
    def _root_of(word: Word, language: str) -> str:
        if word.script == "arabic":
            return stem(word.text, "ar")
        return _root(*word[:2], language) if language in INFLECTED else bare(word.text)

    def _exact(self, joined: str, written: str, language: str, *, guessed: bool) -> _Key | None:
        keys = self._joined.get(joined)
        if keys is None:
            return None
        fitting = [k for k in keys if not k.written or k.written == written]
        own = next((k for k in fitting if k.lang == language), None)
        return own or next((k for k in fitting if guessed or not k.guarded), None)

    def _by_roots(self, rooted: str, window: Sequence[Word], language: str) -> _Key | None:
        """A term with the same stems; of Arabic ones that with the same words, or the only one."""
        arabic = any(word.script == "arabic" for word in window)
        keys = self._rooted.get("ar" if arabic else language, {}).get(rooted)
        if keys is None:
            return None
        if not arabic:
            return keys[0]
        plain = _plain(window)
        same = next((k for k in keys if k.plain == plain), None)
        unique = len(rooted) >= _SURE_STEM and len({k.concept for k in keys}) == 1
        return same or (keys[0] if unique else None)

    # German compounds

    def _parts(self, text: str, word: Word, form: str, language: str) -> Iterator[Span]:
        if word.script != "word" or len(form) < MIN_HEAD + MIN_REST:
            return
        for key in self.inside(word.text, language):
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

    # Chinese and Japanese

    def _unspaced(self, text: str, found: Sequence[Word]) -> Iterator[Span]:
        units = [unit for word in found for unit in _units(word)]
        position, last = 0, len(units) - 1
        while position < last:
            lengths = self._lengths.get(units[position][0] + units[position + 1][0])
            length, key = self._unspaced_term(units, position, lengths) if lengths else (1, None)
            if key is not None and length < _SURE_KANA and _inside_kana(units, position, length):
                length, key = 1, None
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


@lru_cache(maxsize=2)
def tagger_of(thesaurus: Thesaurus) -> Tagger:
    """The tagger of a thesaurus; all engines of a process share it."""
    return Tagger(thesaurus)


def _units(word: Word) -> Iterator[tuple[str, int, int]]:
    """A Latin word as one unit, an unspaced one as its characters."""
    if word.script not in BY_CHARACTER:
        yield bare(word.text.casefold()), word.start, word.end
        return
    width = (word.end - word.start) / max(len(word.text), 1)
    for index, character in enumerate(word.text):
        start = word.start + int(index * width)
        yield character, start, max(start + 1, word.start + int((index + 1) * width))


def _inside_kana(units: Sequence[tuple[str, int, int]], position: int, length: int) -> bool:
    """Is a short kana word only a piece of a longer one (セル in アクセル)?"""
    if not all(_is_katakana(u) for u, _, _ in units[position : position + length]):
        return False
    before, after = units[position - 1 : position], units[position + length : position + length + 1]
    joined_before = any(_is_katakana(u) and end == units[position][1] for u, _, end in before)
    end = units[position + length - 1][2]
    return joined_before or any(_is_katakana(u) and start == end for u, start, _ in after)


def _is_katakana(unit: str) -> bool:
    return "\u30a0" <= unit[0] <= "\u30ff"


def _root(text: str, script: str, language: str) -> str:
    if script == "arabic":
        return stem(text, "ar")
    return stem(text, language) if script == "word" else bare(text)


def _plain(parts: Sequence[Word]) -> str:
    return "".join(without_article(p.text) for p in parts)


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
