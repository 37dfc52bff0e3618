"""What a worker that has just started waits for and how much memory it adds.

Run as a program it opens an index, answers one question, then many, and tells what that took.
"""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.corpus import Corpus
from benchmarks.queries import Question
from portal.search.engine import EmbeddedEngine
from portal.search.results import SearchRequest
from portal.thesaurus.store import get_thesaurus

WORKERS = 3


def fresh_workers(
    folder: Path, corpus: Corpus, questions: dict[str, list[Question]]
) -> dict[str, Any]:
    """Figures of several workers started one after the other and living at the same time; the last
    one shows what one more costs."""
    words = [" ".join(t.lstrip("=") for t in q.tokens[:3]) for q in questions["or3"]]
    long = [" ".join(t.lstrip("=") for t in q.tokens) for q in questions["matcher"]]
    command = [sys.executable, "-m", "benchmarks.fresh", str(folder)]
    asked = json.dumps([*words, *long]).encode() + b"\n"
    EmbeddedEngine(folder, get_thesaurus()).warm()  # what the first process leaves for the others
    workers = []
    for _ in range(WORKERS):
        worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert worker.stdin and worker.stdout
        worker.stdin.write(asked)
        worker.stdin.flush()
        workers.append((worker, json.loads(worker.stdout.readline())))
    figures: dict[str, Any] = workers[-1][1]
    figures["documents"] = corpus.size
    for worker, _ in workers:
        worker.communicate()
    return figures


def memory() -> dict[str, float]:
    """Of this process in MB: its own, and shared with others."""
    rollup = Path("/proc/self/smaps_rollup").read_text("ascii")
    kilobytes = {name: int(size) for name, size in re.findall(r"(\w+):\s+(\d+) kB", rollup)}
    own = kilobytes["Private_Dirty"]
    mapped = kilobytes["Rss"] - own
    return {"private_mb": round(own / 1024, 1), "mapped_mb": round(mapped / 1024, 1)}


def main() -> None:
    imported, begun = time.process_time(), time.perf_counter()
    engine = EmbeddedEngine(Path(sys.argv[1]), get_thesaurus())
    made = time.perf_counter()
    before = memory()
    asked = json.loads(sys.stdin.readline())
    times = []
    for words in asked:
        asking = time.perf_counter()
        engine.search(SearchRequest(words, "en"))
        times.append((time.perf_counter() - asking) * 1000)
    after = memory()
    figures = {
        "imports_ms": round(imported * 1000, 1),
        "engine_ms": round((made - begun) * 1000, 1),
        "first_query_ms": round(times[0], 1),
        "second_query_ms": round(times[1], 1),
        "process": after,
        "index_private_mb": round(after["private_mb"] - before["private_mb"], 1),
    }
    print(json.dumps(figures), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
