"""Looks after the file store: bytes without a row go within the hour, rows without bytes and
damaged bytes are found each night."""

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock, jobs
from portal.core.db import Database
from portal.core.files.storing import BLOCKED, PART, FileStore
from portal.core.models import State, StoredFile

log = logging.getLogger("portal.files")
# Longer than any request takes from storing the bytes to committing their row.
KEPT_SECONDS = 45 * 60
SWEEP_SECONDS = 600
NIGHTLY = "files.check"
_ASIDE = ".aside"


@dataclass
class Report:
    """What differs between rows and bytes: hashes, but for `parts`, which are names of files."""

    files: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    @property
    def differences(self) -> int:
        """Rows without their bytes, and bytes and parts that should be gone by now."""
        return sum(map(len, (self.missing, self.damaged, self.unnamed, self.parts)))


def compare(database: Database, files: FileStore, *, thoroughly: bool = False) -> Report:
    """Rows against bytes; `thoroughly` reads every file and takes its hash."""
    with database.reading() as session:
        named = _named(session)
    report = Report(files=len(named))
    for sha256, size in sorted(named.items()):
        path = files.path(sha256)
        if not path.is_file():
            report.missing.append(sha256)
        elif path.stat().st_size != size or (thoroughly and _sum(path) != sha256):
            report.damaged.append(sha256)
    report.unnamed = [
        path.name for path in _old(files) if path.name not in named and _is_whole(path)
    ]
    report.parts = [path.name for path in _old(files) if not _is_whole(path)]
    return report


def sweep(database: Database, files: FileStore) -> int:
    """Remove what interrupted uploads have left behind; returns how many files."""
    with database.reading() as session:
        named = _named(session)
    return sum(_swept(path) for path in _old(files) if path.name not in named)


def register(files: FileStore) -> None:
    """Let the worker look after this store."""

    @jobs.every(SWEEP_SECONDS, "sweep files that belong to nothing")
    def _sweep(database: Database) -> None:
        if count := sweep(database, files):
            log.info("files that belong to nothing were removed: %s", count)

    @jobs.every(24 * 3600, "compare files with the database")
    def _compare(database: Database) -> None:
        report = compare(database, files, thoroughly=True)
        if report.differences:
            log.error("files and database differ: %s", report)
        with database.transaction() as session:
            session.merge(State(name=NIGHTLY, value=_as_json(report)))


def last_night(session: Session) -> dict[str, Any] | None:
    """When every file was last read, and the differences found: `at`, `files`, `differences`."""
    row = session.get(State, NIGHTLY)
    return row.value if row else None


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "at": clock.iso_z(clock.now()),
        "files": report.files,
        "differences": report.differences,
    }


def _named(session: Session) -> dict[str, int]:
    """Hash → size of every file that is to be there."""
    query = select(StoredFile.sha256, StoredFile.size).where(StoredFile.scan_state != BLOCKED)
    return {row.sha256: row.size for row in session.execute(query)}


def _old(files: FileStore) -> Iterator[Path]:
    until = time.time() - KEPT_SECONDS
    for path in files.folder.glob("??/*") if files.folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if path.is_file() and path.stat().st_mtime < until:
                yield path


def _is_whole(path: Path) -> bool:
    return len(path.name) == 64 and not path.name.endswith((PART, _ASIDE))


def _swept(path: Path) -> bool:
    """Put the file aside first: an upload of the same bytes that comes meanwhile either finds it
    gone and writes it anew, or has made it young, and it is put back."""
    aside = path.with_name(path.name + _ASIDE)
    with suppress(FileNotFoundError):
        path.rename(aside)
        if aside.stat().st_mtime >= time.time() - KEPT_SECONDS:
            aside.rename(path)
            return False
        aside.unlink()
        return True
    return False


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
