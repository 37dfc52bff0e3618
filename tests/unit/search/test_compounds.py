"""German compounds over the words that ship."""

import pytest

from portal.search.compounds import Compounds


@pytest.fixture(scope="module")
def compounds() -> Compounds:
    return Compounds(())


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("bremspedal", ("brem", "pedal")),
        ("drehgeber", ("dreh", "geb")),
        ("edelstahlrohr", ("edel", "stahl", "rohr")),
        ("feuerlöscher", ("feu", "losch")),
        ("hohlwelle", ("hohl", "well")),
        ("kühlschlange", ("kuhl", "schlang")),
        ("nabenmotor", ("nab", "motor")),
        ("rauchmelder", ("rauch", "meld")),
        ("schmierfett", ("schmier", "fett")),
        ("spurstange", ("spur", "stang")),
        ("staubsauger", ("staub", "saug")),
        ("zündkerze", ("zund", "kerz")),
    ],
)
def test_everyday_and_trade_words_are_cut(
    compounds: Compounds, word: str, parts: tuple[str, ...]
) -> None:
    assert compounds.split(word) == parts


@pytest.mark.parametrize(
    "word", ["hersteller", "fahrzeug", "transport", "gemeinschaft", "qualität", "elektronisch"]
)
def test_simple_words_stay_whole(compounds: Compounds, word: str) -> None:
    assert compounds.split(word) == ()
