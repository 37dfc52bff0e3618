"""Folding, places in the original text, languages, numbers and units."""

import pytest

from portal.thesaurus.units import measure, number
from portal.thesaurus.words import guess_language, normalise, stem, words


def surfaces(text: str) -> list[str]:
    return [word.text for word in words(text)]


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("ＬｉＤＡＲ", ["lidar"]),
        ("固態電池", ["固态电池"]),
        ("軟體", ["软件"]),
        ("Bat\u00adterie", ["batterie"]),
        ("Lade\u200bsäule", ["ladesäule"]),
        ("u\u0308ber", ["über"]),
        ("㎜", ["mm"]),
    ],
)
def test_forms_that_look_alike_become_the_same_words(written: str, plain: list[str]) -> None:
    assert surfaces(written) == plain


@pytest.mark.parametrize(
    "text",
    [
        "前言 ＬｉＤＡＲ 與 固態電池 800V",
        "Bat\u00adterie ﬁlter ㎜ Ende",
        "a\u0308b 電　池\u200b電池",
        "①②㍿Z",
    ],
)
def test_places_point_into_the_original(text: str) -> None:
    for word in words(text):
        again = normalise(text[word.start : word.end])[0].casefold()
        assert again.strip() == normalise(word.text)[0].casefold()
    places = [(w.start, w.end) for w in words(text)]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)


def test_scripts_are_cut_apart() -> None:
    found = [(w.text, w.script) for w in words("采用SiC模块的800V平台")]
    assert found == [
        ("采用", "han"), ("sic", "word"), ("模块的", "han"), ("800V", "measure"), ("平台", "han"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("3.3 kW", "3,3 kW"),
        ("3.3kW", "3300 W"),
        ("25 μm", "25 um"),
        ("25 µm", "0.025 mm"),
        ("280Wh/kg", "280 wh/kg"),
        ("800V", "800 伏"),
        ("20万", "200,000"),
        ("5 公斤", "5000 g"),
        ("10 Mbit/s", "10Mbps"),
    ],
)
def test_measures_written_differently_share_a_form(first: str, second: str) -> None:
    assert set(measure(first, "de")) & set(measure(second, "en")) - {"3.3", "25"} or set(
        measure(first, "de")
    ) == set(measure(second, "en"))


@pytest.mark.parametrize(
    ("text", "lang", "value"),
    [
        ("1.500", "de", "1500"),
        ("1.500", "en", "1.5"),
        ("1,500", "en", "1500"),
        ("1,5", "de", "1.5"),
        ("1.234.567,89", "de", "1234567.89"),
        ("1'000", "de", "1000"),
    ],
)
def test_separators_follow_the_language(text: str, lang: str, value: str) -> None:
    assert f"{number(text, lang).normalize():f}" == value  # type: ignore[union-attr]


def test_letters_are_units_only_as_the_world_writes_them() -> None:
    assert [w.script for w in words("3 A")] == ["measure"]
    assert [w.script for w in words("3 a")] == ["number", "word"]


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("Wir suchen einen Lieferanten für die Batterie", None, "de"),
        ("We are looking for a supplier of the battery", "de", "en"),
        ("Stator", "de", "de"),
        ("固态电池", "zh-Hans", "en"),
        ("Kondensator", None, "en"),
    ],
)
def test_language_of_latin_words(text: str, declared: str | None, language: str) -> None:
    assert guess_language(text, declared) == language


def test_stems_join_inflected_forms() -> None:
    assert stem("batterien", "de") == stem("batterie", "de")
    assert stem("räder", "de") == stem("räder", "de").encode("ascii").decode()
    assert stem("inverters", "en") == stem("inverter", "en")
