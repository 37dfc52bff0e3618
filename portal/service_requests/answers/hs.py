"""HS codes: six digits everywhere, eight or ten where the destination's tariff goes further."""

from collections.abc import Iterable

EU = frozenset(
    ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
     "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK")
)  # fmt: skip
# Digits of the national tariffs besides the six of the Harmonised System.
NATIONAL = {
    **dict.fromkeys(EU, (8, 10)),
    **dict.fromkeys(("CN", "US", "KR", "GB", "CA"), (8, 10)),
    **dict.fromkeys(("BR", "CH", "ID", "IN", "VN", "ZA", "AU", "MX", "TH", "AE"), (8,)),
    "JP": (),
}
ALL = (6, 8, 10)
_SEPARATORS = str.maketrans("", "", " .-\u00a0\u2009")
_LAST_CHAPTER, _RESERVED = 97, 77


def plain(text: str) -> str:
    """The digits of a code as people write it: 8504.40.90, 8504 40 90."""
    return text.translate(_SEPARATORS)


def allowed(markets: Iterable[str]) -> tuple[int, ...]:
    """How many digits a code may have for these destinations."""
    known = [NATIONAL.get(market, (8, 10)) for market in markets]
    return tuple(sorted({6, *(digits for more in known for digits in more)})) if known else ALL


def is_code(digits: str) -> bool:
    """Digits only, in a chapter that exists; 77 is kept free."""
    if not (digits.isascii() and digits.isdigit() and len(digits) >= ALL[0]):
        return False
    return 1 <= int(digits[:2]) <= _LAST_CHAPTER and int(digits[:2]) != _RESERVED
