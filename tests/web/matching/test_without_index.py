"""While the index is gone, damaged or being built, pages and programs are answered from the
database and told so; then everything is as before, without a restart."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from portal.accounts import queries as accounts
from portal.accounts import rules, services
from portal.config import Settings
from portal.core import clock, jobs
from portal.core.db import Database
from portal.core.models import Job
from portal.factory import create_app
from portal.search import integrity, sources
from portal.search import jobs as search_jobs
from portal.search.index import REBUILDING
from portal.web.app import Portal
from tests.support.client import Browser
from tests.support.people import Person

Open = Callable[..., Browser]
# Of the search page, of the pages of matches.
TOLD = {
    "en": ("only titles that contain your words are found", "made from the category alone"),
    "zh-hans": ("仅能找到标题中含有所输词语的内容", "此列表仅按类别生成"),
    "de": ("nur Titel gefunden, die Ihre Wörter enthalten", "entsteht diese Liste allein aus der"),
}
WORDS = "Traktionswechselrichter"


def bitten(folder: Path) -> None:
    path = max(folder.glob("g-*/*.pst"), key=lambda p: p.stat().st_size)
    with path.open("r+b") as file:
        first = file.read(1)
        file.seek(0)
        file.write(bytes([first[0] ^ 1]))


def without_a_file(folder: Path) -> None:
    next(folder.glob("g-*/*.doc")).unlink()


def replaced(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("not a folder")


HARMS: list[Callable[[Path], Any]] = [shutil.rmtree, bitten, without_a_file, replaced]


@pytest.fixture
def worker(app: Portal, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    """The job worker has an index of its own; what the site has open it cannot touch."""
    monkeypatch.setattr(integrity, "WATCH_SECONDS", 0.0)
    other = create_app(settings)  # registers its jobs instead of those of the site
    of_index = {name: tick for name, tick in jobs._ticks.items() if "index" in name}
    monkeypatch.setattr(jobs, "_ticks", of_index)
    search_jobs.rebuild(other.engine, other.database)
    jobs.run_ready(other.database)
    yield other
    other.database.engine.dispose()
    other.limiter.storage.close()


@pytest.fixture
def program(
    app: Portal, database: Database, people: dict[str, Person]
) -> Callable[[str, str], Any]:
    """Asks the API as meyer."""
    with database.transaction() as session:
        user = accounts.user(session, people["meyer"].id)
        assert user is not None
        token = services.create_token(session, rules.actor_of(user), "t", ["read"])[1]

    def ask(path: str, locale: str) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": locale}
        answer = app.test_client().get(f"/api/v1{path}", headers=headers)
        assert answer.status_code == 200
        return answer.get_json()

    return ask


def test_pages_and_programs_are_answered_and_told(
    browser: Open, need: str, capability: str, worker: Portal, program: Any
) -> None:
    readers = {slug: browser("meyer", slug) for slug in TOLD}
    for harm in HARMS:
        for slug, reader in readers.items():
            whole(reader, program, slug, need, capability)
        harm(worker.settings.index_folder)
        for slug, reader in readers.items():
            reduced(reader, program, slug, need, capability)
        jobs.run_ticks(worker.database, {})
    for slug, reader in readers.items():
        whole(reader, program, slug, need, capability)
    assert states(worker.database) == ["done"] * len(HARMS)


def whole(reader: Browser, program: Any, slug: str, need: str, capability: str) -> None:
    """The Chinese text is found with a German word, and the lists compare texts."""
    searched, listed = reader.get(f"/search?q={WORDS}"), reader.get(f"/needs/{need}/matches")
    for told in TOLD[slug]:
        assert told not in searched
        assert told not in listed
    assert f"/capabilities/{capability}" in searched
    assert f"/capabilities/{capability}" in listed
    found = program(f"/search?q={WORDS}", slug)
    assert not found["reduced"]
    assert {hit["id"] for hit in found["results"]} == {need, capability}
    assert "reduced" not in program(f"/needs/{need}/matches", slug)


def reduced(reader: Browser, program: Any, slug: str, need: str, capability: str) -> None:
    searched, listed = reader.get(f"/search?q={WORDS}"), reader.get(f"/needs/{need}/matches")
    assert searched.status == listed.status == 200
    assert TOLD[slug][0] in searched
    assert TOLD[slug][1] in listed
    assert f"/needs/{need}" in searched
    assert f"/capabilities/{capability}" not in searched
    assert f"/capabilities/{capability}" in listed
    found = program(f"/search?q={WORDS}", slug)
    assert found["reduced"]
    assert [hit["id"] for hit in found["results"]] == [need]
    matches = program(f"/needs/{need}/matches", slug)
    assert matches["reduced"]
    assert matches["matches"]


def states(database: Database) -> list[str]:
    """What became of the jobs that build the index anew, oldest first."""
    with database.reading() as session:
        rows = session.scalars(
            select(Job).where(Job.kind == search_jobs.REBUILD).order_by(Job.run_at)
        )
        return ["done" if row.finished_at else "waiting" for row in rows]


def test_a_rebuild_that_fails_is_tried_again_with_growing_pauses(
    need: str, worker: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    def full(_session: Any) -> Any:
        nonlocal tries
        tries += 1
        raise OSError(28, "No space left on device")

    real = sources.every_document
    monkeypatch.setattr(sources, "every_document", full)
    shutil.rmtree(worker.settings.index_folder)
    now = clock.now()
    for seconds, tried in ((0, 1), (2, 1), (4, 1), (6, 2), (30, 2), (67, 3), (300, 3)):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            jobs.run_ticks(worker.database, {})
            jobs.run_ready(worker.database)
        assert tries == tried, f"after {seconds} s"
    assert states(worker.database) == ["waiting"]
    generations = list(worker.settings.index_folder.glob("g-*"))
    assert len(generations) <= 1, "failed builds pile up"
    monkeypatch.setattr(sources, "every_document", real)
    with time_machine.travel(now + timedelta(seconds=400), tick=False):
        jobs.run_ticks(worker.database, {})
    assert worker.engine.health().ok
    assert states(worker.database) == ["done"]


def test_what_is_written_meanwhile_is_found_afterwards(
    make_need: Callable[..., str], need: str, worker: Portal
) -> None:
    shutil.rmtree(worker.settings.index_folder)
    later = make_need(title="Prüfstand")
    jobs.run_ready(worker.database)  # no tick has run: the first change heals
    assert worker.engine.ids().keys() >= {need, later}
    assert search_jobs.differences(worker.engine, worker.database) == []


def test_one_worker_rebuilds(need: str, worker: Portal) -> None:
    (worker.settings.index_folder / "CURRENT").unlink()
    with worker.engine.folder.locked(REBUILDING):  # as another process holds it
        assert not search_jobs.heal(worker.engine, worker.database)
    assert states(worker.database) == []
    assert search_jobs.heal(worker.engine, worker.database)
    assert search_jobs.heal(worker.engine, worker.database)
    assert states(worker.database) == ["done"]


def test_an_old_copy_of_the_folder_is_brought_up_to_date(
    make_need: Callable[..., str], need: str, worker: Portal, tmp_path: Path
) -> None:
    """As after a backup was put back: the index is whole, but knows old things."""
    folder = worker.settings.index_folder
    shutil.copytree(folder, tmp_path / "copy")
    later = make_need(title="Prüfstand")
    with worker.database.transaction() as session:
        session.get_one(sources.Need, need).state = "withdrawn"
        jobs.enqueue(session, "index.update", {"kind": "need", "id": need})
    jobs.run_ready(worker.database)
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "copy", folder)
    fresh = create_app(worker.settings)
    assert fresh.engine.ids().keys() >= {need}
    assert later not in fresh.engine.ids()
    assert search_jobs.repair(fresh.engine, fresh.database) == 2
    assert search_jobs.differences(fresh.engine, fresh.database) == []
    fresh.database.engine.dispose()
    fresh.limiter.storage.close()
