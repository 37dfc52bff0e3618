"""Repeated work of text modules."""

from portal.core import jobs
from portal.core.db import Database
from portal.service_requests.text_modules import shipped

DAILY = 24 * 3600


@jobs.every(DAILY, "load text modules")
def load(database: Database) -> None:
    """At the worker's start and once a day, like holidays: a new version brings its new texts."""
    with database.transaction() as session:
        shipped.load(session)
