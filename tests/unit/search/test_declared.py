"""What a record is counts more than what its text mentions in passing."""

from pathlib import Path

from portal.search.documents import Document, TextPart
from portal.search.engine import EmbeddedEngine
from portal.search.results import SearchRequest
from portal.thesaurus.store import get_thesaurus


def listed(row_id: str, lang: str, text: str, category: str) -> Document:
    part = TextPart("body", lang, text)
    return Document(row_id, "capability", (part,), concepts={category: 1.0})


def test_a_chinese_inverter_stands_above_a_casting_that_names_inverters(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path / "index", get_thesaurus())
    engine.rebuild(
        [
            listed("casting", "en", "Housings for the inverter. Inverter housings.", "die-casting"),
            listed("inverter", "zh-Hans", "车规级主驱逆变器，峰值功率250kW。", "traction-inverter"),
            listed("seat", "en", "Seats for coaches.", "vehicle-seat"),
        ]
    )
    found = engine.search(SearchRequest("inverter", locale="en"))
    assert [hit.id for hit in found.hits] == ["inverter", "casting"]
