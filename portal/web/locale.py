"""The language of a page: in its address, remembered in a cookie, negotiated at the door."""

from typing import Any

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
    values: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict(flat=False)}
    try:
        return url_for(request.endpoint or "", **{**values, "locale": slug})
    except BuildError:
        return f"/{slug}/"


def require(slug: str) -> Locale:
    """The locale of a slug, 404 for others."""
    if slug not in locales.BY_SLUG:
        abort(404)
    return locales.BY_SLUG[slug]
