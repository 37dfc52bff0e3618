"""Relevance runs: rank a corpus for a set of queries as the portal would, and score the ranking."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from portal.search.documents import Document, TextPart
from portal.search.engine import EmbeddedEngine
from portal.search.results import SearchRequest
from portal.search.translation import Translator
from portal.thesaurus.store import Thesaurus

KIND = "text"
MEASURES = ("nDCG@10", "MRR@10", "R@10", "R@50")


class BadCollectionError(ValueError):
    """A file of a collection that cannot be read; the message names file and line."""


@dataclass(frozen=True)
class Text:
    """One line of a corpus or of a set of queries."""

    id: str
    lang: str
    text: str


def read_texts(path: Path) -> Iterator[Text]:
    """Lines `{"_id", "lang", "text"}`."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _text(path, number, line)


def _text(path: Path, number: int, line: str) -> Text:
    try:
        record = json.loads(line)
        return Text(str(record["_id"]), str(record.get("lang") or ""), str(record["text"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadCollectionError(f"{path.name}, line {number}: {error!r}") from error


def rank(
    corpora: Sequence[Path],
    queries: Path,
    thesaurus: Thesaurus,
    translator: Translator | None = None,
    limit: int = 50,
    *,
    progress: Callable[[int], None] | None = None,
) -> Iterator[tuple[str, str, float]]:
    """Query, document and score for the best documents of every query."""
    with TemporaryDirectory(prefix="relevance-") as folder:
        engine = EmbeddedEngine(Path(folder) / "index", thesaurus, translator)
        engine.rebuild(_documents(corpora))
        for number, query in enumerate(read_texts(queries), start=1):
            for document, score in ranked(engine, query, limit).items():
                yield query.id, document, score
            if progress is not None:
                progress(number)


def _documents(corpora: Sequence[Path]) -> Iterator[Document]:
    for position, path in enumerate(corpora):
        for text in read_texts(path):
            part = TextPart("body", text.lang or None, text.text)
            yield Document(f"{position}:{text.id}", KIND, (part,))


def ranked(engine: EmbeddedEngine, query: Text, limit: int) -> dict[str, float]:
    """The best documents of one query; the same id in several corpora counts once."""
    request = SearchRequest(query.text, query.lang or None, limit=limit, everything=True)
    best: dict[str, float] = {}
    for hit in engine.search(request).hits:
        best.setdefault(hit.id.partition(":")[2], hit.score)
    return best


def score(qrels: Path, run: Path) -> dict[str, float]:
    """nDCG@10, MRR@10, R@10 and R@50 over all queries that have a relevant document."""
    judged = [(q, d, int(float(g))) for q, d, g in _rows(qrels)]
    return measured(judged, [(q, d, float(s)) for q, d, s in _rows(run)])


def measured(
    judged: Sequence[tuple[str, str, int]], scored: Sequence[tuple[str, str, float]]
) -> dict[str, float]:
    """The same figures from grades and scores by query and document."""
    import ir_measures  # noqa: PLC0415  (slow to load, and only needed here)
    from ir_measures import RR, R, nDCG  # noqa: PLC0415

    grades = [ir_measures.Qrel(*row) for row in judged]
    run = [ir_measures.ScoredDoc(*row) for row in scored]
    best = [ir_measures.Qrel(q, d, 1) for q, d in _top_grades(judged)]
    gains = {0: 0} | {g: 2**g - 1 for g in {g for _, _, g in judged} if g > 0}
    binary = [RR @ 10, R @ 10, R @ 50]
    graded = nDCG(gains=gains) @ 10
    # The answers come in any order.
    values = ir_measures.calc_aggregate([graded], grades, run)
    values |= ir_measures.calc_aggregate(binary, best, run)
    return {
        name: float(values[measure])
        for name, measure in zip(MEASURES, (graded, *binary), strict=True)
    }


def _top_grades(judged: Iterable[tuple[str, str, int]]) -> Iterator[tuple[str, str]]:
    """Documents with the best grade of their query."""
    by_query: dict[str, dict[str, int]] = {}
    for query, document, grade in judged:
        if grade > 0:
            by_query.setdefault(query, {})[document] = grade
    for query, documents in by_query.items():
        best = max(documents.values())
        yield from ((query, d) for d, g in documents.items() if g == best)


def _rows(path: Path) -> Iterator[tuple[str, str, str]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            row = line.rstrip("\r\n").split("\t")
            if len(row) >= 3 and _is_number(row[2]):
                yield row[0], row[1], row[2]
            elif line.strip():
                raise BadCollectionError(f"{path.name}, line {number}: not query, document, figure")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def write_run(path: Path, rows: Iterable[tuple[str, str, float]]) -> int:
    """Write a run; returns its number of lines."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for query, document, value in rows:
            file.write(f"{query}\t{document}\t{value:.6f}\n")
            count += 1
    return count


def table(figures: Mapping[str, float]) -> str:
    """Figures as lines of name and value."""
    return "\n".join(f"{name}\t{figures[name]:.4f}" for name in MEASURES)
