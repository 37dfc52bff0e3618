"""The checker of service definitions: everything that would make a form fail or puzzle people."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.locales import LOCALES
from portal.service_requests.catalogue.model import OPERATORS, QUESTION_TYPES, YES

Record = Mapping[str, Any]
ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
CHOOSING = ("choice", "multichoice")
BOUNDED = ("number", "money", "text", "longtext", "party")
PREFILLS = (
    "title", "incoterm", "incoterm_term", "place", "markets", "standards", "standard",
    "other_standard", "certificates", "sop", "quantity", "hs", "category", "company", "about",
    "sites", "headcount",
)  # fmt: skip
MAX_QUESTIONS, MAX_CHOICES, MAX_PATTERN, MAX_REPEATS = 60, 60, 200, 2
MAX_HOURS, MAX_DAYS = 80, 60
LONGEST = {"title": 120, "summary": 300, "label": 200, "placeholder": 120, "unit": 30}
_OPEN_REPEAT = re.compile(r"(?<!\\)[*+]|\{\d*,\}")
_REPEATED_GROUP = re.compile(r"\)(?:[*+]|\{\d*,\})")


@dataclass(frozen=True)
class Finding:
    """What is wrong, and where: `title`, `questions.3.label`."""

    path: str
    message: str


def findings(record: Record) -> list[Finding]:
    """Everything that is wrong with a definition; empty when it may be published."""
    return [*_texts(record), *_promise(record), *_questions(record)]


def _texts(record: Record) -> Iterator[Finding]:
    for name in ("title", "summary", "work", "audience", "mention"):
        yield from _text(name, record.get(name, {}), needed=True)
    yield from _text("promise_note", record.get("promise_note", {}))
    for name in ("results", "checklist"):
        for place, text in enumerate(record.get(name, ())):
            yield from _text(f"{name}.{place}", text, needed=True)


def _text(path: str, text: Any, *, needed: bool = False) -> Iterator[Finding]:
    """All languages or none; none only where it may be empty."""
    if not isinstance(text, Mapping):
        yield Finding(path, gettext("This must have a text for each language."))
        return
    missing = [locale for locale in LOCALES if not str(text.get(locale.tag, "")).strip()]
    if missing and (needed or len(missing) < len(LOCALES)):
        names = gettext(", ").join(i18n.language_name(locale.tag) for locale in missing)
        yield Finding(path, gettext("The text is missing in: %(languages)s.", languages=names))
    most = LONGEST.get(path.rsplit(".", 1)[-1], 2000)
    if any(len(str(value)) > most for value in text.values()):
        yield Finding(path, gettext("At most %(count)s characters.", count=most))


def _promise(record: Record) -> Iterator[Finding]:
    for name, most in (("first_reply_hours", MAX_HOURS), ("plan_days", MAX_DAYS)):
        value = record.get(name)
        if not isinstance(value, int) or not 1 <= value <= most:
            message = gettext("Please enter a whole number from 1 to %(most)s.", most=most)
            yield Finding(name, message)
    known = {q.get("id") for q in record.get("questions", ())}
    for place, (when, _hours) in enumerate(record.get("sooner", ())):
        if when.get("question") not in known:
            message = gettext("The promise depends on a question that is not there: %(id)s",
                              id=str(when.get("question")))  # fmt: skip
            yield Finding(f"sooner.{place}", message)


def _questions(record: Record) -> Iterator[Finding]:
    questions = list(record.get("questions", ()))
    if len(questions) > MAX_QUESTIONS:
        message = gettext("At most %(count)s questions.", count=MAX_QUESTIONS)
        yield Finding("questions", message)
    earlier: dict[str, Record] = {}
    for place, question in enumerate(questions):
        yield from _question(f"questions.{place}", question, earlier, questions)
        earlier[str(question.get("id"))] = question


def _question(
    path: str, question: Record, earlier: Mapping[str, Record], everything: list[Record]
) -> Iterator[Finding]:
    name, kind = str(question.get("id", "")), question.get("type")
    if not ID.fullmatch(name):
        message = gettext("Small letters, digits and underscores, beginning with a letter.")
        yield Finding(f"{path}.id", message)
    if name in earlier:
        yield Finding(f"{path}.id", gettext("There is a question with this key already."))
    if kind not in QUESTION_TYPES:
        message = gettext("There is no such type: %(type)s", type=str(kind))
        yield Finding(f"{path}.type", message)
    yield from _text(f"{path}.label", question.get("label", {}), needed=True)
    for part in ("help", "placeholder", "unit"):
        yield from _text(f"{path}.{part}", question.get(part, {}))
    yield from _choices(path, question)
    yield from _limits(path, question)
    if question.get("prefill") and question["prefill"] not in PREFILLS:
        yield Finding(f"{path}.prefill", gettext("There is no such fact to fill in."))
    if question.get("when"):
        ids = {str(q.get("id")) for q in everything}
        yield from _condition(f"{path}.when", question["when"], earlier, ids)


def _choices(path: str, question: Record) -> Iterator[Finding]:
    choices, at = question.get("choices", []), f"{path}.choices"
    if question.get("type") not in CHOOSING:
        return
    values = [str(value) for value, _label in choices]
    if len(values) < 2:
        yield Finding(at, gettext("Please give at least two answers to choose from."))
    if len(values) > MAX_CHOICES:
        yield Finding(at, gettext("At most %(count)s answers.", count=MAX_CHOICES))
    if len(set(values)) < len(values) or not all(v.strip() for v in values):
        yield Finding(at, gettext("Each answer needs a key of its own."))
    for place, (_value, label) in enumerate(choices):
        yield from _text(f"{at}.{place}", label, needed=True)


def _limits(path: str, question: Record) -> Iterator[Finding]:
    bounds = {}
    for name in ("min", "max"):
        try:
            if question.get(name) not in (None, ""):
                bounds[name] = Decimal(str(question[name]))
        except InvalidOperation:
            yield Finding(f"{path}.{name}", gettext("This must be a number."))
    if len(bounds) == 2 and bounds["min"] > bounds["max"]:
        yield Finding(f"{path}.max", gettext("The largest value is below the smallest."))
    if question.get("type") in ("text", "longtext", "party") and any(
        value < 0 or value != value.to_integral_value() for value in bounds.values()
    ):
        yield Finding(f"{path}.min", gettext("Lengths are whole numbers."))
    if not set(question.get("digits", ())) <= {6, 8, 10}:
        yield Finding(f"{path}.digits", gettext("HS codes have 6, 8 or 10 digits."))
    if question.get("pattern"):
        yield from _pattern(f"{path}.pattern", str(question["pattern"]))


def _pattern(path: str, pattern: str) -> Iterator[Finding]:
    """A pattern runs on what strangers type: it must not be able to take for ever."""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        yield Finding(path, gettext("This is not a regular expression."))
        return
    endless = len(_OPEN_REPEAT.findall(pattern)) > MAX_REPEATS or _REPEATED_GROUP.search(pattern)
    if endless or len(pattern) > MAX_PATTERN or re.search(r"\\[1-9]", pattern):
        yield Finding(path, gettext("This pattern could take too long: please make it simpler."))


def _condition(
    path: str, when: Record, earlier: Mapping[str, Record], ids: set[str]
) -> Iterator[Finding]:
    name = str(when.get("question", ""))
    if when.get("op") not in OPERATORS:
        yield Finding(path, gettext("There is no such comparison: %(op)s", op=str(when.get("op"))))
    if name not in ids:
        message = gettext("The condition names a question that is not there: %(id)s", id=name)
        yield Finding(path, message)
    elif name not in earlier:
        yield Finding(path, gettext("The question of a condition must come before."))
    else:
        yield from _condition_value(path, when, earlier[name])


def _condition_value(path: str, when: Record, other: Record) -> Iterator[Finding]:
    if when.get("op") == "filled":
        return
    value, kind = str(when.get("value", "")), other.get("type")
    known = {str(v) for v, _label in other.get("choices", ())}
    if (kind in CHOOSING and value not in known) or (kind == "bool" and value not in (YES, "no")):
        message = gettext("“%(value)s” is not an answer to that question.", value=value)
        yield Finding(path, message)
    elif not value:
        yield Finding(path, gettext("Please say which answer it depends on."))
    if kind == "multichoice" and when.get("op") == "is":
        yield Finding(path, gettext("An answer with several values can only contain one."))
