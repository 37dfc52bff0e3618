"""Other spellings that a reader takes for the same name: umlauts written out, “&” as a word,
digits in place of letters."""

import re
import unicodedata
from collections.abc import Iterator

from portal.core.names.folding import readings
from portal.core.names.legal_forms import bare

_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_UMLAUT = re.compile(r"([aou])e|a(?=a)")
# “&” in the languages of the trade; Chinese and Japanese write theirs without spaces.
_AND = ("and", "und", "et", "y", "e", "和", "与")
_SIGNS = re.compile(r"\s*[&+＆＋﹠]\s*")
_AND_WORD = re.compile(r"(?<=\w)(?:\s+(?:and|und|et|y|e)\s+|\s*[和与與及]\s*)(?=\w)")
_DIGITS = str.maketrans("347", "eat")


def keys(name: str) -> frozenset[str]:
    """Every key under which a name that looks or reads like this one may be known."""
    found = {key for spelling in _spellings(name) for key in readings(spelling)}
    return frozenset(found | {key.translate(_DIGITS) for key in found})


def core_keys(name: str) -> frozenset[str]:
    """The same of the name without its legal form."""
    found = {key for spelling in _spellings(name) for key in readings(bare(spelling))}
    return frozenset(found | {key.translate(_DIGITS) for key in found})


def _spellings(name: str) -> set[str]:
    plain = unicodedata.normalize("NFC", name).casefold()
    joined = {plain, *_joined(plain)}
    return joined | {each for one in joined for each in _umlauts(one)}


def _umlauts(name: str) -> Iterator[str]:
    yield name.translate(_WRITTEN_OUT)
    yield _UMLAUT.sub(lambda found: found[1] or "", name)


def _joined(name: str) -> Iterator[str]:
    yield _AND_WORD.sub(" ", name)
    if _SIGNS.search(name):
        yield from (_SIGNS.sub(f" {word} ", name) for word in _AND)
