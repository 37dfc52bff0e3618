"""What an analyser has built is read back by the next process, or built anew."""

from pathlib import Path

import pytest

from portal.search import readied
from portal.search.analysis import Analyser
from portal.search.engine import EmbeddedEngine
from portal.thesaurus.store import Concept, Thesaurus

TEXT = "Festkörperbatterie und Traktionswechselrichter, 固态电池"


def test_the_next_process_reads_what_was_built(engine: EmbeddedEngine) -> None:
    engine.warm()
    fresh = Analyser(engine.analyser.thesaurus)
    assert readied.load(fresh, engine.folder.folder)
    assert {"tagger", "compounds"} <= vars(fresh).keys()
    assert fresh.analyse(TEXT, "de") == engine.analyser.analyse(TEXT, "de")


def test_a_rebuild_keeps_it(engine: EmbeddedEngine) -> None:
    engine.warm()
    engine.rebuild([])
    assert (engine.folder.folder / readied.NAME).exists()


@pytest.mark.parametrize("at", [0, 70, 200, -1])
def test_a_damaged_file_is_not_believed(engine: EmbeddedEngine, at: int) -> None:
    engine.warm()
    path = engine.folder.folder / readied.NAME
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    assert not readied.load(Analyser(engine.analyser.thesaurus), path.parent)


def test_another_thesaurus_is_built_anew(engine: EmbeddedEngine) -> None:
    engine.warm()
    other = Thesaurus([Concept("x", "part", terms={"en": ("x thing",)})], (), "other")
    assert not readied.load(Analyser(other), engine.folder.folder)


def test_nothing_is_read_from_a_folder_of_others(engine: EmbeddedEngine, tmp_path: Path) -> None:
    engine.warm()
    engine.folder.folder.chmod(0o777)
    fresh = EmbeddedEngine(tmp_path / "index", engine.analyser.thesaurus)
    assert "tagger" not in vars(fresh.analyser)
