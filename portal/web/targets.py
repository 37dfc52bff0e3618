"""Addresses to go back to that come from outside: never another host."""

from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.web.app import portal


def own_page(wanted: str | None, otherwise: str) -> str:
    """The address when it is a page of this portal, else the other one."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return otherwise
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or any(c in wanted for c in "\\\r\n\t"):
        return otherwise
    try:
        adapter = portal().create_url_adapter(request)
        if adapter is None:
            return otherwise
        adapter.match(parts.path, method="GET")
    except (HTTPException, RequestRedirect):
        return otherwise
    return wanted
