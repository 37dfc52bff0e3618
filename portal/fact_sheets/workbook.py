"""A self-assessment as a workbook and as JSON: the same keys, whatever the language."""

import io
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.core import clock, i18n
from portal.core.i18n import gettext
from portal.core.spreadsheets import guard
from portal.evidence import presentation
from portal.evidence.rules import REJECTED
from portal.fact_sheets.content import LEGEND
from portal.fact_sheets.document import Document, Item, Section, Sheet
from portal.fact_sheets.questions import CHOICE, DAY, SEVERAL

FORMAT, VERSION = "self-assessment", 1
HEAD, LISTS = "_portal", "_lists"
BETWEEN = "; "
JSON, XLSX = "json", "xlsx"
KEY, ANSWER = 0, 3
_WIDTHS = (0, 9, 38, 52, 14, 30, 15, 15)
_BASE = {"valign": "top", "font_name": "Arial", "font_size": 10}
_WRAPPED = {"text_wrap": True}
_LINED = _WRAPPED | {"border": 1, "border_color": "#C8CDD3", "align": "left"}
_FIXED = _LINED | {"bg_color": "#F1F3F5"}
_DAY = {"num_format": "yyyy-mm-dd"}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "note": _WRAPPED | {"font_color": "#555555"},
    "head": _LINED | {"bold": True, "bg_color": "#E8ECF0"},
    "section": {"bold": True, "font_size": 11, "bottom": 1},
    "plain": _LINED,
    "fixed": _FIXED,
    "fixed_day": _FIXED | _DAY,
    "answer": _LINED,
    "day": _LINED | _DAY,
    "date": _LINED | _DAY,
}
_LONGEST = 250  # characters that a drop-down of its own may hold


def level_words(item: Item, *, inside: bool) -> str:
    """The step of evidence, for facts that can be proven and are there."""
    if item.standing is None or item.value in (None, "", []):
        return ""
    return str(presentation.label(item.standing.state, inside=inside))


def days_of(item: Item, *, inside: bool) -> tuple[date | None, date | None]:
    """When the evidence was found and until when it counts; strangers learn of no refusal."""
    standing = item.level
    if item.value in (None, "", []) or (standing.state == REJECTED and not inside):
        return None, None
    return standing.since.date() if standing.since else None, standing.until


def as_json(document: Document) -> dict[str, Any]:
    return {
        **head(document),
        "sheets": [
            {
                "key": sheet.key,
                "title": sheet.title,
                "questions": [_question(i, s, document) for s in sheet.sections for i in s.items],
            }
            for sheet in document.sheets
        ],
        "legend": [{"level": level, "text": f"{label}. {text}"} for level, label, text in legend()],
    }


def head(document: Document) -> dict[str, Any]:
    """What tells a file of the portal from others, and how old it is."""
    return {
        "format": FORMAT,
        "format_version": VERSION,
        "company": document.company_id,
        "name": document.name,
        "locale": document.locale,
        "as_of": clock.iso_z(document.made),
        "complete": document.full,
        "versions": dict(document.versions),
    }


def _question(item: Item, section: Section, document: Document) -> dict[str, Any]:
    since, _until = days_of(item, inside=document.full)
    return {
        "key": item.key,
        "number": item.number,
        "section": section.title,
        "question": item.text,
        "answer": item.value,
        "unit": item.unit,
        "evidence": item.level.level if item.standing and item.value is not None else None,
        "evidence_text": level_words(item, inside=document.full),
        "date": since.isoformat() if since else None,
    }


def json_body(document: Document) -> bytes:
    return json.dumps(as_json(document), ensure_ascii=False, indent=1).encode()


def legend() -> list[tuple[str, str, str]]:
    """Step, its name and what it leaves open, the lowest first."""
    return [
        (level, str(presentation.label(level, inside=False)), str(presentation.NOT_CHECKED[level]))
        for level in reversed(presentation.LADDER)
    ]


def cell(item: Item) -> Any:
    """An answer as a cell holds it: dates as dates, enumerations in words."""
    value = item.value
    if value in (None, "", []):
        return None
    if item.question.kind == DAY:
        return date.fromisoformat(value)
    if item.question.kind in (CHOICE, SEVERAL):
        labels = dict(item.choices())
        codes = value if isinstance(value, list) else [value]
        return BETWEEN.join(labels.get(code, str(code)) for code in codes)
    return value


def body(document: Document) -> bytes:
    import xlsxwriter  # noqa: PLC0415  (slow to load, rarely needed)

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": gettext("Supplier self-assessment")})
        writer = _Writer(book, document)
        for number, sheet in enumerate(document.sheets, start=1):
            writer.sheet(number, sheet)
        writer.legend(len(document.sheets) + 1)
        writer.hidden()
    return out.getvalue()


class _Writer:
    """Writes the sheets of one workbook; long enumerations lie on a hidden sheet."""

    def __init__(self, book: Any, document: Document) -> None:
        self.book, self.document = book, document
        self.formats = {name: book.add_format(_BASE | look) for name, look in _LOOKS.items()}
        for name in ("answer", "day") if document.full else ():
            self.formats[name].set_bg_color("#FFFBE6")
        self.lists: dict[tuple[str, ...], str] = {}

    def _page(self, number: int, title: str) -> Any:
        page = self.book.add_worksheet(_tab(number, title))
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_footer("&L&8" + gettext("Supplier self-assessment") + "&R&8&P / &N")
        for at, width in enumerate(_WIDTHS):
            page.set_column(at, at, width or None, None, {} if width else {"hidden": True})
        return page

    def _heading(self, page: Any, title: str) -> None:
        made = i18n.format_date(self.document.made, "long")
        page.write_string(0, 1, f"{title} · {guard(self.document.name)}", self.formats["title"])
        page.write_string(1, 1, gettext("As of %(date)s", date=made), self.formats["note"])

    def sheet(self, number: int, sheet: Sheet) -> None:
        page = self._page(number, sheet.title)
        self._heading(page, sheet.title)
        heads = (
            *("key", gettext("No."), gettext("Question"), gettext("Answer"), gettext("Unit")),
            *(gettext("Evidence"), gettext("Evidence of"), gettext("Ends on")),
        )
        page.write_row(3, 0, heads, self.formats["head"])
        page.freeze_panes(4, 3)
        page.repeat_rows(3)
        row = 4
        for section in sheet.sections:
            page.write_string(row, 1, str(guard(section.title)), self.formats["section"])
            for item in section.items:
                row += 1
                self._line(page, row, item)
            row += 2
        if row == 4:
            page.write_string(row, 1, gettext("Nothing is stated."), self.formats["note"])

    def _line(self, page: Any, row: int, item: Item) -> None:
        plain = self.formats["plain"]
        page.write_string(row, KEY, item.key)
        page.write_string(row, 1, item.number, plain)
        page.write_string(row, 2, str(guard(item.text)), plain)
        self._answer(page, row, item)
        page.write_string(row, 4, item.unit, plain)
        page.write_string(row, 5, level_words(item, inside=self.document.full), plain)
        for column, day in enumerate(days_of(item, inside=self.document.full), start=6):
            if day:
                page.write_datetime(row, column, day, self.formats["date"])
            else:
                page.write_blank(row, column, None, plain)

    def _answer(self, page: Any, row: int, item: Item) -> None:
        value, is_day = cell(item), item.question.kind == DAY
        look = ("fixed" if item.question.fixed else "answer", "fixed_day", "day")
        name = look[0] if not is_day else look[1 if item.question.fixed else 2]
        place = (row, ANSWER)
        if value is None:
            page.write_blank(*place, None, self.formats[name])
        elif isinstance(value, date):
            page.write_datetime(*place, value, self.formats[name])
        elif isinstance(value, str):
            page.write_string(*place, str(guard(value)), self.formats[name])
        else:
            page.write_number(*place, value, self.formats[name])
        if item.question.kind == CHOICE and not item.question.fixed:
            self._drop_down(page, place, [label for _code, label in item.choices()])

    def _drop_down(self, page: Any, place: tuple[int, int], labels: Sequence[str]) -> None:
        if len(",".join(labels)) <= _LONGEST and not any("," in label for label in labels):
            source: Any = list(labels)
        else:
            source = self._listed(tuple(labels))
        about = {
            "validate": "list",
            "source": source,
            "error_title": gettext("Please choose"),
            "error_message": gettext("Please choose one of the entries of the list."),
        }
        page.data_validation(*place, *place, about)

    def _listed(self, labels: tuple[str, ...]) -> str:
        """Where the labels lie on the hidden sheet, which is written at the end."""
        if labels not in self.lists:
            letter = _letters(len(self.lists))
            self.lists[labels] = f"={LISTS}!${letter}$1:${letter}${len(labels)}"
        return self.lists[labels]

    def legend(self, number: int) -> None:
        page = self._page(number, str(LEGEND))
        self._heading(page, str(LEGEND))
        heads = ("", gettext("Step"), gettext("Evidence"), gettext("What was not checked"))
        page.write_row(3, 0, heads, self.formats["head"])
        for row, (_level, label, text) in enumerate(legend(), start=4):
            page.write_number(row, 1, row - 3, self.formats["fixed"])
            page.write_string(row, 2, label, self.formats["plain"])
            page.write_string(row, 3, text or "–", self.formats["plain"])
        page.write_string(9, 2, _advice(self.document), self.formats["note"])

    def hidden(self) -> None:
        lists = self.book.add_worksheet(LISTS)
        lists.hide()
        for column, labels in enumerate(self.lists):
            for row, label in enumerate(labels):
                lists.write_string(row, column, str(guard(label)))
        about = self.book.add_worksheet(HEAD)
        about.hide()
        for row, (name, value) in enumerate(head(self.document).items()):
            about.write_string(row, 0, name)
            about.write_string(
                row, 1, value if name in ("company", "locale") else json.dumps(value)
            )


def _advice(document: Document) -> str:
    if not document.full:
        return gettext("This copy shows what the company discloses to its reader.")
    return gettext(
        "Answer in the yellow cells and import the file on your page “Fact sheets”. An empty block"
        " adds a row; a block that is emptied removes it. Every change is shown before it counts."
    )


def _tab(number: int, title: str) -> str:
    """The name of a sheet: at most 31 characters and none that programs refuse."""
    plain = "".join("-" if c in "[]:*?/\\'" else c for c in title)
    return f"{number} {plain}"[:31]


def _letters(number: int) -> str:
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
