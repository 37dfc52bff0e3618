"""The questions that every engine is asked, drawn from the corpus itself."""

from dataclasses import dataclass, field

import numpy as np

from benchmarks.corpus import CERTIFICATES, COUNTRIES, Corpus

COUNT = 40
COUNTED = ("category", "country", "certificate")
KINDS = ("matcher", "or3", "filters", "facets", "phrase")
TOP = {"matcher": 50, "or3": 10, "filters": 10, "facets": 10, "phrase": 10}


@dataclass(frozen=True)
class Question:
    """Tokens with their weights; `filters` are values that must all be there."""

    kind: str
    tokens: tuple[str, ...]
    weights: tuple[float, ...]
    filters: dict[str, str] = field(default_factory=dict)

    @property
    def top(self) -> int:
        return TOP[self.kind]


def draw(corpus: Corpus, seed: int = 2) -> dict[str, list[Question]]:
    """For each kind of question some."""
    rng = np.random.default_rng(seed)
    makers = {"matcher": _matcher, "or3": _or3, "filters": _filters, "facets": _facets,
              "phrase": _phrase}  # fmt: skip
    return {kind: [make(corpus, rng) for _ in range(COUNT)] for kind, make in makers.items()}


def _tokens(corpus: Corpus, rng: np.random.Generator, low: float, high: float, count: int,
            least: int = 0) -> list[int]:  # fmt: skip
    """Different tokens of one document, each in a share of the documents between two bounds."""
    while True:
        number = int(rng.integers(corpus.size))
        of_document = np.unique(corpus.tokens[corpus.at[number] : corpus.at[number + 1]])
        shares = corpus.frequencies[of_document] / corpus.size
        fitting = of_document[(shares >= low) & (shares <= high)]
        if len(fitting) >= (least or count):
            return [int(t) for t in rng.permutation(fitting)[:count]]


def _question(corpus: Corpus, kind: str, tokens: list[int], **more: object) -> Question:
    names = tuple(corpus.names[t] for t in tokens)
    weights = tuple(more.pop("weights", (1.0,) * len(names)))  # type: ignore[arg-type, call-overload]
    return Question(kind, names, weights, **more)  # type: ignore[arg-type]


def _matcher(corpus: Corpus, rng: np.random.Generator) -> Question:
    """40 to 80 weighted tokens of one document, no very frequent ones."""
    wanted = int(rng.integers(40, 81))
    tokens = _tokens(corpus, rng, 0.0, 0.2, wanted, least=40)
    weights = np.round(rng.uniform(0.3, 3.0, len(tokens)), 3).tolist()
    return _question(corpus, "matcher", tokens, weights=weights)


def _or3(corpus: Corpus, rng: np.random.Generator) -> Question:
    return _question(corpus, "or3", _tokens(corpus, rng, 0.0005, 0.1, 3))


def _filters(corpus: Corpus, rng: np.random.Generator) -> Question:
    filters = {"country": COUNTRIES[int(rng.integers(5))],
               "certificate": CERTIFICATES[int(rng.integers(6))]}  # fmt: skip
    return _question(corpus, "filters", _tokens(corpus, rng, 0.005, 0.1, 1), filters=filters)


def _facets(corpus: Corpus, rng: np.random.Generator) -> Question:
    return _question(corpus, "facets", _tokens(corpus, rng, 0.005, 0.2, 2))


def _phrase(corpus: Corpus, rng: np.random.Generator) -> Question:
    """Two or three tokens that stand side by side somewhere, none of them rare."""
    while True:
        number, length = int(rng.integers(corpus.size)), int(rng.integers(2, 4))
        start, end = int(corpus.at[number]), int(corpus.at[number + 1])
        place = start + int(rng.integers(end - start - length))
        tokens = corpus.tokens[place : place + length]
        if corpus.frequencies[tokens].min() >= corpus.size * 0.0005:
            return _question(corpus, "phrase", [int(t) for t in tokens])
