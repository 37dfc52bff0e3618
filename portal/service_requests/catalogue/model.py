"""The shape of a service of the base: what it does, what it promises, what its form asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args

from portal.core import i18n

QuestionType = Literal[
    "text", "longtext", "number", "money", "choice", "multichoice", "date", "daterange",
    "bool", "standards", "countries", "hs", "file", "party",
]  # fmt: skip
Operator = Literal["is", "has", "filled"]
QUESTION_TYPES: tuple[str, ...] = get_args(QuestionType)
OPERATORS: tuple[str, ...] = get_args(Operator)
Choices = tuple[tuple[str, Any], ...]
YES = "yes"


@dataclass(frozen=True)
class Localised:
    """A text that administrators wrote in several languages; shipped texts are lazy messages."""

    texts: Mapping[str, str]

    def __str__(self) -> str:
        for tag in (i18n.current().tag, "en", *self.texts):
            if self.texts.get(tag):
                return self.texts[tag]
        return ""

    def __bool__(self) -> bool:
        return any(self.texts.values())


@dataclass(frozen=True)
class When:
    """A question is asked when an earlier answer is, or has among others, a value, or is there.

    The value of a ticked yes/no question is `yes`.
    """

    question: str
    op: Operator = "is"
    value: str = YES


@dataclass(frozen=True)
class Question:
    """One field of a service's form.

    `min` and `max` bound numbers and amounts, and the length of texts. `pattern` is a regular
    expression for the whole text. `future` refuses dates that have passed. `digits` are the
    lengths of an HS code; without them they follow from the target markets. `prefill` names the
    fact of a linked object that fills the field.
    """

    id: str
    type: QuestionType
    label: Any
    help: Any = None
    required: bool = False
    when: When | None = None
    unit: Any = ""
    choices: Choices = ()
    prefill: str | None = None
    placeholder: Any = None
    min: Decimal | None = None
    max: Decimal | None = None
    pattern: str = ""
    future: bool = False
    digits: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Form:
    """The questions of a service in one version; answers name the version they were given on."""

    version: int
    questions: tuple[Question, ...] = ()

    @property
    def by_id(self) -> Mapping[str, Question]:
        return {question.id: question for question in self.questions}


@dataclass(frozen=True)
class Service:
    """A service of the catalogue.

    `first_reply_hours` and `plan_days` count working hours and days of the base at normal urgency;
    `mention` says what the description should hold. `forms` are in order of version. `checklist`
    is what the staff go through; a `paid` service begins with a quote; one that is not `offered`
    takes no new requests. `sooner` names answers that bring the first reply forward, with its
    hours.
    """

    code: str
    title: Any
    summary: Any
    work: Any
    audience: Any
    results: tuple[Any, ...]
    mention: Any
    first_reply_hours: int
    plan_days: int
    icon: str
    forms: tuple[Form, ...] = (Form(1),)
    promise_note: Any = None
    checklist: tuple[Any, ...] = ()
    paid: bool = False
    offered: bool = True
    sooner: tuple[tuple[When, int], ...] = ()

    @property
    def form(self) -> Form:
        """The form that new requests are asked with."""
        return self.forms[-1]

    def form_of(self, version: int) -> Form:
        """The form of a version; the present one when that version is gone."""
        return next((form for form in self.forms if form.version == version), self.form)


@dataclass(frozen=True)
class Group:
    """Services that belong together on the catalogue page."""

    id: str
    title: Any
    services: tuple[Service, ...]
