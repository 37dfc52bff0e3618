"""Waiting and repeated work of privacy: copies, erasures, the clock of retention, and whose
records the staff have looked at."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.config import Settings
from portal.core import audit, clock, jobs, mail
from portal.core.access import SYSTEM
from portal.core.db import Database
from portal.core.files import FileStore
from portal.core.i18n import lazy_gettext as _l
from portal.core.journal import Journal
from portal.core.models import AuditEvent
from portal.privacy import binding, erasing, exporting, person, retention, services
from portal.privacy.erasing import Places
from portal.privacy.models import PrivacyRequest

DAILY = 86_400
notices.declare("privacy.copy", _l("The copy of your data is ready"), "download")


def register(settings: Settings, files: FileStore, journal: Journal) -> None:
    """Let the worker do it with these settings."""
    places = Places(settings, journal)

    @jobs.handles_outside(services.EXPORT_JOB)
    def export(database: Database, payload: dict[str, Any]) -> None:
        make_copy(database, places, files, payload["id"])

    @jobs.handles_outside(services.ERASE_JOB)
    def erase(database: Database, payload: dict[str, Any]) -> None:
        erase_due(database, places, payload["id"])

    @jobs.every(DAILY, "retention")
    def clock_strikes(database: Database) -> None:
        retention.run(database, places)

    @jobs.every(60, "whose records were looked at")
    def whose(database: Database) -> None:
        binding.bind(database, journal)


def make_copy(database: Database, places: Places, files: FileStore, request_id: str) -> None:
    """Write the archive and tell the person; done once."""
    with database.reading() as session:
        row = session.get(PrivacyRequest, request_id)
        if row is None or row.state != "waiting":
            return
        who = person.find(session, row.user_id)
        name, size = exporting.write(session, files, places.journal, places.settings.instance, who)
    with database.transaction() as session:
        _finish(session, request_id, name, size)


def _finish(session: Session, request_id: str, name: str, size: int) -> None:
    row = session.get_one(PrivacyRequest, request_id)
    now = clock.now()
    row.state, row.done_at, row.file, row.size = "done", now, name, size
    row.expires_at = now + services.COPY_LIFE
    audit.record(session, SYSTEM, "privacy.copy-made", row)
    user = accounts.user(session, row.user_id)
    if user is None:
        return
    path, context = "/account/privacy", {"expires": row.expires_at.isoformat()}
    notices.tell_users(session, [user], "privacy.copy", {}, path=path, dedupe=f"copy:{row.id}")
    mail.enqueue(session, accounts.recipient(user), "accounts/copy", context, path)


def erase_due(database: Database, places: Places, request_id: str) -> None:
    """Erase whoever still wants it; an unused account only if it is unused still."""
    with database.transaction() as session:
        row = session.get(PrivacyRequest, request_id)
        if row is None or row.state != "waiting" or row.due_at > clock.now():
            return
        if _used_again(session, row) or _left_behind(session, row):
            row.state, row.done_at = "cancelled", clock.now()
            return
        user_id = row.user_id
    erasing.erase(database, places, user_id)
    with database.transaction() as session:
        done = session.get_one(PrivacyRequest, request_id)
        done.state, done.done_at = "done", clock.now()


def _used_again(session: Session, row: PrivacyRequest) -> bool:
    """Whether an account that nobody used was used since the warning."""
    since = select(AuditEvent.seq).where(
        AuditEvent.actor_id == row.user_id, AuditEvent.at > row.asked_at
    )
    return row.kind == retention.INACTIVE and session.scalar(since.limit(1)) is not None


def _left_behind(session: Session, row: PrivacyRequest) -> bool:
    """Whether colleagues would be left without an owner: one became the last meanwhile."""
    user = accounts.user(session, row.user_id)
    if user is None:
        return True
    return person.is_last_owner(session, user) and bool(person.colleagues(session, user))
