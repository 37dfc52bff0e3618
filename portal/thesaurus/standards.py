"""Which certificates are the same, which answer for another, and which are of one kind."""

import re
import unicodedata
from functools import cache

from portal.thesaurus.store import get_thesaurus

# A holder of the first is certified to the second as well.
_INCLUDES = {"iatf-16949": frozenset({"iso-9001"})}
# A company that lists one certificate of a kind is taken to list all it has of that kind.
FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"iatf-16949", "iso-9001", "vda-6-3"}),
    frozenset({"iso-14001", "iso-45001"}),
    frozenset({"tisax", "iso-27001", "iso-21434"}),
    frozenset({"iso-26262", "aspice"}),
    frozenset({"aec-q100", "aec-q101", "aec-q102", "aec-q104", "aec-q200"}),
    frozenset({"un-r10", "un-r79", "un-r100", "un-r136", "un-r155", "un-r156", "un-r157",
               "e-mark", "wvta"}),
    frozenset({"ce-marking", "ccc"}),
    frozenset({"un38-3", "ul-2580", "iec-62660", "gb-38031"}),
)  # fmt: skip
_EDITION = re.compile(r"[:：]\s*\d{4}.*$")
_SERIES = re.compile(r"(?<=\d)\.\d{2}$")
_SPELLINGS = {"ce": "ce-marking"}


def _folded(name: str) -> str:
    plain = _EDITION.sub("", unicodedata.normalize("NFKC", name).strip())
    if plain.upper().startswith("UN R"):
        plain = _SERIES.sub("", plain)
    return "".join(c for c in plain.casefold() if c.isalnum())


@cache
def _names() -> dict[str, str]:
    named = {
        _folded(term): standard.id
        for standard in get_thesaurus().standards()
        for terms in standard.terms.values()
        for term in terms
    }
    return named | _SPELLINGS


@cache
def standard_id(name: str) -> str:
    """The concept of a standard however it is written; an unknown one stands for itself."""
    folded = _folded(name)
    return _names().get(folded, folded)


def answers(listed: str, wanted: str) -> bool:
    """Whether a certificate to the listed standard proves the wanted one."""
    held, asked = standard_id(listed), standard_id(wanted)
    return held == asked or asked in _INCLUDES.get(held, ())


def of_one_kind(listed: str, wanted: str) -> bool:
    """Whether both stand in the same family."""
    held, asked = standard_id(listed), standard_id(wanted)
    return any(held in family and asked in family for family in FAMILIES)
