"""Repeated work over many requests goes in short transactions: nobody waits long to save."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from portal.core import jobs as queue
from portal.core.db import Database
from portal.service_requests import jobs
from portal.service_requests.finding import index
from portal.service_requests.models import RequestFact, ServiceRequest
from portal.service_requests.reports import jobs as report_jobs
from tests.web.service_requests.acts import MONDAY, desk

COUNT = 5
LATER = MONDAY + timedelta(days=9)


@contextmanager
def writing(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many rows each write transaction changed."""
    changed: list[int] = []
    original = Database.transaction

    @contextmanager
    def counted(database: Database) -> Iterator[Session]:
        with original(database) as session:
            before = _changes(session)
            yield session
            session.flush()
            changed.append(_changes(session) - before)

    with monkeypatch.context() as patch:
        patch.setattr(Database, "transaction", counted)
        yield changed


def _changes(session: Session) -> int:
    return int(session.scalar(text("SELECT total_changes()")) or 0)


def left(database: Database, *conditions: Any) -> int:
    with database.reading() as session:
        query = select(func.count()).select_from(ServiceRequest).where(*conditions)
        return session.scalar(query) or 0


def test_many_solved_requests_are_closed_some_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(database) as d:
        for _ in range(COUNT):
            request = d.ask()
            d.begin(request)
            d.do("li", request, "resolve", "done")
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    with time_machine.travel(LATER, tick=False), writing(monkeypatch) as changed:
        jobs.close_solved(database)
    assert left(database, ServiceRequest.state == "closed") == COUNT
    assert len(changed) == 3


def test_clocks_and_facts_of_many_requests_are_read_some_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(database) as d:
        for _ in range(COUNT):
            d.ask()
    with time_machine.travel(MONDAY, tick=False):
        queue.run_ready(database)
    with database.transaction() as session:
        session.execute(update(ServiceRequest).values(next_due=None))
        session.execute(delete(RequestFact))
        queue.enqueue(session, "clocks.refresh", {})
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    with writing(monkeypatch):
        queue.run_ready(database)
    assert left(database, ServiceRequest.next_due.is_(None)) == 0
    with database.transaction() as session:
        session.execute(delete(RequestFact))
        queue.enqueue(session, report_jobs.FACTS_JOB, {})
    monkeypatch.setattr(report_jobs, "AT_ONCE", 2)
    with writing(monkeypatch) as changed:
        queue.run_ready(database)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RequestFact)) == COUNT
    assert len(changed) >= 6 and max(changed) <= 4  # two facts, the job that is done, the next


def test_words_that_are_missing_are_written_some_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(database) as d:
        for _ in range(COUNT):
            d.ask()
        d.session.execute(text("DELETE FROM request_words"))
    monkeypatch.setattr(index, "AT_ONCE", 2)
    with writing(monkeypatch) as changed:
        assert index.complete(database) == COUNT
    assert len(changed) == 3
    assert index.complete(database) == 0
