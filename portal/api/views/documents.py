"""The description of the API, for programs and for people."""

from typing import Any

from flask import Response, g, make_response
from markupsafe import Markup

from portal.api import openapi
from portal.api.answers import as_json
from portal.api.operations import operation
from portal.api.parameters import Param, given
from portal.core import i18n, locales
from portal.core.access import ANONYMOUS
from portal.web.app import portal
from portal.web.templating import page


def described() -> dict[str, Any]:
    settings = portal().settings
    return openapi.document(settings.base_url, settings.site_name)


@operation(
    "GET",
    "/openapi.json",
    tag="Documentation",
    summary="The OpenAPI 3.1 document",
    answer="OpenAPI",
)
def openapi_document() -> Response:
    return as_json(described())


@operation(
    "GET",
    "/docs",
    tag="Documentation",
    summary="This description as a page",
    query=(
        Param(
            "locale",
            "Language of the page's frame.",
            {"type": "string", "enum": [locale.slug for locale in locales.LOCALES]},
        ),
    ),
    media="text/html",
)
def docs() -> Response:
    g.actor = ANONYMOUS  # the page is the same for everybody, whoever's token came along
    if given("locale"):
        g.locale = locales.BY_SLUG[given("locale")]
        i18n.activate(g.locale)
    return make_response(page("api/docs.html", api=described(), groups=_groups(), inline=_inline))


def _inline(text: str) -> Markup:
    """Code marks of a description as HTML."""
    from markdown_it import MarkdownIt  # noqa: PLC0415  (only this page needs it)

    html = MarkdownIt("commonmark", {"html": False}).renderInline(text)
    return Markup(html)  # noqa: S704  # nosec B704  (our own words, raw HTML off)


def _groups() -> dict[str, list[dict[str, Any]]]:
    """Operations by tag."""
    groups: dict[str, list[dict[str, Any]]] = {tag: [] for tag in openapi.TAGS}
    for path, methods in described()["paths"].items():
        for method, found in methods.items():
            entry = {"method": method.upper(), "path": path, **found}
            groups[found["tags"][0]].append(entry)
    return groups
