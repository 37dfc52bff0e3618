"""Repeated work of service requests: closing what was solved, clocks, calendars."""

import logging
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import jobs
from portal.core.db import Database
from portal.service_requests import (
    calendars_keeping,
    calendars_loading,
    clocks,
    escalation,
    rules,
    services,
)
from portal.service_requests.models import ServiceRequest

log = logging.getLogger("portal.service_requests")
DAILY = 24 * 3600
# Few enough for a transaction that is over long before another writer gives up waiting for it.
AT_ONCE = 20


@jobs.every(600, "close solved requests")
def close_solved(database: Database) -> None:
    count = AT_ONCE
    while count == AT_ONCE:
        with database.transaction() as session:
            count = services.close_solved(session, AT_ONCE)


@jobs.every(60, "watch the clocks of requests")
def watch_clocks(database: Database) -> None:
    """Each request in a transaction of its own: one that fails does not keep the others from it."""
    with database.reading() as session:
        due = clocks.due_for_escalation(session)
    for request_id in due:
        try:
            with database.transaction() as session:
                escalation.escalate(session, request_id)
        except Exception:
            log.exception("clock could not be watched: request=%s", request_id)


@jobs.every(DAILY, "load holidays")
def load_holidays(database: Database) -> None:
    """At the worker's start and once a day: new years, alarms, clocks that nobody has read yet."""
    with database.reading() as session:
        calendars_loading.ask_library(session)
    with database.transaction() as session:
        calendars_keeping.load_years(session)
        calendars_keeping.warn(session)
        jobs.enqueue(session, "clocks.refresh", {}, dedupe="clocks.refresh")


@jobs.handles("clocks.refresh")
def refresh_clocks(session: Session, payload: dict[str, Any]) -> None:
    """Read the clocks of all open requests again, some at a time."""
    after = str(payload.get("after", ""))
    query = select(ServiceRequest).where(
        ServiceRequest.state.in_(rules.OPEN), ServiceRequest.id > after
    )
    rows = list(session.scalars(query.order_by(ServiceRequest.id).limit(AT_ONCE)))
    for request in rows:
        clocks.refresh(session, request)
    if len(rows) == AT_ONCE:
        jobs.enqueue(session, "clocks.refresh", {"after": rows[-1].id})
