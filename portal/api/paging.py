"""Lists in pages by cursor: newest first, stable while rows are added."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from sqlalchemy import Select

from portal.api.answers import as_json
from portal.api.parameters import Param, given
from portal.api.problems import ApiError
from portal.core.i18n import lazy_gettext as _l
from portal.web.app import db, portal

LIMIT = 20
MAX_LIMIT = 100
PARAMS = (
    Param(
        "cursor",
        "Where to go on: `cursor` of the `next` link.",
        {"type": "string", "maxLength": 200},
    ),
    Param(
        "limit",
        "Items per page.",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": LIMIT},
    ),
)
_PREFIX = "after:"


def limit() -> int:
    return int(given("limit") or LIMIT)


def after() -> str | None:
    """The place a cursor stands for. Raises 400 for anything that is none."""
    cursor = given("cursor")
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if not text.startswith(_PREFIX) or len(text) == len(_PREFIX):
        message = _l("This cursor does not belong to this list.")
        raise ApiError(400, message, errors={"cursor": message})
    return text.removeprefix(_PREFIX)


def _cursor(place: str) -> str:
    return base64.urlsafe_b64encode(f"{_PREFIX}{place}".encode()).decode().rstrip("=")


def rows_page(query: Select[Any], key: Any, shown: Callable[[Any], Any]) -> Response:
    """A page of rows in the order of their time-ordered ids, newest first."""
    size, place = limit(), after()
    query = query.order_by(None).order_by(key.desc())
    if place is not None:
        query = query.where(key < place)
    rows = db().scalars(query.limit(size + 1)).unique().all()
    last = str(getattr(rows[size - 1], key.key)) if len(rows) > size else None
    return listing([shown(row) for row in rows[:size]], last)


def sequence_page(
    items: Sequence[Any], name: Callable[[Any], str], shown: Callable[[Any], Any]
) -> Response:
    """A page of a list in memory that is sorted by `name`."""
    size, place = limit(), after()
    left = [item for item in items if place is None or name(item) > place]
    last = name(left[size - 1]) if len(left) > size else None
    return listing([shown(item) for item in left[:size]], last)


def listing(items: list[Any], last: str | None, **more: Any) -> Response:
    """`{"items": …, "next": …}` with the same address in the Link header."""
    url = next_url(last)
    response = as_json({**more, "items": items, "next": url})
    if url:
        response.headers["Link"] = f'<{url}>; rel="next"'
    return response


def next_url(place: str | None) -> str | None:
    """This same list from a place on."""
    if place is None:
        return None
    args = [(n, v) for n, v in request.args.items(multi=True) if n != "cursor"]
    query = urlencode([*args, ("cursor", _cursor(place))])
    return f"{portal().settings.base_url.rstrip('/')}{request.path}?{query}"
