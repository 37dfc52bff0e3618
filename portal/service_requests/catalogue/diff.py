"""What differs between two states of a service, line by line, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES

Record = Mapping[str, Any]
NAMES = {
    "title": _l("Title"),
    "summary": _l("Summary"),
    "work": _l("What the base does"),
    "audience": _l("Who it is for"),
    "mention": _l("What the description should hold"),
    "promise_note": _l("Note on the promise"),
    "results": _l("What you get"),
    "checklist": _l("Checklist"),
    "first_reply_hours": _l("First reply, in working hours"),
    "plan_days": _l("Proposal, in working days"),
    "paid": _l("Paid service"),
    "offered": _l("Takes new requests"),
    "sooner": _l("Answers that bring the reply forward"),
    "label": _l("Question"),
    "type": _l("Type"),
    "help": _l("Help"),
    "placeholder": _l("Example in the field"),
    "required": _l("Required"),
    "when": _l("Condition"),
    "unit": _l("Unit"),
    "choices": _l("Answers to choose from"),
    "prefill": _l("Filled in from"),
    "min": _l("At least"),
    "max": _l("At most"),
    "pattern": _l("Pattern"),
    "future": _l("Date in the future"),
    "digits": _l("Digits of the HS code"),
    "place": _l("Place in the form"),
}
_QUESTION_PARTS = (
    "label", "type", "help", "placeholder", "required", "when", "unit", "choices", "prefill",
    "min", "max", "pattern", "future", "digits",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One difference; an empty side was not there. `of` names the question."""

    name: str
    before: str
    after: str
    of: str = ""
    lang: str = ""


def differences(before: Record, after: Record) -> list[Line]:
    """Everything that changed: texts by language, promise, questions."""
    found: list[Line] = []
    for name, label in NAMES.items():
        if name in before or name in after:
            found += _values(str(label), before.get(name), after.get(name))
    return [*found, *_questions(before.get("questions", ()), after.get("questions", ()))]


def _values(name: str, before: Any, after: Any, of: str = "") -> Iterator[Line]:
    if before == after:
        return
    if _is_text(before) and _is_text(after):
        for locale in LOCALES:
            old, new = ((side or {}).get(locale.tag, "") for side in (before, after))
            if old != new:
                yield Line(name, old, new, of, locale.tag)
    else:
        yield Line(name, _shown(before), _shown(after), of)


def _is_text(value: Any) -> bool:
    tags = {locale.tag for locale in LOCALES}
    return value is None or (isinstance(value, Mapping) and set(value) <= tags)


def _shown(value: Any) -> str:
    """A value of a definition as its editors read it."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, Mapping):
        if "question" in value:
            return " ".join(str(value.get(k, "")) for k in ("question", "op", "value"))
        return label_in(value)
    if isinstance(value, (list, tuple)):
        return " · ".join(_shown(item) for item in value)
    return str(value)


def label_in(texts: Mapping[str, str]) -> str:
    """The text in the reader's language, English, or any."""
    wanted = (i18n.current().tag, "en", *texts)
    return next((str(texts[tag]) for tag in wanted if texts.get(tag)), "")


def _questions(before: Any, after: Any) -> Iterator[Line]:
    old = {q["id"]: (place, q) for place, q in enumerate(before)}
    new = {q["id"]: (place, q) for place, q in enumerate(after)}
    for name, (_place, question) in old.items():
        if name not in new:
            yield Line(gettext("Question removed"), label_in(question["label"]), "", name)
    for name, (_place, question) in new.items():
        if name not in old:
            yield Line(gettext("Question added"), "", label_in(question["label"]), name)
        else:
            yield from _changed(name, old[name][1], question)
    yield from _moved(list(old), list(new))


def _changed(name: str, old: Record, new: Record) -> Iterator[Line]:
    for part in _QUESTION_PARTS:
        yield from _values(str(NAMES[part]), old.get(part), new.get(part), name)


def _moved(old: list[str], new: list[str]) -> Iterator[Line]:
    kept = [name for name in old if name in new]
    order = [name for name in new if name in old]
    for place, (first, second) in enumerate(zip(kept, order, strict=True), start=1):
        if first != second:
            was = str(kept.index(second) + 1)
            yield Line(str(NAMES["place"]), was, str(place), second)
