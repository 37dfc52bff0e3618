"""Answers in words, in the reader's language; an old answer that no longer fits stays as it is."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from portal.core import i18n
from portal.core.i18n import gettext
from portal.service_requests.catalogue.model import Form, Question


def shown(form: Form, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, answer) pairs in the form's order. An answer whose question is gone keeps its key
    as label."""
    known = [
        (str(question.label), text(question, answers[question.id]))
        for question in form.questions
        if question.id in answers
    ]
    stray = [(key, str(value)) for key, value in answers.items() if key not in form.by_id]
    return [*known, *stray]


def text(question: Question, value: Any) -> str:
    """One answer in words."""
    try:
        return _WRITERS.get(question.type, _plain)(question, value)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return str(value)


def _plain(_question: Question, value: Any) -> str:
    return str(value)


def _label(question: Question, value: str) -> str:
    return str(dict(question.choices).get(value, value))


def _labels(question: Question, value: list[str]) -> str:
    return gettext(", ").join(_label(question, item) for item in value)


def _number(question: Question, value: Any) -> str:
    return f"{i18n.format_number(Decimal(str(value)))} {question.unit}".strip()


def _range(_question: Question, value: Mapping[str, str]) -> str:
    first, last = (i18n.format_date(date.fromisoformat(value[name])) for name in ("from", "to"))
    return gettext("%(first)s to %(last)s", first=first, last=last)


def _hs(_question: Question, value: str) -> str:
    """8504.40.90: the way tariffs print it."""
    return ".".join([value[:4], *(value[at : at + 2] for at in range(4, len(value), 2))])


def _party(_question: Question, value: Mapping[str, str]) -> str:
    country = i18n.country_name(value.get("country"))
    return gettext(", ").join(part for part in (value["name"], country, value.get("email")) if part)


_WRITERS: dict[str, Callable[[Question, Any], str]] = {
    "bool": lambda _q, value: gettext("Yes") if value else gettext("No"),
    "number": _number,
    "money": lambda _q, value: i18n.format_money(Decimal(value["amount"]), value["currency"]),
    "date": lambda _q, value: i18n.format_date(date.fromisoformat(value)),
    "daterange": _range,
    "choice": _label,
    "multichoice": _labels,
    "standards": lambda _q, value: gettext(", ").join(value),
    "countries": lambda _q, value: gettext(", ").join(i18n.country_name(code) for code in value),
    "hs": _hs,
    "file": lambda _q, value: gettext(", ").join(value),
    "party": _party,
}
