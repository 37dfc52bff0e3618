"""Tables of reports as files for spreadsheet programs."""

import csv
import io
from collections.abc import Iterator, Sequence

from portal.core.spreadsheets import Cell, guard
from portal.service_requests.reports import wording
from portal.service_requests.reports.tables import Column, Table

CSV, XLSX = "csv", "xlsx"
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WIDTH = 18


def body(table: Table, kind: str) -> bytes:
    """The table in a format, with how its figures are counted below it."""
    return {CSV: _csv, XLSX: _xlsx}[kind](list(_rows(table)), table.title)


def _rows(table: Table) -> Iterator[list[Cell]]:
    """Head, lines, and the definitions."""
    yield [table.head, *(_head(column) for column in table.columns)]
    for line in table.lines:
        cells = zip(line.cells, table.columns, strict=True)
        yield [guard(line.name), *(wording.plain(cell, column.kind) for cell, column in cells)]
    yield []
    for column in table.columns:
        if column.definition:
            yield [str(column.label), str(column.definition)]


def _head(column: Column) -> str:
    unit = wording.UNITS[column.kind]
    return f"{column.label} ({unit})" if unit else str(column.label)


def _csv(rows: Sequence[Sequence[Cell]], _title: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(rows: Sequence[Sequence[Cell]], title: str) -> bytes:
    import xlsxwriter  # noqa: PLC0415  (slow to load, rarely needed)

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        book.set_properties({"title": title})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 2 * _WIDTH)
        sheet.set_column(1, 30, _WIDTH)
        for number, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(number, place, cell, bold if number == 0 else None)
                elif cell is not None:
                    sheet.write_number(number, place, cell)
    return out.getvalue()
