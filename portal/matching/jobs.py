"""Background matching: a changed need against all capabilities, a changed capability against all
open needs.

A run waits until its own record is in the index. Of a need and a capability published at the same
time the later run then sees the other one, so that no pair is missed.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.core import jobs
from portal.core.db import Database
from portal.matching import digest, queries, refresh, services
from portal.matching.models import Match
from portal.matching.pairs import Pair
from portal.search.engine import EmbeddedEngine
from portal.search.index import IndexUnavailable

WAIT = timedelta(seconds=1)
MAX_WAITS = 20


def register(engine: EmbeddedEngine) -> None:
    """Let the worker match with this index."""

    @jobs.handles_outside("matching.need")
    def need(database: Database, payload: dict[str, Any]) -> None:
        if not _waits(engine, database, "matching.need", payload, queries.is_open_need):
            match_need(engine, database, payload["id"])

    @jobs.handles_outside("matching.capability")
    def capability(database: Database, payload: dict[str, Any]) -> None:
        if not _waits(engine, database, "matching.capability", payload, queries.is_open_capability):
            match_capability(engine, database, payload["id"])

    @jobs.handles(refresh.DIGEST)
    def mail_digest(session: Session, payload: dict[str, Any]) -> None:
        digest.send(session, engine, payload)


def _waits(
    engine: EmbeddedEngine,
    database: Database,
    kind: str,
    payload: dict[str, Any],
    is_open: Callable[[Session, str], bool],
) -> bool:
    """Put the job off while the index lacks its record; after many attempts go on without."""
    waited = int(payload.get("waited", 0))
    if waited >= MAX_WAITS or engine.scorer().snapshot.locate(payload["id"]) is not None:
        return False
    with database.reading() as session:
        if not is_open(session, payload["id"]):
            return False
    again = {"id": payload["id"], "waited": waited + 1}
    with database.transaction() as session:
        jobs.enqueue(session, kind, again, dedupe=f"wait:{payload['id']}", delay=WAIT)
    return True


def match_need(engine: EmbeddedEngine, database: Database, need_id: str) -> None:
    """Match one need, store the result, tell both sides. Raises IndexUnavailable."""
    pairs: Sequence[Pair] = ()
    with database.reading() as session:
        need = queries.need(session, need_id)
        if need is not None and queries.is_open_need(session, need_id):
            pairs = _whole(services.fresh_for_need(session, engine, need))
    with database.transaction() as session:
        rows = refresh.store(session, Match.need_id, need_id, pairs)
        if need is not None:
            refresh.tell_about_need(session, need, pairs[: services.LIMIT], rows)


def match_capability(engine: EmbeddedEngine, database: Database, capability_id: str) -> None:
    """Match one capability, store the result, tell both sides. Raises IndexUnavailable."""
    pairs: Sequence[Pair] = ()
    with database.reading() as session:
        row = queries.capability(session, capability_id)
        if row is not None and queries.is_open_capability(session, capability_id):
            pairs = _whole(services.fresh_for_capability(session, engine, row))
    with database.transaction() as session:
        rows = refresh.store(session, Match.capability_id, capability_id, pairs)
        if row is not None:
            refresh.tell_about_capability(session, row, pairs[: services.LIMIT], rows)


def _whole(pairs: list[Pair] | None) -> list[Pair]:
    """A reduced list must not replace a whole one: the queue tries again later."""
    if pairs is None:
        raise IndexUnavailable("matches are not refreshed without the index")
    return pairs
