"""The shape of a service of the base: what it does, what it promises, what its form asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

QuestionType = Literal[
    "text", "longtext", "number", "choice", "multichoice", "date", "bool", "standards", "countries"
]
Choices = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Question:
    """One field of a service's form. `when` names a yes/no question that must be ticked.

    `prefill` names the fact of a linked capability, need or inquiry that fills the field.
    """

    id: str
    type: QuestionType
    label: Any
    help: Any = None
    required: bool = False
    when: str | None = None
    unit: str = ""
    choices: Choices = ()
    prefill: str | None = None


@dataclass(frozen=True)
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
    `mention` says what the description should hold. `forms` are in order of version.
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
