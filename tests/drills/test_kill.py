"""Workers are killed while they write: nothing acknowledged is lost, nothing is there twice."""

import os
import random
import shutil
import signal
import time
import urllib.parse
import urllib.request
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.models import Job
from portal.needs.models import Need, NeedText
from tests.drills import processes
from tests.drills.conftest import Ground
from tests.drills.writers import Ledger, Writer, running
from tests.support.served import Site, eventually, portal, served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
# A job worker takes seconds to start again, a web worker is forked at once.
VICTIMS = ("web", "web", "jobs") * 6 + ("web", "web")
WRITES_BETWEEN = 2
REDUCED = "The search index is being rebuilt."


def test_twenty_kills_lose_nothing_that_was_acknowledged(ground: Ground) -> None:
    with served(ground.instance, workers=2) as site:
        writers = [
            Writer(name, site.address, ground.token(name), ground.token("li"))
            for name in ("meyer", "smith")
        ]
        for writer in writers:
            writer.start()
        killed = kill_all_around(ground, site, writers)
        ledger = Ledger()
        for writer in writers:
            ledger.add(writer.end())
    assert len(killed) == len(VICTIMS)
    assert len(set(killed)) == len(killed), "each victim was a process of its own"
    assert len(ledger.published) >= len(VICTIMS)
    assert ledger.cut > 0, "no call was ever cut off: the drill did not hit"
    with served(ground.instance, workers=2) as site:
        eventually(lambda: outbox_is_empty(ground), 60)
        assert "as in the database" in portal(site.env, "index", "check")
    everything_is_there_once(ground, ledger)


def kill_all_around(ground: Ground, site: Site, writers: list[Writer]) -> list[int]:
    """Kill web worker and job worker by turns, each while it works; returns whom."""
    chance, acknowledged, killed = random.Random(20), running(writers), []
    for kind in VICTIMS:
        before = acknowledged()
        eventually(lambda b=before: acknowledged() >= b + WRITES_BETWEEN or failed(writers), 60)
        if kind == "jobs":
            victim = eventually(lambda: processes.job_worker(site.pid), 60)
            eventually(lambda: at_work(ground) or failed(writers), 60)
        else:
            time.sleep(chance.random() / 20)  # anywhere in a request
            victim = chance.choice(eventually(lambda: processes.web_workers(site.pid), 30))
        processes.kill(victim)
        killed.append(victim)
    eventually(lambda: processes.job_worker(site.pid), 30)
    return killed


def failed(writers: list[Writer]) -> bool:
    return any(writer.failure for writer in writers)


def at_work(ground: Ground) -> bool:
    """Whether a job was taken within the last moment."""
    fresh = clock.now() + timedelta(seconds=118)
    with ground.database.reading() as session:
        leased = select(Job.id).where(Job.lease_until > fresh, Job.finished_at.is_(None))
        return session.scalars(leased.limit(1)).first() is not None


def outbox_is_empty(ground: Ground) -> bool:
    """Nothing is left to do, but for what is due in months."""
    soon = clock.now() + timedelta(days=1)
    with ground.database.reading() as session:
        open_jobs = select(Job.id).where(Job.finished_at.is_(None), Job.run_at < soon)
        return session.scalars(open_jobs.limit(1)).first() is None


def everything_is_there_once(ground: Ground, ledger: Ledger) -> None:
    with ground.database.reading() as session:
        states = {row.id: row.state for row in session.execute(select(Need.id, Need.state))}
        titles = [(row.need_id, row.title) for row in session.scalars(select(NeedText))]
    assert ledger.created.items() <= dict(titles).items()
    assert {states[row_id] for row_id in ledger.published} == {"published"}
    assert len({title for _id, title in titles}) == len(titles), "a need is there twice"


def test_search_goes_on_without_an_index_and_heals(ground: Ground) -> None:
    """While the worker is held back, titles answer and the page says so; then all is as before."""
    with served(ground.instance, workers=2) as site:
        eventually(lambda: REDUCED not in searched(site))
        worker = eventually(lambda: processes.job_worker(site.pid))
        os.kill(worker, signal.SIGSTOP)
        try:
            eventually(lambda: processes.state(worker) == "T", 10)
            shutil.rmtree(ground.instance / "index")
            for _again in range(4):  # whichever web worker answers
                page = searched(site)
                assert REDUCED in page
                assert "Bracket meyer-0" in page
        finally:
            os.kill(worker, signal.SIGCONT)
        began = time.monotonic()
        eventually(lambda: REDUCED not in searched(site), 30)
        assert time.monotonic() - began < 20
        assert "Bracket meyer-0" in searched(site)
        assert "as in the database" in portal(site.env, "index", "check")


def searched(site: Site) -> str:
    """The search page; raises when the answer is not 200."""
    words = urllib.parse.quote("Bracket meyer-0")
    with urllib.request.urlopen(f"{site.address}/en/search?q={words}", timeout=30) as answer:
        return str(answer.read().decode())
