"""Repeated work of the rules of markets."""

from portal.core import jobs
from portal.core.db import Database
from portal.market_rules import shipped

DAILY = 24 * 3600


@jobs.every(DAILY, "load rules of markets")
def load(database: Database) -> None:
    """At the worker's start and once a day: a new version of the portal brings its new rules."""
    with database.transaction() as session:
        shipped.load(session)
