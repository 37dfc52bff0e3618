"""Answers to a service's own questions: kept as plain JSON, shown with labels."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from portal.core import i18n
from portal.core.errors import Invalid
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.catalogue import Form, Question


def applies(question: Question, answers: Mapping[str, Any]) -> bool:
    """Whether a question is asked at all, given the other answers."""
    return question.when is None or bool(answers.get(question.when))


def checked(
    form: Form, given: Mapping[str, Any], markets: Iterable[str] = ()
) -> dict[str, Any]:
    """Answers as they are stored: only asked questions, no empty ones.

    Raises Invalid, with an error for each `q_<id>`, for unknown keys and missing answers.
    """
    errors: dict[str, object] = {
        f"q_{key}": _l("There is no such question.") for key in given if key not in form.by_id
    }
    asked = [question for question in form.questions if applies(question, given)]
    kept = {question.id: _stored(given.get(question.id)) for question in asked}
    for question in asked:
        if question.required and kept[question.id] in (None, "", []):
            errors[f"q_{question.id}"] = _l("Please answer this question.")
    if errors:
        raise Invalid(_l("Some answers are missing."), errors=errors)
    return {key: value for key, value in kept.items() if value not in (None, "", [])}


def _stored(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    return value


def shown(form: Form, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, answer) pairs in the reader's language, in the form's order.

    An answer whose question is gone keeps its key as label.
    """
    known = [
        (str(question.label), _text(question, answers[question.id]))
        for question in form.questions
        if question.id in answers
    ]
    stray = [(key, str(value)) for key, value in answers.items() if key not in form.by_id]
    return [*known, *stray]


def _text(question: Question, value: Any) -> str:
    writer = _WRITERS.get(question.type)
    return writer(question, value) if writer else str(value)


def _label(question: Question, value: str) -> str:
    return str(dict(question.choices).get(value, value))


_WRITERS: dict[str, Callable[[Question, Any], str]] = {
    "bool": lambda _q, value: gettext("Yes") if value else gettext("No"),
    "number": lambda q, value: f"{i18n.format_number(Decimal(str(value)))} {q.unit}".strip(),
    "date": lambda _q, value: i18n.format_date(date.fromisoformat(value)),
    "choice": _label,
    "multichoice": lambda q, value: gettext(", ").join(_label(q, item) for item in value),
    "standards": lambda _q, value: gettext(", ").join(value),
    "countries": lambda _q, value: gettext(", ").join(i18n.country_name(code) for code in value),
}
