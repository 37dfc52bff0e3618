"""What the outbox asks the index to do, and how the index heals itself."""

import logging
import math
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.core import clock, jobs
from portal.core.db import Database
from portal.search import sources
from portal.search.documents import Document
from portal.search.engine import EmbeddedEngine
from portal.search.index import REBUILDING, Behind, IndexUnavailable, Progress

log = logging.getLogger("portal.search")
REBUILD = "index.rebuild"
TOGETHER = 300
MANY = 100_000
HEAL_SECONDS = 2.0
VERIFY_SECONDS = 60.0
COMPARE_SECONDS = 600.0


def register(engine: EmbeddedEngine) -> None:
    """Let the worker write this index."""

    @jobs.handles_outside("index.update")
    def update(database: Database, payload: dict[str, Any]) -> None:
        _update(engine, database, payload)

    @jobs.handles_outside(REBUILD)
    def anew(database: Database, _payload: dict[str, Any]) -> None:
        if not engine.health().ok and not engine.folder.is_locked(REBUILDING):
            rebuild(engine, database)

    @jobs.every(math.inf, "warm the engine")
    def once(_database: Database) -> None:
        engine.warm()

    @jobs.every(HEAL_SECONDS, "heal the index")
    def look(database: Database) -> None:
        heal(engine, database)

    @jobs.every(VERIFY_SECONDS, "verify the index")
    def verify(_database: Database) -> None:
        engine.health(deep=True)  # damage to open files; healing follows

    @jobs.every(COMPARE_SECONDS, "compare the index with the database")
    def compare(database: Database) -> None:
        repair(engine, database)


def heal(engine: EmbeddedEngine, database: Database) -> bool:
    """Whether the index can be believed; if not, it is built anew at once, ahead of other jobs. A
    build that failed is a job that waits for its next turn; a build that runs is not joined."""
    health = engine.health()
    if health.ok:
        return True
    if engine.folder.is_locked(REBUILDING):
        return False
    with database.transaction() as session:
        jobs.enqueue(session, REBUILD, {}, dedupe=REBUILD)
    lease = jobs.claim(database, (REBUILD,))
    if lease is not None:
        log.warning("the index is built anew: %s", health.problem)
        jobs.work(database, lease)
    return engine.health().ok


def _update(engine: EmbeddedEngine, database: Database, payload: dict[str, Any]) -> None:
    """Index this row and all others that wait. The others count as done only after the commit of
    the index, so that a worker that dies leaves them to the next one."""
    if not heal(engine, database):
        raise IndexUnavailable("changes wait until the index is built anew")
    for last in (False, True):
        engine.follow()
        with database.reading() as session:
            others = jobs.waiting(session, "index.update", TOGETHER)
            fresh, gone = _changes(session, [payload, *others.values()])
        try:
            engine.update(fresh, gone)
            break
        except Behind:  # a release began meanwhile
            if last:
                raise
    jobs.finish(database, others)


def _changes(session: Session, payloads: list[dict[str, Any]]) -> tuple[list[Document], list[str]]:
    wanted: dict[str, set[str]] = {kind: set() for kind in sources.SOURCES}
    for payload in payloads:
        wanted[payload["kind"]].add(payload["id"])
        if payload["kind"] == "company":
            for kind, ids in sources.belongings(session, payload["id"]).items():
                wanted[kind].update(ids)
    return split(session, {kind: sorted(ids) for kind, ids in wanted.items()})


def split(session: Session, wanted: dict[str, list[str]]) -> tuple[list[Document], list[str]]:
    """Documents of the public rows, ids of the others."""
    fresh: list[Document] = []
    gone: list[str] = []
    for kind, ids in wanted.items():
        for start in range(0, len(ids), sources.BATCH):
            batch = ids[start : start + sources.BATCH]
            found = sources.documents(session, kind, batch)
            shown = {document.id for document in found}
            fresh += found
            gone += [row_id for row_id in batch if row_id not in shown]
    return fresh, gone


def rebuild(engine: EmbeddedEngine, database: Database, progress: Progress | None = None) -> int:
    """Build the index anew from the database; what changes meanwhile is caught up at the end."""
    engine.follow()
    begun = clock.now() - timedelta(seconds=10)

    def catch_up() -> tuple[list[Document], list[str]]:
        with database.reading() as late:
            return split(late, sources.touched(late, begun))

    with database.reading() as session:
        return engine.rebuild(sources.every_document(session), progress, catch_up)


def repair(engine: EmbeddedEngine, database: Database) -> int:
    """Index again what index and database disagree about and no job waits for: the work of a
    worker that died, or all that an old copy of the folder does not know. Returns how many."""
    if not engine.health().ok:
        return 0
    engine.follow()
    with database.reading() as session:
        missing, unwanted, old = _compared(engine, session)
        waiting = jobs.waiting(session, "index.update", MANY).values()
    ids = sorted({*missing, *unwanted, *old} - {payload["id"] for payload in waiting})
    for start in range(0, len(ids), sources.BATCH):
        batch = ids[start : start + sources.BATCH]
        with database.reading() as session:
            fresh = [d for kind in sources.SOURCES for d in sources.documents(session, kind, batch)]
        engine.update([], batch)  # even a version that is newer than that of the database
        engine.update(fresh)
    if ids:
        log.warning("the index differed from the database in %d rows; they are in it now", len(ids))
    return len(ids)


def _compared(engine: EmbeddedEngine, session: Session) -> tuple[list[str], list[str], list[str]]:
    """Ids that the index misses, has too many of, or has in another version."""
    indexed, public = engine.ids(), sources.public_versions(session)
    return (
        sorted(public.keys() - indexed.keys()),
        sorted(indexed.keys() - public.keys()),
        sorted(i for i in public.keys() & indexed.keys() if public[i] != indexed[i]),
    )


def differences(engine: EmbeddedEngine, database: Database) -> list[str]:
    """Rows that the index misses, has too many of, or has in an old version."""
    with database.reading() as session:
        missing, unwanted, old = _compared(engine, session)
    return [
        *(f"missing in the index: {i}" for i in missing),
        *(f"not public but indexed: {i}" for i in unwanted),
        *(f"old version in the index: {i}" for i in old),
    ]
