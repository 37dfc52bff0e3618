"""What may not stand in a name, and what staff should look at before it is published."""

import re
import unicodedata
from typing import Any

from portal.core.i18n import lazy_gettext as _l
from portal.core.names.folding import INVISIBLE, fold

# Signs that are part of real names; any other pictograph passes for a badge.
_NAME_SIGNS = "®©°"
_TICKS = "√"
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Joiners are part of the spelling between letters of these scripts.
_JOINERS = "\u200c\u200d"
_JOINED = ("ARABIC", "SYRIAC", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA",
           "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "MONGOLIAN", "KHMER",
           "MYANMAR")  # fmt: skip
# Words by which a name claims what only the base can say.
_CLAIMS = (
    "verified", "verified supplier", "certified supplier", "gold supplier", "trusted supplier",
    "approved supplier", "official", "official site", "officially certified", "authenticated",
    "verifiziert", "geprüfter lieferant", "offiziell", "zertifizierter lieferant", "vérifié",
    "fournisseur vérifié", "officiel", "certifié conforme", "verificado", "proveedor verificado",
    "oficial", "fornecedor verificado", "verificato", "ufficiale", "doğrulanmış", "resmi",
    "проверено", "официальный", "официально",
    "官方", "官方认证", "官网", "已认证", "已验证", "认证供应商", "实名认证", "金牌供应商",
    "平台认证", "认证企业", "诚信通", "正品", "公式", "認証済み", "公式サイト", "공식", "인증됨",
)  # fmt: skip
_SPACED = frozenset(fold(claim) for claim in _CLAIMS if claim[0] < "\u2e80")
_UNSPACED = tuple(
    sorted((fold(claim) for claim in _CLAIMS if claim[0] >= "\u2e80"), key=len, reverse=True)
)
# Scripts whose letters pass for each other.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "DESERET")

BIDI = _l("Please remove the invisible direction characters.")
HIDDEN = _l("This name contains characters that cannot be seen. Please type it anew.")
PICTOGRAPH = _l("Names may not contain pictographs such as ticks.")


def refusal(name: str) -> Any:
    """Why a name cannot be taken, as a message, or None."""
    if any(c in _DIRECTIONS for c in name):
        return BIDI
    if any(_hides(name, at) for at, c in enumerate(name) if c in INVISIBLE):
        return HIDDEN
    return PICTOGRAPH if has_badge(name) else None


def _hides(name: str, at: int) -> bool:
    """Joiners belong to the spelling of some languages; elsewhere they only hide."""
    neighbours = (name[at - 1 : at], name[at + 1 : at + 2])
    joined = all(unicodedata.name(c or "-", "").startswith(_JOINED) for c in neighbours)
    return not (name[at] in _JOINERS and joined)


def has_badge(name: str) -> bool:
    """Whether a name carries a pictograph, such as a tick, that could pass for a verification."""
    return any(
        c in _TICKS or (unicodedata.category(c) == "So" and unicodedata.normalize("NFKC", c) == c)
        for c in name
        if c not in _NAME_SIGNS
    )


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", name)
    return [word for word in re.split(r"[\W_]+", plain) if word]


def without_claims(name: str) -> str:
    """The name without words that claim it was checked; the same name where there is none."""
    words = _words(name)
    keys = [fold(word) for word in words]
    kept: list[str] = []
    at = 0
    while at < len(words):
        length = next((n for n in (2, 1) if fold("".join(words[at : at + n])) in _SPACED), 0)
        if not length:
            kept.append(_unclaimed(words[at], keys[at]))
        at += length or 1
    return name if kept == words else " ".join(word for word in kept if word)


def _unclaimed(word: str, key: str) -> str:
    found = [claim for claim in _UNSPACED if claim in key]
    for claim in found:
        key = key.replace(claim, "")
    return key if found else word


def claims(name: str) -> bool:
    """Whether a name says of itself that somebody has checked it."""
    return without_claims(name) != name


def mixes_scripts(name: str) -> bool:
    """Whether one word is written in letters of several scripts that pass for each other."""
    return any(len(_scripts(word)) > 1 for word in _words(name))


def _scripts(word: str) -> set[str]:
    names = (unicodedata.name(c, "").split(" ")[0] for c in unicodedata.normalize("NFC", word))
    return {name for name in names if name in _ALIKE}
