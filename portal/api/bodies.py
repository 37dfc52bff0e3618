"""JSON bodies: bounded, plain, without surprises."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn

from flask import request

from portal.api.problems import ApiError
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
JSON_TYPES = ("application/json",)
PATCH_TYPES = ("application/merge-patch+json", "application/json")


def read(types: tuple[str, ...] = JSON_TYPES) -> dict[str, Any]:
    """The body as an object. Raises 415, 413, or 400 for anything that is not plain JSON."""
    if request.mimetype not in types:
        raise ApiError(
            415,
            gettext("Please send %(types)s.", types=types[0]),
            headers={"Accept": ", ".join(types)},
        )
    if (request.content_length or 0) > MAX_BYTES or len(request.get_data()) > MAX_BYTES:
        raise ApiError(413, gettext("At most %(size)s KiB.", size=MAX_BYTES // 1024))
    body = _parse(request.get_data())
    if not isinstance(body, dict):
        raise ApiError(400, _l("The body must be a JSON object."))
    return body


def _parse(raw: bytes) -> Any:
    try:
        body = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise ApiError(400, _l("The body is not valid JSON in UTF-8.")) from error
    for depth, text in _walk(body):
        if depth > MAX_DEPTH:
            raise ApiError(400, gettext("At most %(depth)s levels of nesting.", depth=MAX_DEPTH))
        if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text):
            raise ApiError(400, _l("The body contains characters that are no text."))
    return body


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        double = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ApiError(400, gettext("The key “%(key)s” is there twice.", key=double[:80]))
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _walk(value: Any) -> Iterator[tuple[int, str]]:
    """Depth and text of everything in the body."""
    stack: list[tuple[Any, int]] = [(value, 0)]
    while stack:
        node, depth = stack.pop()
        yield depth, node if isinstance(node, str) else ""
        if isinstance(node, dict):
            stack += [(part, depth + 1) for pair in node.items() for part in pair]
        elif isinstance(node, list):
            stack += [(part, depth + 1) for part in node]


def merged(present: Any, patch: Any) -> Any:
    """JSON Merge Patch (RFC 7396): null removes, objects merge, anything else replaces."""
    if not isinstance(patch, dict):
        return patch
    result = dict(present) if isinstance(present, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result
