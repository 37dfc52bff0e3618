"""The HTTP API, version 1."""

from flask import Blueprint, Response, g, request

from portal.api import auth, problems, rates
from portal.api.operations import OPERATIONS, PREFIX, of_endpoint
from portal.api.parameters import read
from portal.api.views import (  # noqa: F401  (each declares its operations)
    companies,
    concepts,
    documents,
    fact_sheets,
    gaps,
    inquiries,
    listings,
    matches,
    search,
    service_requests,
    services,
)
from portal.core import i18n, locales
from portal.web.app import actor

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
_PAGES = frozenset({"text/html"})


def _admit() -> None:
    """Before each operation: who, how often, with which right, in which language, asking what."""
    declared = of_endpoint(request.endpoint or "")
    if request.method == "OPTIONS":
        return
    try:
        auth.identify()
    finally:  # also who comes with a bad token is counted and answered in their language
        _speak()
        rates.count()
    auth.demand(declared.permissions, writes=declared.writes)
    read(declared.query)


def _speak() -> None:
    """The languages the caller accepts, else the language of the token's owner."""
    accepted = [tag for tag, _quality in request.accept_languages]
    locale = locales.negotiate(accepted) if accepted else locales.by_tag(actor().locale)
    g.locale = locale
    i18n.activate(locale)


def _finish(response: Response) -> Response:
    response.headers.setdefault("Content-Language", i18n.current().tag)
    if response.mimetype not in _PAGES:
        response.vary.update(("Authorization", "Accept-Language"))
        keep = "no-store" if actor().is_authenticated else "no-cache"
        response.headers.setdefault("Cache-Control", f"private, {keep}")
    return rates.add_headers(response)


blueprint.before_request(_admit)
blueprint.after_request(_finish)
blueprint.register_error_handler(problems.ApiError, problems.answer)
for _operation, _view in OPERATIONS.values():
    blueprint.add_url_rule(_operation.path, _operation.name, _view, methods=[_operation.method])
