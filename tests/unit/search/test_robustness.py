"""Damage is noticed, never answered from; a killed writer leaves nothing behind."""

import os
import random
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from time import sleep

import pytest

from portal.search.engine import EmbeddedEngine
from portal.search.index import IndexUnavailable
from portal.search.results import SearchRequest
from portal.thesaurus.store import Concept, Thesaurus
from tests.unit.search.conftest import DOCUMENTS, document

Another = Callable[[], EmbeddedEngine]


def answer(engine: EmbeddedEngine) -> list[tuple[str, float]]:
    queries = ("Festkörperbatterie", "inverter", "车规级", "", '"silicon carbide"')
    return [
        (hit.id, round(hit.score, 5))
        for query in queries
        for hit in engine.search(SearchRequest(query)).hits
    ]


def index_files(engine: EmbeddedEngine) -> list[Path]:
    return sorted(p for p in engine.folder.current().iterdir() if p.stat().st_size)


def test_damage_is_never_silently_wrong(engine: EmbeddedEngine, another: Another) -> None:
    right = answer(engine)
    chance = random.Random(3)
    for _ in range(120):
        path = chance.choice(index_files(engine))
        before = path.read_bytes()
        path.write_bytes(damaged(before, chance))
        try:
            assert answer(another()) == right
        except IndexUnavailable:
            pass
        finally:
            path.write_bytes(before)
    assert answer(another()) == right


def damaged(before: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(before))
    kind = chance.randrange(4)
    if kind == 0:
        return before[:at]
    if kind == 1:
        return before[:at] + bytes([before[at] ^ (1 << chance.randrange(8))]) + before[at + 1 :]
    if kind == 2:
        return before[:at] + bytes(min(64, len(before) - at)) + before[at + 64 :]
    return b""


def test_damage_under_a_running_reader_is_found(engine: EmbeddedEngine) -> None:
    assert engine.health().ok
    path = next(p for p in index_files(engine) if p.suffix == ".pst")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    with path.open("r+b") as file:
        file.write(content)
    assert not engine.health(deep=True).ok
    assert engine.rebuild(DOCUMENTS) == len(DOCUMENTS)
    assert engine.health(deep=True).ok


def test_a_deleted_index_is_noticed_and_rebuilt(engine: EmbeddedEngine) -> None:
    right = answer(engine)
    for path in engine.folder.current().iterdir():
        path.unlink()
    with pytest.raises(IndexUnavailable):
        answer(engine)
    with pytest.raises(IndexUnavailable):
        engine.update([document("x", ("en", "y"))])
    engine.rebuild(DOCUMENTS)
    assert answer(engine) == right


@pytest.mark.parametrize("instead", ["file", "nothing", "empty CURRENT", "path in CURRENT"])
def test_a_folder_that_is_no_index(engine: EmbeddedEngine, another: Another, instead: str) -> None:
    folder = engine.folder.folder
    if instead in ("file", "nothing"):
        folder.rename(folder.with_name("gone"))
        if instead == "file":
            folder.write_text("not a folder")
    else:
        (folder / "CURRENT").write_text("" if instead.startswith("empty") else "../../etc")
    health = another().health()
    assert not health.ok
    assert health.problem


def test_a_folder_that_others_can_write_is_refused(
    engine: EmbeddedEngine, another: Another
) -> None:
    assert engine.folder.folder.stat().st_mode & 0o777 == 0o700
    engine.folder.folder.chmod(0o770)
    assert "others" in another().health().problem


def test_another_thesaurus_needs_another_index(engine: EmbeddedEngine, tmp_path: Path) -> None:
    changed = Thesaurus([Concept("x", "part", terms={"en": ("x thing",)})], (), "other")
    assert "thesaurus" in EmbeddedEngine(tmp_path / "index", changed).health().problem


def test_stray_files_are_removed(engine: EmbeddedEngine) -> None:
    folder = engine.folder.current()
    (folder / "portal_0123456789abcdef.pst").write_bytes(b"half a commit")
    (folder / "_portal_99.toc").write_bytes(b"never reached the manifest")
    engine.update([document("x", ("en", "gearbox"))])
    names = {p.name for p in folder.iterdir()}
    assert not names & {"portal_0123456789abcdef.pst", "_portal_99.toc"}
    (engine.folder.folder / "g-leftover").mkdir()
    engine.rebuild(DOCUMENTS)
    generations = [p for p in engine.folder.folder.iterdir() if p.is_dir()]
    assert generations == [engine.folder.current()]


def test_a_failing_document_changes_nothing(engine: EmbeddedEngine) -> None:
    right = answer(engine)

    def documents() -> object:
        yield document("fine", ("en", "gearbox"))
        raise RuntimeError("database gone")

    with pytest.raises(RuntimeError):
        engine.rebuild(documents())  # type: ignore[arg-type]
    assert answer(engine) == right
    assert engine.update([document("later", ("en", "gearbox"))]) == 1


def test_killed_writers_lose_nothing(engine: EmbeddedEngine, another: Another) -> None:
    """A writer is killed at random moments; every acknowledged id is there, none twice."""
    script = textwrap.dedent(
        f"""
        import sys
        from pathlib import Path
        from portal.search.engine import EmbeddedEngine
        from portal.thesaurus.store import Thesaurus
        from tests.unit.search.conftest import document
        folder = Path({str(engine.folder.folder)!r})
        engine = EmbeddedEngine(folder, Thesaurus.load(Path(sys.argv[1])))
        for number in range(10_000):
            name = f"{{sys.argv[2]}}-{{number}}"
            engine.update([document(name, ("en", "gearbox " + name))])
            print(name, flush=True)
        """
    )
    data = engine.folder.folder.parent / "data"
    from tests.unit.thesaurus.conftest import CONCEPTS, write

    write(data, CONCEPTS)
    chance = random.Random(11)
    acknowledged: list[str] = []
    for round_ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(data), f"r{round_}"],
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3],
        )  # fmt: skip
        assert process.stdout is not None
        acknowledged.append(process.stdout.readline().strip())
        sleep(chance.uniform(0.0, 0.4))
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += process.stdout.read().split()
        process.stdout.close()
        process.wait()
    fresh = another()
    listed = [record.id for record in fresh.records()]
    assert set(acknowledged) <= set(listed)
    assert len(listed) == len(set(listed))
    assert fresh.update([document("after", ("en", "gearbox"))]) == 1
    assert fresh.health(deep=True).ok
