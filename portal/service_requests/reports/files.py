"""Tables of reports as files for spreadsheet programs."""

from collections.abc import Iterator

from portal.core import spreadsheets
from portal.core.spreadsheets import Cell
from portal.service_requests.reports import wording
from portal.service_requests.reports.tables import Column, Table


def body(table: Table, kind: str) -> bytes:
    """The table in a format, with how its figures are counted below it."""
    return spreadsheets.body(_rows(table), kind, table.title)


def _rows(table: Table) -> Iterator[list[Cell]]:
    """Head, lines, and the definitions."""
    yield [table.head, *(_head(column) for column in table.columns)]
    for line in table.lines:
        cells = zip(line.cells, table.columns, strict=True)
        yield [line.name, *(wording.plain(cell, column.kind) for cell, column in cells)]
    yield []
    for column in table.columns:
        if column.definition:
            yield [str(column.label), str(column.definition)]


def _head(column: Column) -> str:
    unit = wording.UNITS[column.kind]
    return f"{column.label} ({unit})" if unit else str(column.label)
