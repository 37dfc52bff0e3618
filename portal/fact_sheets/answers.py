"""From the cells of a file to answers: each read by its question, each refusal with its place."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES
from portal.fact_sheets import questions, workbook
from portal.fact_sheets.document import Document, Item
from portal.fact_sheets.reading import Cell, Paper
from portal.listings.records import json_number
from portal.web.forms import parse_number

MAX_TEXT = 20_000
MAX_PROBLEMS = 200
_BETWEEN = re.compile(r"\s*[;；\n]\s*")


@dataclass(frozen=True)
class Problem:
    """Why a cell, or the file as a whole, is not taken."""

    sheet: str
    row: str
    question: str
    reason: object


@dataclass(frozen=True)
class Answers:
    """What a file says: `given` by key; `kept` are questions whose answer stays as it is, although
    the file gives another one; `places` are sheet and row by key."""

    given: Mapping[str, Any]
    kept: tuple[str, ...]
    problems: tuple[Problem, ...]
    places: Mapping[str, tuple[str, str]]


class Refused(Exception):
    """An answer that does not fit its question; the first argument says why."""


def read(paper: Paper, then: Document, now: Document) -> Answers:
    """`then` is the self-assessment in the language of the file, `now` in that of the reader."""
    known, shown = then.items(), now.items()
    given: dict[str, Any] = {}
    places: dict[str, tuple[str, str]] = {}
    kept: list[str] = []
    problems: list[Problem] = []
    for cell in paper.cells:
        item = known.get(cell.key)
        text = shown[cell.key].text if item else cell.key[:80]
        try:
            if item is None and _canonical(cell.value) is None:
                continue
            if item is None:
                raise Refused(_l("There is no such question in your self-assessment."))
            if cell.key in places:
                raise Refused(_l("This question is there twice."))
            places[cell.key] = (cell.sheet, cell.row)
            value = _answer(cell, item, paper)
            if not item.question.fixed:
                given[cell.key] = value
            elif value != item.value:
                kept.append(text)
        except Refused as error:
            if item is not None and item.question.fixed:
                kept.append(text)
            else:
                problems.append(Problem(cell.sheet, cell.row, text, error.args[0]))
    return Answers(given, tuple(kept), tuple(problems[:MAX_PROBLEMS]), places)


def _answer(cell: Cell, item: Item, paper: Paper) -> Any:
    """The answer as JSON has it; one that the file repeats stays as it is stored."""
    written = item.value if paper.typed else workbook.cell(item)
    if _canonical(written) == _canonical(cell.value):
        return item.value
    if _canonical(cell.value) is None:
        return None
    return _READERS[item.question.kind](cell.value, item, paper.locale)


def _canonical(value: Any) -> Any:
    """Equal for what a spreadsheet program, or a form, does not tell apart."""
    if value in (None, "", []):
        return None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value) if math.isfinite(value) and abs(value) < 1e300 else value
    return _tidy(value) if isinstance(value, str) else value


def _tidy(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "")
    return unicodedata.normalize("NFC", lines).strip()


def _text(value: Any, _item: Item, _locale: str) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Refused(_l("This must be a text."))
    text = _tidy(str(value))
    if len(text) > MAX_TEXT:
        raise Refused(gettext("Please use at most %(limit)s characters.", limit=MAX_TEXT))
    return text or None


def _number(value: Any, _item: Item, locale: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Refused(_l("Please give a number."))
    number = _decimal(value) if not isinstance(value, str) else _typed(value, locale)
    if number is None or not number.is_finite() or abs(number) >= Decimal(10) ** 13:
        raise Refused(_l("Please give a number."))
    if -number.as_tuple().exponent > 12:  # type: ignore[operator]
        raise Refused(_l("Please give a number."))
    return json_number(number)


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None


def _typed(text: str, locale: str) -> Decimal | None:
    """As people of the file's language write it."""
    if not text.strip() or len(text) > 40:
        return None
    with i18n.use_locale(locale):
        return parse_number(text)


def _whole(value: Any, item: Item, locale: str) -> int:
    number = _number(value, item, locale)
    if not isinstance(number, int):
        raise Refused(_l("Please enter a whole number."))
    return number


def _day(value: Any, _item: Item, _locale: str) -> str:
    try:
        return date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise Refused(_l("This must be a date such as 2027-06-30.")) from None


def _choice(value: Any, item: Item, locale: str) -> str:
    text = _tidy(str(value))
    for known in _readings(item, locale):
        if text.casefold() in known:
            return known[text.casefold()]
    raise Refused(gettext("“%(value)s” is not possible here.", value=text[:80]))


def _several(value: Any, item: Item, locale: str) -> list[str] | None:
    rows = value if isinstance(value, list) else _BETWEEN.split(_tidy(str(value)))
    codes = [_choice(row, item, locale) for row in rows if row not in (None, "")]
    return list(dict.fromkeys(codes)) or None


def _readings(item: Item, locale: str) -> Iterator[dict[str, str]]:
    """Codes by what may stand for them: labels of the file's language, codes, other languages."""
    tags = [locale, *(known.tag for known in LOCALES if known.tag != locale)]
    for tag in tags:
        with i18n.use_locale(tag):
            pairs = item.choices()
        labels = {label.casefold(): code for code, label in reversed(pairs)}
        yield {code.casefold(): code for code, _label in pairs} | labels


_READERS: Mapping[str, Callable[[Any, Item, str], Any]] = {
    questions.TEXT: _text,
    questions.NUMBER: _number,
    questions.WHOLE: _whole,
    questions.DAY: _day,
    questions.CHOICE: _choice,
    questions.SEVERAL: _several,
}
