"""Repeated work: files that nobody confirmed are forgotten."""

from portal.core import jobs
from portal.core.db import Database
from portal.fact_sheets import services


@jobs.every(6 * 3600, "forget files of self-assessments")
def forget(database: Database) -> None:
    with database.transaction() as session:
        services.forget_old(session)
