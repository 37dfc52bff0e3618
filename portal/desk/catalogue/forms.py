"""Forms of the service editor: the promise and the texts, and one question."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, FieldList, FormField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES
from portal.service_requests.catalogue.check import ID, MAX_CHOICES, MAX_DAYS, MAX_HOURS
from portal.service_requests.catalogue.definition import Record
from portal.service_requests.catalogue.diff import NAMES, label_in
from portal.service_requests.catalogue.model import YES
from portal.web.forms import (
    BaseForm,
    CheckboxesField,
    ChoiceField,
    IntegerNumberField,
    NumberField,
    RowForm,
)

TYPES = {
    "text": _l("One line of text"),
    "longtext": _l("Several lines of text"),
    "number": _l("Number with unit"),
    "money": _l("Amount with currency"),
    "choice": _l("One of several answers"),
    "multichoice": _l("Several answers"),
    "date": _l("Date"),
    "daterange": _l("From date to date"),
    "bool": _l("Yes or no"),
    "standards": _l("Standards and regulations"),
    "countries": _l("Countries"),
    "hs": _l("HS code"),
    "file": _l("Files"),
    "party": _l("Company or person"),
}
OPERATORS = {
    "is": _l("is"),
    "has": _l("contains"),
    "filled": _l("is filled in"),
}
PREFILLS = {
    "title": _l("Title of the need, capability or inquiry"),
    "category": _l("Category of the need or capability"),
    "hs": _l("HS heading of the category"),
    "standards": _l("Required certificates, or the one that is missing"),
    "standard": _l("The certificate that is missing"),
    "other_standard": _l("The certificate that is missing, as text"),
    "markets": _l("Target markets"),
    "sop": _l("Start of production"),
    "quantity": _l("Quantity per year"),
    "incoterm": _l("Incoterm with place"),
    "incoterm_term": _l("Incoterm"),
    "place": _l("Place of the Incoterm"),
    "company": _l("Name of the asking company"),
    "certificates": _l("Certificates of the asking company"),
    "sites": _l("Sites of the asking company"),
    "headcount": _l("Headcount of the asking company"),
    "about": _l("The company that the request is about"),
}
DIGITS = tuple((str(digits), str(digits)) for digits in (6, 8, 10))
MAX_LINE, MAX_TEXT = 300, 2000


def _by_language(made: type[Any], longest: int) -> dict[str, Any]:
    return {
        locale.babel: made(
            locale.native, [Length(max=longest)], render_kw={"lang": locale.tag, "dir": locale.dir}
        )
        for locale in LOCALES
    }


LineTexts = type("LineTexts", (RowForm,), _by_language(StringField, MAX_LINE))
LongTexts = type("LongTexts", (RowForm,), _by_language(TextAreaField, MAX_TEXT))
ChoiceRow = type(
    "ChoiceRow",
    (RowForm,),
    {"value": StringField(_l("Key"), [Length(max=40)]), **_by_language(StringField, MAX_LINE)},
)


def line(label: Any, description: Any = "") -> FormField:
    return FormField(LineTexts, label=label, description=description)


def long(label: Any, description: Any = "") -> FormField:
    return FormField(LongTexts, label=label, description=description)


def to_fields(texts: Mapping[str, str]) -> dict[str, str]:
    """Locale tags → names of fields."""
    return {locale.babel: texts.get(locale.tag, "") for locale in LOCALES}


def to_texts(data: Mapping[str, Any]) -> dict[str, str]:
    """Names of fields → locale tags; empty ones are left out."""
    found = {locale.tag: (data.get(locale.babel) or "").strip() for locale in LOCALES}
    return {tag: text for tag, text in found.items() if text}


class ServiceForm(BaseForm):
    """Promise and texts of a service; lists have one line per entry."""

    first_reply_hours = IntegerNumberField(NAMES["first_reply_hours"], [InputRequired()])
    plan_days = IntegerNumberField(NAMES["plan_days"], [InputRequired()])
    paid = BooleanField(_l("Paid service: the requester receives an offer first"))
    offered = BooleanField(_l("Takes new requests"))
    title = line(NAMES["title"])
    summary = line(NAMES["summary"])
    work = long(NAMES["work"])
    audience = long(NAMES["audience"])
    results = long(NAMES["results"], _l("One line each, in the same order in all languages."))
    mention = long(NAMES["mention"])
    promise_note = long(NAMES["promise_note"])
    checklist = long(
        NAMES["checklist"],
        _l("What the staff go through; one line each, in the same order in all languages."),
    )

    TEXTS = ("title", "summary", "work", "audience", "mention", "promise_note")
    LISTS = ("results", "checklist")
    PLAIN = ("first_reply_hours", "plan_days", "paid", "offered")

    @classmethod
    def of(cls, record: Record) -> "ServiceForm":
        """The form filled with what a record says."""
        data = {name: record[name] for name in cls.PLAIN}
        data |= {name: to_fields(record.get(name, {})) for name in cls.TEXTS}
        data |= {name: _joined(record.get(name, [])) for name in cls.LISTS}
        return cls(data=data)

    def validate_first_reply_hours(self, field: Any) -> None:
        _within(field, MAX_HOURS)

    def validate_plan_days(self, field: Any) -> None:
        _within(field, MAX_DAYS)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        super().validate(*args, **kwargs)
        for name in self.LISTS:
            self._check_lines(name)
        for name in ("title", "summary"):
            _all_languages(self[name])
        return not self.errors

    def _check_lines(self, name: str) -> None:
        counts = {len(_lines(part.data)) for part in self[name].form}
        if len(counts) > 1:
            part = next(iter(self[name].form))
            text = gettext("Each language must have the same number of lines.")
            part.errors = [*part.errors, text]

    def to_record(self, record: Record) -> Record:
        """The record with what was entered."""
        return {
            **record,
            **{name: self[name].data for name in self.PLAIN},
            **{name: to_texts(self[name].data) for name in self.TEXTS},
            **{name: _split(self[name].data) for name in self.LISTS},
        }


def _within(field: Any, most: int) -> None:
    if field.data is not None and not 1 <= field.data <= most:
        raise ValidationError(gettext("Please enter a whole number from 1 to %(most)s.", most=most))


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").split("\n") if line.strip()]


def _joined(texts: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {
        locale.babel: "\n".join(text.get(locale.tag, "") for text in texts) for locale in LOCALES
    }


def _split(data: Mapping[str, str]) -> list[dict[str, str]]:
    columns = {locale.tag: _lines(data.get(locale.babel)) for locale in LOCALES}
    most = max(map(len, columns.values()))
    return [
        {tag: lines[place] for tag, lines in columns.items() if place < len(lines)}
        for place in range(most)
    ]


def _all_languages(field: FormField) -> None:
    """All or none of the languages: a form in half a language helps nobody."""
    missing = [part for part in field.form if not (part.data or "").strip()]
    for part in missing:
        part.errors = [*part.errors, gettext("Please write this text.")]


class QuestionForm(BaseForm):
    """One question of a service's form."""

    id = StringField(
        _l("Key"),
        [InputRequired(), Length(max=40)],
        description=_l("Small letters, digits and underscores; answers are kept under it."),
    )
    type = ChoiceField(_l("Type"), [InputRequired()])
    label = line(_l("Question"))
    help = long(_l("Help"), _l("Shown below the question; may stay empty."))
    required = BooleanField(_l("Must be answered"))
    choices = FieldList(
        FormField(ChoiceRow, label=_l("Answer")),
        label=_l("Answers to choose from"),
        max_entries=MAX_CHOICES,
    )
    unit = line(_l("Unit"), _l("For numbers: kg, m², days …"))
    placeholder = line(_l("Example in the field"))
    min = NumberField(_l("At least"), description=_l("For texts: the number of characters."))
    max = NumberField(_l("At most"))
    pattern = StringField(
        _l("Pattern"),
        [Length(max=200)],
        description=_l(r"A regular expression for the whole text, for example UN ?\d{4}"),
    )
    future = BooleanField(_l("The date must lie in the future"))
    digits = CheckboxesField(
        _l("Digits of the HS code"),
        description=_l("Nothing ticked: as the target markets demand."),
    )
    when_question = ChoiceField(_l("Ask only if"), blank=_l("Always ask"), validators=[Optional()])
    when_op = ChoiceField(_l("Comparison"), default="is")
    when_value = StringField(
        _l("Answer"),
        [Length(max=100)],
        description=_l("The key of the answer; yes or no for ticks."),
    )
    prefill = ChoiceField(_l("Fill in from"), blank=_l("Nothing"), validators=[Optional()])

    TEXTS = ("label", "help", "placeholder", "unit")

    def prepare(self, earlier: Sequence[Record]) -> None:
        """Offer the questions that stand before this one as conditions."""
        self.type.fill(TYPES.items())
        self.when_op.fill(OPERATORS.items())
        self.prefill.fill(PREFILLS.items())
        self.digits.choices = list(DIGITS)
        self.when_question.fill((q["id"], f"{label_in(q['label'])} ({q['id']})") for q in earlier)

    @classmethod
    def of(cls, question: Record | None) -> "QuestionForm":
        """The form filled with a question, or empty for a new one."""
        if question is None:
            return cls(data={"type": "text"})
        when = question.get("when") or {}
        return cls(
            data={
                **{name: question.get(name) for name in ("id", "type", "pattern", "prefill")},
                **{name: bool(question.get(name)) for name in ("required", "future")},
                **{name: to_fields(question.get(name, {})) for name in cls.TEXTS},
                **{name: _decimal(question.get(name)) for name in ("min", "max")},
                "choices": [{"value": v, **to_fields(t)} for v, t in question.get("choices", ())],
                "digits": [str(digits) for digits in question.get("digits", ())],
                "when_question": when.get("question", ""),
                "when_op": when.get("op", "is"),
                "when_value": when.get("value", ""),
            }
        )

    def validate_id(self, field: Any) -> None:
        if not ID.fullmatch(field.data or ""):
            raise ValidationError(
                gettext("Small letters, digits and underscores, beginning with a letter.")
            )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        super().validate(*args, **kwargs)
        _all_languages(self.label)
        return not self.errors

    def show(self, path: str, message: str) -> None:
        """Put a finding of the checker at its field, or above the form."""
        parts = path.split(".")
        name = "when_question" if parts[0] == "when" else parts[0]
        field = self[name] if name in self._fields else None
        while isinstance(field, FormField | FieldList):
            inner = field.form if isinstance(field, FormField) else field.entries
            field = next(iter(inner), None)
        if field is None:
            self.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]

    def to_question(self) -> Record:
        """The question as a definition keeps it; what is empty is left out."""
        question: Record = {
            "id": self.id.data,
            "type": self.type.data,
            **{name: to_texts(self[name].data) for name in self.TEXTS},
            "required": self.required.data,
            "when": self._when(),
            "choices": [
                [row["value"].strip(), to_texts(row)]
                for row in self.choices.data
                if (row["value"] or "").strip() or to_texts(row)
            ],
            "prefill": self.prefill.data or None,
            "min": _plain(self.min.data),
            "max": _plain(self.max.data),
            "pattern": self.pattern.data or "",
            "future": self.future.data,
            "digits": [int(digits) for digits in self.digits.data or ()],
        }
        return {k: v for k, v in question.items() if v not in ({}, [], "", None, False)}

    def _when(self) -> Record | None:
        if not self.when_question.data:
            return None
        value = (self.when_value.data or "").strip()
        return {
            "question": self.when_question.data,
            "op": self.when_op.data,
            "value": value or ("" if self.when_op.data == "filled" else YES),
        }


def _decimal(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def language_names() -> dict[str, str]:
    """Names of the portal's languages by tag."""
    return {locale.tag: i18n.language_name(locale.tag) for locale in LOCALES}
