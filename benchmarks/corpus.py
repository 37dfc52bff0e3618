"""A made-up corpus as analysed tokens: Chinese, English and German, words by Zipf's law.

Words of English and German are one token each (`=word`), Chinese texts are pairs of characters.
Neighbours often belong together, so that phrases occur, and each document has a topic, so that
documents resemble each other. The same size and seed give the same corpus.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

SIZES = {"10k": 10_000, "30k": 30_000, "100k": 100_000, "300k": 300_000, "1m": 1_000_000}
LANGUAGES = ("en", "de", "zh")
SHARES = (0.35, 0.25, 0.40)
WORDS = {"en": 60_000, "de": 90_000, "zh": 4_000}  # words; characters of Chinese
FIRST = {"en": 0, "de": 60_000, "zh": 150_000}
TOPICS, TOPIC_WORDS = 400, 60
EXPONENT, SHIFT = 1.05, 3.0
ON_TOPIC, PARTNER = 0.25, 0.15
_SYLLABLES = [a + b for a in "bdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "au", "ei")]
COUNTRIES = ("CN", "DE", "US", "FR", "JP", "KR", "HU", "MX", "BR", "TH", "ES", "IT", "GB", "PL")
CERTIFICATES = tuple(f"ISO {9000 + i}" for i in range(28))
KINDS = ("capability", "need", "company")


@dataclass(frozen=True)
class Corpus:
    """Documents as runs of numbers in `tokens`: document i has `at[i]` to `at[i + 1]`."""

    names: list[str]
    tokens: np.ndarray
    at: np.ndarray
    languages: np.ndarray
    kinds: np.ndarray
    categories: np.ndarray
    countries: np.ndarray
    certificates: np.ndarray  # a bit for each

    @property
    def size(self) -> int:
        return len(self.at) - 1

    def document(self, number: int) -> list[str]:
        """Tokens of a document in order."""
        names = self.names
        return [names[t] for t in self.tokens[self.at[number] : self.at[number + 1]].tolist()]

    def facets(self, number: int) -> dict[str, tuple[str, ...]]:
        """Values by field; a category brings the one above it."""
        category, bits = int(self.categories[number]), int(self.certificates[number])
        return {
            "kind": (KINDS[self.kinds[number]],),
            "category": (f"category-{category}", f"category-{category // 10}-above"),
            "country": (COUNTRIES[self.countries[number]],),
            "certificate": tuple(c for i, c in enumerate(CERTIFICATES) if bits >> i & 1),
        }

    def documents(self) -> Iterator[tuple[int, list[str], dict[str, tuple[str, ...]]]]:
        return ((i, self.document(i), self.facets(i)) for i in range(self.size))

    @cached_property
    def frequencies(self) -> np.ndarray:
        """Documents of each token."""
        documents = np.repeat(np.arange(self.size), np.diff(self.at))
        pairs = np.unique(documents * len(self.names) + self.tokens)
        return np.bincount(pairs % len(self.names), minlength=len(self.names))


def word(number: int, language: str) -> str:
    """A made-up word; German ones are longer."""
    pieces = []
    rest = number + len(_SYLLABLES) * (1 if language == "en" else len(_SYLLABLES))
    while rest:
        rest, syllable = divmod(rest, len(_SYLLABLES))
        pieces.append(_SYLLABLES[syllable])
    return "=" + "".join(pieces) + ("n" if language == "de" else "")


def generate(size: int, seed: int = 1) -> Corpus:
    """So many documents."""
    rng = np.random.default_rng(seed)
    languages = rng.choice(len(LANGUAGES), size, p=SHARES)
    lengths = np.clip(np.exp(rng.normal(4.4, 0.6, size)), 12, 500).astype("i8")
    at = np.concatenate(([0], np.cumsum(lengths)))
    spoken = np.repeat(languages, lengths)
    topics = np.repeat(rng.integers(0, TOPICS, size), lengths)
    tokens = np.empty(len(spoken), "i8")
    for number, language in enumerate(LANGUAGES):
        here = np.flatnonzero(spoken == number)
        tokens[here] = FIRST[language] + _words(rng, language, topics[here])
    names, tokens = _named(tokens, at, spoken)
    return Corpus(
        names,
        tokens.astype("<u4"),
        at,
        languages,
        rng.choice(3, size, p=(0.8, 0.1, 0.1)),
        _zipf(rng, 300, size),
        _zipf(rng, len(COUNTRIES), size),
        _certificates(rng, size),
    )


def _zipf(rng: np.random.Generator, count: int, size: int) -> np.ndarray:
    """Numbers below `count`, small ones more often."""
    shares = 1 / (np.arange(count) + SHIFT) ** EXPONENT
    found = np.searchsorted(np.cumsum(shares / shares.sum()), rng.random(size))
    return np.minimum(found, count - 1)


def _words(rng: np.random.Generator, language: str, topics: np.ndarray) -> np.ndarray:
    count = WORDS[language]
    drawn = _zipf(rng, count, len(topics))
    of_topics = rng.integers(50, count, (TOPICS, TOPIC_WORDS))
    on_topic = rng.random(len(topics)) < ON_TOPIC
    drawn[on_topic] = of_topics[topics[on_topic], _zipf(rng, TOPIC_WORDS, int(on_topic.sum()))]
    partners = rng.integers(0, count, count)
    follows = np.flatnonzero(rng.random(len(topics) - 1) < PARTNER) + 1
    drawn[follows] = partners[drawn[follows - 1]]
    return drawn


def _named(tokens: np.ndarray, at: np.ndarray, spoken: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Names of the tokens that occur; Chinese characters become pairs with the one after them
    (a document's last one with itself)."""
    chinese = spoken == LANGUAGES.index("zh")
    after = np.append(tokens[1:], 0)
    after[at[1:] - 1] = tokens[at[1:] - 1]
    first = FIRST["zh"]
    pairs = first + (tokens - first) * WORDS["zh"] + (after - first)
    used, numbers = np.unique(np.where(chinese, pairs, tokens), return_inverse=True)
    return [_name(int(number)) for number in used], numbers


def _name(number: int) -> str:
    if number < FIRST["de"]:
        return word(number, "en")
    if number < FIRST["zh"]:
        return word(number - FIRST["de"], "de")
    return "".join(chr(0x4E00 + c) for c in divmod(number - FIRST["zh"], WORDS["zh"]))


def _certificates(rng: np.random.Generator, size: int) -> np.ndarray:
    bits = np.zeros(size, "i8")
    for _ in range(3):
        held = rng.random(size) < 0.6
        bits |= np.where(held, 1 << _zipf(rng, len(CERTIFICATES), size), 0)
    return bits
