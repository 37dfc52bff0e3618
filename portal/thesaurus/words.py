"""Words of any script with their places in the original text; folding and stems.

Everything that reads text (tagging, indexing, queries, highlighting) starts here, so that the
same characters always become the same words.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import Stemmer

from portal.thesaurus.stopwords import STOPWORDS
from portal.thesaurus.units import UNIT_PATTERN, measure

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KANA = "\u3040-\u30ff\u31f0-\u31ff"
HANGUL = "\u1100-\u11ff\uac00-\ud7af"
ARABIC = "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc"
LETTER = rf"[^\W_{HAN}{KANA}{HANGUL}{ARABIC}]"
NUMBER = r"\d(?:[\d.,'’\u00a0\u202f]*\d)?"
_WORDS = re.compile(
    rf"(?P<han>[{HAN}]+)|(?P<kana>[{KANA}]+)|(?P<hangul>[{HANGUL}]+)|(?P<arabic>[{ARABIC}]+)"
    rf"|(?<!{LETTER})(?P<measure>{NUMBER}\s?(?:{UNIT_PATTERN})(?!{LETTER}))"
    rf"|(?<!{LETTER})(?P<number>{NUMBER})(?!{LETTER})|(?P<word>{LETTER}+)"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CLUSTER = re.compile("(?s).[\u0300-\u036f\u3099\u309a]*")
_HAN_RUN = re.compile(f"[{HAN}]")
# One character for one, so that ordinary Chinese text keeps its places.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_HYPHENS = frozenset("-‐‑/")
_NUMBERS = frozenset({"number", "measure"})

STEMMERS = {
    "en": "english",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "pt": "portuguese",
    "it": "italian",
    "nl": "dutch",
    "sv": "swedish",
    "da": "danish",
    "no": "norwegian",
    "fi": "finnish",
    "hu": "hungarian",
    "ro": "romanian",
    "ru": "russian",
    "tr": "turkish",
    "ar": "arabic",
}
_OTHER_SCRIPTS = frozenset({"ar", "ru"})
# The Arabic article, alone or grown together with "and", "with", "like" and "for the".
_ARTICLE = re.compile(
    "(?:[\u0648\u0641]?(?:\u0627\u0644|\u0628\u0627\u0644|\u0643\u0627\u0644|\u0644\u0644))(?=.{3})"
)
_TATWEEL = str.maketrans({"\u0640": None, "\u0649": "\u064a"})


class Word(NamedTuple):
    """One run of a script; `start` and `end` point into the original text."""

    text: str  # lower case, compatibility forms and traditional characters folded
    script: str  # han kana hangul arabic word number measure
    start: int
    end: int
    hyphened: bool  # joined to the word before by a hyphen or slash


def base_language(tag: str | None) -> str:
    """`pt-BR` → `pt`, `zh-Hans` → `zh`, nothing → ``."""
    return (tag or "").replace("_", "-").split("-", 1)[0].lower()


@cache
def _converter(name: str) -> object | None:
    try:
        import opencc  # noqa: PLC0415  (slow to load, and optional)
    except ImportError:  # without it traditional text is searched as it stands
        return None
    return opencc.OpenCC(name)


def simplify(text: str) -> str:
    """Traditional characters to simplified ones, length kept."""
    plain, taiwan = _converter("t2s"), _converter("tw2sp")
    if plain is None or taiwan is None:
        return text
    folded: str = plain.convert(text)  # type: ignore[attr-defined]
    if folded == text:
        return text
    phrases: str = taiwan.convert(text)  # type: ignore[attr-defined]
    return next((form for form in (phrases, folded) if len(form) == len(text)), text)


def normalise(text: str) -> tuple[str, Sequence[int] | None]:
    """Text in compatibility form and, when places moved, the original place of every character
    (one more entry for the end)."""
    if text.isascii():
        return text, None
    offsets: list[int] | None = None
    text = text.translate(_FULL_WIDTH)
    if _INVISIBLE.search(text) or not unicodedata.is_normalized("NFKC", text):
        text, offsets = _compose(text)
    return (simplify(text) if _HAN_RUN.search(text) else text), offsets


def _compose(text: str) -> tuple[str, list[int]]:
    pieces, offsets = [], []
    for cluster in _CLUSTER.finditer(text):
        piece = unicodedata.normalize("NFKC", _INVISIBLE.sub("", cluster.group()))
        pieces.append(piece)
        offsets.extend([cluster.start()] * len(piece))
    return "".join(pieces), [*offsets, len(text)]


def words(text: str) -> Iterator[Word]:
    """All words of a text in order."""
    form, offsets = normalise(text)
    previous = -2
    for match in _WORDS.finditer(form):
        start, end = match.span()
        hyphened = previous == start - 1 and form[previous] in _HYPHENS
        previous = end
        places = (start, end) if offsets is None else (offsets[start], _end(offsets, end))
        script = match.lastgroup or "word"
        text_form = match.group() if script in _NUMBERS else match.group().casefold()
        yield Word(text_form, script, *places, hyphened)


def pieces(text: str) -> list[tuple[str, str]]:
    """Folded text and script of the words alone, without their places: half the work."""
    found = []
    for match in _WORDS.finditer(normalise(text)[0]):
        found.append((match[0].casefold(), match.lastgroup or "word"))
    return found


def _end(offsets: Sequence[int], end: int) -> int:
    """One past the last original character that went into the one before `end`."""
    last = offsets[end - 1]
    while end < len(offsets) and offsets[end] == last:
        end += 1
    return offsets[end] if end < len(offsets) else offsets[-1]


@lru_cache(maxsize=60_000)
def bare(word: str) -> str:
    """Without accents: Müller and Muller meet."""
    if word.isascii():
        return word
    marks = unicodedata.normalize("NFD", word)
    return "".join(c for c in marks if not unicodedata.combining(c))


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(STEMMERS[language], 0)


@lru_cache(maxsize=20_000)
def without_article(word: str) -> str:
    """An Arabic word without vowel signs, hamza, lengthening and the article."""
    plain = bare(word).translate(_TATWEEL)
    found = _ARTICLE.match(plain)
    return plain[found.end() :] if found else plain


@lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """Accent-free stem; an unknown language keeps the word."""
    if language not in STEMMERS or word.isdigit():
        return bare(word)
    if language == "ar":
        # With the article nothing that belongs to the word is taken for a particle before it.
        return bare(_stemmer("ar").stemWord("\u0627\u0644" + without_article(word)))
    return bare(_stemmer(language).stemWord(word))


@lru_cache(maxsize=20_000)
def number_forms(text: str, language: str) -> tuple[str, ...]:
    """Canonical forms of a number or measure, equal in every language."""
    return measure(text, language)


def guess_language(text: str, declared: str | None = None) -> str:
    """Language of the Latin-script words of a text."""
    return language_of(list(words(text[:2000])), declared)


def language_of(found: Sequence[Word], declared: str | None = None) -> str:
    """Language of Latin-script words: the declared one, unless its own small words are missing
    while those of another language are there."""
    own = base_language(declared)
    if own not in STEMMERS or own in _OTHER_SCRIPTS:
        own = ""
    if own and own not in STOPWORDS:
        return own
    seen = {w.text for w in found[:300] if w.script == "word"}
    votes = {lang: len(seen & listed) for lang, listed in STOPWORDS.items()}
    best = max(votes, key=lambda lang: (votes[lang], lang == own, lang == "en"))
    if own and (votes[own] * 2 >= votes[best] or votes[best] < 3):
        return own
    return best if votes[best] else own or "en"


def word_language(word: str, language: str) -> str:
    """Language that stems a word: its script wins over the language of the text."""
    return "ru" if "\u0400" <= word[0] <= "\u052f" else language
