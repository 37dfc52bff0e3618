"""What users and the matcher get from the engine."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from portal.search.documents import Document, TextPart
from portal.search.engine import EmbeddedEngine
from portal.search.results import SearchRequest
from portal.thesaurus.store import Thesaurus
from tests.unit.search.conftest import DOCUMENTS, document


def ids(engine: EmbeddedEngine, text: str, locale: str = "en", **more: object) -> list[str]:
    return [h.id for h in engine.search(SearchRequest(text, locale, **more)).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "locale", "kind", "wanted"),
    [
        ("Festkörperbatterie", "de", "capability", ["zh-battery"]),
        ("固态电池", "zh-Hans", "need", ["de-need"]),
        ("inverter", "en", "capability", ["en-inverter", "zh-inverter"]),
        ("Wechselrichter", "de", "capability", ["en-inverter", "zh-inverter"]),
        ("400 Wh/kg", "de", "capability", ["zh-battery"]),
        ("逆變器", "zh-Hant", "capability", ["zh-inverter", "en-inverter"]),
    ],
)
def test_found_across_languages(
    engine: EmbeddedEngine, text: str, locale: str, kind: str, wanted: list[str]
) -> None:
    assert sorted(ids(engine, text, locale, kinds=(kind,))) == sorted(wanted)


def test_hits_say_which_concepts_and_words(engine: EmbeddedEngine) -> None:
    result = engine.search(SearchRequest("Festkörperbatterie", "de", kinds=("capability",)))
    assert result.concepts == ("solid-state-battery",)
    assert result.hits[0].concepts == ("solid-state-battery",)
    result = engine.search(SearchRequest("automotive", "en"))
    assert set(result.hits[0].words) == {"automotive", "automot"}


def test_facets_are_counted_without_their_own_filter(engine: EmbeddedEngine) -> None:
    result = engine.search(SearchRequest("", filters={"country": ("CN",)}))
    assert result.total == 2
    assert result.facets["country"] == {"CN": 2, "DE": 1}
    assert result.facets["category"] == {"solid-state-battery": 1, "inverter": 1}
    assert result.facets["market"] == {"DE": 1, "HU": 1}
    both = engine.search(SearchRequest("", filters={"country": ("CN",), "category": ("inverter",)}))
    assert both.facets["country"] == {"CN": 1, "DE": 1}
    assert both.facets["category"] == {"solid-state-battery": 1, "inverter": 1}
    assert "owner" not in result.facets


def test_several_values_mean_any(engine: EmbeddedEngine) -> None:
    found = ids(engine, "", filters={"country": ("CN", "DE")})
    assert sorted(found) == ["en-inverter", "zh-battery", "zh-inverter"]
    assert ids(engine, "", filters={"country": ("XX",)}) == []


def test_without_words_the_newest_come_first(engine: EmbeddedEngine) -> None:
    assert ids(engine, "") == ["zh-battery", "en-inverter", "zh-inverter", "de-need"]
    assert ids(engine, "", offset=1, limit=2) == ["en-inverter", "zh-inverter"]
    assert ids(engine, "inverter", sort="updated") == ["en-inverter", "zh-inverter"]


def test_phrases_and_exclusions(engine: EmbeddedEngine) -> None:
    assert ids(engine, '"silicon carbide"') == ["en-inverter"]
    assert ids(engine, '"carbide silicon"') == []
    assert ids(engine, "“车规级碳化硅”", "zh") == ["zh-inverter"]
    assert ids(engine, "“碳化硅车规级”", "zh") == []
    assert "en-inverter" not in ids(engine, "inverter -carbide")
    assert ids(engine, "-inverter", kinds=("capability",)) == ["zh-battery", "zh-inverter"]


def test_one_wrong_letter_is_forgiven(engine: EmbeddedEngine) -> None:
    result = engine.search(SearchRequest("automotvie", "en"))
    assert result.corrections == {"automotvie": "automotive"}
    assert [h.id for h in result.hits] == ["en-inverter"]
    assert engine.search(SearchRequest("automotive", "en")).corrections == {}


def test_hits_must_answer_for_enough_of_the_query(engine: EmbeddedEngine) -> None:
    text = "automotive carbide grade series gesucht mindestens"
    assert ids(engine, text) == ["en-inverter"] or "de-need" not in ids(engine, text)[:1]
    assert set(ids(engine, text, everything=True)) >= {"en-inverter", "de-need"}


def test_matcher_finds_both_ways(engine: EmbeddedEngine) -> None:
    need, battery = DOCUMENTS[3], DOCUMENTS[0]
    forward = engine.relevant(need, "capability")
    assert forward[0].id == "zh-battery"
    assert forward[0].concepts[0] == "solid-state-battery"
    assert 0 < forward[0].share <= 1
    assert [s.id for s in engine.relevant(battery, "need")] == ["de-need"]
    assert engine.relevant(need, "capability", exclude={"owner": ("hefei",)}) == []
    assert engine.relevant("Wechselrichter", "capability", 1, locale="de")[0].kind == "capability"


def test_updates_replace_and_delete(engine: EmbeddedEngine) -> None:
    changed = replace(DOCUMENTS[0], version=2, texts=(TextPart("title", "en", "gigacasting"),))
    assert engine.update([changed], ["en-inverter"]) == 1
    assert ids(engine, "gigacasting") == ["zh-battery"]
    assert engine.ids() == {"zh-battery": 2, "zh-inverter": 1, "de-need": 1}
    assert ids(engine, "硫化物", "zh") == []


def test_an_older_version_never_replaces_a_newer_one(engine: EmbeddedEngine) -> None:
    new, old = replace(DOCUMENTS[0], version=5), replace(DOCUMENTS[0], version=4)
    assert engine.update([new]) == 1
    assert engine.update([old]) == 0
    assert engine.update([old, replace(new, version=6), old]) == 1
    assert engine.ids()["zh-battery"] == 6


def test_many_commits_stay_few_segments(engine: EmbeddedEngine) -> None:
    for number in range(25):
        engine.update([document(f"x{number}", ("en", f"gearbox number {number}"))])
    stats = engine.stats()
    assert stats["documents"] == len(DOCUMENTS) + 25
    assert len(stats["segments"]) < 12
    assert len(ids(engine, "gearbox", limit=50)) == 25


def test_another_process_sees_the_commit(
    engine: EmbeddedEngine, another: Callable[[], EmbeddedEngine]
) -> None:
    reader = another()
    assert ids(reader, "gearbox") == []
    engine.update([document("new", ("en", "planetary gearbox"))])
    assert ids(reader, "gearbox") == ["new"]
    engine.rebuild([document("other", ("en", "worm gearbox"))])
    assert ids(reader, "gearbox") == ["other"]


def test_rebuild_catches_up(engine: EmbeddedEngine) -> None:
    late = document("late", ("en", "late arrival"))
    counted: list[int] = []
    count = engine.rebuild(DOCUMENTS, counted.append, lambda: ([late], ["zh-battery"]))
    assert count == len(DOCUMENTS)
    assert counted == [4]
    assert set(engine.ids()) == {"en-inverter", "zh-inverter", "de-need", "late"}


def test_an_empty_index_answers(tmp_path: Path, thesaurus: Thesaurus) -> None:
    engine = EmbeddedEngine(tmp_path / "empty", thesaurus)
    engine.rebuild([])
    result = engine.search(SearchRequest("battery", "en"))
    assert (result.total, result.hits) == (0, ())
    assert engine.relevant("battery", "need") == []
    engine.update([document("first", ("en", "battery"))])
    assert ids(engine, "battery") == ["first"]


def test_strange_ids_and_texts_survive(engine: EmbeddedEngine) -> None:
    strange = "a:b/ü 电\u2028" + "x" * 100
    odd = document(strange, ("en", "\ud800 \x00 zyzzyva \u202e"), facets={"country": ("A:B",)})
    engine.update([odd])
    assert ids(engine, "zyzzyva") == [strange]
    assert ids(engine, "", filters={"country": ("A:B",)}) == [strange]
    engine.update([], [strange])
    assert ids(engine, "zyzzyva") == []


def test_documents_without_text_are_found_by_filter(engine: EmbeddedEngine) -> None:
    engine.update([Document("bare", "company", (), {"country": ("JP",)})])
    assert ids(engine, "", filters={"country": ("JP",)}) == ["bare"]
