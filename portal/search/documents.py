"""What is put into the index: texts in several languages, facets, declared concepts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS = ("capability", "need", "company")
# Facets that searches count; any other facet of a document can only be filtered by.
COUNTED_FACETS = ("kind", "category", "country", "certificate", "scenario", "market")
FIELD_WEIGHTS: Mapping[str, float] = {"title": 3.0, "summary": 1.5, "body": 1.0}


@dataclass(frozen=True)
class TextPart:
    """One text: `field` is title, summary or body; `lang` a BCP 47 tag or nothing."""

    field: str
    lang: str | None
    text: str


@dataclass(frozen=True)
class Document:
    """A record to be found.

    `concepts` are declared ones (category, scenarios, certificates) with their weights; `updated`
    is in seconds since 1970 and sorts; `version` grows with every change, an older one never
    replaces a newer one; `owner` is the organisation, kept as a facet that is not counted.
    """

    id: str
    kind: str
    texts: tuple[TextPart, ...]
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    concepts: Mapping[str, float] = field(default_factory=dict)
    updated: int = 0
    owner: str = ""
    version: int = 0
