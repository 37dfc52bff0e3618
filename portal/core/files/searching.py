"""Has the operator's scanner search what came from outside, after it was stored. Until then nobody
gets the file; where something is found its bytes are removed."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal.core import audit, clock, jobs, scanning
from portal.core.access import SYSTEM
from portal.core.db import Database
from portal.core.files.storing import BLOCKED, CLEAN, PENDING, SEARCH_JOB, FileStore
from portal.core.models import Job, StoredFile

log = logging.getLogger("portal.files")
Listener = Callable[[Session, StoredFile], None]
_listeners: list[Listener] = []
LATE = timedelta(hours=1)


def when_blocked(listener: Listener) -> Listener:
    """Register who is to hear, in the same transaction, of a file in which something was found."""
    _listeners.append(listener)
    return listener


def register(files: FileStore) -> None:
    """Let the worker search files of this store."""

    @jobs.handles_outside(SEARCH_JOB)
    def search_one(database: Database, payload: dict[str, Any]) -> None:
        search(database, files, str(payload["sha256"]))


def search(database: Database, files: FileStore, sha256: str) -> None:
    """Search one file, under whatever names it was sent. Raises Unavailable when the scanner does
    not say: the job is tried again, and the file waits."""
    try:
        content = files.get(sha256)
    except FileNotFoundError:
        _block_again(database, sha256)
        return
    found = scanning.finding(content) if scanning.is_set() else None
    with database.transaction() as session:
        _decide(session, _rows(session, sha256), found)
    if found is not None:
        files.remove(sha256)


def _rows(session: Session, sha256: str) -> Sequence[StoredFile]:
    return session.scalars(select(StoredFile).where(StoredFile.sha256 == sha256)).all()


def _block_again(database: Database, sha256: str) -> None:
    """Bytes that were sent once more while they were being removed."""
    with database.transaction() as session:
        rows = _rows(session, sha256)
        if any(row.scan_state == BLOCKED for row in rows):
            _decide(session, rows, "as before")
        else:
            log.error("a file to be searched is gone: %s", sha256)


def _decide(session: Session, rows: Sequence[StoredFile], found: str | None) -> None:
    """The same bytes are the same danger: those handed out before are blocked, too."""
    for row in rows:
        if found is None:
            row.scan_state = CLEAN if row.scan_state == PENDING else row.scan_state
        elif row.scan_state != BLOCKED:
            row.scan_state = BLOCKED
            audit.record(session, SYSTEM, "file.block", row, {"found": found[:200]})
            for listener in _listeners:
                listener(session, row)


@jobs.every(600, "search files that still wait")
def ask_again(database: Database) -> None:
    """Files whose job was given up get a new one: the scanner may be back."""
    waits = exists().where(
        Job.kind == SEARCH_JOB,
        Job.dedupe == "search:" + StoredFile.sha256,
        Job.finished_at.is_(None),
        Job.dead_at.is_(None),
    )
    late = select(StoredFile.sha256).where(
        StoredFile.scan_state == PENDING, StoredFile.created_at < clock.now() - LATE, ~waits
    )
    with database.transaction() as session:
        for sha256 in session.scalars(late.distinct().limit(100)).all():
            jobs.enqueue(session, SEARCH_JOB, {"sha256": sha256}, dedupe=f"search:{sha256}")
