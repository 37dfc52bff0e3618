"""Names that look alike: folded to a key that they share."""

import unicodedata
from functools import lru_cache
from typing import Any

from opencc import OpenCC

from portal.core.names.shapes import BEFORE, GREEK_MEANT, LOOKS_LIKE, PAIRS, SMALL_GREEK

KEY_LENGTH = 300
_KEPT = ("L", "M", "N")
# Marks put upon a letter (é, ü): the rest of a name's marks belong to its script.
_ACCENTS = (
    range(0x0300, 0x0370), range(0x0483, 0x0488), range(0x1AB0, 0x1B00), range(0x1DC0, 0x1E00),
    range(0x20D0, 0x2100), range(0xFE20, 0xFE30),
    (0x0640,), range(0x064B, 0x0660), (0x0670,),  # Arabic: what only stretches or voices a letter
)  # fmt: skip
# What takes no room on the page, or is a blank that passes for a letter.
INVISIBLE = frozenset(
    chr(code)
    for block in (
        (0xAD,), (0x34F,), (0x61C,), (0x115F, 0x1160), (0x17B4, 0x17B5), range(0x180B, 0x1810),
        range(0x200B, 0x2010), range(0x202A, 0x202F), range(0x2060, 0x2070), (0x2800,), (0x3164,),
        range(0xFE00, 0xFE10), (0xFEFF, 0xFFA0), range(0xFFF0, 0xFFFC), range(0x1BCA0, 0x1BCA4),
        range(0x1D173, 0x1D17B), range(0xE0000, 0xE1000),
    )
    for code in block
)  # fmt: skip
_DROPPED = frozenset(chr(code) for block in _ACCENTS for code in block) | INVISIBLE


@lru_cache(maxsize=1)
def _converter() -> Any:
    return OpenCC("t2s")


def fold(name: str) -> str:
    """The key of a name: width, case, traditional characters, accents and look-alikes folded away.

    Only letters and digits count, so that spaces, invisible characters and badges make no
    difference.
    """
    return joined(letters(name))


def readings(name: str) -> frozenset[str]:
    """The key, and those that the name has when it is read otherwise: small Greek letters by their
    shape, Latin ones in a Greek word as Greek, strokes as ornaments."""
    found = {fold(name), fold(_wide(name).translate(SMALL_GREEK))}
    if "GREEK" in " ".join(unicodedata.name(c, "") for c in name if not c.isascii()):
        found.add(fold(name.translate(GREEK_MEANT)))
    if "|" in name:
        found.add(fold(name.replace("|", "")))
    return frozenset(found)


def _wide(name: str) -> str:
    return unicodedata.normalize("NFKD", name.translate(BEFORE))


def letters(name: str) -> str:
    """The name sign by sign, before signs count as one that look like one only together."""
    plain = "".join(_digit(c) for c in _wide(name).casefold() if _counts(c))
    if not plain.isascii():
        plain = _converter().convert(unicodedata.normalize("NFC", plain))
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if c not in _DROPPED)
    return plain.translate(LOOKS_LIKE)


def joined(key: str) -> str:
    """The key of what `letters` gives."""
    for pair, letter in PAIRS:
        key = key.replace(pair, letter)
    return key[:KEY_LENGTH]


def _counts(sign: str) -> bool:
    if sign in _DROPPED:
        return False
    return ord(sign) in LOOKS_LIKE or unicodedata.category(sign)[0] in _KEPT


def _digit(sign: str) -> str:
    """Digits of every script as plain ones."""
    number = unicodedata.decimal(sign, None)
    return sign if number is None else str(number)
