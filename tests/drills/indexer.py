"""A job worker that only keeps the index, made to be killed: it forks one for each line it reads.

    python -m tests.drills.indexer <instance>

A line has words: `release` gives back what the one before had leased, as the supervisor does;
`merge` makes every commit write all segments anew; `rebuild` builds the index again and again.
Answers each line with the process id of the worker, and with its end when it was killed.
"""

import os
import sys
import threading
from pathlib import Path

from portal.core import jobs
from portal.factory import create_app
from portal.search import index
from portal.search import jobs as search_jobs
from portal.web.app import Portal
from tests.conftest import make_settings


def work(app: Portal, words: set[str]) -> None:
    app.database.engine.dispose(close=False)
    if "release" in words:
        with app.database.transaction() as session:
            jobs.release(session)
    if "merge" in words:
        index.worth_merging = lambda segments: segments
    while "rebuild" in words:
        search_jobs.rebuild(app.engine, app.database)
    jobs.run_forever(app.database, threading.Event())


def main() -> None:
    app = create_app(make_settings(Path(sys.argv[1])))
    app.engine.analyser.analyse("warm 预热", "de")
    kept = {n: t for n, t in jobs._ticks.items() if "index" in n or "thesaurus" in n}
    jobs._ticks.clear()
    jobs._ticks.update(kept)
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os.nice(5)
            work(app, set(line.split()))
        print(child, flush=True)
        os.waitpid(child, 0)
        print("dead", flush=True)


if __name__ == "__main__":
    main()
