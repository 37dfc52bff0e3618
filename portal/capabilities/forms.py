"""The form of a capability."""

from typing import Any, ClassVar

from wtforms import FieldList, FormField, StringField
from wtforms.validators import Length

from portal.capabilities.inputs import CapabilityInput, LeadTime
from portal.core.i18n import lazy_gettext as _l
from portal.listings import terms
from portal.listings.forms import (
    CertificateRow,
    ListingForm,
    MeasureRow,
    SummaryTextRow,
    check_number,
    country_choices,
    fill_known,
    shown_number,
    text_list,
)
from portal.listings.inputs import AttributeInput, Quantity
from portal.web.forms import CheckboxesField, ChoiceField, IntegerNumberField, NumberField


class AttributeRow(MeasureRow):
    value = StringField("", [Length(max=60), check_number])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.value.label.text = self.heading

    def to_input(self) -> AttributeInput:
        value = self.number("value") if self.numeric else self.value.data
        return AttributeInput(self.attribute.data, value, self.unit)


class CapabilityForm(ListingForm):
    texts = text_list(SummaryTextRow)
    attributes = FieldList(FormField(AttributeRow), label=_l("Technical data"), max_entries=60)
    certificates = FieldList(
        FormField(CertificateRow), label=_l("Certificates"), min_entries=1, max_entries=30
    )
    stage = ChoiceField(_l("Stage"), blank=_l("Not stated"))
    capacity_quantity = NumberField(_l("Capacity"))
    capacity_unit = ChoiceField(_l("Unit of the capacity"), default="piece")
    capacity_per = ChoiceField(_l("Period of the capacity"), default="year")
    moq_quantity = NumberField(_l("Minimum order quantity"))
    moq_unit = ChoiceField(_l("Unit of the minimum order quantity"), default="piece")
    lead_sample = IntegerNumberField(_l("Samples, in days"))
    lead_from = IntegerNumberField(_l("Series, from … days"))
    lead_to = IntegerNumberField(_l("Series, to … days"))
    markets = CheckboxesField(_l("Markets you deliver to"))

    PATHS: ClassVar = {
        "capacity.quantity": "capacity_quantity",
        "capacity.unit": "capacity_unit",
        "capacity.per": "capacity_per",
        "moq.quantity": "moq_quantity",
        "moq.unit": "moq_unit",
        "lead_time_days.sample": "lead_sample",
        "lead_time_days.series": "lead_from",
        "lead_time_days.series_to": "lead_to",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage.fill(terms.STAGES.items())
        for field in (self.capacity_unit, self.moq_unit):
            fill_known(field, terms.UNITS.items())
        fill_known(self.capacity_per, terms.PERIODS.items())
        country_choices(self.markets)

    def field_of(self, path: str) -> str:
        head, _dot, rest = path.partition(".")
        rows = self.attribute_rows(rest) if head == "attributes" else []
        return f"attributes.{rows[0][0]}.value" if rows else super().field_of(path)

    def to_input(self) -> CapabilityInput:
        return CapabilityInput(
            texts=self.text_inputs(),
            category=self.category.data or None,
            scenarios=tuple(self.scenarios.data or ()),
            certificates=tuple(entry.form.to_input() for entry in self.certificates.entries),
            attributes=tuple(row.to_input() for row in self.filled()),
            capacity=_quantity(
                self.capacity_quantity.data, self.capacity_unit.data, self.capacity_per.data
            ),
            lead_time=self._lead_time(),
            moq=_quantity(self.moq_quantity.data, self.moq_unit.data),
            markets=tuple(self.markets.data or ()),
            stage=self.stage.data or None,
        )

    def _lead_time(self) -> LeadTime:
        days: list[Any] = [self.lead_sample.data, self.lead_from.data, self.lead_to.data]
        return LeadTime(*days)


def _quantity(amount: Any, unit: str, per: str = "") -> Quantity | None:
    return None if amount is None else Quantity(amount, unit or "", per or "")


def form_data(data: CapabilityInput) -> dict[str, Any]:
    """What the form shows for a capability."""
    capacity = data.capacity or Quantity(None, "piece", "year")
    moq = data.moq or Quantity(None, "piece")
    return {
        "texts": [vars(text) for text in data.texts],
        "category": data.category,
        "scenarios": list(data.scenarios),
        "certificates": [vars(row) for row in data.certificates],
        "attributes": [
            {"attribute": row.id, "value": shown_number(row.value)} for row in data.attributes
        ],
        "capacity_quantity": capacity.amount,
        "capacity_unit": capacity.unit,
        "capacity_per": capacity.per or "year",
        "moq_quantity": moq.amount,
        "moq_unit": moq.unit,
        "lead_sample": data.lead_time.sample,
        "lead_from": data.lead_time.series_from,
        "lead_to": data.lead_time.series_to,
        "markets": list(data.markets),
        "stage": data.stage,
    }
