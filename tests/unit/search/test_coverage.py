"""How far a document answers a question."""

from pathlib import Path

from portal.search.engine import EmbeddedEngine
from portal.search.results import SearchRequest
from portal.thesaurus.store import Thesaurus
from tests.unit.search.conftest import document


def test_a_broader_concept_answers_to_a_part(tmp_path: Path, thesaurus: Thesaurus) -> None:
    """It is no hit by itself, but ranks before what has nothing of the question."""
    engine = EmbeddedEngine(tmp_path / "index", thesaurus)
    engine.rebuild(
        [
            document("same", ("zh-Hans", "固态电池")),
            document("above", ("en", "battery cell")),
            document("other", ("zh-Hans", "逆变器")),
        ]
    )
    shown = engine.search(SearchRequest("Festkörperbatterie", "de")).hits
    ranked = engine.search(SearchRequest("Festkörperbatterie", "de", everything=True)).hits
    assert [h.id for h in shown] == ["same"]
    assert [h.id for h in ranked if h.score > 0] == ["same", "above"]
