"""A service as plain JSON, as its versions are kept, and back."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from portal.core import i18n
from portal.core.locales import LOCALES
from portal.service_requests.catalogue.model import Form, Localised, Question, Service, When

Record = dict[str, Any]
TEXTS = ("title", "summary", "work", "audience", "mention", "promise_note")
LISTS = ("results", "checklist")
_BOUNDS = ("min", "max")


def to_record(service: Service) -> Record:
    """The present state of a service: its texts, its promise and its form."""
    return {
        **{name: in_all_languages(getattr(service, name)) for name in TEXTS},
        **{name: [in_all_languages(t) for t in getattr(service, name)] for name in LISTS},
        "first_reply_hours": service.first_reply_hours,
        "plan_days": service.plan_days,
        "paid": service.paid,
        "offered": service.offered,
        "sooner": [[_when(when), hours] for when, hours in service.sooner],
        "questions": [question_record(question) for question in service.form.questions],
    }


def in_all_languages(text: Any) -> dict[str, str]:
    """Locale → text; an empty one has no entry."""
    if text is None or text == "":
        return {}
    if isinstance(text, Localised):
        return dict(text.texts)
    found = {}
    for locale in LOCALES:
        with i18n.use_locale(locale.tag):
            found[locale.tag] = str(text)
    return found


def question_record(question: Question) -> Record:
    """One question; what is empty is left out."""
    record: Record = {
        "id": question.id,
        "type": question.type,
        "label": in_all_languages(question.label),
        "help": in_all_languages(question.help),
        "placeholder": in_all_languages(question.placeholder),
        "required": question.required,
        "when": _when(question.when) if question.when else None,
        "unit": in_all_languages(question.unit),
        "choices": [[value, in_all_languages(label)] for value, label in question.choices],
        "prefill": question.prefill,
        **{name: _number(getattr(question, name)) for name in _BOUNDS},
        "pattern": question.pattern,
        "future": question.future,
        "digits": list(question.digits),
    }
    return {key: value for key, value in record.items() if value not in ({}, [], "", None, False)}


def _when(when: When) -> Record:
    return {"question": when.question, "op": when.op, "value": when.value}


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def from_record(record: Mapping[str, Any], version: int, shipped: Service) -> Service:
    """The service of a stored version; `shipped` gives what administrators do not edit."""
    form = Form(version, tuple(question_of(q) for q in record["questions"]))
    texts: dict[str, Any] = {name: Localised(record.get(name) or {}) for name in TEXTS}
    lists: dict[str, Any] = {n: tuple(map(Localised, record.get(n, ()))) for n in LISTS}
    return Service(
        code=shipped.code,
        icon=shipped.icon,
        forms=(form,),
        first_reply_hours=int(record["first_reply_hours"]),
        plan_days=int(record["plan_days"]),
        paid=bool(record.get("paid")),
        offered=bool(record.get("offered", True)),
        sooner=tuple((When(**when), int(hours)) for when, hours in record.get("sooner", ())),
        **texts,
        **lists,
    )


def question_of(record: Mapping[str, Any]) -> Question:
    """A question of a stored version."""
    when = record.get("when")
    return Question(
        id=record["id"],
        type=record["type"],
        label=Localised(record.get("label", {})),
        help=Localised(record.get("help", {})),
        placeholder=Localised(record.get("placeholder", {})),
        required=bool(record.get("required")),
        when=When(**when) if when else None,
        unit=Localised(record.get("unit", {})),
        choices=tuple((value, Localised(label)) for value, label in record.get("choices", ())),
        prefill=record.get("prefill"),
        pattern=record.get("pattern", ""),
        future=bool(record.get("future")),
        digits=tuple(record.get("digits", ())),
        **{name: _decimal(record.get(name)) for name in _BOUNDS},
    )


def _decimal(value: str | None) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))
