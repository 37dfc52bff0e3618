"""Background matching: a changed need against all capabilities, a changed capability against all
open needs.

A run waits until its own record is in the index. Of a need and a capability published at the same
time the later run then sees the other one, so that no pair is missed.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.capabilities.models import Capability
from portal.core import jobs
from portal.core.db import Database
from portal.disclosure.queries import MEMBER
from portal.evidence.services import EVIDENCE
from portal.matching import digest, refresh, services, sides
from portal.matching.pairs import Pair
from portal.matching.sides import Side
from portal.search.engine import EmbeddedEngine
from portal.search.index import IndexUnavailable

WAIT = timedelta(seconds=1)
MAX_WAITS = 20


def register(engine: EmbeddedEngine) -> None:
    """Let the worker match with this index."""

    for side in (sides.NEED, sides.CAPABILITY):
        jobs.handles_outside(f"matching.{side.name}")(partial(_match_job, engine, side))

    @jobs.handles(EVIDENCE)
    def evidence_changed(session: Session, payload: dict[str, Any]) -> None:
        for row_id in _published(session, payload["company"], payload["capability"]):
            jobs.enqueue(session, "matching.capability", {"id": row_id}, dedupe=row_id)

    @jobs.handles(refresh.DIGEST)
    def mail_digest(session: Session, payload: dict[str, Any]) -> None:
        digest.send(session, engine, payload)


def _published(session: Session, company_id: str, capability_id: str) -> list[str]:
    """Published capabilities of a company, or the one of this id."""
    query = select(Capability.id).where(
        Capability.company_id == company_id, Capability.state == "published"
    )
    if capability_id:
        query = query.where(Capability.id == capability_id)
    return list(session.scalars(query.order_by(Capability.id)))


def _match_job(
    engine: EmbeddedEngine, side: Side, database: Database, payload: dict[str, Any]
) -> None:
    if not _waits(engine, side, database, payload):
        _match(side, engine, database, payload["id"])


def _waits(engine: EmbeddedEngine, side: Side, database: Database, payload: dict[str, Any]) -> bool:
    """Put the job off while the index lacks its record; after many attempts go on without."""
    waited = int(payload.get("waited", 0))
    if waited >= MAX_WAITS or engine.scorer().snapshot.locate(payload["id"]) is not None:
        return False
    with database.reading() as session:
        if not side.is_open(session, payload["id"]):
            return False
    again = {"id": payload["id"], "waited": waited + 1}
    with database.transaction() as session:
        jobs.enqueue(
            session, f"matching.{side.name}", again, dedupe=f"wait:{payload['id']}", delay=WAIT
        )
    return True


def _match(side: Side, engine: EmbeddedEngine, database: Database, row_id: str) -> None:
    """Match one record by its id, store the result, tell both sides. Raises IndexUnavailable.

    Both sides read what is stored, so it rests on what any member may see of either.
    """
    pairs: Sequence[Pair] = ()
    with database.reading() as session:
        row = side.read(session, row_id)
        if row is not None and side.is_open(session, row_id):
            pairs = _whole(services.fresh_for(session, engine, MEMBER.seen(row), MEMBER))
    with database.transaction() as session:
        rows = refresh.store(session, side.column, row_id, pairs)
        if row is not None:
            refresh.tell_about(session, row, pairs[: services.LIMIT], rows)


match_need = partial(_match, sides.NEED)
match_capability = partial(_match, sides.CAPABILITY)


def _whole(pairs: list[Pair] | None) -> list[Pair]:
    """A reduced list must not replace a whole one: the queue tries again later."""
    if pairs is None:
        raise IndexUnavailable("matches are not refreshed without the index")
    return pairs
