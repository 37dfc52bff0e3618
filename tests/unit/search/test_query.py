"""The query grammar: small, bounded, and impossible to hurt."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.analysis import Analyser
from portal.search.engine import EmbeddedEngine
from portal.search.query import MAX_UNITS, parse
from portal.search.results import SearchRequest
from portal.thesaurus.store import Thesaurus

HOSTILE = [
    "???*", "*1*", 'r".*1.*"', "motor~3", "NOT " * 2000, "(" * 5000, "a" * 10_000, "*a*" * 100,
    " ".join(f"w{i}" for i in range(500)), " OR ".join("xy" for _ in range(500)), '"' * 999,
    '"a b" ' * 400, "-a " * 500, "\x00\x1b[31m\u202e", "電" * 10_000, "\ud800\udfff", "[* TO *]",
    "id:* kind:need", "😀" * 300, "-", '-""', "--", "- -", "ﷺ" * 100, "1" * 9_000, "9e999 kW",
    "a\u0301" * 3000, "ß" * 600, "İ" * 600, "%", "_", "';--", "{{7*7}}", "0" * 300 + ".5 kW",
]  # fmt: skip


def test_phrases_and_exclusions(analyser: Analyser) -> None:
    query = parse('inverter "silicon carbide" -gearbox -"low voltage"', "en", analyser)
    assert [p.sequence for p in query.phrases] == [" silicon carbide "]
    assert {p.sequence for p in query.without} == {" gearbox ", " low voltage "}
    forms = {t for u in query.units for f in u.forms for t in f.terms}
    assert {"=inverter", "=silicon", "=carbide"} <= forms
    assert not forms & {"=gearbox", "=voltage"}


def test_hyphens_inside_words_exclude_nothing(analyser: Analyser) -> None:
    assert parse("E-Achse AEC-Q100 – Serie", "de", analyser).without == ()


def test_chinese_quotes(analyser: Analyser) -> None:
    assert [p.sequence for p in parse("“固态电池”", "zh", analyser).phrases] == [" 固 态 电 池 "]


def test_small_words_are_left_out_unless_alone(analyser: Analyser) -> None:
    forms = {f.terms for u in parse("der Wechselrichter", "de", analyser).units for f in u.forms}
    assert ("=der",) not in forms
    assert parse("der", "de", analyser).units


def test_bounds_are_told(analyser: Analyser) -> None:
    query = parse(" ".join(f"word{i}" for i in range(500)), "en", analyser)
    assert query.shortened
    assert len(query.units) <= MAX_UNITS
    assert not parse("short", "en", analyser).shortened


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_queries_are_bounded(engine: EmbeddedEngine, text: str) -> None:
    """What is looked up has a bound, and with it the time; `portal bench` tells figures."""
    query = parse(text, "en", engine.analyser)
    assert len(query.units) <= MAX_UNITS
    assert len(query.phrases) + len(query.without) <= 12
    assert engine.search(SearchRequest(text, "en")).total <= 10


@given(st.text(max_size=400), st.sampled_from(["en", "de", "zh-Hans", "ar", None, "xx"]))
@settings(max_examples=300, deadline=1000)
def test_any_text_can_be_asked(analyser: Analyser, text: str, locale: str | None) -> None:
    query = parse(text, locale, analyser)
    assert len(query.units) <= MAX_UNITS
    for span in query.spans:
        assert 0 <= span.start < span.end


def test_parsing_depends_on_nothing_else(thesaurus: Thesaurus) -> None:
    first, second = Analyser(thesaurus), Analyser(thesaurus)
    text = "Batteriemanagementsystem 3,3 kW"
    assert parse(text, "de", first).units == parse(text, "de", second).units
