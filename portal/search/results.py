"""Questions to a search engine and its answers, whatever the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SearchRequest:
    """`sort` is `relevance` or `updated`; several values of one filter mean any of them;
    `everything` also takes documents that answer for little of the query."""

    text: str = ""
    locale: str | None = None
    kinds: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limit: int = 20
    offset: int = 0
    sort: str = "relevance"
    everything: bool = False


@dataclass(frozen=True)
class Hit:
    """`concepts` and `words` of the query that this document has."""

    id: str
    kind: str
    score: float
    concepts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class SearchResult:
    """`facets` counts each facet without its own filter; `concepts` were seen in the query;
    `shortened` and `partial` say that the query or the time had to be cut."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    concepts: tuple[str, ...] = ()
    lang: str = ""
    corrections: Mapping[str, str] = field(default_factory=dict)
    shortened: bool = False
    partial: bool = False


@dataclass(frozen=True)
class Scored:
    """A document that fits, with its relevance from 0 to 1 of what was possible."""

    id: str
    kind: str
    score: float
    share: float
    concepts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Health:
    """`problem` is empty when the index can be believed."""

    ok: bool
    problem: str = ""
    documents: int = 0
