"""Reasons and passages, with every mark in its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.analysis import Analyser
from portal.search.documents import TextPart
from portal.search.explain import Explainer, Passage

CHINESE = (
    TextPart("title", "zh-Hans", "车规级固态电池"),
    TextPart(
        "body",
        "zh-Hans",
        "公司成立于2010年。硫化物全固态电池，能量密度400Wh/kg，支持800V平台。年产2GWh。",
    ),
)


@pytest.fixture(scope="module")
def explainer(analyser: Analyser) -> Explainer:
    return Explainer(analyser)


def marked(passage: Passage) -> list[str]:
    return [passage.text[start:end] for start, end in passage.marks]


def test_the_form_of_the_contract(explainer: Explainer) -> None:
    reasons = explainer.explain("Festkörperbatterie mit 400 Wh/kg", CHINESE, "de").reasons
    assert [r.as_dict() for r in reasons] == [
        {
            "kind": "concept",
            "concept": "solid-state-battery",
            "query": {"lang": "de", "text": "Festkörperbatterie"},
            "document": {"lang": "zh-Hans", "text": "固态电池", "passage": "车规级固态电池"},
        },
        {
            "kind": "words",
            "lang": "zh-Hans",
            "terms": ["400Wh/kg"],
            "passage": "硫化物全固态电池，能量密度400Wh/kg，支持800V平台。",
        },
    ]


def test_passages_mark_all_that_matched(explainer: Explainer) -> None:
    passages = explainer.explain("Festkörperbatterie 800 V 400 Wh/kg", CHINESE, "de").passages
    assert [marked(p) for p in passages] == [["全固态电池", "400Wh/kg", "800V"], ["固态电池"]]
    assert {p.lang for p in passages} == {"zh-Hans"}


def test_narrower_and_declared_concepts_count(explainer: Explainer) -> None:
    reasons = explainer.explain("Batteriezelle", CHINESE, "de").reasons
    assert reasons[0].concept == "battery-cell"
    assert reasons[0].document is not None
    assert reasons[0].document.text == "固态电池"
    declared = explainer.explain(
        "inverter", (TextPart("body", "zh-Hans", "交付周期短。"),), "en", (), ("inverter",)
    ).reasons
    assert [(r.concept, r.document.text if r.document else "", r.passage) for r in declared] == [
        ("inverter", "逆变器", None)
    ]


def test_same_language_words_and_inflection(explainer: Explainer) -> None:
    text = TextPart("body", "en", "We mill bearings. Milling of bearings since 1990, 3.3 kW each.")
    found = explainer.explain("milled bearing 3,3 kW", (text,), "en")
    assert set(found.reasons[0].terms) == {"mill", "bearings", "Milling", "3.3 kW"}
    assert found.reasons[0].passage is not None
    assert found.reasons[0].passage.text.startswith("Milling")


def test_small_words_are_no_reason(explainer: Explainer) -> None:
    text = TextPart("body", "en", "This is the best of all.")
    assert explainer.explain("what is the best", (text,), "en").reasons[0].terms == ("best",)
    assert explainer.explain("what is the", (text,), "en").reasons == ()
    nothing = TextPart("body", "zh", "这是我们的")
    assert explainer.explain("什么是他们的", (nothing,), "zh").reasons == ()


def test_a_need_against_a_capability(explainer: Explainer) -> None:
    need = (
        TextPart("title", "de", "Festkörperbatterie gesucht"),
        TextPart("body", "en", "BMS, 800V"),
    )
    found = explainer.explain(need, CHINESE)
    assert [r.concept for r in found.reasons] == ["solid-state-battery", ""]
    assert found.reasons[0].query is not None
    assert found.reasons[0].query.lang == "de"


def test_long_texts_are_cut_between_words(explainer: Explainer) -> None:
    text = "word " * 200 + "inverter " + "word " * 200
    passage = explainer.explain("inverter", (TextPart("body", "en", text),), "en").passages[0]
    assert marked(passage) == ["inverter"]
    assert len(passage.text) < 300
    assert set(passage.text.split()) == {"word", "inverter"}


def test_wrongly_declared_language(explainer: Explainer) -> None:
    found = explainer.explain("Festkörperbatterie", (TextPart("body", "de", "固态电池"),), "de")
    assert found.passages[0].lang == "zh-Hans"


TEXTS = st.text(max_size=120) | st.sampled_from(
    [
        "固态电池ＢＭＳ 3.3 kW",
        "inverter. 逆變器！ Wechsel\u00adrichter",
        "a\u0308 inverter\u2028inverter",
    ]
)


@given(TEXTS, TEXTS)
@settings(max_examples=300, deadline=1000)
def test_marks_are_always_inside(explainer: Explainer, query: str, text: str) -> None:
    part = TextPart("body", None, text)
    found = explainer.explain(query, (part,))
    for passage in (*found.passages, *(r.passage for r in found.reasons if r.passage)):
        assert passage.text in text
        previous = 0
        for start, end in passage.marks:
            assert previous <= start < end <= len(passage.text)
            previous = end
