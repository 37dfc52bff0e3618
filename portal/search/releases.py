"""Bringing releases of the thesaurus into the index: only what they touch is read again.

The index says which release all its documents have. A job walks from that one to the one in force,
step by step, because a document may have been written under any release between them; it reads
the documents of all steps again and only then changes the mark. A worker that dies leaves the old
mark, and the next one does the same again.
"""

import logging
import os
import shutil
import time
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.core import clock, jobs
from portal.core.db import Database
from portal.search import sources
from portal.search.affected import Change, affected
from portal.search.analysis import Analyser
from portal.search.engine import EmbeddedEngine
from portal.search.index import CURRENT, MANIFEST, IndexUnavailable, Manifest
from portal.search.jobs import rebuild, split
from portal.thesaurus import overlay
from portal.thesaurus.live import Live
from portal.thesaurus.models import ThesaurusRelease
from portal.thesaurus.overlay import Mark
from portal.thesaurus.services import RELEASE_JOB
from portal.thesaurus.store import Thesaurus, rehearsing

log = logging.getLogger("portal.search")
BATCH = 200
# After so long the job makes room for others and goes on where it was.
SECONDS = 45.0
FOLLOW_SECONDS = 1.0
_MATCHING = {"capability": "matching.capability", "need": "matching.need"}


def register(engine: EmbeddedEngine, live: Live) -> None:
    """Let the worker follow the releases, with its texts and with this index."""
    engine.follow = live.catch_up

    @jobs.handles_outside(RELEASE_JOB)
    def release(database: Database, payload: dict[str, Any]) -> None:
        bring_in(engine, database, payload)

    @jobs.every(FOLLOW_SECONDS, "follow the thesaurus")
    def follow(database: Database) -> None:
        live.follow()
        if _is_behind(engine):
            with database.transaction() as session:
                if not jobs.waiting(session, RELEASE_JOB, 1):
                    jobs.enqueue(session, RELEASE_JOB, {})


def _is_behind(engine: EmbeddedEngine) -> bool:
    try:
        return engine.folder.marks()[0] != engine.folder.release
    except IndexUnavailable:
        return False  # it will be built anew, with the release in force


def bring_in(
    engine: EmbeddedEngine, database: Database, payload: dict[str, Any], seconds: float = SECONDS
) -> int:
    """Read again what the newest release touches. Returns how many documents were written."""
    engine.follow()
    if not engine.health().ok:
        rebuild(engine, database)
    target, marked = engine.folder.release, engine.folder.marks()[0]
    if marked == target:
        _finish(database, target)
        return 0
    with database.reading() as session:
        steps = _steps(session, Mark.parse(marked), Mark.parse(target))
    if not steps:
        log.warning("the index has release %s that the database does not know", marked)
        rebuild(engine, database)
        _finish(database, target)
        return engine.health().documents
    return _walk(engine, database, steps, payload, time.monotonic() + seconds)


def _steps(session: Session, done: Mark, target: Mark) -> list[Mark]:
    known = overlay.marks(session)
    if known.get(done.number) != done:
        return []
    return [known[n] for n in sorted(known) if done.number <= n <= target.number]


def _walk(
    engine: EmbeddedEngine,
    database: Database,
    steps: Sequence[Mark],
    payload: dict[str, Any],
    until: float,
) -> int:
    target, generation = str(steps[-1]), engine.folder.current().name
    with engine.folder.locked():  # from here on nobody writes with an older release
        engine.folder.mark(str(steps[0]), pending=target)
    with database.reading() as session:
        chain = [overlay.thesaurus_at(session, mark) for mark in steps]
        touched = everything_touched(session, engine, chain)
    here = {"release": target, "generation": generation}
    begun = {k: payload.get(k) for k in here} == here
    rest = sorted(i for i in touched if not begun or i > str(payload["after"]))
    count, last = read_again(engine, database, touched, rest, target, until)
    if last != (rest[-1] if rest else ""):
        with database.transaction() as session:
            jobs.enqueue(session, RELEASE_JOB, {**here, "after": last})
        return count
    with engine.folder.locked():
        if engine.folder.current().name == generation:
            engine.folder.mark(target)
    _finish(database, target)
    return count


def read_again(
    engine: EmbeddedEngine,
    database: Database,
    kinds: dict[str, str],
    rest: Sequence[str],
    target: str,
    until: float,
) -> tuple[int, str]:
    """Index ids in batches until time is up. Returns how many were written, and the last id."""
    count, last = 0, ""
    for start in range(0, len(rest), BATCH):
        batch = rest[start : start + BATCH]
        count += again(engine, database, {i: kinds[i] for i in batch})
        done = len(kinds) - len(rest) + start + len(batch)
        _progress(database, target, (done, len(kinds)), {i: kinds[i] for i in batch})
        last = batch[-1]
        if time.monotonic() > until:
            break
    return count, last


def everything_touched(
    session: Session, engine: EmbeddedEngine, chain: Iterable[Thesaurus]
) -> dict[str, str]:
    """Id → kind of what any step of a chain of thesauri touches."""
    found: dict[str, str] = {}
    snapshot = engine.scorer().snapshot
    for before, after in pairwise([_reading(engine, thesaurus) for thesaurus in chain]):
        change = Change(before, after)
        found |= affected(snapshot, change) | _declaring(session, change)
    return found


def _reading(engine: EmbeddedEngine, thesaurus: Thesaurus) -> Analyser:
    """The engine's own analyser, which is warm, when it is the one."""
    ours = engine.analyser
    return ours if ours.thesaurus.release == thesaurus.release else Analyser(thesaurus)


def _declaring(session: Session, change: Change) -> dict[str, str]:
    """Rows whose category came or went: the index knew nothing of one that was not there."""
    found: dict[str, str] = {}
    for kind, source in sources.SOURCES.items():
        if change.appearing and hasattr(source.model, "category"):
            query = select(source.model.id).where(source.model.category.in_(change.appearing))
            found |= dict.fromkeys(session.scalars(query), kind)
    return found


def again(engine: EmbeddedEngine, database: Database, batch: dict[str, str]) -> int:
    """Read rows (id → kind) again and write them in one commit."""
    wanted: dict[str, list[str]] = {}
    for row_id, kind in batch.items():
        wanted.setdefault(kind, []).append(row_id)
    with database.reading() as session:
        fresh, gone = split(session, wanted)
    return engine.update(fresh, gone)


def _progress(
    database: Database, target: str, figures: tuple[int, int], batch: dict[str, str]
) -> None:
    """Matches follow each batch; how far the work has come is shown to staff."""
    done, total = figures
    with database.transaction() as session:
        session.execute(_of(Mark.parse(target).number).values(done=done, total=total))
        for row_id, kind in batch.items():
            if kind in _MATCHING:
                payload = {"id": row_id}
                jobs.enqueue(session, _MATCHING[kind], payload, dedupe=f"{kind}:{row_id}")


def rehearsal(
    engine: EmbeddedEngine, database: Database, folder: Path, thesaurus: Thesaurus
) -> tuple[EmbeddedEngine, int]:
    """A copy of the index as another thesaurus would make it, and how many documents had to be
    read for it. Raises IndexUnavailable while the index itself is behind."""
    if _is_behind(engine):
        raise IndexUnavailable("a release is being brought in")
    _copy(engine, folder)
    twin = EmbeddedEngine(folder, thesaurus, engine.translator)
    with twin.folder.locked():
        twin.folder.mark("")
    with database.reading() as session:
        touched = everything_touched(session, twin, [engine.analyser.thesaurus, thesaurus])
    ids = sorted(touched)
    with rehearsing(thesaurus):
        for start in range(0, len(ids), BATCH):
            again(twin, database, {i: touched[i] for i in ids[start : start + BATCH]})
    return twin, len(ids)


def _copy(engine: EmbeddedEngine, folder: Path) -> None:
    """Files of a commit never change, so that links to them are a copy."""
    with engine.folder.locked():
        current = engine.folder.current()
        copy = folder / current.name
        copy.mkdir(mode=0o700, parents=True)
        folder.chmod(0o700)
        for name in Manifest.read(current).files:
            _linked(current / name, copy / name)
        shutil.copy2(current / MANIFEST, copy / MANIFEST)
        (folder / CURRENT).write_text(current.name, "utf-8")


def _linked(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


def _finish(database: Database, target: str) -> None:
    number = Mark.parse(target).number
    with database.transaction() as session:
        waiting = ThesaurusRelease.indexed_at.is_(None)
        every = update(ThesaurusRelease).where(ThesaurusRelease.number <= number, waiting)
        session.execute(every.values(indexed_at=clock.now()))


def _of(number: int) -> Any:
    return update(ThesaurusRelease).where(ThesaurusRelease.number == number)
