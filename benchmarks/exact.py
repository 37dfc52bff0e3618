"""BM25 the plain way, in double precision, to hold every engine's answers against."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.corpus import CERTIFICATES, COUNTRIES, LANGUAGES, Corpus
from benchmarks.queries import Question

EQUAL = 1e-5  # scores that differ by less than this share are ties


@dataclass(frozen=True)
class Formula:
    """The parameters of an engine's BM25; `per_script`: Chinese texts have a mean of their own."""

    k1: float = 1.2
    b: float = 0.75
    per_script: bool = False
    weighted: bool = True


class Exact:
    """Scores of all documents for any formula."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        lengths = np.diff(corpus.at)
        documents = np.repeat(np.arange(corpus.size), lengths)
        pairs, counts = np.unique(
            corpus.tokens.astype("i8") * corpus.size + documents, return_counts=True
        )
        self._documents, self._counts = pairs % corpus.size, counts
        self._at = np.searchsorted(pairs // corpus.size, np.arange(len(corpus.names) + 1))
        self._numbers = {name: number for number, name in enumerate(corpus.names)}
        self._lengths = lengths.astype("f8")
        self._chinese = corpus.languages == LANGUAGES.index("zh")

    def scores(self, question: Question, formula: Formula) -> np.ndarray:
        """Zero where a document is no hit."""
        total = np.zeros(self.corpus.size)
        norm = 1 - formula.b + formula.b * self._relative(formula)
        for token, weight in zip(question.tokens, question.weights, strict=True):
            number = self._numbers[token]
            where = slice(self._at[number], self._at[number + 1])
            documents, tf = self._documents[where], self._counts[where]
            n, size = len(documents), self.corpus.size
            idf = np.log1p((size - n + 0.5) / (n + 0.5)) * (weight if formula.weighted else 1)
            total[documents] += idf * tf * (formula.k1 + 1) / (tf + formula.k1 * norm[documents])
        return np.where(self._allowed(question), total, 0)

    def _relative(self, formula: Formula) -> np.ndarray:
        if not formula.per_script:
            return self._lengths / self._lengths.mean()
        characters = self._lengths + 1  # pairs of characters
        spaced, unspaced = self._lengths[~self._chinese], characters[self._chinese]
        return np.where(self._chinese, characters / unspaced.mean(), self._lengths / spaced.mean())

    def _allowed(self, question: Question) -> np.ndarray:
        corpus, allowed = self.corpus, np.ones(self.corpus.size, bool)
        if "country" in question.filters:
            allowed &= corpus.countries == COUNTRIES.index(question.filters["country"])
            held = CERTIFICATES.index(question.filters["certificate"])
            allowed &= (corpus.certificates >> held & 1).astype(bool)
        if question.kind == "phrase":
            allowed &= self._adjacent([self._numbers[t] for t in question.tokens])
        return allowed

    def _adjacent(self, numbers: Sequence[int]) -> np.ndarray:
        tokens, found = self.corpus.tokens, np.zeros(self.corpus.size, bool)
        starts = np.flatnonzero(tokens[: len(tokens) - len(numbers) + 1] == numbers[0])
        for offset, number in enumerate(numbers):
            starts = starts[tokens[starts + offset] == number]
        first = np.searchsorted(self.corpus.at, starts, "right")
        last = np.searchsorted(self.corpus.at, starts + len(numbers) - 1, "right")
        found[first[first == last] - 1] = True
        return found

    def agreement(self, question: Question, formula: Formula, answered: Sequence[int]) -> float:
        """Share of the answer that belongs into it; documents with the last one's score all do."""
        scores = self.scores(question, formula)
        wanted = min(question.top, int((scores > 0).sum()))
        if not wanted:
            return float(not answered)
        edge = np.sort(scores)[-wanted] * (1 - EQUAL)
        right = [n for n in dict.fromkeys(answered) if scores[n] >= edge]
        return min(len(right), wanted) / wanted
