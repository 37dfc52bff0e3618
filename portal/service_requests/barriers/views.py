"""The public pages of market barriers."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.core import i18n
from portal.service_requests import catalogue
from portal.service_requests.barriers import presentation, queries, rules
from portal.service_requests.barriers.queries import Filters
from portal.thesaurus.store import get_thesaurus
from portal.web.app import db
from portal.web.guards import public
from portal.web.paging import paginate
from portal.web.templating import page

blueprint = Blueprint("barriers", __name__)


def filters_of(given: Any) -> Filters:
    """What an address asks for; unknown values are ignored."""
    market = given.get("market", "").upper()
    category, kind = given.get("category", ""), given.get("kind", "")
    return Filters(
        market=market if market == rules.EU or market in dict(i18n.countries()) else "",
        category=category if category in get_thesaurus() else "",
        kind=kind if kind in rules.KINDS else "",
    )


@blueprint.get("/barriers")
@public
def overview() -> ResponseReturnValue:
    filters = filters_of(request.args)
    rows = paginate(db(), queries.public_listing(filters))
    return page(
        "barriers/overview.html",
        rows=rows,
        shown=[presentation.public(row) for row in rows],
        filters=filters,
        choices=_choices(filters),
    )


def _choices(filters: Filters) -> list[tuple[str, Any, list[tuple[str, str, int]]]]:
    """The filters with what can be chosen: name, chosen value, (value, label, count)."""
    facets = queries.public_facets(db())
    labels: dict[str, Any] = {
        "market": i18n.country_name,
        "category": presentation.category_title,
        "kind": lambda kind: str(rules.labels()[kind]),
    }
    found = []
    for name, label in labels.items():
        chosen = getattr(filters, name)
        counts = facets[name] if not chosen else {chosen: 0, **facets[name]}
        rows = [(value, label(value), count) for value, count in counts.items()]
        found.append((name, chosen, sorted(rows, key=lambda row: row[1])))
    return found


@blueprint.get("/barriers/<barrier_id>")
@public
def show(barrier_id: str) -> ResponseReturnValue:
    barrier = queries.public_one(db(), barrier_id)
    shown = presentation.public(barrier)
    services = rules.KINDS.get(barrier.kind, ("", ()))[1]
    return page(
        "barriers/show.html",
        item=shown,
        services=[catalogue.get(code) for code in services],
        structured=presentation.structured(shown),
        category=barrier.category,
        kind=barrier.kind,
    )
