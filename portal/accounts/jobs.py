"""Repeated work of accounts."""

from portal.accounts import (
    blocked_files,  # noqa: F401  (tells senders of files in which a virus was found)
    mail_times,  # noqa: F401  (tells the outbox when people want their mails)
    services,
)
from portal.core import jobs
from portal.core.db import Database
from portal.web import once


@jobs.every(3600, "forget ended sessions and old links")
def forget(database: Database) -> None:
    with database.transaction() as session:
        services.forget_expired(session)
        once.forget_old(session)
