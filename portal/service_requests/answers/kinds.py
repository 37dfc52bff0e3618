"""Each type of question: how an answer is read and checked, and how it is shown.

`READERS` take what a form or the API gives and return what is stored, which is plain JSON. They
raise Wrong with a message, and with the part that is wrong in answers of several parts.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from babel import numbers

from portal.core import clock, i18n
from portal.core.i18n import gettext
from portal.core.texts import is_displayable
from portal.service_requests.answers import hs
from portal.service_requests.catalogue.conditions import is_blank
from portal.service_requests.catalogue.model import Question
from portal.service_requests.catalogue.standards import STANDARDS

MAX_LINE, MAX_TEXT, MAX_CHOSEN = 500, 10_000, 60
MOST = Decimal(10) ** 13
YEARS = (1990, 2100)
PARTY_PARTS = ("name", "country", "email")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}")


class Wrong(Exception):
    """An answer that is refused; `part` names the field within an answer of several."""

    def __init__(self, message: str, part: str = "") -> None:
        super().__init__(message)
        self.message, self.part = message, part


def _line(question: Question, raw: Any, longest: int = MAX_LINE) -> str:
    if not isinstance(raw, str):
        raise Wrong(gettext("This must be a text."))
    text = raw.strip()
    if not all(is_displayable(c) or c in "\n\t\r" for c in text):
        raise Wrong(gettext("This contains characters that cannot be displayed."))
    most = min(longest, int(question.max)) if question.max is not None else longest
    if len(text) > most:
        raise Wrong(gettext("At most %(count)s characters.", count=i18n.format_number(most)))
    if question.min is not None and len(text) < question.min:
        least = i18n.format_number(question.min)
        raise Wrong(gettext("At least %(count)s characters.", count=least))
    if question.pattern and not re.fullmatch(question.pattern, text):
        raise Wrong(_pattern_message(question))
    return text


def _pattern_message(question: Question) -> str:
    example = str(question.placeholder or "")
    if example:
        return gettext("Please write it like this: %(example)s", example=example)
    return gettext("This does not have the form that is asked for.")


def _long(question: Question, raw: Any) -> str:
    return _line(question, raw, MAX_TEXT)


def _decimal(raw: Any) -> Decimal:
    try:
        if isinstance(raw, bool) or not isinstance(raw, (int, float, str, Decimal)):
            raise InvalidOperation
        number = Decimal(str(raw))
    except InvalidOperation:
        raise Wrong(gettext("This must be a number.")) from None
    if not number.is_finite() or abs(number) >= MOST:
        raise Wrong(gettext("This must be a number."))
    return number


def _bounded(question: Question, number: Decimal) -> Decimal:
    if question.min is not None and number < question.min:
        least = i18n.format_number(question.min)
        raise Wrong(gettext("Please enter at least %(minimum)s.", minimum=least))
    if question.max is not None and number > question.max:
        most = i18n.format_number(question.max)
        raise Wrong(gettext("Please enter at most %(maximum)s.", maximum=most))
    return number


def _number(question: Question, raw: Any) -> int | str:
    number = _bounded(question, _decimal(raw))
    return int(number) if number == number.to_integral_value() else format(number.normalize(), "f")


def _parts(raw: Any, names: Sequence[str]) -> dict[str, Any]:
    if not isinstance(raw, Mapping) or not set(raw) <= set(names):
        keys = ", ".join(names)
        raise Wrong(gettext("This must be an object with: %(keys)s.", keys=keys))
    return {name: raw.get(name) for name in names}


def _money(question: Question, raw: Any) -> dict[str, str]:
    parts = _parts(raw, ("amount", "currency"))
    if is_blank(parts["amount"]):
        raise Wrong(gettext("Please enter the amount."), "amount")
    try:
        amount = _bounded(question, _decimal(parts["amount"]))
    except Wrong as error:
        raise Wrong(error.message, "amount") from None
    if parts["currency"] not in numbers.list_currencies():
        raise Wrong(gettext("Please choose the currency."), "currency")
    return {"amount": format(amount, "f"), "currency": parts["currency"]}


def _choice(question: Question, raw: Any) -> str:
    known = dict(question.choices)
    if not isinstance(raw, str) or raw not in known:
        raise Wrong(gettext("Please choose one of the answers."))
    return raw


def _several(raw: Any, known: Sequence[str] | Mapping[str, Any]) -> list[str]:
    if not isinstance(raw, (list, tuple)) or len(raw) > MAX_CHOSEN:
        raise Wrong(gettext("This must be a list."))
    strange = [item for item in raw if not isinstance(item, str) or item not in known]
    if strange:
        raise Wrong(gettext("“%(value)s” is not among the answers.", value=str(strange[0])[:80]))
    return list(dict.fromkeys(raw))


def _multichoice(question: Question, raw: Any) -> list[str]:
    return _several(raw, dict(question.choices))


def _standards(_question: Question, raw: Any) -> list[str]:
    return _several(raw, STANDARDS)


def _countries(_question: Question, raw: Any) -> list[str]:
    return _several(raw, dict(i18n.countries()))


def _day(question: Question, raw: Any) -> date:
    try:
        day = raw if isinstance(raw, date) else date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise Wrong(gettext("Please enter a date, for example 2027-03-31.")) from None
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise Wrong(gettext("Please check the year."))
    if question.future and day < clock.now().date():
        raise Wrong(gettext("This date has passed."))
    return day


def _date(question: Question, raw: Any) -> str:
    return _day(question, raw).isoformat()


def _range(question: Question, raw: Any) -> dict[str, str]:
    parts, days = _parts(raw, ("from", "to")), {}
    for name, value in parts.items():
        if is_blank(value):
            raise Wrong(gettext("Please enter both dates."), name)
        try:
            days[name] = _day(question, value)
        except Wrong as error:
            raise Wrong(error.message, name) from None
    if days["to"] < days["from"]:
        raise Wrong(gettext("The end lies before the beginning."), "to")
    return {name: day.isoformat() for name, day in days.items()}


def _bool(_question: Question, raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise Wrong(gettext("This must be true or false."))
    return raw


def _hs(question: Question, raw: Any, markets: Sequence[str] = ()) -> str:
    digits = hs.plain(raw) if isinstance(raw, str) else ""
    if not hs.is_code(digits):
        raise Wrong(gettext("Please enter the digits of an HS code, for example 8504.40."))
    lengths = question.digits or hs.allowed(markets)
    if len(digits) not in lengths:
        expected = i18n.format_list(lengths, "or")
        raise Wrong(gettext("This code must have %(digits)s digits here.", digits=expected))
    return digits


def _files(_question: Question, raw: Any) -> list[str]:
    if not isinstance(raw, (list, tuple)) or not all(isinstance(name, str) for name in raw):
        raise Wrong(gettext("This must be a list."))
    return [name[:MAX_LINE] for name in raw]


def _party(question: Question, raw: Any) -> dict[str, str]:
    parts = {k: v or "" for k, v in _parts(raw, PARTY_PARTS).items()}
    for name, value in parts.items():
        try:
            parts[name] = _line(question, value)
        except Wrong as error:
            raise Wrong(error.message, name) from None
    if not parts["name"]:
        raise Wrong(gettext("Please enter the name."), "name")
    if parts["country"] and parts["country"] not in dict(i18n.countries()):
        raise Wrong(gettext("Please choose the country."), "country")
    if parts["email"] and not _EMAIL.fullmatch(parts["email"]):
        raise Wrong(gettext("This is not an e-mail address."), "email")
    return {name: value for name, value in parts.items() if value}


READERS: dict[str, Callable[..., Any]] = {
    "text": _line,
    "longtext": _long,
    "number": _number,
    "money": _money,
    "choice": _choice,
    "multichoice": _multichoice,
    "date": _date,
    "daterange": _range,
    "bool": _bool,
    "standards": _standards,
    "countries": _countries,
    "hs": _hs,
    "file": _files,
    "party": _party,
}
