"""Repeated work of quotes: those whose last day is over expire."""

from portal.core import jobs
from portal.core.db import Database
from portal.service_requests.quotes import services


@jobs.every(600, "let old quotes expire")
def expire(database: Database) -> None:
    with database.transaction() as session:
        services.expire(session)
