"""Repeated work of the desk's search."""

from portal.core import jobs
from portal.core.db import Database
from portal.service_requests.finding import index

DAILY = 24 * 3600


@jobs.every(DAILY, "complete the words of requests")
def complete(database: Database) -> None:
    """At the worker's start and once a day: what bulk loading wrote past the portal."""
    index.complete(database)
