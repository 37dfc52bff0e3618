"""`portal relevance`: run, score, and plain words about bad files."""

import json
import os
import subprocess
import sys
from math import log2
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.search.relevance_cli import relevance

CORPUS = {
    "a": ("en", "the cat sat on the mat"),
    "b": ("en", "a dog barked at night"),
    "c": ("de", "der Wechselrichter brummt"),
}
QUERIES = {"1": ("en", "cat on a mat"), "2": ("en", "barking dog"), "3": ("en", "inverter")}


def write(path: Path, texts: dict[str, tuple[str, str]]) -> Path:
    lines = (json.dumps({"_id": k, "lang": lang, "text": t}) for k, (lang, t) in texts.items())
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def call(*arguments: object) -> Result:
    return CliRunner().invoke(relevance, [str(a) for a in arguments])


def test_run_then_score(tmp_path: Path) -> None:
    corpus, queries = write(tmp_path / "c", CORPUS), write(tmp_path / "q", QUERIES)
    run, qrels = tmp_path / "run.tsv", tmp_path / "qrels.tsv"
    qrels.write_text("1\ta\t1\n2\tb\t1\n3\tc\t1\n4\ta\t1\n")
    result = call(
        "run", "--corpus", corpus, "--queries", queries, "--out", run, "--no-dictionaries"
    )
    assert result.exit_code == 0, result.output
    rows = [line.split("\t") for line in run.read_text().splitlines()]
    assert {(q, d) for q, d, _ in rows} >= {("1", "a"), ("2", "b"), ("3", "c")}
    assert all(float(score) > 0 for _, _, score in rows)
    scored = call("score", qrels, run)
    # the fourth query has no answer and counts as zero
    assert scored.output.splitlines() == [
        "nDCG@10\t0.7500", "MRR@10\t0.7500", "R@10\t0.7500", "R@50\t0.7500",
    ]  # fmt: skip


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_each_figure_has_its_own_name(tmp_path: Path, seed: str) -> None:
    """Relevant at places 2, 10 and 50, by the formulas; whatever order a process hashes in."""
    run, qrels = tmp_path / "run.tsv", tmp_path / "qrels.tsv"
    run.write_text("".join(f"1\td{n}\t{100 - n}\n" for n in range(1, 61)))
    qrels.write_text("1\td2\t1\n1\td10\t1\n1\td50\t1\n1\td60\t1\n")
    code = "from portal.search.relevance_cli import relevance; relevance()"
    done = subprocess.run(
        [sys.executable, "-c", code, "score", str(qrels), str(run)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    gained = 1 / log2(3) + 1 / log2(11)
    best = sum(1 / log2(1 + place) for place in range(1, 5))
    figures = dict(line.split("\t") for line in done.stdout.splitlines())
    expected = {"nDCG@10": gained / best, "MRR@10": 0.5, "R@10": 0.5, "R@50": 0.75}
    assert {name: float(value) for name, value in figures.items()} == pytest.approx(
        expected, abs=1e-4
    )


def test_limit_and_several_corpora(tmp_path: Path) -> None:
    first = write(tmp_path / "1", {"x": ("en", "dog one"), "y": ("en", "dog two")})
    second = write(tmp_path / "2", {"z": ("en", "dog three")})
    queries, run = write(tmp_path / "q", {"1": ("en", "dog")}), tmp_path / "run"
    call("run", "--corpus", first, "--corpus", second, "--queries", queries, "--out", run)
    assert {line.split("\t")[1] for line in run.read_text().splitlines()} == {"x", "y", "z"}
    call("run", "--corpus", first, "--queries", queries, "--out", run, "--limit", 1)
    assert len(run.read_text().splitlines()) == 1


@pytest.mark.parametrize("line", ["{", '{"_id": "1"}', "[]", '{"text": "x"}', "\x00"])
def test_bad_lines_are_named(tmp_path: Path, line: str) -> None:
    corpus = write(tmp_path / "c.jsonl", CORPUS)
    corpus.write_text(corpus.read_text("utf-8") + line + "\n", "utf-8")
    queries = write(tmp_path / "q", QUERIES)
    result = call("run", "--corpus", corpus, "--queries", queries, "--out", tmp_path / "run")
    assert result.exit_code == 1
    assert "c.jsonl, line 4" in result.output
    assert "Traceback" not in result.output


def test_bad_runs_are_named(tmp_path: Path) -> None:
    qrels, run = tmp_path / "qrels", tmp_path / "run"
    qrels.write_text("1\ta\t1\n")
    run.write_text("1 a 1\n")
    result = call("score", qrels, run)
    assert result.exit_code == 1
    assert "run, line 1" in result.output
    assert call("score", qrels, tmp_path / "absent").exit_code == 2
