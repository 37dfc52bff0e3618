"""Records as rows of a table: nested keys become dotted columns, list places become numbers.

`{"texts": {"de": {"title": "…"}}, "markets": ["DE"]}` ↔ `texts.de.title`, `markets.0`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from portal.core.errors import Invalid
from portal.core.spreadsheets import FORMULA

MAX_PLACE = 999
# Stands in a column where a key of the record has a dot of its own.
INSIDE = "/"
_GUARDED = re.compile(f"'+[{FORMULA}]")


def flatten(record: Any, path: str = "") -> dict[str, Any]:
    """Dotted column → value, in the order of the record; empty values are left out."""
    if isinstance(record, Mapping):
        pairs: Iterable[tuple[Any, Any]] = record.items()
    elif isinstance(record, (list, tuple)):
        pairs = enumerate(record)
    else:
        return {} if record is None or record == "" else {path: record}
    cells: dict[str, Any] = {}
    for key, value in pairs:
        name = str(key).replace(".", INSIDE)
        cells |= flatten(value, f"{path}.{name}" if path else name)
    return cells


def unflatten(cells: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a row; empty cells are left out. Raises Invalid at a column that fits none."""
    tree: dict[str, Any] = {}
    for column, value in cells.items():
        if value is None or value == "":
            continue
        *path, last = (key.replace(INSIDE, ".") for key in column.split("."))
        node = tree
        for key in path:
            node = node.setdefault(key, {})
            if not isinstance(node, dict):
                raise Invalid("this column lies below another filled column", field=column)
        if last in node:
            raise Invalid("this column stands twice, or above another filled column", field=column)
        node[last] = value
    return {key: _listed(value, key) for key, value in tree.items()}


def _listed(node: Any, path: str) -> Any:
    """Objects whose keys are all numbers are lists."""
    if not isinstance(node, dict):
        return node
    below = {key: _listed(value, f"{path}.{key}") for key, value in node.items()}
    if not all(key.isascii() and key.isdigit() for key in below):
        return below
    places = sorted(below, key=lambda key: (len(key), key))
    if len(places[-1]) > 3 or int(places[-1]) > MAX_PLACE:
        raise Invalid(f"lists have at most {MAX_PLACE + 1} places", field=path)
    return [below[key] for key in places]


def column_order(column: str) -> list[tuple[int, int, str]]:
    """Sort key that keeps `sites.2` before `sites.10`; used within one root."""
    return [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in column.split(".")]


def columns(records: Iterable[Any]) -> list[str]:
    """All columns that a set of records needs; roots stay in the order of first appearance."""
    seen: dict[str, set[str]] = {}
    for record in records:
        for column in flatten(record):
            seen.setdefault(column.partition(".")[0], set()).add(column)
    return [c for found in seen.values() for c in sorted(found, key=column_order)]


def plain(value: Any) -> Any:
    """A cell as it was before `guard`; numbers and dates of spreadsheets as records have them."""
    if isinstance(value, str):
        return value[1:] if _GUARDED.match(value) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else value
