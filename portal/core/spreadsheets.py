"""Tables for spreadsheet programs, with cells that none of them runs."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

Cell = str | int | float | None
# What a spreadsheet program would take for a formula, also in full width; see docs/decisions.
FORMULA = "=+\\-@\t\r＝＋－＠"
_RISKY = re.compile(f"'*[{FORMULA}]")
CSV, XLSX = "csv", "xlsx"
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WIDTH, _COLUMNS = 20, 30


def guard(value: Any) -> Cell:
    """A cell that no spreadsheet program runs: texts that look like formulas get a `'`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if _RISKY.match(value) else value
    return float(value) if isinstance(value, Decimal) else value


def body(rows: Iterable[Sequence[Any]], kind: str, title: str = "") -> bytes:
    """Rows, the first of them the head, as a file of one of TYPES; every cell is guarded."""
    guarded = ([guard(value) for value in row] for row in rows)
    return _csv(guarded) if kind == CSV else _xlsx(guarded, title)


def _csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(rows: Iterable[Sequence[Cell]], title: str) -> bytes:
    import xlsxwriter  # noqa: PLC0415  (slow to load, rarely needed)

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": title})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, _COLUMNS, _WIDTH)
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells, None if number else head)
    return out.getvalue()
