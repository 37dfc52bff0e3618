"""An index that was hurt answers as before or not at all, whoever notices: 800 damaged copies."""

import copy
import json
import os
import random
import shutil
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from portal.search import integrity
from portal.search.documents import Document, TextPart
from portal.search.engine import EmbeddedEngine
from portal.search.index import IndexFolder, IndexUnavailable
from portal.search.integrity import Integrity
from portal.search.results import SearchRequest
from portal.thesaurus.store import shipped
from tests.drills import damage
from tests.drills.effort import rounds

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
COPIES = rounds(80, 800)
DEMO = Path(__file__).parents[2] / "portal/demo/data"
QUESTIONS = (
    "Wechselrichter", "固态电池", "wiring harness", "800 V SiC", "车规级 MCU", "Prüfstand",
    '"battery pack"', "lidar -radar", "invertor", "",
)  # fmt: skip
How = Callable[[Path], EmbeddedEngine]


def documents(names: str, kind: str) -> Iterator[Document]:
    lines = (DEMO / names).read_text("utf-8").splitlines()
    for number, row in enumerate(map(json.loads, lines)):
        fields = {"title": "title", "summary": "summary", "description": "body"}
        parts = (
            TextPart(fields[name], lang, text)
            for lang, texts in row["texts"].items()
            for name, text in texts.items()
        )
        facets = {"category": (row["category"],), "market": tuple(row.get("markets", ()))}
        yield Document(
            row["ref"], kind, tuple(parts), facets, {row["category"]: 1.0}, 1_700_000_000 + number
        )


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedEngine:
    """An index of several segments with deletions, beside it an older state of it."""
    home = tmp_path_factory.mktemp("damage")
    built = EmbeddedEngine(home / "index", shipped())
    rows = list(islice(documents("capabilities-1.jsonl", "capability"), 60))
    built.rebuild(rows[:40])
    shutil.copytree(home / "index", home / "older")
    built.update(rows[40:], [rows[0].id, rows[7].id])
    built.update(documents("needs.jsonl", "need"))
    assert len(built.stats()["segments"]) == 3
    return built


def reading(engine: EmbeddedEngine, folder: Path) -> EmbeddedEngine:
    """What another process sees of a folder."""
    other = copy.copy(engine)
    other.folder = IndexFolder(folder, engine.folder.analyser, engine.folder.release)
    other._scorer = other._stamp = None
    return other


def answers(engine: EmbeddedEngine) -> list[Any]:
    """Everything that a reader can be told."""
    told: list[Any] = [sorted(engine.records())]
    for text in QUESTIONS:
        found = engine.search(SearchRequest(text, "en", limit=100))
        hits = [(h.id, round(h.score, 5), h.concepts, h.words) for h in found.hits]
        told.append((text, found.total, hits, found.facets, found.corrections))
    query = "碳化硅 traction inverter für 800 V mit IATF 16949"
    told.append([(s.id, round(s.share, 5)) for s in engine.relevant(query, "capability")])
    return told


@pytest.fixture(scope="module")
def right(engine: EmbeddedEngine) -> list[Any]:
    return answers(engine)


@pytest.fixture(params=["a new process", "a new process that trusts a seal", "an open index"])
def when(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(integrity, "WATCH_SECONDS", 0.0)
    if "seal" in request.param:  # as for files of many megabytes
        monkeypatch.setattr(integrity, "SEALED_FROM", 1)
    return str(request.param)


def test_damaged_copies(
    engine: EmbeddedEngine, right: list[Any], tmp_path: Path, when: str
) -> None:
    chance = random.Random(when)
    outcome = Counter(
        hurt(engine, right, tmp_path / "index", when, chance) for _ in range(COPIES // 3 + 1)
    )
    assert outcome["refused"] > outcome["as before"]
    print(f"{when}: {dict(outcome)}")


def hurt(
    engine: EmbeddedEngine, right: list[Any], folder: Path, when: str, chance: random.Random
) -> str:
    """Damage a copy and ask: what came of it, after it was made sure that nothing is wrong."""
    fresh_copy(engine.folder.folder, folder)
    reader = reading(engine, folder)
    if when != "a new process":
        assert reader.health().ok
    if "seal" in when:
        assert (damage.generation(folder) / integrity.SEAL).exists()
        reader = reading(engine, folder)
    harm = chance.choices(list(damage.HARMS), list(damage.HARMS.values()))[0]
    harm(folder, chance)
    try:
        told = answers(reader)
    except IndexUnavailable:
        return "refused"
    finally:
        unlock(folder)
    assert told == right, f"silently wrong after {harm.__name__}"
    return "as before"


def fresh_copy(index: Path, folder: Path) -> None:
    for name in ("index", "older", "elsewhere"):
        path = folder.with_name(name)
        path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(index, folder)
    shutil.copytree(index.with_name("older"), folder.with_name("older"))
    current = damage.generation(folder).name
    (folder.with_name("older") / "CURRENT").write_text(current)


def unlock(folder: Path) -> None:
    """So that the copy can be removed."""
    for path in (folder, *folder.glob("g-*")) if folder.is_dir() else ():
        if not path.is_symlink():
            path.chmod(0o700)


@pytest.mark.parametrize("check", ["check", "disturbed"])
def test_without_the_checks_answers_would_be_wrong(
    engine: EmbeddedEngine,
    right: list[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    check: str,
) -> None:
    """The drill is worth something: it finds wrong answers when nobody compares checksums."""
    monkeypatch.setattr(Integrity, check, lambda *_, **__: False)
    chance, wrong = random.Random(5), 0
    for _ in range(40):
        folder = tmp_path / "index"
        fresh_copy(engine.folder.folder, folder)
        reader = reading(engine, folder)
        if check == "disturbed":
            assert reader.health().ok
        path = chance.choice(sorted(damage.generation(folder).glob("*.pst")))
        middle = path.stat().st_size // 2  # weights: numbers of documents could run out of memory
        content = struct.pack("<500f", *(chance.uniform(1, 9) for _ in range(500)))
        damage._over(path, middle + chance.randrange(middle - 2000) // 4 * 4, content)
        wrong += answers(reader) != right
    assert wrong > 10


def test_damage_below_the_file_system_is_found_and_ends_the_use_everywhere(
    engine: EmbeddedEngine, right: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither size nor times tell; the worker reads everything and says so to all others."""
    monkeypatch.setattr(Integrity, "disturbed", lambda _: False)
    folder = tmp_path / "index"
    fresh_copy(engine.folder.folder, folder)
    worker, web = reading(engine, folder), reading(engine, folder)
    assert answers(web) == right
    assert worker.health(deep=True).ok
    path = max(damage.generation(folder).glob("*.pst"), key=lambda p: p.stat().st_size)
    before = path.stat()
    damage._over(path, before.st_size - 400, bytes(400))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert worker.health().ok, "not noticed by looking"
    assert not worker.health(deep=True).ok
    with pytest.raises(IndexUnavailable):
        answers(web)


def test_damage_is_not_merged_into_a_new_segment(engine: EmbeddedEngine, tmp_path: Path) -> None:
    """A checksum over copied damage would be right for ever."""
    folder = tmp_path / "index"
    fresh_copy(engine.folder.folder, folder)
    writer = reading(engine, folder)
    ids = sorted(writer.ids())
    path = max(damage.generation(folder).glob("*.pst"), key=lambda p: p.stat().st_size)
    writer.scorer()
    damage._over(path, path.stat().st_size - 400, bytes(400))
    writer.folder.integrity._next = float("inf")  # it does not look
    with pytest.raises(IndexUnavailable, match="damaged"):
        writer.update([], ids[: len(ids) // 2])  # so many that all is written anew


def test_an_older_state_that_comes_back_is_noticed(
    engine: EmbeddedEngine, right: list[Any], tmp_path: Path
) -> None:
    """It is whole and fits together; only who has seen a newer one can tell, or the database."""
    folder = tmp_path / "index"
    fresh_copy(engine.folder.folder, folder)
    reader = reading(engine, folder)
    assert answers(reader) == right
    shutil.rmtree(damage.generation(folder))
    shutil.copytree(
        damage.generation(folder.with_name("older")), damage.generation(folder), symlinks=True
    )
    for _ in range(2):
        with pytest.raises(IndexUnavailable, match="older"):
            answers(reader)
