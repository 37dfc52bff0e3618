"""Search over everything that is public, with facet counts and reasons."""

from flask import Response

from portal.api import paging
from portal.api.answers import as_json
from portal.api.operations import operation
from portal.api.parameters import Param, given
from portal.api.problems import ApiError
from portal.core import i18n
from portal.core.i18n import lazy_gettext as _l
from portal.search.answers import answer
from portal.search.documents import KINDS
from portal.search.results import SearchRequest
from portal.web.app import db, portal

# Parameter → facet of the index.
FACETS = {
    "category": "category",
    "country": "country",
    "certification": "certificate",
    "scenario": "scenario",
    "market": "market",
}
_ABOUT = {
    "category": "Id of a category; those below it count, too.",
    "country": "Country of the company, ISO 3166.",
    "certification": "Standard of a certificate, such as IATF 16949.",
    "scenario": "Id of a scenario.",
    "market": "Market served, or destination of a need, ISO 3166.",
}
MAX_OFFSET = 10_000


@operation(
    "GET",
    "/search",
    tag="Search",
    summary="Search capabilities, needs and companies",
    description="Finds across languages through the thesaurus; `reasons` says how. "
    "Several values of one filter mean any of them.",
    query=(
        Param("q", "Words in any language.", {"type": "string", "maxLength": 2000}),
        Param("kind", "What to look for.", {"type": "string", "enum": list(KINDS)}, many=True),
        *(Param(name, text, many=True) for name, text in _ABOUT.items()),
        Param("sort", "Order.", {"type": "string", "enum": ["relevance", "updated"]}),
        *paging.PARAMS,
    ),
    answer="SearchAnswer",
    paged=True,
)
def find() -> Response:
    size, offset = paging.limit(), _offset()
    request = SearchRequest(
        text=given("q") or "",
        locale=i18n.current().tag,
        kinds=given("kind"),
        filters={facet: given(name) for name, facet in FACETS.items() if given(name)},
        limit=size,
        offset=offset,
        sort=given("sort") or "relevance",
    )
    found = answer(db(), portal().engine, request)
    more = offset + size < min(found.total, MAX_OFFSET) and not found.reduced
    url = paging.next_url(str(offset + size) if more else None)
    response = as_json({**found.to_json(), "next": url})
    if url:
        response.headers["Link"] = f'<{url}>; rel="next"'
    return response


def _offset() -> int:
    place = paging.after() or "0"
    if not (place.isascii() and place.isdigit() and len(place) <= 6 and int(place) <= MAX_OFFSET):
        message = _l("This cursor does not belong to this list.")
        raise ApiError(400, message, errors={"cursor": message})
    return int(place)
