"""Form parts of listings: texts per language, certificates, technical data, choices."""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

from babel import numbers
from flask import request
from wtforms import (
    DateField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES
from portal.listings import checks, records, terms
from portal.listings.certificate_forms import DetailedRow
from portal.listings.inputs import CertificateInput, TextInput
from portal.thesaurus.store import Concept, get_thesaurus
from portal.web.forms import (
    CHOOSE,
    BaseForm,
    CheckboxesField,
    ChoiceField,
    RowForm,
    no_direction_tricks,
    parse_number,
)

# Where this trade buys and sells most; the others follow on demand.
FREQUENT_MARKETS = (
    "CN", "DE", "FR", "IT", "ES", "GB", "HU", "CZ", "PL", "SK", "SE", "AT", "NL", "RO", "TR",
    "US", "MX", "BR", "JP", "KR", "TH", "ID", "MY", "VN", "IN", "AE", "SA", "MA", "ZA", "AU",
)  # fmt: skip
CURRENCIES = (
    "EUR", "USD", "CNY", "GBP", "JPY", "KRW", "CHF", "SEK", "PLN", "CZK", "HUF", "TRY", "MXN",
    "BRL", "CAD", "AUD", "INR", "THB", "IDR", "MYR", "AED", "SAR", "ZAR",
)  # fmt: skip
_INDENT = "\u2003"
_YEAR_MONTH = re.compile(r"(20\d\d)\D{1,2}(\d{1,2})\D?")
_MONTH_YEAR = re.compile(r"(\d{1,2})\D{1,2}(20\d\d)")


def shown_number(value: Decimal | int | str | None) -> str:
    """A number as its reader would type it; words stay."""
    if value is None or value == "":
        return ""
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return str(value)
    return numbers.format_decimal(number, "#0.######", locale=i18n.current().babel)


def year_month(text: str | None) -> str | None:
    """`6/2028`, `2028年6月` and `2028-06` are the same month; anything else stays as typed."""
    for pattern, year, month in ((_YEAR_MONTH, 1, 2), (_MONTH_YEAR, 2, 1)):
        found = pattern.fullmatch(text or "")
        if found:
            return f"{found[year]}-{int(found[month]):02d}"
    return text


@lru_cache(maxsize=32)
def _categories(locale: str) -> tuple[SelectChoice, ...]:
    rows: list[SelectChoice] = []
    for root in get_thesaurus().roots():
        _branch(rows, root, root.label(locale), 0, locale)
    return tuple(rows)


def _branch(
    rows: list[SelectChoice], concept: Concept, group: str, depth: int, locale: str
) -> None:
    label = concept.label(locale)
    words = [*concept.terms.get(locale, ()), *(t[0] for t in concept.terms.values() if t)]
    more = {"data-terms": " ".join(dict.fromkeys(w for w in words if w != label))}
    rows.append(SelectChoice(concept.id, _INDENT * max(depth - 1, 0) + label, more, group))
    for child in get_thesaurus().children(concept.id):
        _branch(rows, child, group, depth + 1, locale)


def fill_categories(field: ChoiceField) -> None:
    """The category tree in the reader's language, grouped by its tops."""
    field.choices = [SelectChoice("", str(CHOOSE)), *_categories(i18n.current().tag)]


def fill_known(field: ChoiceField, pairs: Iterable[tuple[str, Any]]) -> None:
    """The usual choices, and the present value when it is another one."""
    rows = list(pairs)
    present = field.data
    if present and present not in [value for value, _label in rows]:
        rows.append((present, present))
    field.fill(rows)


def standards() -> list[str]:
    """Names of standards for completion, as certificates are written."""
    return sorted({concept.label("en") for concept in get_thesaurus().standards()})


class TextRow(RowForm):
    """One language of a listing."""

    locale = ChoiceField(_l("Language"))
    title = StringField(_l("Title"), [DataRequired(), Length(max=checks.MAX_TITLE)])
    description = TextAreaField(_l("Description"), [Length(max=checks.MAX_DESCRIPTION)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(locale.tag, locale.native) for locale in LOCALES]
        tag = self.locale.data
        if tag and tag not in dict(known) and records.language(tag) == tag:
            known.append((tag, i18n.language_name(tag)))
        self.locale.fill(known)

    def is_blank(self) -> bool:
        return not any(f.data for name, f in self._fields.items() if name != "locale")

    def to_input(self) -> TextInput:
        summary = self._fields.get("summary")
        return TextInput(
            self.locale.data,
            self.title.data or "",
            (summary.data or "") if summary is not None else "",
            self.description.data or "",
        )


class SummaryTextRow(TextRow):
    """A language of a listing that has a summary."""

    summary = TextAreaField(_l("Summary"), [Length(max=checks.MAX_SUMMARY)])


class CertificateRow(DetailedRow):
    standard = StringField(
        _l("Standard"),
        [DataRequired(), Length(max=60), no_direction_tricks],
        render_kw={"list": "standard-names", "autocomplete": "off"},
    )
    number = StringField(_l("Number"), [Length(max=80)])
    body = StringField(_l("Issued by"), [Length(max=120), no_direction_tricks])
    scope = StringField(_l("Scope"), [Length(max=300)])
    site = StringField(_l("Site"), [Length(max=120)])
    issued = DateField(_l("Issued on"), [Optional()])
    expires = DateField(_l("Expires on"), [Optional()])

    def is_blank(self) -> bool:
        return not any(field.raw_data and field.raw_data[0].strip() for field in self)

    def to_input(self) -> CertificateInput:
        texts = {n: self[n].data or "" for n in ("standard", "number", "body", "scope", "site")}
        return CertificateInput(
            **texts,
            issued=self.issued.data,
            expires=self.expires.data,
            details=self.details(),
        )


class MeasureRow(RowForm):
    """A row that belongs to one attribute; its fields carry the attribute's name and unit."""

    attribute = HiddenField()

    @property
    def numeric(self) -> bool:
        return not terms.is_text(self.attribute.data or "")

    @property
    def unit(self) -> str:
        attribute = get_thesaurus().attributes.get(self.attribute.data or "")
        return attribute.unit if attribute else ""

    @property
    def heading(self) -> str:
        """`Energy density (Wh/kg)`."""
        label = terms.attribute_label(self.attribute.data or "")
        unit = terms.attribute_unit(self.unit)
        return f"{label} ({unit})" if unit else label

    def measures(self) -> list[Field]:
        return [field for field in self if field.type == "StringField"]

    def is_blank(self) -> bool:
        return not any(field.data for field in self.measures())

    def number(self, name: str) -> Decimal | None:
        text = self[name].data
        return parse_number(text) if text else None


def check_number(form: MeasureRow, field: Field) -> None:
    """Validator of a measure: a number in the reader's notation, unless words are asked for."""
    if field.data and form.numeric and parse_number(field.data) is None:
        example = i18n.format_number(Decimal("1234.5"))
        raise ValidationError(
            gettext("Please enter a number, for example %(example)s.", example=example)
        )


class ListingForm(BaseForm):
    """What the forms of capabilities and needs have in common.

    Subclasses add a FieldList `texts` and a FieldList `attributes` of MeasureRows; PATHS maps the
    field paths of the rules to field names.
    """

    version = HiddenField()
    category = ChoiceField(
        _l("Category"), render_kw={"data-typeahead": ""}, validators=[Optional()]
    )
    scenarios = CheckboxesField(_l("Application scenarios"))

    PATHS: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill_categories(self.category)
        locale = i18n.current().tag
        self.scenarios.choices = [(c.id, c.label(locale)) for c in get_thesaurus().scenarios()]
        if not self.texts.entries:
            self.texts.append_entry({"locale": locale})
        if not self.is_submitted():
            self.shape()

    def reshaped(self) -> bool:
        """Rows were added or removed, or a category's fields asked for: show the form again."""
        changed = self.rows_changed() or "show-fields" in request.form
        if changed:
            if not self.texts.entries:
                self.texts.append_entry({"locale": i18n.current().tag})
            self.shape()
        return changed

    def shape(self) -> None:
        """A row for each attribute of the category, and for every other one that has a value."""
        present: dict[str, list[Any]] = {}
        for entry in self.attributes.entries:
            present.setdefault(entry.form.attribute.data or "", []).append(entry)
        typical = get_thesaurus().attributes_of(self.category.data or "")
        names = [attribute.id for attribute in typical]
        names += [n for n, rows in present.items() if n not in names and _any_filled(rows)]
        for name in names:
            if name not in present:
                present[name] = [self.attributes.append_entry({"attribute": name})]
        self.attributes.entries = [entry for name in names for entry in present[name]]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Rows left empty are no rows; the first text always counts."""
        self._drop_blank(self.texts, keep=1)
        for field in self:
            if isinstance(field, FieldList) and field not in (self.texts, self.attributes):
                self._drop_blank(field)
        valid: bool = super().validate(*args, **kwargs)
        return valid

    @staticmethod
    def _drop_blank(rows: FieldList, keep: int = 0) -> None:
        rows.entries = [
            entry for n, entry in enumerate(rows.entries) if n < keep or not entry.form.is_blank()
        ]

    def filled(self) -> list[Any]:
        """The rows of technical data that were filled in."""
        return [e.form for e in self.attributes.entries if not e.form.is_blank()]

    def text_inputs(self) -> tuple[TextInput, ...]:
        return tuple(entry.form.to_input() for entry in self.texts.entries)

    def field_of(self, path: str) -> str:
        """The name of the form field that a rule's path means."""
        return self.PATHS.get(path, path)

    def attribute_rows(self, attribute_id: str) -> list[tuple[int, Any]]:
        """The rows of an attribute, with their places."""
        rows = enumerate(self.attributes.entries)
        return [(n, e.form) for n, e in rows if e.form.attribute.data == attribute_id]

    def _add_error(self, name: str, message: str) -> None:
        super()._add_error(self.field_of(name), message)


def _any_filled(rows: list[Any]) -> bool:
    return any(not entry.form.is_blank() for entry in rows)


def text_list(row: type[TextRow]) -> FieldList:
    return FieldList(FormField(row, label=_l("Text")), label=_l("Texts"), max_entries=12)


def country_choices(field: CheckboxesField) -> None:
    """All countries, the frequent markets first."""
    names = dict(i18n.countries())
    rest = [code for code in names if code not in FREQUENT_MARKETS]
    field.choices = [(code, names[code]) for code in (*FREQUENT_MARKETS, *rest)]
