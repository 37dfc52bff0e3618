"""Word translations where the thesaurus is silent: general dictionaries, all optional.

Chinese and English meet in CC-CEDICT, German and English in files that the operator brings;
German and Chinese meet over English, the weight of a word shared out among its senses.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Protocol

from portal.search.analysis import Analysed
from portal.search.cedict import Cedict, installed
from portal.search.compounds import LANGUAGES as COMPOUNDING
from portal.search.compounds import Splitter
from portal.search.wordlists import WordList, find
from portal.search.wordpairs import Stems, WordPairs
from portal.thesaurus.stopwords import HAN_STOPWORDS, STOPWORDS
from portal.thesaurus.words import Word, stem

MAX_FORMS = 128
MAX_PHRASE = 3
# One character stands for so many things that it hardly tells anything.
SINGLE_CHARACTER = 0.25
MAX_CHINESE = 8
# Forms below this share of the likeliest one are left out.
LEAST_SHARE = 0.005
BRIDGE_SENSES = 24
# How much less each later meaning of an entry counts.
LATER = 0.3
PART = 0.6
# One word of a rendering of several.
ALONE = 0.5
# One word of a run of words that the dictionary knows as a whole.
BESIDE_RUN = 0.3
# What a translation adds to a concept that the thesaurus found in the same words.
BESIDE_CONCEPT = 1.0
SYSTEM_FOLDERS = (Path("/usr/share/trans"), Path("/usr/share/dictd"))

Forms = tuple[tuple[tuple[str, ...], float], ...]
Weights = Mapping[tuple[str, ...], float]


@dataclass(frozen=True)
class Translation:
    """A word of a query with what it may be called in one other language: terms and how sure
    they are."""

    text: str
    forms: Forms
    slots: tuple[int, ...]
    boost: float = 1.0


class Translator(Protocol):
    """Anything that knows words of several languages."""

    def translate(self, analysed: Analysed) -> list[Translation]:
        """Translations of the words of a text that are known."""
        ...

    def warm(self) -> None:
        """Read the files now instead of at the first question."""
        ...


Render = Callable[[Stems], Weights]
Split = Callable[[str], tuple[str, ...]]


class Dictionaries:
    """All general dictionaries together."""

    def __init__(self, chinese: Cedict | None = None, german: WordPairs | None = None) -> None:
        self._chinese = chinese
        self._german = german
        self._split: Split = _whole
        self._render: dict[str, list[Render]] = {"en": [], "de": [], "zh": []}
        if chinese:
            self._render["en"].append(self._english_chinese)
        if german:
            self._split = Splitter(lambda part: bool(german.senses("de", (part,)))).split
            self._render["en"].append(self._english_german)
            self._render["de"].append(self._german_english)
        if chinese and german:
            self._render["de"].append(self._german_chinese)

    def warm(self) -> None:
        """Read the dictionaries, building what makes them quick when it is missing."""
        if self._chinese:
            self._chinese.load()
        if self._german:
            self._german.load()

    def translate(self, analysed: Analysed) -> list[Translation]:
        """What each word may be called in each other language; less where it is a concept."""
        found = list(self._from_chinese(w for w in analysed.words if w.script == "han"))
        small = STOPWORDS.get(analysed.lang, frozenset())
        content = [w for w in analysed.words if w.script == "word" and w.text not in small]
        split = self._split if analysed.lang in COMPOUNDING else _whole
        for render in self._render.get(analysed.lang, ()):
            found.extend(_rendered(content, analysed, render, split))
        spans = [(s.start, s.end) for s in analysed.spans if not s.partial]
        return [_doubled(t) if _inside(t, spans) else t for t in found]

    # from Chinese

    def _from_chinese(self, runs: Iterable[Word]) -> Iterator[Translation]:
        for run in runs if self._chinese else ():
            for text, offset in _segments(run.text, self._chinese or ()):
                if text in HAN_STOPWORDS:
                    continue
                start = run.start + offset
                slots = tuple(range(start, start + len(text)))
                sure = SINGLE_CHARACTER if len(text) == 1 else 1.0
                for weights in (self._chinese_english(text), self._chinese_german(text)):
                    forms = _normalised(weights, sure)
                    if forms:
                        yield Translation(text, forms, slots)

    def _glosses(self, text: str) -> list[tuple[Stems, float]]:
        glosses = self._chinese.glosses(text) if self._chinese else []
        return [(g, 1 / (1 + LATER * rank)) for rank, g in enumerate(glosses[:MAX_FORMS])]

    def _chinese_english(self, text: str) -> Weights:
        weights: dict[tuple[str, ...], float] = defaultdict(float)
        for gloss, weight in self._glosses(text):
            _add(weights, "en", gloss, weight)
        return weights

    def _chinese_german(self, text: str) -> Weights:
        weights: dict[tuple[str, ...], float] = defaultdict(float)
        if self._german:
            for gloss, weight in self._glosses(text):
                for target, share in self._over("en", gloss):
                    _add(weights, "de", target, weight * share)
        return weights

    def _over(self, lang: str, words: Stems) -> Iterator[tuple[Stems, float]]:
        """Renderings of a gloss, of its single words where the whole is unknown."""
        whole = self._german.senses(lang, words) if self._german else ()
        yield from whole
        if not whole and len(words) > 1 and self._german:
            for word in words:
                for target, share in self._german.senses(lang, (word,)):
                    yield target, PART * share / len(words)

    # from English and German

    def _english_chinese(self, words: Stems) -> Weights:
        found = self._chinese.words(words) if self._chinese else []
        weights: dict[tuple[str, ...], float] = {}
        for word, rank in found:
            sure = (SINGLE_CHARACTER if len(word) == 1 else 1.0) / (1 + LATER * rank)
            form = _grams(word)
            weights[form] = max(weights.get(form, 0.0), sure)
        return weights

    def _english_german(self, words: Stems) -> Weights:
        return self._pairs("en", "de", words)

    def _german_english(self, words: Stems) -> Weights:
        return self._pairs("de", "en", words)

    def _pairs(self, lang: str, other: str, words: Stems) -> Weights:
        weights: dict[tuple[str, ...], float] = defaultdict(float)
        for target, share in self._german.senses(lang, words) if self._german else ():
            _add(weights, other, target, share)
        return weights

    def _german_chinese(self, words: Stems) -> Weights:
        weights: dict[tuple[str, ...], float] = defaultdict(float)
        senses = self._german.senses("de", words) if self._german else ()
        for target, share in senses[:BRIDGE_SENSES]:
            for form, sure in self._bridged(target).items():
                weights[form] += share * sure
        return weights

    def _bridged(self, words: Stems) -> Weights:
        """An English phrase in Chinese, by its single words where the whole is unknown."""
        whole = self._english_chinese(words)
        if whole or len(words) == 1:
            return whole
        share = PART / len(words)
        singly = (self._english_chinese((word,)) for word in words)
        return {form: share * sure for forms in singly for form, sure in forms.items()}


def _add(weights: dict[tuple[str, ...], float], lang: str, words: Stems, weight: float) -> None:
    """A rendering of one word; of several all together, or less surely each for itself."""
    terms = tuple(f"~{lang}:{word}" for word in words)
    weights[terms] += weight
    for term in terms if len(terms) > 1 else ():
        weights[term,] += weight * ALONE / len(terms)


def _segments(text: str, known: Container[str]) -> list[tuple[str, int]]:
    """A cut into known words: fewest characters by themselves, then fewest words."""
    best: list[tuple[int, int, int]] = [(0, 0, 0)]  # characters alone, words, where the last begins
    for end in range(1, len(text) + 1):
        starts = range(max(0, end - MAX_CHINESE), end)
        words = (s for s in starts if s == end - 1 or text[s:end] in known)
        best.append(min((best[s][0] + (s == end - 1), best[s][1] + 1, s) for s in words))
    found: list[tuple[str, int]] = []
    end = len(text)
    while end:
        start = best[end][2]
        found.append((text[start:end], start))
        end = start
    return found[::-1]


def _whole(word: str) -> tuple[str, ...]:  # noqa: ARG001  (nothing is known of compounds)
    return ()


def _rendered(
    content: Sequence[Word], analysed: Analysed, render: Render, split: Split
) -> Iterator[Translation]:
    """The longest runs of words that have a rendering; unknown compounds by their parts."""
    position = 0
    while position < len(content):
        run = _known_run(content[position : position + MAX_PHRASE], analysed.lang, render)
        if run is None:
            yield from _compound(content[position], analysed, render, split)
        else:
            yield run
        position += len(run.slots) if run else 1


def _known_run(window: Sequence[Word], lang: str, render: Render) -> Translation | None:
    """The longest known run at the start of a window; its words by themselves count less."""
    stems = [stem(word.text, lang) for word in window]
    for length in range(len(window), 0, -1):
        weights = render(tuple(stems[:length]))
        if weights:
            forms = dict(_normalised(weights))
            for one in stems[:length] if length > 1 else ():
                for form, sure in _normalised(render((one,)), BESIDE_RUN):
                    forms[form] = max(sure, forms.get(form, 0.0))
            text = " ".join(word.text for word in window[:length])
            best = sorted(forms.items(), key=lambda pair: -pair[1])[:MAX_FORMS]
            return Translation(text, tuple(best), tuple(w.start for w in window[:length]))
    return None


def _compound(
    word: Word, analysed: Analysed, render: Render, split: Split
) -> Iterator[Translation]:
    """An unknown word by its parts: those the dictionaries know, else those of the lexicon."""
    known = [(part, 1.0) for part in split(word.text)]
    for part, sure in known or _lexicon_parts(word, analysed):
        forms = _normalised(render((part,)), sure)
        if forms:
            yield Translation(word.text, forms, (word.start,))


def _lexicon_parts(word: Word, analysed: Analysed) -> list[tuple[str, float]]:
    parts = (t for t in analysed.tokens if t.start == word.start and t.kind == "part")
    return [(t.term.rpartition(":")[2], PART) for t in parts if t.term[0] == "~"]


def _inside(found: Translation, spans: Iterable[tuple[int, int]]) -> bool:
    """Whether the thesaurus knows all of it already."""
    return any(all(start <= slot < end for slot in found.slots) for start, end in spans)


def _doubled(found: Translation) -> Translation:
    return replace(found, boost=BESIDE_CONCEPT)


def _grams(word: str) -> tuple[str, ...]:
    return tuple(word[i : i + 2] for i in range(len(word) - 1)) or (word,)


def _normalised(weights: Weights, sure: float = 1.0) -> Forms:
    best = sorted(weights.items(), key=lambda pair: -pair[1])[:MAX_FORMS]
    top = best[0][1] if best else 1.0
    return tuple((form, sure * weight / top) for form, weight in best if weight > top * LEAST_SHARE)


def installed_dictionaries(brought: Path | None = None) -> list[WordList]:
    """Dictionary files of the operator: those in the folder `brought` before the system's."""
    folders = ((brought,) if brought else ()) + SYSTEM_FOLDERS
    return find(folders)


@cache
def dictionaries(cached: Path | None = None) -> Translator | None:
    """The general dictionaries that are there, if any; read at the first use. In the folder
    `cached` they leave what makes reading them again quick; the folder `dictionaries` beside it
    is where operators put files."""
    chinese = installed(cached)
    lists = installed_dictionaries(cached.parent / "dictionaries") if cached else []
    german = WordPairs(lists, cached) if cached and lists else None
    return Dictionaries(chinese, german) if chinese or german else None
