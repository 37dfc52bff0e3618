"""Outbox and job queue: rows written with the change, worked off after the commit.

A worker leases a row, runs its handler in a transaction of its own and finishes the row in that
same transaction, checking the lease. A worker that dies leaves a lease that runs out; a handler
that fails is tried again with growing pauses and at last laid aside, where staff see it.
Handlers are idempotent: mail may leave twice when a worker dies between sending and finishing.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, Result, delete, func, select, update
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.db import Database
from portal.core.ids import new_id
from portal.core.models import Job

log = logging.getLogger("portal.jobs")
Row = TypeVar("Row")
BETWEEN_TICKS = 20
LEASE = timedelta(minutes=2)
PAUSES = tuple(timedelta(seconds=s) for s in (5, 60, 300, 900, 3600, 14400, 14400, 14400))
IDLE_SECONDS = 0.5


Handler = Callable[[Session, dict[str, Any]], None]
OutsideHandler = Callable[[Database, dict[str, Any]], None]
OutsideTick = Callable[[Database], None]
_handlers: dict[str, Handler] = {}
_outside: dict[str, OutsideHandler] = {}
_ticks: dict[str, tuple[float, OutsideTick]] = {}


@dataclass(frozen=True)
class Lease:
    job_id: str
    token: str
    kind: str
    payload: dict[str, Any]
    attempts: int


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def handles_outside(kind: str) -> Callable[[OutsideHandler], OutsideHandler]:
    """Register a handler that opens its own transactions: for work that talks to a mail server or
    an index and must not hold the database's write lock meanwhile."""

    def register(handler: OutsideHandler) -> OutsideHandler:
        _outside[kind] = handler
        return handler

    return register


def every(seconds: float, name: str) -> Callable[[OutsideTick], OutsideTick]:
    """Register work that the worker does again and again, at least `seconds` apart."""

    def register(tick: OutsideTick) -> OutsideTick:
        _ticks[name] = (seconds, tick)
        return tick

    return register


def enqueue(
    session: Session,
    kind: str,
    payload: dict[str, Any],
    *,
    dedupe: str | None = None,
    delay: timedelta = timedelta(0),
) -> None:
    """Add a job to this transaction. With `dedupe`, one waiting job of that name is enough."""
    if dedupe and _waiting(session, kind, dedupe):
        return
    enqueue_at(session, kind, payload, clock.now() + delay, dedupe)


def enqueue_at(
    session: Session, kind: str, payload: dict[str, Any], run_at: datetime, dedupe: str | None
) -> None:
    """Add a job that is ready at a moment, whatever else waits under its name."""
    session.add(Job(kind=kind, payload=payload, dedupe=dedupe, run_at=run_at))


def not_begun(session: Session, kind: str, dedupe: str) -> Job | None:
    """A job of this name that no worker has tried yet, held for this transaction so that more can
    be added to it."""
    fresh = (
        select(Job)
        .where(
            Job.kind == kind,
            Job.dedupe == dedupe,
            Job.finished_at.is_(None),
            Job.lease_token.is_(None),
            Job.attempts == 0,
        )
        .limit(1)
    )
    return session.scalars(fresh.with_for_update()).first()


def last_done(session: Session, kind: str, dedupe: str) -> datetime | None:
    """When a job of this name was last done, or was begun if it still runs."""
    begun = Job.finished_at.is_not(None) | (Job.attempts > 0)
    query = select(func.max(func.coalesce(Job.finished_at, Job.run_at)))
    return session.scalar(query.where(Job.kind == kind, Job.dedupe == dedupe, begun))


def _waiting(session: Session, kind: str, dedupe: str) -> bool:
    """A job that no worker has begun: it will see what this transaction writes."""
    waiting = select(Job.id).where(
        Job.kind == kind,
        Job.dedupe == dedupe,
        Job.finished_at.is_(None),
        Job.dead_at.is_(None),
        Job.lease_token.is_(None),
    )
    return session.execute(waiting.limit(1)).first() is not None


def claim(database: Database, kinds: tuple[str, ...] = ()) -> Lease | None:
    """Lease the job that has waited longest, or None when nothing is ready."""
    now = clock.now()
    ready = (
        select(Job)
        .where(
            Job.finished_at.is_(None),
            Job.dead_at.is_(None),
            Job.run_at <= now,
            (Job.lease_until.is_(None)) | (Job.lease_until < now),
        )
        .order_by(Job.run_at, Job.id)
        .limit(1)
    )
    if kinds:
        ready = ready.where(Job.kind.in_(kinds))
    with database.reading() as session:
        if session.scalars(ready).first() is None:
            return None
    with database.transaction() as session:
        job = session.scalars(ready.with_for_update(skip_locked=True)).first()
        if job is None:
            return None
        job.lease_token, job.lease_until = new_id(), now + LEASE
        job.attempts += 1
        return Lease(job.id, job.lease_token, job.kind, job.payload, job.attempts)


def work(database: Database, lease: Lease) -> bool:
    """Run a leased job. True when it is done; on failure it is put back or laid aside."""
    try:
        if lease.kind in _outside:
            _outside[lease.kind](database, lease.payload)
        with database.transaction() as session:
            if lease.kind in _handlers:
                _handlers[lease.kind](session, lease.payload)
            elif lease.kind not in _outside:
                raise LookupError(f"no handler for jobs of kind {lease.kind}")
            _finish(session, lease)
    except Exception as error:
        log.exception(
            "job failed: kind=%s id=%s attempt=%d", lease.kind, lease.job_id, lease.attempts
        )
        _put_back(database, lease, error)
        return False
    return True


class LeaseLost(RuntimeError):
    """Another worker took the job over: this one's work is rolled back."""


def _done() -> dict[str, Any]:
    """What finishing writes. The payload goes: it may hold an address or the link of a mail."""
    return {"finished_at": clock.now(), "lease_until": None, "error": None, "payload": {}}


def _finish(session: Session, lease: Lease) -> None:
    done = session.execute(
        update(Job)
        .where(Job.id == lease.job_id, Job.lease_token == lease.token, Job.finished_at.is_(None))
        .values(_done())
    )
    if _count(done) != 1:
        raise LeaseLost(lease.job_id)


def _put_back(database: Database, lease: Lease, error: Exception) -> None:
    if isinstance(error, LeaseLost):
        return
    now = clock.now()
    spent = lease.attempts > len(PAUSES)
    pause = PAUSES[min(lease.attempts, len(PAUSES)) - 1]
    with database.transaction() as session:
        session.execute(
            update(Job)
            .where(Job.id == lease.job_id, Job.lease_token == lease.token)
            .values(
                run_at=now + pause,
                dead_at=now if spent else None,
                lease_token=None,
                lease_until=None,
                error=f"{type(error).__name__}: {error}"[:500],
            )
        )


def each(session: Session, rows: Iterable[Row], act: Callable[[Row], object]) -> int:
    """Do something to every row; one that fails is undone by itself, told to the log, and keeps no
    other one from its turn. Returns how many went well."""
    done = 0
    for row in rows:
        try:
            with session.begin_nested():
                act(row)
            done += 1
        except Exception:
            log.exception("one row of a batch failed: %s", type(row).__name__)
    return done


def run_ready(database: Database, limit: int = 100_000) -> int:
    """Work off everything that is ready now; returns how many jobs were run."""
    for count in range(limit):
        lease = claim(database)
        if lease is None:
            return count
        work(database, lease)
    return limit


def run_forever(database: Database, stop: threading.Event) -> None:
    """Work until told to stop. A broken database or handler never ends the loop."""
    due: dict[str, float] = {}
    while not stop.is_set():
        try:
            run_ticks(database, due)
            lease = claim(database)
            if lease is not None:
                work(database, lease)
                continue
        except Exception:
            log.exception("worker could not reach the queue")
        stop.wait(IDLE_SECONDS)


def run_ticks(database: Database, due: dict[str, float]) -> None:
    """Do the repeated work whose time has come; `due` remembers when each is next."""
    for name, (seconds, tick) in _ticks.items():
        if time.monotonic() < due.get(name, 0.0):
            continue
        due[name] = time.monotonic() + seconds
        try:
            tick(database)
        except Exception:
            log.exception("repeated work failed: %s", name)
        run_ready(database, BETWEEN_TICKS)  # nobody's mail waits for all that a start has to do


def retry_dead(session: Session, job_id: str) -> bool:
    """Give a job that was laid aside a new start."""
    revived = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.dead_at.is_not(None))
        .values(dead_at=None, attempts=0, run_at=clock.now())
    )
    return _count(revived) > 0


def counts(session: Session) -> dict[str, int]:
    """Waiting, overdue (> 5 minutes) and dead jobs, for health checks and metrics."""
    now = clock.now()
    open_job = Job.finished_at.is_(None) & Job.dead_at.is_(None)
    late = open_job & (Job.run_at < now - timedelta(minutes=5))
    dead = Job.dead_at.is_not(None)
    row = session.execute(
        select(
            func.count().filter(open_job), func.count().filter(late), func.count().filter(dead)
        ).select_from(Job)
    ).one()
    return {"waiting": row[0], "late": row[1], "dead": row[2]}


def release(session: Session) -> None:
    """Take back the leases of a worker that is known to have died, so that nobody waits for them
    to run out. A worker that lives after all finds its lease lost and rolls back."""
    held = Job.finished_at.is_(None) & Job.lease_token.is_not(None)
    session.execute(update(Job).where(held).values(lease_token=None, lease_until=None))


def _count(result: Result[Any]) -> int:
    """How many rows a change touched."""
    return cast("CursorResult[Any]", result).rowcount


def waiting(session: Session, kind: str, limit: int) -> dict[str, dict[str, Any]]:
    """Id → payload of jobs of a kind that no worker has begun, so that one handler can do the work
    of many; `finish` them afterwards."""
    ready = (
        select(Job)
        .where(
            Job.kind == kind,
            Job.finished_at.is_(None),
            Job.dead_at.is_(None),
            Job.lease_token.is_(None),
            Job.run_at <= clock.now(),
        )
        .order_by(Job.run_at)
        .limit(limit)
    )
    return {job.id: job.payload for job in session.scalars(ready)}


def finish(database: Database, job_ids: Iterable[str]) -> None:
    """Mark jobs as done whose work another job's handler did."""
    ids = list(job_ids)
    if ids:
        with database.transaction() as session:
            done = update(Job).where(Job.id.in_(ids)).values(_done())
            session.execute(done)


@every(3600, "forget finished jobs")
def forget_finished(database: Database, older_than: timedelta = timedelta(days=7)) -> None:
    """Delete finished jobs; what they did is in the audit trail."""
    with database.transaction() as session:
        session.execute(delete(Job).where(Job.finished_at < clock.now() - older_than))
