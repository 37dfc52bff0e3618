"""Import of records: every row is checked as the forms check it, every refusal has its place.

Rows are written in batches, each in a transaction of its own and each row in a savepoint. The
search index follows by one job a batch, which the outbox keeps if the import is interrupted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from portal.core import jobs
from portal.core.db import Database
from portal.core.errors import DomainError, Invalid
from portal.search import jobs as search_jobs
from portal.search import sources
from portal.search.engine import EmbeddedEngine
from portal.transfer.kinds import BATCH, Importable, Written
from portal.transfer.tables import Row

BULK = "index.bulk"
# Above this many rows a new index is built at once: it is faster, and one tidy segment.
REBUILD_FROM = 1000
_MATCHING = {"capability": "matching.capability", "need": "matching.need"}


@dataclass(frozen=True)
class Problem:
    """Why a row was refused."""

    row: int
    ref: str
    field: str
    reason: str

    def __str__(self) -> str:
        name = f" ({self.ref})" if self.ref else ""
        place = f"{self.field}: " if self.field else ""
        return f"row {self.row}{name}: {place}{self.reason}"


@dataclass
class Summary:
    """What came of an import: rows written (or fit to be), rows refused."""

    done: int = 0
    refused: int = 0
    written: list[Written] = field(default_factory=list)


class _Undo(Exception):
    """Roll back a batch that was only tried."""


Report = Callable[[Problem], None]
Advance = Callable[[Row], None]
Refuse = Callable[[Row, Exception], None]


def run(
    database: Database,
    kind: Importable,
    rows: Iterable[Row],
    report: Report,
    advance: Advance,
    *,
    dry: bool = False,
    matching: bool = True,
) -> Summary:
    """Import what is right, report what is not. `dry` checks everything and keeps nothing;
    without `matching` no matches are looked for afterwards."""
    summary = Summary()
    seen: dict[str, int] = {}

    refused: list[Problem] = []

    def refuse(row: Row, error: Exception) -> None:
        summary.refused += 1
        refused.extend(_problems(row, error))

    def after(session: Session, written: list[Written]) -> None:
        if dry:
            raise _Undo
        _follow(session, written, matching=matching)

    feed = iter(rows)
    while batch := list(islice(feed, BATCH)):
        read = [item for row in batch if (item := _read(kind, row, seen, refuse))]
        for written in _store(database, kind, read, refuse, after):
            summary.done += 1
            summary.written.append(written)
        for problem in sorted(refused, key=lambda p: p.row):
            report(problem)
        refused.clear()
        for row in batch:
            advance(row)
    return summary


def _read(
    kind: Importable, row: Row, seen: dict[str, int], refuse: Refuse
) -> tuple[Row, Any] | None:
    try:
        if row.problem is not None or row.record is None:
            raise row.problem or Invalid("empty")
        _check_ref(row, seen)
        return row, kind.read(row.record)
    except Invalid as error:
        refuse(row, error)
        return None


def _check_ref(row: Row, seen: dict[str, int]) -> None:
    """Rows are told apart by their ref: it is needed, and once."""
    ref = (row.record or {}).get("ref")
    if isinstance(ref, (int, float)) and not isinstance(ref, bool):
        ref = str(ref)
    if not isinstance(ref, str) or not ref.strip():
        raise Invalid("missing", field="ref")
    if len(ref) > 100:
        raise Invalid("longer than 100 characters", field="ref")
    first = seen.setdefault(ref.strip(), row.number)
    if first != row.number:
        raise Invalid(f"stands in row {first}, too", field="ref")


def _store(
    database: Database,
    kind: Importable,
    read: list[tuple[Row, Any]],
    refuse: Refuse,
    after: Callable[[Session, list[Written]], None],
) -> list[Written]:
    done: list[Written] = []
    try:
        with database.transaction() as session:
            for row, data in read:
                try:
                    with session.begin_nested():
                        done.append(kind.write(session, data))
                except (DomainError, IntegrityError, DataError, UnicodeError) as error:
                    refuse(row, error)
            after(session, done)
    except _Undo:
        pass
    return done


def _follow(session: Session, written: list[Written], *, matching: bool) -> None:
    """Have index and matches follow, once the batch is committed."""
    if not written:
        return
    ids = [item.id for item in written]
    jobs.enqueue(session, BULK, {"kind": written[0].kind, "ids": ids})
    for item in written:
        if matching and item.public and item.kind in _MATCHING:
            dedupe = f"{item.kind}:{item.id}"
            jobs.enqueue(session, _MATCHING[item.kind], {"id": item.id}, dedupe=dedupe)


def _problems(row: Row, error: Exception) -> Iterator[Problem]:
    ref = _shown((row.record or {}).get("ref", ""))
    for place, reason in _reasons(error):
        yield Problem(row.number, ref, _shown(place), _shown(reason))


def _reasons(error: Exception) -> Iterator[tuple[str, str]]:
    if isinstance(error, Invalid) and error.errors:
        yield from ((path, str(message)) for path, message in error.errors.items())
    elif isinstance(error, DomainError):
        yield error.field or "", str(error.message)
    else:
        yield "", f"cannot be stored: {getattr(error, 'orig', error)}"


def _shown(value: Any) -> str:
    """One line without characters that would steer a terminal."""
    text = " ".join(str(value).split())[:300]
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def register(engine: EmbeddedEngine) -> None:
    """Let the worker bring whole batches into this index."""

    @jobs.handles_outside(BULK)
    def update(database: Database, payload: Mapping[str, Any]) -> None:
        index(engine, database, payload["kind"], payload["ids"])


def index(engine: EmbeddedEngine, database: Database, kind: str, ids: list[str]) -> None:
    """Bring rows, and what belongs to them, into the index in one commit."""
    if not engine.health().ok:
        search_jobs.rebuild(engine, database)
        return
    engine.follow()
    with database.reading() as session:
        wanted = _with_belongings(session, kind, ids)
        documents = [d for name, some in wanted.items() for d in _documents(session, name, some)]
    public = {document.id for document in documents}
    gone = [i for some in wanted.values() for i in some if i not in public]
    engine.update(documents, gone)


def _with_belongings(session: Session, kind: str, ids: list[str]) -> dict[str, list[str]]:
    if kind != "company":
        return {kind: ids}
    wanted: dict[str, list[str]] = {}
    for company_id in ids:
        for name, some in sources.belongings(session, company_id).items():
            wanted.setdefault(name, []).extend(some)
    return wanted


def _documents(session: Session, kind: str, ids: list[str]) -> Iterator[Any]:
    for start in range(0, len(ids), sources.BATCH):
        yield from sources.documents(session, kind, ids[start : start + sources.BATCH])


def catch_up(
    engine: EmbeddedEngine, database: Database, count: int, advance: Callable[[int], None]
) -> None:
    """Do now what the worker would do: bring `count` imported rows into the index."""
    if count >= REBUILD_FROM or not engine.health().ok:
        with database.reading() as session:
            waiting = jobs.waiting(session, BULK, 1_000_000)
        before = 0

        def progress(done: int) -> None:
            nonlocal before
            advance(done - before)
            before = done

        search_jobs.rebuild(engine, database, progress)
        jobs.finish(database, waiting)
        return
    while lease := jobs.claim(database, (BULK,)):
        jobs.work(database, lease)
        advance(len(lease.payload["ids"]))
