"""The register as a table for spreadsheet programs; for the staff."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date

from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.spreadsheets import Cell, guard
from portal.service_requests.barriers import rules
from portal.service_requests.barriers.presentation import FIELDS, category_title
from portal.service_requests.barriers.rules import WORKFLOW
from portal.service_requests.models import Barrier

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Rows = Iterable[tuple[Barrier, str]]


def body(rows: Rows, kind: str) -> bytes:
    """Barriers with the number of their requests, in a format of TYPES."""
    return {"csv": _csv, "xlsx": _xlsx}[kind](_cells(rows))


def _cells(rows: Rows) -> Iterator[list[Cell]]:
    more = [gettext("State"), gettext("Requests that met it"), gettext("Public title")]
    yield [*(str(label) for label in FIELDS.values()), *more]
    for barrier, met in rows:
        yield [guard(value) for value in _line(barrier, int(met))]


def _line(barrier: Barrier, met: int) -> list[Cell]:
    labels = rules.labels()
    named = {
        "market": i18n.country_name(barrier.market),
        "kind": str(labels.get(barrier.kind, barrier.kind)),
        "category": category_title(barrier.category),
    }
    facts = [named[key] if key in named else _plain(getattr(barrier, key)) for key in FIELDS]
    texts = rules.texts_of(barrier.public_text or {})
    own = texts.get(i18n.current().tag) or texts.get("en") or next(iter(texts.values()), {})
    return [*facts, str(WORKFLOW.state(barrier.state).label), met, own.get("title", "")]


def _plain(value: date | str | None) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""


def _csv(rows: Iterator[list[Cell]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(rows: Iterator[list[Cell]]) -> bytes:
    import xlsxwriter  # noqa: PLC0415  (slow to load, rarely needed)

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(FIELDS) + 3, 24)
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
    return out.getvalue()
