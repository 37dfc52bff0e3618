"""The words of requests in the database's own full-text index, written with each message.

Only SQLite has the table (`request_words`, made by a migration). Another database needs an index
of its own kind behind `complete` and `matching`; until then it is asked word by word.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    event,
    func,
    or_,
    select,
    table,
    text,
)
from sqlalchemy import column as named
from sqlalchemy.orm import Mapper, Session

from portal.core.db import Database
from portal.service_requests.finding import grams
from portal.service_requests.models import RequestEntry, ServiceRequest

REQUEST, CUSTOMER, STAFF, NOTE = "request", "customer", "staff", "note"
KINDS = (REQUEST, CUSTOMER, STAFF, NOTE)
AT_ONCE = 200
_WORDS = table(
    "request_words",
    named("rowid"),
    named("words"),
    named("request_id"),
    named("entry_id"),
    named("kind"),
)
_ADD = text(
    "INSERT INTO request_words (words, request_id, entry_id, kind) "
    "VALUES (:words, :request_id, :entry_id, :kind)"
)
# Messages: events have no words of their own.
SAID = (RequestEntry.event.is_(None), RequestEntry.body != "")


class Place(NamedTuple):
    """Where something was found; without an entry it is the request itself."""

    request_id: str
    entry_id: str
    kind: str


def available(bind: Connection) -> bool:
    """Whether this database has the index."""
    return bind.dialect.name == "sqlite"


def _of_request(row: Any) -> dict[str, str]:
    said = f"{row.title}\n{row.description or ''}"
    return {"words": grams.words(said), "request_id": row.id, "entry_id": "", "kind": REQUEST}


def _of_entry(row: Any) -> dict[str, str]:
    kind = NOTE if row.internal else CUSTOMER if row.party == "customer" else STAFF
    words = grams.words(row.body)
    return {"words": words, "request_id": row.request_id, "entry_id": row.id, "kind": kind}


@event.listens_for(ServiceRequest, "after_insert")
def _request_added(_mapper: Mapper[Any], connection: Connection, row: ServiceRequest) -> None:
    if available(connection):
        connection.execute(_ADD, _of_request(row))


@event.listens_for(RequestEntry, "after_insert")
def _entry_added(_mapper: Mapper[Any], connection: Connection, row: RequestEntry) -> None:
    if row.event is None and row.body and available(connection):
        connection.execute(_ADD, _of_entry(row))


def complete(database: Database) -> int:
    """Take in what was written past the portal, as bulk loading does; returns how many lines that
    was. Some at a time, read before anything is locked: nobody waits long for the database."""
    with database.reading() as session:
        if not available(session.connection()) or not _lacks(session):
            return 0
        known = {(p[0], p[1]) for p in session.execute(_places())}
        entries = select(RequestEntry.request_id, RequestEntry.id).where(*SAID)
        wanted: list[tuple[str, str]] = [
            (i, "") for i in session.scalars(select(ServiceRequest.id))
        ]
        wanted += [(row[0], row[1]) for row in session.execute(entries)]
    missing = iter([place for place in wanted if place not in known])
    count = 0
    while some := list(islice(missing, AT_ONCE)):
        count += len(some)
        with database.reading() as session:
            lines = list(_lines(session, some))
        with database.transaction() as session:
            session.execute(_ADD, lines)
    return count


def _places() -> Select[Any]:
    return select(_WORDS.c.request_id, _WORDS.c.entry_id)


def _lacks(session: Session) -> bool:
    here = session.scalar(select(func.count()).select_from(_WORDS)) or 0
    requests = session.scalar(select(func.count()).select_from(ServiceRequest)) or 0
    said = select(func.count()).select_from(RequestEntry).where(*SAID)
    return here != requests + (session.scalar(said) or 0)


def _lines(session: Session, places: Iterable[tuple[str, str]]) -> Iterable[dict[str, str]]:
    some = list(places)
    requests = [request_id for request_id, entry_id in some if not entry_id]
    entries = [entry_id for _request_id, entry_id in some if entry_id]
    for request in session.scalars(select(ServiceRequest).where(ServiceRequest.id.in_(requests))):
        yield _of_request(request)
    for entry in session.scalars(select(RequestEntry).where(RequestEntry.id.in_(entries))):
        yield _of_entry(entry)


def matching(
    session: Session,
    question: str,
    kinds: Sequence[str],
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
) -> list[Place]:
    """Where all words of the question stand together, what was written last first. `conditions`
    narrow the requests."""
    if not grams.pieces(question):
        return []
    if not available(session.connection()):
        return _by_words(session, question, kinds, conditions, limit)
    query = (
        select(_WORDS.c.request_id, _WORDS.c.entry_id, _WORDS.c.kind)
        .join(ServiceRequest, ServiceRequest.id == _WORDS.c.request_id)
        .where(text("request_words MATCH :asked"), _WORDS.c.kind.in_(kinds), *conditions)
        .order_by(_WORDS.c.rowid.desc())
        .limit(limit)
    )
    found = session.execute(query, {"asked": grams.query(question)})
    return [Place(*row) for row in found]


def _by_words(
    session: Session,
    question: str,
    kinds: Sequence[str],
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
) -> list[Place]:
    """Without an index: messages that hold every word, read one after the other."""
    held = [RequestEntry.body.icontains(p, autoescape=True) for p in grams.pieces(question)]
    kind = {
        CUSTOMER: and_(RequestEntry.internal.is_(False), RequestEntry.party == "customer"),
        STAFF: and_(RequestEntry.internal.is_(False), RequestEntry.party == "staff"),
        NOTE: RequestEntry.internal.is_(True),
    }
    wanted = or_(*(kind[name] for name in kinds if name in kind))
    query = (
        select(RequestEntry)
        .join(RequestEntry.request)
        .where(*SAID, wanted, *held, *conditions)
        .order_by(RequestEntry.created_at.desc())
        .limit(limit)
    )
    return [
        Place(entry.request_id, entry.id, _of_entry(entry)["kind"])
        for entry in session.scalars(query)
    ]
