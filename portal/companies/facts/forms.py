"""Forms of sustainability figures and references: one list each."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request
from wtforms import FieldList, FormField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from portal.companies.facts import rules
from portal.companies.facts.inputs import ReferenceInput, SustainabilityInput
from portal.core import i18n
from portal.core.i18n import lazy_gettext as _l
from portal.disclosure.rules import LEVEL_LABELS
from portal.web.forms import (
    CHOOSE,
    BaseForm,
    ChoiceField,
    IntegerNumberField,
    NumberField,
    RowForm,
    no_direction_tricks,
)

_PLAIN = [no_direction_tricks]


class FactRow(RowForm):
    """A row that counts only when something was typed into it."""

    choices: tuple[str, ...] = ("disclosure",)

    def is_blank(self) -> bool:
        typed = (field for name, field in self._fields.items() if name not in self.choices)
        return not any(field.raw_data and field.raw_data[0].strip() for field in typed)


class SustainabilityRow(FactRow):
    kind = ChoiceField(_l("What the figure is about"), [DataRequired()], blank=CHOOSE)
    product = StringField(_l("Product"), [Length(max=200), *_PLAIN])
    material = ChoiceField(_l("Material"), blank=CHOOSE)
    value = NumberField(_l("Value"))
    unit = ChoiceField(_l("Unit"), blank=CHOOSE)
    method = ChoiceField(_l("Method"), blank=CHOOSE)
    boundary = ChoiceField(_l("System boundary"), blank=CHOOSE)
    scope = StringField(
        _l("What is included"),
        [Length(max=300), *_PLAIN],
        description=_l("Such as: with upstream transport, without packaging"),
    )
    site = StringField(_l("Plant"), [Length(max=120), *_PLAIN])
    year = IntegerNumberField(_l("Reference year"), render_kw={"maxlength": "6"})
    verifier = StringField(_l("Verified by"), [Length(max=120), *_PLAIN])
    disclosure = ChoiceField(_l("Who sees it"), default="public")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.fill((name, kind.label) for name, kind in rules.KINDS.items())
        self.disclosure.fill(LEVEL_LABELS.items())
        chosen = rules.KINDS.get(self.kind.data or "")
        if chosen is None:
            self._keep(())
        else:
            self._shape(chosen)

    def _keep(self, names: Iterable[str]) -> None:
        for name in rules.OPTIONAL:
            if name not in names:
                del self[name]

    def _shape(self, kind: rules.Kind) -> None:
        """Only the fields of this kind, with its labels and choices."""
        single = len(kind.units) == 1
        self._keep([name for name in kind.fields if name != "unit" or not single])
        self.value.label.text = str(kind.value)
        for name in ("value", *kind.needed):
            if name in self._fields:
                self[name].flags.required = True
        choices: dict[str, Mapping[str, Any]] = {
            "method": kind.methods or {},
            "boundary": rules.BOUNDARIES,
            "material": rules.MATERIALS,
            "unit": dict(zip(kind.units, kind.units, strict=True)),
        }
        for name, values in choices.items():
            if name in self._fields:
                self[name].fill(values.items())
        if "method" in self._fields:
            self["method"].label.text = str(kind.method)

    def to_input(self) -> SustainabilityInput:
        kind = rules.KINDS.get(self.kind.data or "")
        unit = kind.units[0] if kind and len(kind.units) == 1 else self._text("unit")
        texts = {name: self._text(name) for name in rules.OPTIONAL if name != "unit"}
        return SustainabilityInput(
            kind=self.kind.data or "",
            value=self.value.data,
            unit=unit,
            year=self.year.data,
            disclosure=self.disclosure.data,
            **texts,
        )

    def _text(self, name: str) -> str:
        return (self[name].data or "") if name in self._fields else ""


class ReferenceRow(FactRow):
    customer = StringField(
        _l("Customer"),
        [DataRequired(), Length(max=200), *_PLAIN],
        description=_l("The name, or a description such as: German car maker, premium segment"),
    )
    product = StringField(_l("Product supplied"), [Length(max=200), *_PLAIN])
    since = IntegerNumberField(_l("Since (year)"), render_kw={"maxlength": "6"})
    market = ChoiceField(_l("Market"), blank=CHOOSE, render_kw={"data-typeahead": ""})
    disclosure = ChoiceField(_l("Who sees it"), default="nda")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.market.fill(i18n.countries())
        self.disclosure.fill(LEVEL_LABELS.items())

    def to_input(self) -> ReferenceInput:
        return ReferenceInput(
            customer=self.customer.data or "",
            product=self.product.data or "",
            since=self.since.data,
            market=self.market.data or "",
            disclosure=self.disclosure.data,
        )


class FactsForm(BaseForm):
    """A list of rows of one kind; subclasses name the list and add it."""

    version = HiddenField()
    list_name = ""

    def reshaped(self) -> bool:
        return self.rows_changed() or "show-fields" in request.form

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        rows = self[self.list_name]
        rows.entries = [entry for entry in rows.entries if not entry.form.is_blank()]
        valid: bool = super().validate(*args, **kwargs)
        return valid

    def inputs(self) -> list[Any]:
        return [entry.form.to_input() for entry in self[self.list_name].entries]


class SustainabilityForm(FactsForm):
    list_name = "sustainability"
    sustainability = FieldList(
        FormField(SustainabilityRow), label=_l("Figures"), min_entries=1, max_entries=rules.MAX_ROWS
    )


class ReferencesForm(FactsForm):
    list_name = "references"
    references = FieldList(
        FormField(ReferenceRow), label=_l("References"), min_entries=1, max_entries=rules.MAX_ROWS
    )
