"""What the outbox asks the index to do, and how the index heals itself."""

import logging
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.core import clock, jobs
from portal.core.db import Database
from portal.search import sources
from portal.search.documents import Document
from portal.search.engine import EmbeddedEngine
from portal.search.index import Behind, Progress

log = logging.getLogger("portal.search")
TOGETHER = 300
HEAL_SECONDS = 2.0
VERIFY_SECONDS = 60.0


def register(engine: EmbeddedEngine) -> None:
    """Let the worker write this index."""

    @jobs.handles_outside("index.update")
    def update(database: Database, payload: dict[str, Any]) -> None:
        _update(engine, database, payload)

    @jobs.every(HEAL_SECONDS, "heal the index")
    def heal(database: Database) -> None:
        if not engine.health().ok:
            log.warning("the index is missing or damaged; it is built anew")
            rebuild(engine, database)

    @jobs.every(VERIFY_SECONDS, "verify the index")
    def verify(_database: Database) -> None:
        engine.health(deep=True)  # damage to open files; healing follows


def _update(engine: EmbeddedEngine, database: Database, payload: dict[str, Any]) -> None:
    """Index this row and all others that wait. The others count as done only after the commit of
    the index, so that a worker that dies leaves them to the next one."""
    if not engine.health().ok:
        rebuild(engine, database)
        return
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


def differences(engine: EmbeddedEngine, database: Database) -> list[str]:
    """Rows that the index misses, has too many of, or has in an old version."""
    with database.reading() as session:
        public = sources.public_versions(session)
    indexed = engine.ids()
    problems = [f"missing in the index: {i}" for i in sorted(public.keys() - indexed.keys())]
    problems += [f"not public but indexed: {i}" for i in sorted(indexed.keys() - public.keys())]
    problems += [
        f"old version in the index: {i}"
        for i in sorted(public.keys() & indexed.keys())
        if public[i] != indexed[i]
    ]
    return problems
