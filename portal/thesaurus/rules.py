"""What may go live: pure decisions about drafts, with the words for what differs."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from portal.core.i18n import lazy_gettext as _l
from portal.thesaurus.check import LANGUAGES, Finding, TermIndex, findings
from portal.thesaurus.store import Concept, Thesaurus, shipped

STATUSES: Mapping[str, tuple[Any, str]] = {
    "draft": (_l("Draft"), "accent"),
    "published": (_l("Published"), "success"),
    "withdrawn": (_l("Withdrawn"), "neutral"),
    "replaced": (_l("Replaced by a newer draft"), "neutral"),
}
KIND_LABELS: Mapping[str, Any] = {
    "part": _l("Part"),
    "material": _l("Material"),
    "process": _l("Process"),
    "equipment": _l("Equipment"),
    "software": _l("Software"),
    "chip": _l("Chip"),
    "standard": _l("Standard"),
    "service": _l("Service"),
    "logistics": _l("Logistics"),
    "scenario": _l("Scenario"),
    "market": _l("Market"),
    "quality": _l("Quality"),
    "general": _l("General"),
}
TRIED, RUNNING, FAILED = "done", ("waiting", "running"), "failed"


class Difference(NamedTuple):
    """One field of a concept that differs, with what came and what went."""

    field: str
    gone: tuple[str, ...]
    added: tuple[str, ...]
    reordered: bool = False


def values(concept: Concept | None) -> dict[str, tuple[str, ...]]:
    """The fields of a concept in the order they are shown, each as a list of words."""
    if concept is None:
        return {}
    return {
        "kind": (concept.kind,),
        **{f"terms.{lang}": tuple(concept.terms.get(lang, ())) for lang in LANGUAGES},
        "broader": concept.broader,
        "related": concept.related,
        "category": ("yes",) if concept.category else (),
        "attributes": concept.attributes,
        "hs": (concept.hs,) if concept.hs else (),
    }


def differences(before: Concept | None, after: Concept | None) -> Iterator[Difference]:
    """What changed between two states; None: the concept is not there."""
    old, new = values(before), values(after)
    for field in new or old:
        was, now = old.get(field, ()), new.get(field, ())
        if was != now:
            gone = tuple(v for v in was if v not in now)
            added = tuple(v for v in now if v not in was)
            yield Difference(field, gone, added, not gone and not added)


def problems(changed: Iterable[str], thesaurus: Thesaurus) -> dict[str, list[Finding]]:
    """Findings by concept in the thesaurus as it is planned. A concept that went is looked for at
    those that still name it."""
    ids = set(changed)
    index = TermIndex(thesaurus, shipped())
    naming = (c for c in thesaurus if ids & {*c.broader, *c.related})
    looked_at = {
        c.id: c for c in (*(thesaurus.concepts[i] for i in ids if i in thesaurus), *naming)
    }
    found = {i: findings(concept, thesaurus, index) for i, concept in looked_at.items()}
    return {i: listed for i, listed in found.items() if listed}
