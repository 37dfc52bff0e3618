"""Erasing a person by the data map, in the database and in every copy outside it."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Table, Text, cast, delete, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Organisation, User
from portal.capabilities.models import Capability
from portal.companies.models import Company
from portal.config import Settings
from portal.core import audit, clock, jobs
from portal.core.access import SYSTEM
from portal.core.db import Database
from portal.core.journal import Journal
from portal.core.models import Job
from portal.needs.models import Need
from portal.privacy import exporting, mapping
from portal.privacy.models import EXPORT, PrivacyRequest
from portal.privacy.person import Person, find, is_last_owner, own
from portal.privacy.scrubbing import scrub

log = logging.getLogger("portal.privacy")
LIST = "erasures.jsonl"
# What stands where something was and may not be missing; a hash that no password fits.
_EMPTY = {"password_hash": "!"}


@dataclass(frozen=True)
class Places:
    """Where data lie outside the database."""

    settings: Settings
    journal: Journal


def erase(database: Database, places: Places, user_id: str) -> None:
    """Take a person out of everything. What was interrupted is done again from the beginning:
    the database, by which the person is known, comes last."""
    with database.reading() as session:
        who = find(session, user_id)
    forget_copies(places, who)
    note(places.settings.instance, user_id)
    with database.transaction() as session:
        archives = _archives(session, who)
        _close_if_left(session, user_id)
        erase_rows(session, who)
    for name in archives:
        (places.settings.instance / exporting.FOLDER / name).unlink(missing_ok=True)
    empty_log(database)


def erase_rows(session: Session, who: Person) -> None:
    """The part inside the database, in the transaction of the caller."""
    _drop_mails(session, who)
    scrub(session, who)
    for table, lines in mapping.tables():
        _delete(session, table, lines, who)
        _change(session, table, lines, who)
    user = session.get(User, who.id, populate_existing=True)
    if user is not None:
        user.disabled_at = user.disabled_at or clock.now()
        audit.record(session, SYSTEM, "privacy.erase", user)


def _drop_mails(session: Session, who: Person) -> None:
    """Mails to the person that wait or were laid aside, and links they asked for."""
    text = cast(Job.payload, Text)
    needles = {who.email, json.dumps(who.email)[1:-1]}
    named = or_(*(text.icontains(needle, autoescape=True) for needle in needles))
    waiting = select(Job).where(Job.finished_at.is_(None), named)
    for job in session.scalars(waiting):
        reader = (job.payload.get("to") or [job.payload.get("email")])[0]
        if isinstance(reader, str) and reader.casefold() == who.email:
            session.delete(job)
    session.flush()


def _delete(session: Session, table: Table, lines: tuple[mapping.Line, ...], who: Person) -> None:
    """Rows that name the person and go with them."""
    for line in lines:
        column = table.c[line.column]
        names = {key.target_fullname for key in column.foreign_keys}
        if line.erase == "row" and (line.links or "user_account.id" in names):
            value = who.email if line.export == "link-email" else who.id
            session.execute(delete(table).where(column == value))


def _change(session: Session, table: Table, lines: tuple[mapping.Line, ...], who: Person) -> None:
    """Columns of the person's rows that are emptied or get the pseudonym."""
    where = own(table, lines, who)
    values = {
        line.column: _left(table, line, who)
        for line in lines
        if line.erase in ("null", "pseudonym")
    }
    if where is not None and values:
        session.execute(update(table).where(where).values(values))


def _left(table: Table, line: mapping.Line, who: Person) -> Any:
    """What stands in a column afterwards."""
    column = table.c[line.column]
    if line.erase == "pseudonym":
        return who.pseudonym if line.column == "name" else _address(line, who)
    if column.nullable:
        return None
    return _EMPTY.get(line.column, {} if isinstance(column.type, JSON) else "")


def _address(line: mapping.Line, who: Person) -> str:
    return "" if line.column == "domain_key" else who.erased_email


def _close_if_left(session: Session, user_id: str) -> None:
    """An organisation whose last owner goes is no longer shown to anybody."""
    user = session.get(User, user_id)
    if user is None:
        return
    session.refresh(user, ["membership"])
    if not is_last_owner(session, user) or user.membership is None:
        return
    company = session.get(Company, user.membership.organisation_id)
    if company is None:
        return
    for row in (company, *_shown(session, company.id)):
        row.state, row.changed_at = "draft", clock.now()
        row.version += 1
        named = {"kind": row.__tablename__, "id": row.id}
        jobs.enqueue(session, "index.update", named, dedupe=f"{row.__tablename__}:{row.id}")
    audit.record(session, SYSTEM, "privacy.close-organisation", session.get(
        Organisation, company.id))  # fmt: skip


def _shown(session: Session, company_id: str) -> Iterator[Capability | Need]:
    yield from session.scalars(
        select(Capability).where(
            Capability.company_id == company_id, Capability.state == "published"
        )
    )
    yield from session.scalars(
        select(Need).where(Need.company_id == company_id, Need.state == "published")
    )


def _archives(session: Session, who: Person) -> list[str]:
    """Names of the archives that the person asked for."""
    rows = session.scalars(
        select(PrivacyRequest).where(
            PrivacyRequest.user_id == who.id, PrivacyRequest.kind == EXPORT
        )
    )
    names = []
    for row in rows:
        names += [row.file] if row.file else []
        row.file, row.state = "", "expired"
    return names


def forget_copies(places: Places, who: Person) -> None:
    """What lies beside the database: mails written as files, counters of tries, failed ones."""
    instance = places.settings.instance
    for path in (instance / "mail").glob("*.eml"):
        if _names_them(path, who):
            path.unlink(missing_ok=True)
    _forget_counters(instance / "limits.sqlite3", who)
    places.journal.erase(who.id, who.email)
    places.journal.truncate()


def _names_them(path: Path, who: Person) -> bool:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    body: Any = message.get_body(("plain",)) if hasattr(message, "get_body") else None
    text = f"{message['To']}\n{message['Subject']}\n{body.get_content() if body else ''}"
    return who.email in text.casefold() or who.name in text


def _forget_counters(path: Path, who: Person) -> None:
    """Counters of tries bear the address."""
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=5)) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        with connection:
            connection.execute("DELETE FROM rate_counter WHERE instr(key, ?)", (who.email,))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def note(instance: Path, user_id: str) -> None:
    """Add the person's id to the list that a restored backup is held against."""
    line = json.dumps({"id": user_id, "at": clock.iso_z(clock.now())})
    with (instance / LIST).open("a", encoding="ascii") as file:
        file.write(f"{line}\n")
    (instance / LIST).chmod(0o600)


def listed(path: Path) -> list[str]:
    """Ids in a list of erasures, each once."""
    if not path.exists():
        return []
    rows = (json.loads(line) for line in path.read_text(encoding="ascii").splitlines() if line)
    return list(dict.fromkeys(row["id"] for row in rows))


def empty_log(database: Database) -> None:
    """Truncate SQLite's write-ahead log: what was overwritten is in no file any more. While
    somebody reads it cannot be; the worker tries again with the next erasure and once a day."""
    if database.engine.dialect.name != "sqlite":
        return
    with closing(database.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        cursor.close()
    if busy:
        log.warning("the write-ahead log is in use and was not emptied yet")
