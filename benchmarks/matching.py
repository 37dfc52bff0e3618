"""`python -m benchmarks.matching --capabilities 100k --needs 20k --json FILE`: the cost of keeping
matches fresh.

Fills an instance with a seeded market, builds its index from nothing (the small index of before
answers meanwhile), changes needs and capabilities one by one and matches each again, then imports
needs in one go and asks for pages while the worker works. CPU is that of the worker's process.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import func, select

from benchmarks import marketplace
from benchmarks.measuring import cpu
from portal import migrate
from portal.capabilities.models import Capability
from portal.config import load_settings
from portal.core import clock, jobs
from portal.demo import generate
from portal.factory import create_app
from portal.matching import jobs as matching
from portal.matching import queries
from portal.matching.models import Match
from portal.needs.models import Need
from portal.search import jobs as search_jobs
from portal.search.results import SearchRequest
from portal.transfer import importing
from portal.transfer.kinds import IMPORTABLE
from portal.transfer.tables import Row
from portal.web.app import Portal

FEW = 1_000
SAMPLES = 40
IMPORTED = 500
PAGES = ("/en/search?q=battery+cooling", "/zh-hans/search?q=电驱动", "/de/needs/{need}")
PAUSE = 0.05
LONGEST = 600.0
OK = 200
LOADED = {Need: queries.need, Capability: queries.capability}
WORDS = {"zh-Hans": "需按新版图纸报价。", "en": " Revised drawings apply.", "de": " Neue Fassung."}


def number(text: str) -> int:
    """`20k` or `20000`."""
    return int(text[:-1]) * 1_000 if text.endswith("k") else int(text)


def spread(times: list[float]) -> dict[str, float]:
    """In milliseconds."""
    ordered = sorted(t * 1_000 for t in times)
    p95 = ordered[int(len(ordered) * 0.95)] if ordered else 0.0
    named = {"median": median(ordered), "p95": p95, "worst": ordered[-1]}
    return {name: round(value, 1) for name, value in named.items()}


def open_app(instance: Path) -> Portal:
    app = create_app(load_settings({"PORTAL_INSTANCE": str(instance)}).but(rate_limits=False))
    app.engine.translator = None  # the same on every machine, with dictionaries or without
    return app


# the build


def build(app: Portal, capabilities: int, needs: int, seed: int) -> dict[str, Any]:
    """Fill and index a market; how long the index took and how the old one answered meanwhile."""
    migrate.upgrade(app.database)
    search_jobs.rebuild(app.engine, app.database)
    begun = time.perf_counter()
    marketplace.fill(app.database, capabilities, needs, seed)
    filled = time.perf_counter() - begun
    app.engine.update(_some(app))
    with asking(app) as answers:
        used, begun = cpu(), time.perf_counter()
        count = search_jobs.rebuild(app.engine, app.database)
        wall, used = time.perf_counter() - begun, cpu() - used
    return {
        "documents": count,
        "fill_s": round(filled, 1),
        "wall_s": round(wall, 1),
        "cpu_s": round(used, 1),
        "cpu_ms_per_document": round(used * 1_000 / count, 2),
        "old_index_answered": len(answers),
        "old_index_ms": spread(answers),
    }


def _some(app: Portal) -> Any:
    with app.database.reading() as session:
        return search_jobs.split(session, {"capability": _ids(app, Capability)[:FEW]})[0]


def _ids(app: Portal, model: Any) -> list[str]:
    with app.database.reading() as session:
        return list(session.scalars(select(model.id).order_by(model.id)))


@contextmanager
def asking(app: Portal) -> Iterator[list[float]]:
    """Asks the index now and then, and tells how long each answer took."""
    times: list[float] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.wait(0.5):
            begun = time.perf_counter()
            app.engine.search(SearchRequest("battery cooling"))
            times.append(time.perf_counter() - begun)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield times
    finally:
        stop.set()
        thread.join()


# one record changes


def rematched(app: Portal, model: Any, match: Callable[..., None]) -> dict[str, Any]:
    """Some records, matched for the first time, then changed and matched again."""
    every = _ids(app, model)
    chosen = every[:: max(1, len(every) // (SAMPLES + 2))][: SAMPLES + 2]
    first, again, updates = [], [], []
    for row_id in chosen:
        first.append(_spent(match, app.engine, app.database, row_id))
        updates.append(_spent(_change, app, model, row_id))
        again.append(_spent(match, app.engine, app.database, row_id))
    with app.database.reading() as session:
        stored = session.scalar(select(func.count()).select_from(Match)) or 0
    return {
        "first_ms": spread(first[2:]),
        "changed_ms": spread(again[2:]),
        "index_update_ms": spread(updates[2:]),
        "stored_matches": stored,
    }


def _spent(work: Callable[..., Any], *given: Any) -> float:
    begun = time.process_time()
    work(*given)
    return time.process_time() - begun


def _change(app: Portal, model: Any, row_id: str) -> None:
    """Another sentence and a new version, in the database and in the index."""
    kind = model.__tablename__
    with app.database.transaction() as session:
        row: Any = LOADED[model](session, row_id)
        row.texts[0].description += WORDS.get(row.texts[0].locale, "")
        row.version += 1
        row.changed_at = clock.now()
    with app.database.reading() as session:
        fresh, _ = search_jobs.split(session, {kind: [row_id]})
    app.engine.update(fresh)


# many needs at once


def publish(app: Portal, seed: int) -> dict[str, Any]:
    """What the worker does in its process: import needs, index them, match each."""
    importing.register(app.engine)
    matching.register(app.engine)
    buyers = max(1, len(_ids(app, Need)) // marketplace.PER_COMPANY)
    records = generate.needs(IMPORTED, buyers, seed + 1)
    rows = [Row(at, {**r, "ref": f"late-{at}"}) for at, r in enumerate(records, start=1)]
    begun, used = time.perf_counter(), cpu()
    done = importing.run(app.database, IMPORTABLE["needs"], rows, _fail, lambda _row: None)
    imported = time.perf_counter() - begun
    ran = 0
    while time.perf_counter() - begun < LONGEST:
        ran += (more := jobs.run_ready(app.database))
        with app.database.reading() as session:
            if not more and not jobs.waiting(session, "matching.need", 1):
                break
    return {
        "needs": done.done,
        "jobs": ran,
        "import_s": round(imported, 1),
        "all_s": round(time.perf_counter() - begun, 1),
        "cpu_s": round(cpu() - used, 1),
    }


def _fail(problem: Any) -> None:
    raise RuntimeError(f"a generated record was refused: {problem}")


def pages_beside(app: Portal, instance: Path, seed: int) -> dict[str, Any]:
    """Latency of pages alone, then while another process publishes."""
    client, need = app.test_client(), _ids(app, Need)[0]
    paths = [path.format(need=need) for path in PAGES]
    alone = [_page(client, path) for _ in range(20) for path in paths][len(paths) :]
    command = [sys.executable, "-m", "benchmarks.matching", "--publish", str(instance)]
    with subprocess.Popen([*command, "--seed", str(seed)], stdout=subprocess.PIPE) as worker:
        beside: list[float] = []
        while worker.poll() is None:
            beside += [_page(client, path) for path in paths]
            time.sleep(PAUSE)
        told = worker.stdout.read() if worker.stdout else b""
    figures = {"alone_ms": spread(alone), "beside_ms": spread(beside), "asked": len(beside)}
    return {**figures, "worker": json.loads(told)}


def _page(client: Any, path: str) -> float:
    begun = time.perf_counter()
    answer = client.get(path)
    if answer.status_code != OK:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return time.perf_counter() - begun


def run(instance: Path, capabilities: int, needs: int, seed: int) -> dict[str, Any]:
    """Everything of one size."""
    app = open_app(instance)
    result: dict[str, Any] = {"capabilities": capabilities, "needs": needs}
    result["build"] = build(app, capabilities, needs, seed)
    result["need"] = rematched(app, Need, matching.match_need)
    result["capability"] = rematched(app, Capability, matching.match_capability)
    result["publishing"] = pages_beside(app, instance, seed)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--capabilities", type=number, default=5_000)
    parser.add_argument("--needs", type=number, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write all figures into this file")
    parser.add_argument("--keep", type=Path, help="keep the instance in this folder")
    parser.add_argument("--publish", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.publish:
        print(json.dumps(publish(open_app(options.publish), options.seed)))
        return
    instance = options.keep or Path(tempfile.mkdtemp(prefix="matching-"))
    try:
        result = run(instance, options.capabilities, options.needs, options.seed)
    finally:
        if not options.keep:
            shutil.rmtree(instance, ignore_errors=True)
    told = json.dumps(result, indent=1)
    print(told)
    if options.json:
        options.json.write_text(told + "\n", "utf-8")


if __name__ == "__main__":
    main()
