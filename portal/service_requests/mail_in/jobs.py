"""Repeated work about mails that came in: forgetting what was kept of old ones."""

from datetime import timedelta

from portal.config import Settings
from portal.core import clock, jobs
from portal.core.db import Database
from portal.service_requests.mail_in import queries

DAILY = 24 * 3600


def register(settings: Settings) -> None:
    """Let the worker forget senders and subjects after the time that the operator set. Messages
    that became part of a conversation stay there."""

    @jobs.every(DAILY, "forget received mails")
    def forget(database: Database) -> None:
        before = clock.now() - timedelta(days=settings.mail_keep_days)
        with database.transaction() as session:
            queries.forget_before(session, before)
