"""Names that look alike share a key; names that do not, do not."""

import pytest

from portal.core.names.claims import has_badge
from portal.core.names.folding import fold

SPOOFS = [
    ("比亚迪", "比亞迪"),
    ("BYD", "ВYD"),
    ("BYD", "ＢＹＤ"),
    ("BYD", "B\u200bY\u2060D"),
    ("BYD", "\u202eBYD"),
    ("BYD", "✔ BYD"),
    ("CATL", "САТL"),
    ("MAHLE", "МАНLЕ"),
    ("ZF", "ΖF"),
    ("Bosch", "B0sch"),
    ("Infineon", "lnfineon"),
    ("Modern Auto", "Modem Auto"),
    ("Nordstern AG", "nordstern  ag."),
    ("Müller", "Mu\u0308ller"),
]
DIFFERENT = [
    ("比亚迪", "比亚特"),
    ("华能电驱", "华能电池"),
    ("Continental", "Intercontinental"),
    ("Werk Nord", "Werk Süd"),
    ("トヨタ", "ホンダ"),
]


@pytest.mark.parametrize(("real", "spoof"), SPOOFS)
def test_look_alikes_share_a_key(real: str, spoof: str) -> None:
    assert fold(real) == fold(spoof)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_names_keep_different_keys(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_only_pictographs_count_as_badges() -> None:
    assert has_badge("BYD ✔ verified")
    assert not has_badge("Kuka® (中国) ㈱ & Söhne™")
