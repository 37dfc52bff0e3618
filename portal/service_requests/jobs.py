"""Repeated work of service requests: what was solved and not objected to is closed."""

from portal.core import jobs
from portal.core.db import Database
from portal.service_requests import services


@jobs.every(600, "close solved requests")
def close_solved(database: Database) -> None:
    with database.transaction() as session:
        services.close_solved(session)
