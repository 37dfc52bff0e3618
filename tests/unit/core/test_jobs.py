"""The outbox: nothing lost, nothing done for work that rolled back, failures put back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal.core import clock, jobs
from portal.core.db import Database
from portal.core.models import Job

done: list[str] = []


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    done.clear()
    jobs.handles("test.note")(lambda _session, payload: done.append(payload["name"]))

    def fail(_database: Database, _payload: dict[str, object]) -> None:
        raise RuntimeError("broken")

    jobs.handles_outside("test.fail")(fail)
    yield
    jobs._handlers.pop("test.note")
    jobs._outside.pop("test.fail")


def put(database: Database, kind: str, name: str = "a", dedupe: str | None = None) -> None:
    with database.transaction() as session:
        jobs.enqueue(session, kind, {"name": name}, dedupe=dedupe)


def test_jobs_run_in_order(database: Database) -> None:
    put(database, "test.note", "first")
    put(database, "test.note", "second")
    assert jobs.run_ready(database) == 2
    assert done == ["first", "second"]


def test_rolled_back_work_sends_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        jobs.enqueue(session, "test.note", {"name": "never"})
        _ = 1 / 0
    assert jobs.run_ready(database) == 0


def test_one_waiting_job_of_a_name_is_enough(database: Database) -> None:
    put(database, "test.note", dedupe="x")
    put(database, "test.note", dedupe="x")
    assert jobs.run_ready(database) == 1
    put(database, "test.note", dedupe="x")
    assert jobs.run_ready(database) == 1


def test_failure_is_tried_again_later_and_laid_aside_at_last(database: Database) -> None:
    put(database, "test.fail")
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(len(jobs.PAUSES) + 1):
            assert jobs.run_ready(database) == 1
            assert jobs.run_ready(database) == 0
            traveller.shift(timedelta(hours=5))
    with database.reading() as session:
        job = session.scalars(select(Job)).one()
    assert job.dead_at is not None
    assert job.error == "RuntimeError: broken"


def test_released_leases_are_ready_at_once(database: Database) -> None:
    put(database, "test.note", "kept")
    lost = jobs.claim(database)
    assert lost is not None
    with database.transaction() as session:
        jobs.release(session)
    assert jobs.run_ready(database) == 1
    assert not jobs.work(database, lost)


def test_dead_worker_leaves_its_job_to_the_next(database: Database) -> None:
    put(database, "test.note", "kept")
    lost = jobs.claim(database)
    assert lost is not None
    assert jobs.claim(database) is None
    with time_machine.travel(clock.now() + jobs.LEASE + timedelta(seconds=1), tick=False):
        assert jobs.run_ready(database) == 1
        assert not jobs.work(database, lost)
    assert done == ["kept", "kept"]
    with database.reading() as session:
        assert session.scalars(select(Job)).one().attempts == 2


def test_nobody_waits_for_all_the_repeated_work_of_a_start(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_ticks", {})
    jobs.every(60, "test.first")(lambda database: put(database, "test.note", "a mail"))
    jobs.every(60, "test.slow")(lambda _database: done.append("slow work"))
    jobs.run_ticks(database, {})
    assert done == ["a mail", "slow work"]
