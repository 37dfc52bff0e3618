"""The indexer is killed at any moment: what was acknowledged is found, once, and as it is now."""

import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock, jobs
from portal.core.db import Database
from portal.core.models import Job
from portal.needs.models import Need, NeedText
from portal.search import jobs as search_jobs
from portal.search.engine import EmbeddedEngine
from portal.search.index import Manifest
from portal.search.results import SearchRequest
from portal.search.sources import every_document
from portal.thesaurus import services
from portal.thesaurus.live import Live
from portal.thesaurus.store import get_thesaurus, put_in_force, shipped
from tests.drills.conftest import Ground
from tests.drills.effort import rounds
from tests.integration import test_thesaurus_releases as releasing
from tests.support.served import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
KILLS = rounds(10, 100)
RELEASES = rounds(2, 10)
CHANGES = 40
TEXT = "Gesucht wird ein Wechselrichter mit Siliziumkarbid, 800 V, und eine Festkörperbatterie."
WITHIN_SECONDS = 60


class Indexer:
    """The worker that is killed and started again."""

    def __init__(self, instance: Path) -> None:
        command = [sys.executable, "-m", "tests.drills.indexer", str(instance)]
        pipe = subprocess.PIPE
        self._parent = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        self._pid = 0
        self._expect("ready")

    def _read(self) -> str:
        assert self._parent.stdout is not None
        return self._parent.stdout.readline().strip()

    def _expect(self, word: str) -> None:
        said = self._read()
        assert said == word, said

    def start(self, *words: str) -> None:
        assert self._parent.stdin is not None
        self._parent.stdin.write(" ".join(words) + "\n")
        self._parent.stdin.flush()
        self._pid = int(self._read())

    def kill(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        self._expect("dead")

    def end(self) -> None:
        assert self._parent.stdin is not None
        self._parent.stdin.close()
        self._parent.wait(30)
        assert self._parent.stdout is not None
        self._parent.stdout.close()


@dataclass
class Writer:
    """Writes, changes and withdraws needs as the portal's verbs do: row and job together."""

    database: Database
    company: str
    chance: random.Random
    acknowledged: int = 0
    rows: dict[str, str] = field(default_factory=dict)  # id → the word that only it has now

    def write(self, changes: int, together: int = 1) -> None:
        """Some transactions of some changes each."""
        for _ in range(changes):
            with self.database.transaction() as session:
                for _ in range(together):
                    self._one(session)
                    session.flush()

    def _one(self, session: Session) -> None:
        kind = self.chance.random()
        if kind < 0.5 or not self.rows:
            row = self._new(session)
        else:
            row = session.get_one(Need, self.chance.choice(sorted(self.rows)))
            row.version += 1
        row.changed_at = clock.now()
        if kind < 0.85:
            word = f"zq{self.acknowledged:06}x"
            text = session.scalars(select(NeedText).where(NeedText.need_id == row.id)).one()
            text.title, self.rows[row.id] = f"Bedarf {word}", word
        else:
            row.state = "withdrawn"
            self.rows.pop(row.id, None)
        jobs.enqueue(session, "index.update", {"kind": "need", "id": row.id})
        self.acknowledged += 1

    def _new(self, session: Session) -> Need:
        row = Need(company_id=self.company, category="traction-inverter", state="published")
        row.published_at = clock.now()
        row.texts = [NeedText(locale="de", title="", description=TEXT)]
        session.add(row)
        session.flush()
        return row


@dataclass
class Scene:
    """A portal's database and index, somebody who writes and the one who is killed."""

    ground: Ground
    engine: EmbeddedEngine  # a reader's
    writer: Writer
    indexer: Indexer
    chance: random.Random
    busy: int = 0  # kills while a job was being done or a build was under way
    torn: int = 0  # kills that left files of an unfinished commit or build
    waits: list[float] = field(default_factory=list)

    def kill(self, seconds: float, begun: Callable[[], bool]) -> None:
        """Half of the times at some moment of the next seconds, else when something has just
        begun; notes what it hit."""
        if self.chance.random() < 0.5:
            time.sleep(self.chance.uniform(0, seconds))
        else:
            until = time.monotonic() + 10 * seconds
            while not begun() and time.monotonic() < until:
                time.sleep(0.001)
            time.sleep(self.chance.uniform(0, 0.01))
        self.indexer.kill()
        self.busy += self.at_work()
        self.torn += bool(self.strays())

    def at_work(self, kind: str | None = None) -> bool:
        """Whether a job is held by somebody."""
        with self.ground.database.reading() as session:
            held = select(Job.id).where(Job.lease_token.is_not(None), Job.finished_at.is_(None))
            held = held.where(Job.kind == kind) if kind else held
            return session.scalars(held.limit(1)).first() is not None

    def strays(self) -> list[str]:
        """What lies in the folder and belongs to no commit."""
        home, here = self.engine.folder.folder, self.engine.folder.current()
        known = {*Manifest.read(here).files, "manifest.json", "seal.json", here.name, "CURRENT"}
        found = [p.name for p in (*home.iterdir(), *here.iterdir())]
        return [n for n in found if n not in known and not n.endswith("lock")]

    def everything_is_found(self) -> None:
        """Wait until index and database agree; no longer than promised."""
        began = time.monotonic()
        eventually(self._agree, WITHIN_SECONDS)
        self.waits.append(time.monotonic() - began)
        listed = [record.id for record in self.engine.records()]
        assert len(listed) == len(set(listed)), "a row is there twice"
        for row_id in self.chance.sample(sorted(self.writer.rows), min(5, len(self.writer.rows))):
            found = self.engine.search(SearchRequest(self.writer.rows[row_id], "de"))
            assert [hit.id for hit in found.hits] == [row_id]

    def _agree(self) -> bool:
        assert self.engine.health().ok, "the index was lost"
        return not search_jobs.differences(self.engine, self.ground.database)


@pytest.fixture
def scene(ground: Ground) -> Iterator[Scene]:
    chance = random.Random(11)
    engine = EmbeddedEngine(ground.instance / "index", shipped())
    search_jobs.rebuild(engine, ground.database)
    company = ground.people["meyer"].org_id
    assert company is not None
    indexer = Indexer(ground.instance)
    yield Scene(
        ground, engine, Writer(ground.database, company, chance), indexer, chance
    )  # fmt: skip
    indexer.end()


def test_kills_while_changes_are_written(scene: Scene) -> None:
    """Every other time the leases of the dead are given back, as under the supervisor; every
    third time each commit writes all segments anew."""
    for number in range(KILLS):
        words = ["release"] * (number % 2) + ["merge"] * (number % 3 == 0)
        scene.writer.write(CHANGES // 2)
        scene.indexer.start(*words)
        scene.writer.write(CHANGES // 2 if number % 4 else 0)
        scene.kill(0.3, scene.at_work)
        scene.indexer.start(*["release"] * (number % 2))
        scene.everything_is_found()
        scene.indexer.kill()
        assert len(scene.strays()) < 12, "files of the dead pile up"
    told("changes", scene, KILLS)
    assert scene.busy + scene.torn > KILLS // 4, "the drill did not hit"


def test_kills_while_the_index_is_built(scene: Scene) -> None:
    """The old index answers all the time; what was left half done goes with the next build."""
    scene.writer.write(CHANGES)
    search_jobs.rebuild(scene.engine, scene.ground.database)
    for _ in range(KILLS // 2):
        scene.indexer.start("rebuild")
        scene.writer.write(CHANGES // 8)
        scene.kill(0.5, lambda: bool(scene.strays()))
        assert scene.engine.health(deep=True).ok
        assert len([n for n in scene.strays() if n.startswith("g-")]) <= 1
    scene.indexer.start("release")
    scene.everything_is_found()
    scene.indexer.kill()
    told("builds", scene, KILLS // 2)
    assert scene.torn > KILLS // 10, "the drill did not hit"


def test_kills_while_a_release_is_brought_in(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(services.rules, "problems", lambda *_: {})
    database = scene.ground.database
    scene.writer.write(CHANGES, together=25)
    search_jobs.rebuild(scene.engine, database)
    try:
        for number in range(RELEASES):
            word = f"Festkörper{number}" if number % 2 else "Siliziumkarbid"
            releasing.publish(database, releasing.changed("solid-state-battery", de=[word]))
            scene.indexer.start("release")
            eventually(lambda: scene.at_work(services.RELEASE_JOB), WITHIN_SECONDS)
            scene.kill(2, lambda: scene.at_work(services.RELEASE_JOB))
        scene.indexer.start("release")
        live = Live(database, scene.engine.use)
        live.catch_up()
        wanted = (scene.engine.folder.release, "")
        eventually(lambda: scene.engine.folder.marks() == wanted, WITHIN_SECONDS)
        scene.everything_is_found()
        scene.indexer.kill()
        fresh = EmbeddedEngine(tmp_path / "fresh", get_thesaurus())
        with database.reading() as session:
            fresh.rebuild(every_document(session))
        assert releasing.contents(scene.engine) == releasing.contents(fresh)
    finally:
        put_in_force(shipped())
    told("releases", scene, RELEASES)
    assert scene.busy, "the drill did not hit"


def told(what: str, scene: Scene, kills: int) -> None:
    """Figures for whoever runs the drill with -s."""
    folder = scene.engine.folder.folder
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    print(
        f"{what}: {kills} kills, {scene.busy} in work, {scene.torn} left files,"
        f" {scene.writer.acknowledged} changes, found after"
        f" {statistics.median(scene.waits):.1f} s (longest {max(scene.waits):.1f} s),"
        f" {size >> 10} KiB, {scene.engine.stats()['segments']}"
    )
