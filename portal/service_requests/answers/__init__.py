"""Answers to a service's own questions: checked, kept as plain JSON, shown with labels."""

from collections.abc import Iterable, Mapping
from typing import Any

from portal.core.errors import Invalid
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.answers.kinds import READERS, Wrong
from portal.service_requests.answers.showing import shown
from portal.service_requests.catalogue.conditions import applies, asked, is_blank
from portal.service_requests.catalogue.model import Form, Question

__all__ = ["applies", "checked", "examined", "shown"]


def checked(form: Form, given: Mapping[str, Any], markets: Iterable[str] = ()) -> dict[str, Any]:
    """Answers as they are stored: only asked questions, no empty ones.

    Raises Invalid, with an error for each `q_<id>`, for unknown keys and wrong or missing answers.
    """
    kept, errors = examined(form, given, markets)
    if errors:
        raise Invalid(_l("Please check the answers."), errors=errors)
    return kept


def examined(
    form: Form, given: Mapping[str, Any], markets: Iterable[str] = ()
) -> tuple[dict[str, Any], dict[str, object]]:
    """What would be stored, and messages by field: `q_<id>`, or `q_<id>.<part>`."""
    errors: dict[str, object] = {
        f"q_{key}": _l("There is no such question.") for key in given if key not in form.by_id
    }
    kept: dict[str, Any] = {}
    for question in asked(form, given):
        raw = given.get(question.id)
        if is_blank(raw):
            if question.required:
                errors[_place(question)] = gettext("Please answer this question.")
            continue
        try:
            kept[question.id] = _read(question, raw, tuple(markets))
        except Wrong as wrong:
            errors[_place(question, wrong.part)] = wrong.message
    return kept, errors


_FIRST_PART = {"money": "amount", "daterange": "from", "party": "name"}


def _place(question: Question, part: str = "") -> str:
    """The field that a message belongs to; answers of several parts begin with their first."""
    part = part or _FIRST_PART.get(question.type, "")
    return f"q_{question.id}.{part}" if part else f"q_{question.id}"


def _read(question: Question, raw: Any, markets: tuple[str, ...]) -> Any:
    reader = READERS[question.type]
    return reader(question, raw, markets) if question.type == "hs" else reader(question, raw)
