"""The language of a page: in its address, remembered in a cookie, negotiated at the door."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import abort, g, request, url_for
from werkzeug.routing import BaseConverter, BuildError, ValidationError

from portal.core import i18n, locales
from portal.core.locales import Locale
from portal.web.app import actor, portal

COOKIE = "locale"
PREFIX = "/<locale:locale>"


class LocaleConverter(BaseConverter):
    """`/de/…`: one of the registered locales."""

    regex = "[a-z-]{2,10}"

    def to_python(self, value: str) -> Locale:
        if value not in locales.BY_SLUG:
            raise ValidationError
        return locales.BY_SLUG[value]

    def to_url(self, value: Any) -> str:
        return value.slug if isinstance(value, Locale) else str(value)


def pull(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take the locale out of the view's arguments."""
    if values and "locale" in values:
        g.locale = values.pop("locale")


def push(endpoint: str, values: dict[str, Any]) -> None:
    """Links stay in the page's language unless told otherwise."""
    if "locale" not in values and portal().url_map.is_endpoint_expecting(endpoint, "locale"):
        values["locale"] = g.get("locale") or i18n.current()


def preferred() -> Locale:
    """Cookie, then account, then the browser's languages."""
    chosen = locales.BY_SLUG.get(request.cookies.get(COOKIE, ""))
    if chosen:
        return chosen
    if actor().is_authenticated:
        return locales.by_tag(actor().locale)
    return locales.negotiate([tag for tag, _quality in request.accept_languages])


def activate() -> None:
    """Before each request: texts, dates and zones of the reader."""
    slug = request.path.split("/")[1]  # also right for addresses that no route knows
    locale = g.get("locale") or locales.BY_SLUG.get(slug) or preferred()
    g.locale = locale
    zone = actor().timezone if actor().is_authenticated else "UTC"
    i18n.activate(locale, zone)


def switch_url(slug: str) -> str:
    """The address of this same page in another language."""
    try:
        path = url_for(request.endpoint or "", **{**(request.view_args or {}), "locale": slug})
    except BuildError:
        return f"/{slug}/"
    return with_query(path, request.args.items(multi=True))


def with_query(path: str, pairs: Iterable[tuple[str, Any]]) -> str:
    """An address with these parameters. They come from the reader: as arguments of `url_for` some
    of them would mean another endpoint, scheme or host."""
    query = urlencode([(name, value) for name, value in pairs if value is not None])
    return f"{path}?{query}" if query else path


def require(slug: str) -> Locale:
    """The locale of a slug, 404 for others."""
    if slug not in locales.BY_SLUG:
        abort(404)
    return locales.BY_SLUG[slug]
