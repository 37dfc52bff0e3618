"""Reading the data files and walking the concepts."""

from collections.abc import Callable
from pathlib import Path

from portal.thesaurus.store import Thesaurus

Data = Callable[..., Path]


def test_tree(thesaurus: Thesaurus) -> None:
    assert thesaurus.ancestors("solid-state-battery") == {"battery-cell": 1, "battery": 2}
    assert thesaurus.descendants("battery") == ("battery-cell", "bms", "solid-state-battery")
    assert thesaurus.narrower("battery") == ("battery-cell", "bms")
    assert [c.id for c in thesaurus.roots()] == ["battery", "inverter"]
    assert [c.id for c in thesaurus.scenarios()] == ["robotaxi"]


def test_labels_fall_back(thesaurus: Thesaurus) -> None:
    assert thesaurus.label("battery-cell", "de") == "Batteriezelle"
    assert thesaurus.label("battery-cell", "zh-Hant") == "电芯"
    assert thesaurus.label("battery-cell", "fr") == "battery cell"
    assert thesaurus.label("unknown", "fr") == "unknown"


def test_attributes_come_from_above_too(thesaurus: Thesaurus) -> None:
    ids = [a.id for a in thesaurus.attributes_of("solid-state-battery")]
    assert ids == ["energy_density", "weight"]
    assert thesaurus.attributes["weight"].label("de") == "Weight"


def test_suggestions_find_terms_of_any_language(thesaurus: Thesaurus) -> None:
    assert thesaurus.suggest("Festk", "en")[0].id == "solid-state-battery"
    assert thesaurus.suggest("Festk", "en")[0].label == "solid-state battery"
    assert thesaurus.suggest("固態", "de")[0].id == "solid-state-battery"
    assert thesaurus.suggest("festkorper", "de")[0].term == "Festkörperbatterie"
    assert [s.id for s in thesaurus.suggest("housing", "en", kind="category")] == []
    assert thesaurus.suggest("  ", "en") == ()
    assert len(thesaurus.suggest("a", "en", limit=2)) == 2


def test_version_follows_the_data(data: Data) -> None:
    first = Thesaurus.load(data())
    assert first.version == Thesaurus.load(data()).version
    changed = {"id": "new", "kind": "part", "terms": {"en": ["new thing"]}}
    assert Thesaurus.load(data(changed)).version != first.version


def test_damaged_lines_and_cycles_do_not_stop_the_reader(data: Data) -> None:
    loop = [
        {"id": "a", "kind": "part", "broader": ["b", "nowhere"], "terms": {"en": ["a thing"]}},
        {"id": "b", "kind": "part", "broader": ["a"], "terms": {"en": ["b thing"]}},
    ]
    folder = data(instead=loop)
    path = folder / "concepts" / "all.jsonl"
    path.write_text(path.read_text("utf-8") + '{"id": "cut', "utf-8")
    thesaurus = Thesaurus.load(folder)
    assert len(thesaurus) == 2
    assert thesaurus.ancestors("a") == {"b": 1}
    assert thesaurus.descendants("a") == ("b",)
