"""tantivy, SQLite FTS5 and bm25s behind the same few methods."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import tantivy

from benchmarks.corpus import Corpus
from benchmarks.exact import Formula
from benchmarks.queries import COUNTED, Question

FACETS = ("kind", "category", "country", "certificate")
_ADD = "INSERT INTO {} VALUES ({})"


class Tantivy:
    """Single-threaded writer, one segment, hits by a numeric fast field, totals counted as a page
    of hits shows them (not for the matcher)."""

    name = "tantivy"
    formula = Formula()

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "tantivy"
        self._folder.mkdir(exist_ok=True)
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("number", stored=True, indexed=True, fast=True)
        builder.add_text_field("body", tokenizer_name="whitespace", index_option="position")
        for name in FACETS:
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=str(self._folder))
        self._index.register_tokenizer(
            "whitespace", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        )

    def build(self, corpus: Corpus) -> None:
        writer = self._index.writer(heap_size=1_000_000_000, num_threads=1)
        for number, tokens, facets in corpus.documents():
            writer.add_document(self._document(number, tokens, facets))
        writer.commit()
        writer.wait_merging_threads()
        self.open()

    def _document(self, number: int, tokens: list[str], facets: dict[str, Any]) -> Any:
        document = tantivy.Document()
        document.add_unsigned("number", number)
        document.add_text("body", " ".join(tokens))
        for name in FACETS:
            for value in facets[name]:
                document.add_text(name, value)
        return document

    def open(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()

    def ask(self, question: Question, query: Any) -> list[int]:
        result = self._searcher.search(query, question.top, count=question.kind != "matcher")
        if question.kind == "facets":
            self.facets = self._searcher.aggregate(
                query, {name: {"terms": {"field": name, "size": 1000}} for name in COUNTED}
            )
        return self._searcher.fast_field_values("number", [place for _, place in result.hits])

    def prepare(self, question: Question) -> Any:
        make, schema = tantivy.Query, self._schema
        if question.kind == "phrase":
            return make.phrase_query(schema, "body", list(question.tokens))
        parts = []
        for token, weight in zip(question.tokens, question.weights, strict=True):
            query = make.term_query(schema, "body", token)
            parts.append((tantivy.Occur.Should, make.boost_query(query, weight)))
        if not question.filters:
            return make.boolean_query(parts)
        wanted = [(tantivy.Occur.Must, query) for _, query in parts]
        for name, value in question.filters.items():
            query = make.const_score_query(make.term_query(schema, name, value), 0.0)
            wanted.append((tantivy.Occur.Must, query))
        return make.boolean_query(wanted)

    def update(self, number: int, tokens: list[str], facets: dict[str, Any]) -> None:
        writer = self._index.writer(heap_size=50_000_000, num_threads=1)
        writer.delete_documents_by_term("number", number)
        writer.add_document(self._document(number, tokens, facets))
        writer.commit()
        writer.wait_merging_threads()
        self.open()


class Fts5:
    """SQLite; tokens by number since its tokenisers would cut them up; no weights of terms."""

    name = "fts5"
    formula = Formula(weighted=False)

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "fts5.sqlite")
        self._numbers: dict[str, int] = {}

    def build(self, corpus: Corpus) -> None:
        self._numbers = {name: number for number, name in enumerate(corpus.names)}
        run = self._connection.execute
        run("PRAGMA journal_mode=OFF")
        run("CREATE VIRTUAL TABLE texts USING fts5(body, content='', tokenize='ascii')")
        run("CREATE TABLE facets (number INTEGER, name TEXT, value TEXT)")
        for number, tokens, facets in corpus.documents():
            self._add(number, tokens, facets)
        run("CREATE INDEX by_number ON facets (number, name, value)")
        run("INSERT INTO texts(texts) VALUES ('optimize')")
        self._connection.commit()

    def _add(self, number: int, tokens: list[str], facets: dict[str, Any]) -> None:
        body = " ".join(f"w{self._numbers[t]}" for t in tokens)
        self._connection.execute("INSERT INTO texts(rowid, body) VALUES (?, ?)", (number, body))
        rows = [(number, name, v) for name in FACETS for v in facets[name]]
        self._connection.executemany("INSERT INTO facets VALUES (?, ?, ?)", rows)

    def open(self) -> None:
        """It is open."""

    def prepare(self, question: Question) -> tuple[str, str, list[str]]:
        """The question, the statement, its values."""
        words = [f"w{self._numbers[t]}" for t in question.tokens]
        match = f'"{" ".join(words)}"' if question.kind == "phrase" else " OR ".join(words)
        having = "".join(
            " AND EXISTS (SELECT 1 FROM facets f WHERE f.number = texts.rowid"
            " AND f.name = ? AND f.value = ?)"
            for _ in question.filters
        )
        query = f"SELECT rowid FROM texts WHERE texts MATCH ?{having} ORDER BY rank LIMIT ?"
        return match, query, [part for pair in question.filters.items() for part in pair]

    def ask(self, question: Question, prepared: tuple[str, str, list[str]]) -> list[int]:
        match, query, values = prepared
        run = self._connection.execute
        answer = [row[0] for row in run(query, (match, *values, question.top))]
        if question.kind == "facets":
            counting = (
                "SELECT name, value, count(*) FROM texts JOIN facets ON number = texts.rowid"
                " WHERE texts MATCH ? AND name IN (?, ?, ?) GROUP BY name, value"
            )
            self.facets = run(counting, (match, *COUNTED)).fetchall()
        return answer


class Bm25s:
    """Scores computed when the index is built; top of the sum of its columns, in memory."""

    name = "bm25s"
    formula = Formula(1.0, 0.6)

    def __init__(self, folder: Path) -> None:
        del folder
        self._engine = bm25s.BM25(k1=1.0, b=0.6, method="lucene")

    def build(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._numbers = {name: number for number, name in enumerate(corpus.names)}
        rows = np.split(corpus.tokens, corpus.at[1:-1])
        self._engine.index((list(map(list, rows)), self._numbers), show_progress=False)
        self._facets = _values(corpus)

    def open(self) -> None:
        """It is in memory."""

    def prepare(self, question: Question) -> list[int]:
        return [self._numbers[token] for token in question.tokens]

    def ask(self, question: Question, numbers: list[int]) -> list[int]:
        scores = self._scores(question, numbers)
        if question.kind == "facets":
            hits = np.flatnonzero(scores)
            self.facets = {n: np.unique(self._facets[n][hits], return_counts=True) for n in COUNTED}
        for name, value in question.filters.items():
            scores = scores * self._having(name, value)
        top = np.argpartition(scores, -question.top)[-question.top :]
        top = top[np.argsort(-scores[top], kind="stable")]
        return [int(n) for n in top if scores[n] > 0]

    def _scores(self, question: Question, numbers: list[int]) -> np.ndarray:
        known: Any = self._engine.scores
        total = np.zeros(self._corpus.size, "f4")
        for number, weight in zip(numbers, question.weights, strict=True):
            start, end = known["indptr"][number : number + 2]
            total[known["indices"][start:end]] += np.float32(weight) * known["data"][start:end]
        return total

    def _having(self, name: str, value: str) -> np.ndarray:
        column = self._facets[name]
        return np.array(column == value) if name == "country" else np.char.find(column, value) >= 0


def _values(corpus: Corpus) -> dict[str, np.ndarray]:
    """One string for all values of a field."""
    rows: list[dict[str, Sequence[str]]] = [corpus.facets(i) for i in range(corpus.size)]  # type: ignore[misc]
    return {name: np.array(["|".join(row[name]) for row in rows]) for name in COUNTED}
