"""The clock of retention: what is older than its class allows is deleted in small batches."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, delete, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.accounts.models import Invitation, Notice, OneTimeToken, User, UserSession
from portal.core import audit, clock, jobs, mail
from portal.core.db import Database
from portal.core.limits import DatabaseStorage
from portal.core.models import AuditEvent, FormReceipt, Job, State
from portal.disclosure.models import PageView
from portal.privacy import exporting, mapping
from portal.privacy.erasing import Places, empty_log
from portal.privacy.models import EXPORT, PrivacyRequest
from portal.privacy.person import is_last_owner
from portal.service_requests.models import BulkChange, ReceivedMail, RequestDraft, RequestPresence

BATCH = 500
STATE = "retention"
INACTIVE = "inactive"
WARNING = timedelta(days=30)
# One run never works longer than this; what is left waits for the next day.
MOST_SECONDS = 120.0
_MAIL = Job.kind == "mail.send"


@dataclass(frozen=True)
class Rule:
    """Rows of a table that go so long after a moment of their own."""

    key: str
    moment: InstrumentedAttribute[Any]
    only: ColumnElement[bool] | None = None


RULES = (
    Rule("session", UserSession.expires_at),
    Rule("link", OneTimeToken.expires_at),
    Rule("receipt", FormReceipt.created_at),
    Rule("draft", RequestDraft.changed_at),
    Rule("presence", RequestPresence.seen_at),
    Rule("job", Job.finished_at),
    Rule("dead-mail", Job.dead_at, _MAIL),
    Rule("dead-job", Job.dead_at, ~_MAIL),
    Rule("received-mail", ReceivedMail.received_at),
    Rule("notice", Notice.read_at),
    Rule("invitation", Invitation.expires_at),
    Rule("bulk", BulkChange.created_at),
    Rule("wish", PrivacyRequest.done_at),
    Rule("page-view", PageView.day),
)


def life(key: str, places: Places) -> timedelta:
    """How long a class is kept."""
    if key == "received-mail":
        return timedelta(days=places.settings.mail_keep_days)
    return timedelta(days=mapping.periods()[key].days or 0)


def run(database: Database, places: Places) -> dict[str, int]:
    """Let the clock strike; returns how much of each class was deleted."""
    until = time.monotonic() + MOST_SECONDS
    counts = {key: forget(database, places, until) for key, forget in CLASSES.items()}
    with database.transaction() as session:
        _remember(session, counts)
    empty_log(database)
    return counts


def _remember(session: Session, counts: dict[str, int]) -> None:
    """Keep for the staff's page what was deleted last, class by class."""
    row = session.get(State, STATE)
    known: dict[str, Any] = dict(row.value) if row else {}
    now = clock.iso_z(clock.now())
    told = {key: {"at": now, "count": count} for key, count in counts.items() if count}
    session.merge(State(name=STATE, value={**known, **told, "ran": {"at": now}}))


Forget = Callable[[Database, Places, float], int]


def _rows(rule: Rule) -> Forget:
    """Deletes rows by a rule, a batch in each transaction."""
    table = rule.moment.class_.__table__
    keys = list(table.primary_key.columns)

    def forget(database: Database, places: Places, until: float) -> int:
        limit: Any = clock.now() - life(rule.key, places)
        if isinstance(table.c[rule.moment.key].type, Date):
            limit = limit.date()
        old = select(*keys).where(rule.moment < limit)
        if rule.only is not None:
            old = old.where(rule.only)
        total = 0
        for batch in _batches(database, old.limit(BATCH), until):
            with database.transaction() as session:
                session.execute(delete(table).where(tuple_(*keys).in_(batch)))
            total += len(batch)
        return total

    return forget


def _batches(database: Database, query: Any, until: float) -> Iterator[list[Any]]:
    while time.monotonic() < until:
        with database.reading() as session:
            found = [tuple(row) for row in session.execute(query)]
        if found:
            yield found
        if len(found) < BATCH:
            return


def _events(database: Database, places: Places, until: float) -> int:
    """The audit trail, from its beginning."""
    total, gone = 0, BATCH
    while gone == BATCH and time.monotonic() < until:
        with database.transaction() as session:
            gone = audit.prune(session, clock.now() - life("audit", places), BATCH)
        total += gone
    return total


def _copies(database: Database, places: Places, _until: float) -> int:
    """Archives whose time is over, and those that nobody knows of."""
    folder = places.settings.instance / exporting.FOLDER
    with database.transaction() as session:
        made = (PrivacyRequest.kind == EXPORT, PrivacyRequest.file != "")
        rows = list(session.scalars(select(PrivacyRequest).where(*made)))
        over = [row for row in rows if row.expires_at and row.expires_at < clock.now()]
        for row in over:
            (folder / row.file).unlink(missing_ok=True)
            row.file, row.state = "", "expired"
        known = {row.file for row in rows if row.file}
    lost = [path for path in folder.glob("*.zip") if path.name not in known and _is_old(
        path.stat().st_mtime, life("export", places))]  # fmt: skip
    for path in lost:
        path.unlink(missing_ok=True)
    return len(over) + len(lost)


def _is_old(written: float, kept: timedelta) -> bool:
    return datetime.fromtimestamp(written, clock.now().tzinfo) < clock.now() - kept


def _mail_files(_database: Database, places: Places, _until: float) -> int:
    """Mails that were written as files."""
    kept = life("sent-mail", places)
    old = [path for path in (places.settings.instance / "mail").glob("*.eml")
           if _is_old(path.stat().st_mtime, kept)]  # fmt: skip
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _journal(key: str, table: str) -> Forget:
    def forget(_database: Database, places: Places, _until: float) -> int:
        return places.journal.forget(table, clock.now() - life(key, places))

    return forget


def _unused(database: Database, places: Places, _until: float) -> int:
    """Warn people who have not signed in for long; the erasure itself waits for its day. The last
    owner of an organisation is left to the staff."""
    since = clock.now() - life(INACTIVE, places) + WARNING
    with database.transaction() as session:
        people = [user for user in _asleep(session, since) if not is_last_owner(session, user)]
        for user in people:
            _warn(session, user)
    return len(people)


def _asleep(session: Session, since: datetime) -> list[User]:
    """Members without a sign-in since a moment, of whom no erasure waits."""
    awake = select(AuditEvent.actor_id).where(AuditEvent.at >= since, AuditEvent.actor_id.is_not(
        None))  # fmt: skip
    waiting = select(PrivacyRequest.user_id).where(
        PrivacyRequest.kind != EXPORT, PrivacyRequest.state.in_(("waiting", "done"))
    )
    query = select(User).where(
        User.created_at < since,
        User.staff_role.is_(None),
        User.id.not_in(awake),
        User.id.not_in(waiting),
    )
    users = list(session.scalars(query.limit(BATCH)))
    for user in users:
        session.refresh(user, ["membership"])
    return users


def _warn(session: Session, user: User) -> None:
    due = clock.now() + WARNING
    row = PrivacyRequest(user_id=user.id, kind=INACTIVE, due_at=due)
    session.add(row)
    session.flush()
    jobs.enqueue_at(session, "privacy.erase", {"id": row.id}, due, f"erase:{row.id}")
    to = mail.Recipient(user.email, user.name, user.locale, user.timezone)
    context = {"due": due.isoformat()}
    mail.enqueue(session, to, "accounts/unused", context, "/account/privacy")


def _counters(_database: Database, places: Places, _until: float) -> int:
    """Counters of tries whose window is over."""
    storage = DatabaseStorage(places.settings.instance / "limits.sqlite3")
    storage.forget_old()
    storage.close()
    return 0


# Every class that time ends, and what deletes it.
CLASSES: dict[str, Forget] = {
    **{rule.key: _rows(rule) for rule in RULES},
    "audit": _events,
    "export": _copies,
    "sent-mail": _mail_files,
    "security": _journal("security", "security_event"),
    "view": _journal("view", "staff_view"),
    "counter": _counters,
    INACTIVE: _unused,
}
