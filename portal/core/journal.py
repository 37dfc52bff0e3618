"""What is written down while pages are only read: who of the base looked at what, and sign-ins
that failed. It has a file of its own: noting must neither wait for the database nor hold it, and
must stay although the request that it belongs to is refused.
"""

import hashlib
import hmac
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from portal.core import clock
from portal.core.i18n import BASE_ZONE

log = logging.getLogger("portal.journal")
# A reader's page is never held up longer than this by another writer.
WAIT_SECONDS = 0.2
TABLES = {
    "staff_view": (
        *("day", "user_id", "role", "kind", "object_id", "organisation_id", "reason", "times"),
        *("first_at", "last_at"),
    ),
    "security_event": ("at", "kind", "user_id", "subject", "address"),
}
_SCHEMA = """
CREATE TABLE IF NOT EXISTS staff_view (
  day TEXT NOT NULL, user_id TEXT NOT NULL, role TEXT NOT NULL, kind TEXT NOT NULL,
  object_id TEXT NOT NULL, organisation_id TEXT, reason TEXT NOT NULL DEFAULT '',
  times INTEGER NOT NULL, first_at TEXT NOT NULL, last_at TEXT NOT NULL,
  PRIMARY KEY (day, user_id, kind, object_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ix_staff_view_organisation ON staff_view (organisation_id, day);
CREATE TABLE IF NOT EXISTS security_event (
  at TEXT NOT NULL, kind TEXT NOT NULL, user_id TEXT, subject TEXT, address TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS ix_security_event_user ON security_event (user_id, at);
CREATE INDEX IF NOT EXISTS ix_security_event_at ON security_event (at);
"""


@dataclass(frozen=True)
class View:
    """A member of the staff looked at an object; `times` that day, by the base's clock. The
    organisation it belongs to and the reason are filled in afterwards."""

    day: str
    user_id: str
    role: str
    kind: str
    object_id: str
    organisation_id: str | None
    reason: str
    times: int
    first_at: str
    last_at: str


@dataclass(frozen=True)
class Event:
    """Something to do with security: of a known person, or of an address that is known by its
    keyed hash alone."""

    at: str
    kind: str
    user_id: str | None
    subject: str | None
    address: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


def stamp(moment: datetime) -> str:
    """A moment as it stands in the journal; texts sort by time."""
    return clock.iso_z(moment)


class Journal:
    """Two tables in an SQLite file beside the database."""

    def __init__(self, folder: Path, key: str) -> None:
        self.path = folder / "journal.sqlite3"
        self._key = key.encode()

    def subject(self, text: str) -> str:
        """How what somebody typed is recognised again without being kept."""
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=WAIT_SECONDS)) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(_SCHEMA)
            with connection:
                yield connection

    def viewed(self, user_id: str, role: str, kind: str, object_id: str) -> None:
        """Count a look; one that cannot be noted at once is reported in the log, not waited for."""
        now = clock.now()
        day, at = now.astimezone(ZoneInfo(BASE_ZONE)).date().isoformat(), stamp(now)
        row = View(day, user_id, role, kind, object_id, None, "", 1, at, at)
        try:
            with self._open() as connection:
                connection.execute(
                    "INSERT INTO staff_view VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE"
                    " SET times = times + 1, last_at = excluded.last_at",
                    astuple(row),
                )
        except sqlite3.Error as error:
            log.warning("a look was not noted: %s", type(error).__name__)

    def note(
        self, kind: str, *, user_id: str | None = None, subject: str | None = None, address: str
    ) -> None:
        """Add a security event."""
        event = Event(stamp(clock.now()), kind, user_id, subject, address)
        try:
            with self._open() as connection:
                connection.execute("INSERT INTO security_event VALUES (?,?,?,?,?)", astuple(event))
        except sqlite3.Error as error:
            log.warning("a security event was not noted: %s", type(error).__name__)

    def unbound(self, limit: int = 500) -> list[View]:
        """Looks of which it is not known yet whose object it was."""
        query = "SELECT * FROM staff_view WHERE reason = '' LIMIT ?"
        with self._open() as connection:
            return [View(*row) for row in connection.execute(query, (limit,))]

    def bind(self, rows: Iterable[View]) -> None:
        """Fill in organisation and reason."""
        with self._open() as connection:
            connection.executemany(
                "UPDATE staff_view SET organisation_id = ?, reason = ?"
                " WHERE day = ? AND user_id = ? AND kind = ? AND object_id = ?",
                [
                    (v.organisation_id, v.reason, v.day, v.user_id, v.kind, v.object_id)
                    for v in rows
                ],
            )

    def views_of(self, organisation_id: str, limit: int = 200) -> list[View]:
        """Who of the base looked at an organisation's records, newest day first."""
        query = (
            "SELECT * FROM staff_view WHERE organisation_id = ?"
            " ORDER BY day DESC, kind, object_id LIMIT ?"
        )
        with self._open() as connection:
            return [View(*row) for row in connection.execute(query, (organisation_id, limit))]

    def views_by(self, user_id: str) -> list[View]:
        """What a member of the staff looked at."""
        query = "SELECT * FROM staff_view WHERE user_id = ? ORDER BY day DESC"
        with self._open() as connection:
            return [View(*row) for row in connection.execute(query, (user_id,))]

    def events_of(self, user_id: str, limit: int = 1000) -> list[Event]:
        """Security events of a person, newest first."""
        query = "SELECT * FROM security_event WHERE user_id = ? ORDER BY at DESC LIMIT ?"
        with self._open() as connection:
            return [Event(*row) for row in connection.execute(query, (user_id, limit))]

    def forget(self, table: str, before: datetime) -> int:
        """Delete what is older; returns how many rows went."""
        query = {
            "staff_view": "DELETE FROM staff_view WHERE last_at < ?",
            "security_event": "DELETE FROM security_event WHERE at < ?",
        }[table]
        with self._open() as connection:
            return connection.execute(query, (stamp(before),)).rowcount

    def erase(self, user_id: str, email: str) -> None:
        """Delete where somebody signed in from, and what was tried with the address."""
        with self._open() as connection:
            connection.execute(
                "DELETE FROM security_event WHERE user_id = ? OR subject = ?",
                (user_id, self.subject(email)),
            )

    def truncate(self) -> None:
        """Empty the write-ahead log, so that deleted rows are in no file any more."""
        with closing(sqlite3.connect(self.path, timeout=5)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
