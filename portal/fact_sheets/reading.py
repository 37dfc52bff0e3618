"""Reads a self-assessment back: a workbook or JSON, checked before a single answer is taken."""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.core import locales, scanning
from portal.core.errors import Invalid
from portal.core.files import check_attachment
from portal.core.files import names as file_names
from portal.core.files.parsing import parse
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.spreadsheets import FORMULA
from portal.fact_sheets.workbook import ANSWER, FORMAT, HEAD, KEY, LISTS, VERSION

MAX_BYTES = 2 * 1024 * 1024
MAX_SHEET = 16 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS, MAX_SHEETS = 5_000, 40, 20
FOREIGN = _l(
    "This is not a self-assessment from this portal. Please use the file that you get here, as"
    " XLSX or JSON."
)
MAX_TEXT = 64 * 1024 * 1024  # what all cells together may say
TOO_LARGE = _l("The file has more rows or text than a self-assessment.")
_GUARDED = re.compile(f"'+[{FORMULA}]")
_FORMULA = re.compile(rb"<(?:\w{1,20}:)?f[\s/>]")
_PLACE = re.compile(rb"\br=\"([A-Z]{1,3})(\d{1,7})\"")
_ROW = re.compile(rb"<(?:\w{1,20}:)?row[\s/>]")
_SHARED = re.compile(rb"t=\"s\"[^<]{0,200}<(?:\w{1,20}:)?v>(\d{1,9})<")
_END = re.compile(rb"</(?:\w{1,20}:)?si>")


@dataclass(frozen=True)
class Cell:
    """An answer where it stands: `sheet` as people see its name, `row` as they count it."""

    key: str
    value: Any
    sheet: str
    row: str


@dataclass(frozen=True)
class Paper:
    """A file that is one of ours. `typed`: answers are JSON values, not cells in words."""

    company: str
    locale: str
    versions: Mapping[str, int]
    cells: tuple[Cell, ...]
    typed: bool


def read(name: str, content: bytes) -> Paper:
    """Raises Invalid, with the field `file`, for what is foreign, hostile or too large."""
    try:
        if len(content) > MAX_BYTES:
            raise Invalid(_l("The file is larger than 2 MB."))
        if content.lstrip()[:1] == b"{":
            return _json(name, content)
        return _xlsx(name, content)
    except Invalid as error:
        raise Invalid(error.message, field="file") from None


def _json(name: str, content: bytes) -> Paper:
    file_names.check(name)
    scanning.check_signs(content)
    try:
        tree = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Invalid(FOREIGN) from None
    if not isinstance(tree, dict):
        raise Invalid(FOREIGN)
    return _paper(tree, tuple(_questions(tree.get("sheets"))), typed=True)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _questions(sheets: Any) -> Iterator[Cell]:
    for sheet in sheets if isinstance(sheets, list) else ():
        rows = sheet.get("questions") if isinstance(sheet, dict) else None
        if not isinstance(rows, list) or len(rows) > MAX_ROWS:
            raise Invalid(FOREIGN)
        title = _short(sheet.get("title") or sheet.get("key"))
        for row in rows:
            if not isinstance(row, dict) or not isinstance(row.get("key"), str):
                raise Invalid(FOREIGN)
            yield Cell(row["key"], row.get("answer"), title, _short(row.get("number")))


def _short(value: Any) -> str:
    return str(value or "")[:60]


def _xlsx(name: str, content: bytes) -> Paper:
    check_attachment(name if name.lower().endswith(".xlsx") else f"{name}.xlsx", content)
    _check_parts(content)
    # Two cells can span more than memory holds: they are read where that harms nobody.
    tables = json.loads(parse("tables", content).parts[0])
    if HEAD not in tables:
        raise Invalid(FOREIGN)
    about = {str(row[0]): row[1] for row in tables.pop(HEAD) if len(row) > 1}
    tables.pop(LISTS, None)
    return _paper(_told(about), tuple(_lines(tables)), typed=False)


def _told(about: Mapping[str, Any]) -> dict[str, Any]:
    """The hidden sheet: texts as they are, all else as JSON."""
    try:
        rest = {k: v if k in ("company", "locale") else json.loads(v) for k, v in about.items()}
    except (TypeError, ValueError, RecursionError):
        raise Invalid(FOREIGN) from None
    return rest


def _check_parts(content: bytes) -> None:
    """Formulas, and tables larger than any self-assessment, are refused before they are read."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {entry.filename: entry for entry in archive.infolist()}
        sheets = [n for n in parts if n.startswith("xl/") and not n.startswith("xl/theme")]
        sheets = [n for n in sheets if n.endswith(".xml") and "worksheets/" in n]
        if len(sheets) > MAX_SHEETS or any(parts[n].file_size > MAX_SHEET for n in parts):
            raise Invalid(TOO_LARGE)
        shared = archive.read("xl/sharedStrings.xml") if "xl/sharedStrings.xml" in parts else b""
        lengths = [len(text) for text in _END.split(shared)]
        said = sum(_said(archive.read(name), lengths) for name in sheets)
        if said > MAX_TEXT:
            raise Invalid(TOO_LARGE)


def _said(part: bytes, lengths: list[int]) -> int:
    """How much a sheet says when its cells are written out. Raises Invalid for formulas."""
    if _FORMULA.search(part):
        raise Invalid(_l("The file holds formulas. Please paste their results as values."))
    rows = sum(1 for _ in _ROW.finditer(part))
    places = list(_PLACE.finditer(part))
    last = max((int(place[2]) for place in places), default=0)
    wide = any(_column(place[1]) > MAX_COLUMNS for place in places)
    if max(rows, last) > MAX_ROWS or wide:
        raise Invalid(TOO_LARGE)
    used = (int(found[1]) for found in _SHARED.finditer(part))
    return sum(lengths[at] for at in used if at < len(lengths))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def plain(value: Any) -> Any:
    """A cell as it was before it was made safe."""
    if isinstance(value, str):
        return value[1:] if _GUARDED.match(value) else value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _lines(tables: Mapping[str, list[list[Any]]]) -> Iterator[Cell]:
    for title, rows in tables.items():
        for number, row in enumerate(rows, start=1):
            key = str(row[KEY]) if row else ""
            if "." in key:
                value = row[ANSWER] if len(row) > ANSWER else None
                yield Cell(key, plain(value), title[:60], str(number))


def _paper(about: Mapping[str, Any], cells: tuple[Cell, ...], *, typed: bool) -> Paper:
    """Raises Invalid unless the head says that this is a whole self-assessment."""
    versions, locale = about.get("versions"), str(about.get("locale"))
    if about.get("format") != FORMAT or not isinstance(versions, dict):
        raise Invalid(FOREIGN)
    if about.get("format_version") != VERSION or locale not in locales.BY_TAG:
        raise Invalid(_l("This file comes from another version of the portal. Please get it anew."))
    if about.get("complete") is not True:
        raise Invalid(
            gettext(
                "This copy shows only what others may see. Please get your own file here, fill it"
                " in and import that."
            )
        )
    whole = {str(k): v for k, v in versions.items() if type(v) is int}
    return Paper(str(about.get("company")), locale, whole, cells, typed)
