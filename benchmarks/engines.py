"""`python -m benchmarks.engines --size 100k --json FILE`: the portal's engine beside others.

All engines get the same analysed tokens in the same run, and questions in the form that they take,
made beforehand. Of every question the best of some rounds counts, the engines taking turns; printed
are medians over the questions, in milliseconds, and how many times those of tantivy they are.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from itertools import repeat
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.corpus import SIZES, Corpus, generate
from benchmarks.exact import Exact
from benchmarks.fresh import fresh_workers
from benchmarks.measuring import timed
from benchmarks.other_engines import Bm25s, Fts5, Tantivy
from benchmarks.portal_engine import PortalEngine
from benchmarks.queries import KINDS, Question, draw

ENGINES: dict[str, Any] = {e.name: e for e in (PortalEngine, Tantivy, Fts5, Bm25s)}
ROUNDS = {"portal": 7, "tantivy": 7, "bm25s": 3, "fts5": 1}
UNSUPPORTED = {("bm25s", "phrase")}
CHECKED = 15
UPDATES = 40


def build(engine: Any, corpus: Corpus, folder: Path) -> dict[str, float]:
    print(f"{engine.name}: building", file=sys.stderr)
    used, wall = timed(lambda: engine.build(corpus))
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and engine.name in str(p))
    return {"cpu_s": round(used, 2), "wall_s": round(wall, 2), "disk_mb": round(size / 2**20, 1)}


def measure(engines: list[Any], questions: list[Question]) -> dict[str, float | None]:
    """Median of the best times, by engine, in milliseconds."""
    times: dict[str, list[float]] = {e.name: [] for e in engines}
    for question in questions:
        fitting = [e for e in engines if (e.name, question.kind) not in UNSUPPORTED]
        prepared = {e.name: e.prepare(question) for e in fitting}
        best = dict.fromkeys(prepared, float("inf"))
        for turn in range(max(ROUNDS.values())):
            for engine in fitting:
                if turn < ROUNDS[engine.name]:
                    started = time.perf_counter()
                    engine.ask(question, prepared[engine.name])
                    spent = (time.perf_counter() - started) * 1000
                    best[engine.name] = min(best[engine.name], spent)
        for name, spent in best.items():
            times[name].append(spent)
    return {name: round(median(spent), 4) if spent else None for name, spent in times.items()}


def agreement(engines: list[Any], questions: list[Question], exact: Exact) -> dict[str, float]:
    """Mean share of right documents among the top ones."""
    shares: dict[str, float] = {}
    for engine in engines:
        fitting = [q for q in questions[:CHECKED] if (engine.name, q.kind) not in UNSUPPORTED]
        answers = [engine.ask(q, engine.prepare(q)) for q in fitting]
        found = map(exact.agreement, fitting, repeat(engine.formula), answers)
        if fitting:
            shares[engine.name] = round(sum(found) / len(fitting), 4)
    return shares


def updates(engine: Any, corpus: Corpus) -> dict[str, float]:
    """Documents replaced one by one, each visible before the next."""
    used, walls = [], []
    for number in range(UPDATES):
        document = corpus.document(corpus.size - 1 - number)
        spent, wall = timed(lambda n=number, d=document: engine.update(n, d, corpus.facets(n)))
        used.append(spent * 1000)
        walls.append(wall * 1000)
    return {
        "cpu_ms": round(median(used), 2),
        "cpu_ms_mean": round(sum(used) / len(used), 2),
        "visible_ms": round(median(walls), 2),
        "visible_ms_max": round(max(walls), 2),
    }


def run(size: str, seed: int, names: list[str], folder: Path) -> dict[str, Any]:
    """Everything of one size."""
    corpus = generate(SIZES[size], seed)
    engines = [ENGINES[name](folder) for name in names]
    result: dict[str, Any] = {
        "size": size,
        "documents": corpus.size,
        "tokens": len(corpus.tokens),
        "vocabulary": len(corpus.names),
        "build": {e.name: build(e, corpus, folder) for e in engines},
    }
    for engine in engines:
        engine.open()
    questions = draw(corpus, seed + 1)
    result["milliseconds"] = {kind: measure(engines, questions[kind]) for kind in KINDS}
    exact = Exact(corpus)
    result["agreement"] = {kind: agreement(engines, questions[kind], exact) for kind in KINDS}
    del exact
    result["fresh_worker"] = fresh_workers(folder / "portal", corpus, questions)
    updated = [e for e in engines if hasattr(e, "update")]
    result["update"] = {e.name: updates(e, corpus) for e in updated}
    if "portal" in names and "tantivy" in names:
        result["ratios_to_tantivy"] = ratios(result)
    return result


def ratios(result: dict[str, Any]) -> dict[str, float]:
    """The portal's medians divided by tantivy's; also the CPU time of the build."""
    found = {
        kind: round(times["portal"] / times["tantivy"], 2)
        for kind, times in result["milliseconds"].items()
    }
    built = result["build"]
    return {**found, "build_cpu": round(built["portal"]["cpu_s"] / built["tantivy"]["cpu_s"], 2)}


def table(result: dict[str, Any]) -> str:
    """The medians in columns."""
    names = list(result["build"])
    lines = [f"{result['documents']} documents, {result['tokens']} tokens; median milliseconds"]
    lines.append(f"{'':10}" + "".join(f"{name:>10}" for name in names) + f"{'÷ tantivy':>12}")
    for kind in KINDS:
        times = result["milliseconds"][kind]
        row = "".join(f"{times[n]:>10.3f}" if times[n] else f"{'–':>10}" for n in names)
        lines.append(f"{kind:10}{row}{result.get('ratios_to_tantivy', {}).get(kind, '–'):>12}")
    return "\n".join([*lines, json.dumps({k: result[k] for k in ("build", "agreement", "update",
                      "fresh_worker")}, indent=1)])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="10k")
    parser.add_argument("--json", type=Path, help="write all figures into this file")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="engines-"))
    try:
        result = run(options.size, options.seed, options.engines, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(table(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
