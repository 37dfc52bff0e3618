"""Names that look alike: folded to a key that two of them share."""

import unicodedata
from functools import lru_cache
from typing import Any

from opencc import OpenCC

KEY_LENGTH = 300
# What prints like a Latin letter, in either case; i, l, 1 and | are one sign to the eye.
_CONFUSABLE = str.maketrans(
    {
        sign: letter
        for letter, signs in {
            "a": "аαɑ",
            "b": "вβьЬ",
            "c": "сϲ",
            "d": "ԁɗ",
            "e": "еεҽ",
            "f": "ϝ",
            "g": "ɡց",
            "h": "нηһհ",
            "j": "јϳ",
            "k": "кκ",
            "l": "i1|ıɪіιӏӀ",
            "m": "мμ",
            "n": "νոп",
            "o": "0оοσօ",
            "p": "рρ",
            "q": "ԛզ",
            "s": "5ѕʂ",
            "t": "тτ",
            "u": "սʋ",
            "w": "ԝωѡ",
            "x": "хχ×",
            "y": "уυү",
            "z": "ζʐ",
        }.items()
        for sign in signs
    }
)
_PAIRS = (("rn", "m"), ("vv", "w"))
# Marks put upon a letter (é, ü): the rest of a name's marks belong to its script.
_ACCENTS = range(0x0300, 0x0370)
_KEPT = ("L", "M", "N")
# Signs that are part of real names; any other pictograph passes for a badge.
_NAME_SIGNS = "®©°"


@lru_cache(maxsize=1)
def _converter() -> Any:
    return OpenCC("t2s")


def fold(name: str) -> str:
    """The key of a name: width, case, traditional characters, accents and look-alikes folded away.

    Only letters and digits count, so that spaces, invisible characters and badges make no
    difference.
    """
    wide = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(c for c in wide if _counts(c))
    if not plain.isascii():
        plain = _converter().convert(unicodedata.normalize("NFC", plain))
    key = plain.translate(_CONFUSABLE)
    for pair, letter in _PAIRS:
        key = key.replace(pair, letter)
    return key[:KEY_LENGTH]


def _counts(sign: str) -> bool:
    return sign == "|" or (unicodedata.category(sign)[0] in _KEPT and ord(sign) not in _ACCENTS)


def has_badge(name: str) -> bool:
    """Whether a name carries a pictograph, such as a tick, that could pass for a verification."""
    return any(
        unicodedata.category(c) == "So" and unicodedata.normalize("NFKC", c) == c
        for c in name
        if c not in _NAME_SIGNS
    )
