"""Rules as files: JSON lines as they are shipped, and a table for spreadsheet programs."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.core import spreadsheets
from portal.core.errors import Invalid
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES
from portal.market_rules import checks
from portal.market_rules.models import MarketRule

MEDIA_TYPES = {"csv": "text/csv", "jsonl": "application/x-ndjson"}
MOST = 5000
_LISTS, _JSON = ("classes", "but_not", "satisfied_by"), ("stages", "condition")
_TEXTS, _PLAIN = ("title", "summary"), ("market", "kind", "service", "valid_from", "valid_to")
_SEPARATOR = "|"
COLUMNS = (
    *("id", "market", "kind", "classes", "but_not", "satisfied_by", "service"),
    *(f"{name}.{locale.tag}" for name in _TEXTS for locale in LOCALES),
    *("valid_from", "valid_to", "stages", "condition"),
    *(f"source.{name}" for name in checks.SOURCE),
    *checks.REVIEW,
)


@dataclass(frozen=True)
class Fault:
    """What is wrong in a row of a file."""

    row: int
    column: str
    message: str


@dataclass
class Read:
    """The records of a file, and what is wrong in it."""

    records: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def record_of(row: MarketRule) -> dict[str, Any]:
    """The whole record of a rule, its review among it."""
    known = {name: row.content.get(name) for name in checks.FIELDS}
    reviewed = row.reviewed_on.isoformat() if row.reviewed_on else None
    review = {"reviewed_on": reviewed, "reviewer": row.reviewer or None, "status": row.status}
    return {**known, **review}


def write(rows: Iterable[MarketRule], form: str) -> bytes:
    """Rules as a file of one of MEDIA_TYPES."""
    records = map(record_of, rows)
    if form == "jsonl":
        return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records).encode()
    return spreadsheets.body([COLUMNS, *map(_cells, records)], spreadsheets.CSV)


def _cells(record: Mapping[str, Any]) -> list[str]:
    return [_cell(record, column) for column in COLUMNS]


def _cell(record: Mapping[str, Any], column: str) -> str:
    name, _dot, part = column.partition(".")
    value = record.get(name)
    if part:
        return str((value or {}).get(part) or "")
    if name in _LISTS:
        return _SEPARATOR.join(value or ())
    if name in _JSON:
        return json.dumps(value, ensure_ascii=False) if value else ""
    return str(value or "")


def file_format(name: str) -> str:
    """Raises Invalid for a file of another kind."""
    suffix = name.rpartition(".")[2].lower()
    if suffix not in MEDIA_TYPES:
        raise Invalid(_l("Please choose a CSV or JSONL file."), field="file")
    return suffix


def read(content: bytes, form: str, known: Mapping[str, Mapping[str, Any]]) -> Read:
    """Every record of a file with its faults by row. Columns that a table leaves out stay as they
    are in the `known` records."""
    found = Read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        found.faults.append(Fault(1, "", gettext("Please save the file as UTF-8.")))
        return found
    seen: dict[str, int] = {}
    rows = _json_rows(text, found) if form == "jsonl" else _table_rows(text, known, found)
    for number, record in rows:
        if len(found.records) >= MOST:
            found.faults.append(Fault(number, "", gettext("The file is too long.")))
            break
        wrong = [Fault(number, name, message) for name, message in checks.faults(record)]
        if record.get("id") in seen:
            text = gettext("The same id stands in row %(row)s.", row=seen[record["id"]])
            wrong.append(Fault(number, "id", text))
        seen.setdefault(str(record.get("id")), number)
        found.faults += wrong
        found.records += [] if wrong else [record]
    return found


def _json_rows(text: str, found: Read) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        record = _parsed(line)
        if isinstance(record, dict):
            yield number, record
        else:
            found.faults.append(Fault(number, "", gettext("This is no JSON object.")))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _table_rows(
    text: str, known: Mapping[str, Mapping[str, Any]], found: Read
) -> Iterator[tuple[int, dict[str, Any]]]:
    table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = [name for name in table.fieldnames or () if name]
        for name in names:
            if name not in COLUMNS:
                found.faults.append(Fault(1, name, gettext("There is no such column.")))
        for cells in table:
            yield table.line_num, _record(cells, names, known, found, table.line_num)
    except csv.Error as error:
        found.faults.append(Fault(table.line_num, "", str(error)))


def _record(
    cells: Mapping[str, Any],
    names: list[str],
    known: Mapping[str, Mapping[str, Any]],
    found: Read,
    row: int,
) -> dict[str, Any]:
    record: dict[str, Any] = dict(known.get(_text(cells, "id"), {}))
    for column in names:
        name, _dot, part = column.partition(".")
        value = _text(cells, column)
        if part:
            record[name] = {**(record.get(name) or {}), part: value}
        elif name in _LISTS:
            record[name] = [item.strip() for item in value.split(_SEPARATOR) if item.strip()]
        elif name in _JSON:
            record[name] = _json_cell(value, name, found, row)
        elif name in (*_PLAIN, "id"):
            record[name] = value or None
    for name in (*_TEXTS, "source"):
        record[name] = {key: text for key, text in (record.get(name) or {}).items() if text}
    return record


def _text(cells: Mapping[str, Any], column: str) -> str:
    """A cell as it was meant: without the mark that keeps programs from running it."""
    value = str(cells.get(column) or "").strip()
    return value[1:] if value[:1] == "'" and spreadsheets.guard(value[1:]) != value[1:] else value


def _json_cell(value: str, name: str, found: Read, row: int) -> Any:
    parsed = _parsed(value) if value else None
    if value and parsed is None:
        found.faults.append(Fault(row, name, gettext("This is no JSON.")))
    return parsed
