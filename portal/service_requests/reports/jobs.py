"""Repeated work of reports: facts of requests that have none yet, and the report of each month."""

import logging
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.core import clock, i18n, jobs
from portal.core.db import Database
from portal.core.files import FileStore, Upload, store
from portal.service_requests import calendars, clocks, facts
from portal.service_requests.models import MonthlyReport, ServiceRequest
from portal.service_requests.reports import monthly, paper

log = logging.getLogger("portal.service_requests")
# Few enough for a transaction that is over long before another writer gives up waiting for it.
AT_ONCE = 25
FACTS_JOB = "report.facts"


@jobs.every(6 * 3600, "reports of the month")
def look_after(database: Database) -> None:
    """Begin what is missing."""
    with database.transaction() as session:
        monthly.ask_for_last_month(session)
        jobs.enqueue(session, FACTS_JOB, {}, dedupe=FACTS_JOB)


@jobs.handles(FACTS_JOB)
def measure(session: Session, payload: dict[str, Any]) -> None:
    """Facts of requests that were written before there were any, some at a time."""
    ids = facts.without_facts(session, AT_ONCE, str(payload.get("after", "")))
    rows = list(session.scalars(select(ServiceRequest).where(ServiceRequest.id.in_(ids))))
    calendar, now = calendars.load(session), clock.now()
    pauses = clocks.pauses_of(session, rows)
    for request in rows:
        facts.keep(session, request, calendar, pauses[request.id], now)
    if len(ids) == AT_ONCE:
        jobs.enqueue(session, FACTS_JOB, {"after": ids[-1]})


def register(settings: Settings, files: FileStore) -> None:
    """Let the worker make reports and keep them in this store."""

    @jobs.handles_outside(monthly.JOB)
    def make(database: Database, payload: dict[str, Any]) -> None:
        report_id = str(payload["id"])
        try:
            _make(database, settings, files, report_id)
        except Exception:
            log.exception("a monthly report failed: report=%s", report_id)
            with database.transaction() as session:
                monthly.fail(session, session.get_one(MonthlyReport, report_id))


def _tell(database: Database, report_id: str, **values: Any) -> None:
    with database.transaction() as session:
        session.execute(update(MonthlyReport).where(MonthlyReport.id == report_id).values(**values))


def _make(database: Database, settings: Settings, files: FileStore, report_id: str) -> None:
    with database.reading() as session:
        row = session.get(MonthlyReport, report_id)
    if row is None or row.file_id is not None:
        return
    _tell(database, report_id, state="running", done=1)
    with i18n.use_locale(row.locale, i18n.BASE_ZONE):
        with database.reading() as session:
            month = paper.read(session, row.month)
        _tell(database, report_id, done=2)
        page = paper.html(month, settings)
        _tell(database, report_id, done=3)
        body = paper.pdf(page)
    name = paper.file_name(row.month, row.locale)
    with database.transaction() as session:
        file = store(session, files, Upload(name, "application/pdf", body), None)
        monthly.finish(session, session.get_one(MonthlyReport, report_id), file.id)
