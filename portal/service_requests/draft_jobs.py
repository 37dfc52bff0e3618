"""Repeated work of drafts."""

from portal.core import jobs
from portal.core.db import Database
from portal.service_requests import drafts


@jobs.every(86_400, "forget old drafts")
def forget_old_drafts(database: Database) -> None:
    with database.transaction() as session:
        drafts.forget_old(session)
