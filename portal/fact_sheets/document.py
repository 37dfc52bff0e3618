"""A self-assessment: sheets of questions with answers and evidence, in one language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal.core import i18n
from portal.evidence.rules import NOTHING_KNOWN, Standing
from portal.fact_sheets.questions import CHOICE, SEVERAL, Pairs, Question
from portal.listings import terms

COMPANY = "company"


@dataclass(frozen=True)
class Item:
    """One question. `value` is the answer as JSON has it: codes, numbers, texts, lists of codes.
    `group` names what is changed and proven together with it."""

    key: str
    number: str
    question: Question
    value: Any
    group: str
    standing: Standing | None = None

    @property
    def subject(self) -> str:
        """`company` or `capability.<id>`."""
        return subject_of(self.key)

    @property
    def path(self) -> str:
        """Its place in the record of the subject."""
        return self.key.removeprefix(self.subject + ".")

    @property
    def text(self) -> str:
        return str(self.question.text)

    @property
    def unit(self) -> str:
        return unit_words(self.question.unit)

    @property
    def level(self) -> Standing:
        return self.standing or NOTHING_KNOWN

    def choices(self) -> Pairs:
        return self.question.choices() if self.question.choices else ()


@dataclass(frozen=True)
class Section:
    """Questions under one heading; `lang` is that of a heading in somebody's own words."""

    title: str
    items: tuple[Item, ...]
    lang: str = ""


@dataclass(frozen=True)
class Sheet:
    key: str
    title: str
    sections: tuple[Section, ...]

    def items(self) -> Iterator[Item]:
        for section in self.sections:
            yield from section.items


@dataclass(frozen=True)
class Document:
    """`versions` are those of the company and its capabilities; `records` what the answers were
    taken from, by subject; `full` whether nothing was left out for its reader."""

    company_id: str
    name: str
    locale: str
    made: datetime
    full: bool
    versions: Mapping[str, int]
    sheets: tuple[Sheet, ...]
    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def items(self) -> dict[str, Item]:
        return {item.key: item for sheet in self.sheets for item in sheet.items()}

    def sheet_of(self, key: str) -> Sheet | None:
        return next((s for s in self.sheets if any(i.key == key for i in s.items())), None)


def subject_of(key: str) -> str:
    first, _dot, rest = key.partition(".")
    return first if first == COMPANY else f"{first}.{rest.partition('.')[0]}"


def unit_words(unit: str) -> str:
    return i18n.gettext("days") if unit == "days" else terms.attribute_unit(unit)


def words(question: Question, value: Any) -> str:
    """An answer as its reader would write it."""
    if value in (None, "", [], ()):
        return ""
    if question.kind in (CHOICE, SEVERAL):
        labels = dict(question.choices()) if question.choices else {}
        codes = value if isinstance(value, list) else [value]
        return "; ".join(str(labels.get(code, code)) for code in codes)
    if question.kind == "day":
        return i18n.format_date(date.fromisoformat(str(value)))
    if question.path.endswith(("founded", "year", "since")) or isinstance(value, str):
        return str(value)
    return i18n.format_number(value)
