"""Concepts in any text, the longest term first."""

import pytest

from portal.thesaurus.store import Concept, Thesaurus
from portal.thesaurus.tagger import Tagger


@pytest.fixture
def tagger(thesaurus: Thesaurus) -> Tagger:
    return Tagger(thesaurus)


def tags(tagger: Tagger, text: str, lang: str | None = None) -> list[tuple[str, str]]:
    return [(span.concept, span.text) for span in tagger.tag(text, lang)]


@pytest.mark.parametrize(
    ("text", "lang", "found"),
    [
        ("Wir bauen Festkörperbatterien.", "de", [("solid-state-battery", "Festkörperbatterien")]),
        ("全固态电池的研发", "zh-Hans", [("solid-state-battery", "全固态电池")]),
        ("全固態電池", "zh-Hant", [("solid-state-battery", "全固態電池")]),
        ("Batterie-Management-System", "de", [("bms", "Batterie-Management-System")]),
        ("Battery Management Systems", "en", [("bms", "Battery Management Systems")]),
        ("ein Battery Management System", "de", [("bms", "Battery Management System")]),
        ("solid state batteries", "en", [("solid-state-battery", "solid state batteries")]),
        ("ＢＭＳ和逆变器", "zh", [("bms", "ＢＭＳ"), ("inverter", "逆变器")]),
        ("SSB, BMS", None, [("solid-state-battery", "SSB"), ("bms", "BMS")]),
    ],
)
def test_terms_are_found(
    tagger: Tagger, text: str, lang: str | None, found: list[tuple[str, str]]
) -> None:
    assert tags(tagger, text, lang) == found


def test_the_longest_term_wins(tagger: Tagger) -> None:
    assert tags(tagger, "电池管理系统", "zh") == [("bms", "电池管理系统")]
    assert tags(tagger, "traction battery cell", "en") == [("battery", "traction battery")]


def test_everyday_words_need_their_case(tagger: Tagger) -> None:
    assert tags(tagger, "We can do that", "en") == []
    assert tags(tagger, "connected over CAN", "en") == [("can-bus", "CAN")]


def test_compounds_are_looked_into(tagger: Tagger) -> None:
    spans = tagger.tag("Hochvolt-Wechselrichtergehäuse", "de")
    assert [(s.concept, s.partial) for s in spans] == [("housing", True), ("inverter", True)]
    assert tags(tagger, "Canasta Blindgehäusx", "de") == []


def test_places_and_languages(tagger: Tagger) -> None:
    text = "我们的固态电池 und Wechselrichter"
    spans = tagger.tag(text, "de")
    assert [text[s.start : s.end] for s in spans] == ["固态电池", "Wechselrichter"]
    assert [s.lang for s in spans] == ["zh", "de"]


@pytest.mark.parametrize("text", ["", " ", "\x00", "。。。", "-" * 500, "电" * 3000, "\ud800"])
def test_nothing_to_find(tagger: Tagger, text: str) -> None:
    assert tags(tagger, text) == []


@pytest.mark.parametrize("order", [1, -1])
def test_the_shortest_term_of_a_stem_has_its_inflected_forms(order: int) -> None:
    concepts = [
        Concept("engineering", "service", terms={"en": ("engineering",)}),
        Concept("engine", "part", terms={"en": ("engine",)}),
    ]
    tagger = Tagger(Thesaurus(concepts[::order]))
    assert tags(tagger, "engines", "en") == [("engine", "engines")]
    assert tags(tagger, "engineering", "en") == [("engineering", "engineering")]
