"""Word translations where the thesaurus is silent: general dictionaries, all optional."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from portal.search.analysis import UNSPACED, Analysed
from portal.search.cedict import Cedict, installed
from portal.thesaurus.stopwords import HAN_STOPWORDS, STOPWORDS
from portal.thesaurus.words import Word, stem

MAX_FORMS = 16
MAX_PHRASE = 3
# One character stands for so many things that it hardly tells anything.
SINGLE_CHARACTER = 0.25
MAX_CHINESE = 8


@dataclass(frozen=True)
class Translation:
    """A word of a query with what it may be called elsewhere: terms and how sure they are."""

    text: str
    forms: tuple[tuple[tuple[str, ...], float], ...]
    slots: tuple[int, ...]


class Translator(Protocol):
    """Anything that knows words of several languages."""

    def translate(self, analysed: Analysed) -> list[Translation]:
        """Translations of the words of a text that are known."""
        ...

    def warm(self) -> None:
        """Read the files now instead of at the first question."""
        ...


class ChineseEnglish:
    """CC-CEDICT in both directions."""

    def __init__(self, dictionary: Cedict) -> None:
        self._dictionary = dictionary

    def warm(self) -> None:
        """Read the dictionary."""
        self._dictionary.load()

    def translate(self, analysed: Analysed) -> list[Translation]:
        """Chinese words into English stems, English words into Chinese characters."""
        spans = [(s.start, s.end) for s in analysed.spans if not s.partial]
        silent = [w for w in analysed.words if w.script in UNSPACED or not _inside(w, spans)]
        found = list(self._from_chinese(w for w in silent if w.script == "han"))
        if analysed.lang == "en":
            found.extend(self._from_english([w for w in silent if w.script == "word"]))
        return found

    def _from_chinese(self, runs: Iterable[Word]) -> Iterator[Translation]:
        for run in runs:
            for text, offset in self._segments(run.text):
                forms = self._english(text) if text not in HAN_STOPWORDS else ()
                if forms:
                    start = run.start + offset
                    yield Translation(text, forms, tuple(range(start, start + len(text))))

    def _segments(self, text: str) -> Iterator[tuple[str, int]]:
        """Longest known words, left to right."""
        position = 0
        while position < len(text):
            ends = range(min(len(text), position + MAX_CHINESE), position + 1, -1)
            end = next((e for e in ends if text[position:e] in self._dictionary), position + 1)
            yield text[position:end], position
            position = end

    def _english(self, text: str) -> tuple[tuple[tuple[str, ...], float], ...]:
        weights: dict[tuple[str, ...], float] = {}
        sure = SINGLE_CHARACTER if len(text) == 1 else 1.0
        for rank, gloss in enumerate(self._dictionary.glosses(text)[:MAX_FORMS]):
            for word in gloss:
                form = ("~" + word,)
                weights[form] = weights.get(form, 0.0) + sure / len(gloss) / (1 + 0.3 * rank)
        return _normalised(weights, sure)

    def _from_english(self, found: Sequence[Word]) -> Iterator[Translation]:
        small = STOPWORDS["en"]
        content = [w for w in found if w.text not in small]
        position = 0
        while position < len(content):
            count = 1
            for length in range(min(MAX_PHRASE, len(content) - position), 0, -1):
                window = content[position : position + length]
                forms = self._chinese([stem(w.text, "en") for w in window])
                if forms:
                    slots = tuple(w.start for w in window)
                    yield Translation(" ".join(w.text for w in window), forms, slots)
                    count = length
                    break
            position += count

    def _chinese(self, stems: Sequence[str]) -> tuple[tuple[tuple[str, ...], float], ...]:
        weights: dict[tuple[str, ...], float] = {}
        for word, rank in self._dictionary.words(stems):
            form = _grams(word)
            sure = (SINGLE_CHARACTER if len(word) == 1 else 1.0) / (1 + 0.3 * rank)
            weights[form] = max(weights.get(form, 0.0), sure)
        best = sorted(weights.items(), key=lambda pair: -pair[1])[:MAX_FORMS]
        return tuple(best)


def _inside(word: Word, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= word.start and word.end <= end for start, end in spans)


def _grams(word: str) -> tuple[str, ...]:
    return tuple(word[i : i + 2] for i in range(len(word) - 1)) or (word,)


def _normalised(
    weights: dict[tuple[str, ...], float], sure: float
) -> tuple[tuple[tuple[str, ...], float], ...]:
    best = sorted(weights.items(), key=lambda pair: -pair[1])[:MAX_FORMS]
    top = best[0][1] if best else 1.0
    return tuple((form, sure * weight / top) for form, weight in best)


@cache
def dictionaries(cached: Path | None = None) -> Translator | None:
    """The general dictionaries that are installed, if any; read at the first use. In the folder
    `cached` they leave what makes reading them again quick."""
    dictionary = installed(cached)
    return ChineseEnglish(dictionary) if dictionary else None
