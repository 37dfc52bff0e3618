"""The public search page: one box, filters with counts, all state in the address."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import i18n
from portal.core.i18n import lazy_gettext as _l
from portal.search.answers import Answer, Found, answer
from portal.search.documents import KINDS
from portal.search.explain import Passage
from portal.search.query import readable
from portal.search.results import SearchRequest
from portal.thesaurus.templating import concept_title
from portal.web.app import db, portal
from portal.web.guards import public
from portal.web.paging import PER_PAGE, Page, number
from portal.web.templating import page

blueprint = Blueprint("search", __name__)
MAX_VALUES = 10
SHOWN_VALUES = 30

KIND_LABELS = {
    "capability": _l("Capabilities"),
    "need": _l("Needs"),
    "company": _l("Companies"),
}
KIND_NAMES = {
    "capability": _l("Capability"),
    "need": _l("Need"),
    "company": _l("Company"),
}
# URL parameter → (facet of the index, heading, label of a value)
FACETS: dict[str, tuple[str, Any, Callable[[str], str]]] = {
    "kind": ("kind", _l("Kind"), lambda value: str(KIND_LABELS.get(value, value))),
    "category": ("category", _l("Category"), concept_title),
    "country": ("country", _l("Country of the company"), i18n.country_name),
    "certification": ("certificate", _l("Certificate"), str),
    "scenario": ("scenario", _l("Scenario"), concept_title),
    "market": ("market", _l("Market"), i18n.country_name),
}
SORTS = {"relevance": _l("Best match first"), "updated": _l("Newest first")}


@dataclass(frozen=True)
class FacetValue:
    """One line of a filter."""

    label: str
    count: int
    url: str
    active: bool
    value: str


@dataclass(frozen=True)
class Piece:
    """A piece of a passage; `mark`: it matched."""

    text: str
    mark: bool


@blueprint.get("/search")
@public
def results() -> ResponseReturnValue:
    portal().limiter.hit("search", request.remote_addr or "")
    wanted = _request()
    found = answer(db(), portal().engine, wanted)
    listing = Page(found.hits, found.total, number())
    return page(
        "search/results.html",
        answer=found,
        page=listing,
        query_text=wanted.text,
        groups=_groups(found),
        active=_active(),
        clear_url=url_for("search.results", q=wanted.text or None),
        sorts=[(name, str(label), _url(sort=[name])) for name, label in SORTS.items()],
        sort=wanted.sort,
        relax=_relax(found),
        segments=segments,
        foreign=_is_foreign,
        kind_label=lambda kind: str(KIND_NAMES[kind]),
    )


def _values(name: str) -> list[str]:
    return [v for v in dict.fromkeys(request.args.getlist(name)) if v and len(v) <= 80][:MAX_VALUES]


def _request() -> SearchRequest:
    filters = {
        facet: tuple(values)
        for name, (facet, _heading, _label) in FACETS.items()
        if name != "kind" and (values := _values(name))
    }
    sort = request.args.get("sort", "")
    return SearchRequest(
        text=readable(request.args.get("q", "")[:2000]),
        locale=i18n.current().tag,
        kinds=tuple(k for k in _values("kind") if k in KINDS),
        filters=filters,
        limit=PER_PAGE,
        offset=(number() - 1) * PER_PAGE,
        sort=sort if sort in SORTS else "relevance",
    )


def _url(**changes: list[str]) -> str:
    """This search with some parameters changed, from its first page."""
    args = {**{n: request.args.getlist(n) for n in ("q", *FACETS, "sort")}, **changes}
    return url_for("search.results", **{n: v for n, v in args.items() if v and v != [""]})  # type: ignore[arg-type]


def _toggled(name: str, value: str) -> str:
    now = _values(name)
    return _url(**{name: [v for v in now if v != value] if value in now else [*now, value]})


def _groups(found: Answer) -> list[dict[str, Any]]:
    """Filters with their counts; chosen values stay visible even when nothing is left of them."""
    groups = []
    for name, (facet, heading, label) in FACETS.items():
        counts = dict(found.facets.get(facet, {}))
        chosen = _values(name)
        counts.update({value: 0 for value in chosen if value not in counts})
        ranked = sorted(counts.items(), key=lambda pair: (pair[0] not in chosen, -pair[1], pair[0]))
        items = [
            FacetValue(label(value), count, _toggled(name, value), value in chosen, value)
            for value, count in ranked[:SHOWN_VALUES]
        ]
        if items:
            groups.append({"label": str(heading), "items": items, "entries": items, "name": name})
    return groups


def _active() -> list[dict[str, str]]:
    """Chosen filters as chips that take them off."""
    return [
        {"label": f"{heading}: {label(value)}", "url": _toggled(name, value)}
        for name, (_facet, heading, label) in FACETS.items()
        for value in _values(name)
    ]


def _relax(found: Answer) -> list[dict[str, str]]:
    """Nothing found: which filter to drop."""
    return _active() if found.total == 0 else []


def segments(passage: Passage) -> list[Piece]:
    """A passage cut into plain and marked pieces."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in passage.marks:
        pieces += [(passage.text[at:start], False), (passage.text[start:end], True)]
        at = end
    pieces.append((passage.text[at:], False))
    return [Piece(*piece) for piece in pieces if piece[0]]


def _is_foreign(hit: Found) -> bool:
    return hit.lang != i18n.current().tag
