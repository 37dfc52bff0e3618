"""Forms of needs."""

from datetime import UTC, datetime, time
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from wtforms import DateField, FieldList, FormField, HiddenField, StringField, TextAreaField
from wtforms.fields import TimeField
from wtforms.validators import DataRequired, Length, Optional

from portal.accounts.forms import zones
from portal.core import i18n
from portal.core.access import Actor
from portal.core.errors import Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.listings import terms
from portal.listings.forms import (
    CURRENCIES,
    ListingForm,
    MeasureRow,
    TextRow,
    check_number,
    fill_known,
    shown_number,
    text_list,
    year_month,
)
from portal.listings.inputs import Quantity, RangeInput
from portal.needs import rules
from portal.needs.inputs import Criteria, NeedInput, Price
from portal.needs.records import YEARS
from portal.web.forms import (
    CHOOSE,
    BaseForm,
    ChoiceField,
    NumberField,
    RowForm,
    no_direction_tricks,
)

WEIGHTS = {"required": _l("Required"), "wanted": _l("Wanted")}
INCOTERM_NAMES = {
    "EXW": "Ex Works",
    "FCA": "Free Carrier",
    "CPT": "Carriage Paid To",
    "CIP": "Carriage and Insurance Paid To",
    "DAP": "Delivered at Place",
    "DPU": "Delivered at Place Unloaded",
    "DDP": "Delivered Duty Paid",
    "FAS": "Free Alongside Ship",
    "FOB": "Free on Board",
    "CFR": "Cost and Freight",
    "CIF": "Cost, Insurance and Freight",
}
CLOSING_TIME = time(17, 0)


class CriterionRow(RowForm):
    """A certificate or standard that suppliers must, or should, have."""

    standard = StringField(
        _l("Standard"),
        [DataRequired(), Length(max=60), no_direction_tricks],
        render_kw={"list": "standard-names", "autocomplete": "off"},
    )
    weight = ChoiceField(_l("Weight"), [DataRequired()], default="required")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.weight.fill(WEIGHTS.items())

    def is_blank(self) -> bool:
        return not self.standard.data


class RangeRow(MeasureRow):
    """Bounds of one attribute, or the words asked for."""

    minimum = StringField(_l("At least"), [Length(max=60), check_number])
    maximum = StringField(_l("At most"), [Length(max=60), check_number])
    weight = ChoiceField(_l("Weight"), default="required")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.weight.fill(WEIGHTS.items())
        if not self.numeric:
            self.minimum.label.text = str(_l("Value"))

    def to_input(self) -> RangeInput:
        if not self.numeric:
            return RangeInput(self.attribute.data, value=self.minimum.data or "", unit=self.unit)
        low, high = self.number("minimum"), self.number("maximum")
        return RangeInput(self.attribute.data, low, high, unit=self.unit)


class _DeadlineFields:
    """Date, time and zone of a deadline as three fields of a form."""

    deadline: Any
    deadline_time: Any
    deadline_zone: Any

    def fill_zones(self) -> None:
        present = self.deadline_zone.data
        more = [(present, present)] if present in i18n.zones() else []
        self.deadline_zone.fill(dict([*zones(), *more]).items())

    def moment(self) -> datetime | None:
        """The deadline in UTC. Raises Invalid for a year out of the question."""
        if self.deadline.data is None:
            return None
        if self.deadline.data.year not in YEARS:
            raise Invalid(_l("Please check the year."), field="deadline")
        at = self.deadline_time.data or CLOSING_TIME
        zone = ZoneInfo(self.deadline_zone.data)
        return datetime.combine(self.deadline.data, at, zone).astimezone(UTC)


def _deadline_zone() -> ChoiceField:
    return ChoiceField(_l("Time zone"), [DataRequired()], render_kw={"data-typeahead": ""})


class NeedForm(_DeadlineFields, ListingForm):
    texts = text_list(TextRow)
    kind = ChoiceField(_l("Kind of need"), [DataRequired()])
    attributes = FieldList(FormField(RangeRow), label=_l("Technical data"), max_entries=60)
    criteria = FieldList(
        FormField(CriterionRow), label=_l("Certificates"), min_entries=1, max_entries=50
    )
    standards = TextAreaField(_l("Standards and specifications"), [Length(max=3000)])
    quantity = NumberField(_l("Quantity per year"))
    quantity_unit = ChoiceField(_l("Unit of the quantity"), default="piece")
    sop = StringField(
        _l("Start of production (SOP)"),
        [Length(max=20)],
        filters=[year_month],
        render_kw={"placeholder": "2028-06"},
    )
    market = ChoiceField(_l("Destination market"), blank=CHOOSE, render_kw={"data-typeahead": ""})
    incoterm = ChoiceField(_l("Incoterm 2020"), blank=_l("Not stated"))
    incoterm_place = StringField(_l("Named place"), [Length(max=120), no_direction_tricks])
    target_price = NumberField(_l("Target price"))
    target_currency = ChoiceField(_l("Currency"), blank=CHOOSE)
    target_price_per = ChoiceField(_l("Price unit"), default="piece")
    deadline = DateField(_l("Deadline"), [Optional()])
    deadline_time = TimeField(_l("Time"), [Optional()], default=CLOSING_TIME)
    deadline_zone = _deadline_zone()

    PATHS: ClassVar = {
        "quantity.per_year": "quantity",
        "quantity.unit": "quantity_unit",
        "incoterm.term": "incoterm",
        "incoterm.place": "incoterm_place",
        "target_price.amount": "target_price",
        "target_price.currency": "target_currency",
        "target_price.per": "target_price_per",
        "required.certificates": "criteria",
        "wanted.certificates": "criteria",
    }

    def __init__(
        self, actor: Actor, *args: Any, kinds: tuple[str, ...] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        allowed = dict.fromkeys((*rules.kinds_for(actor), *kinds))
        self.kind.fill([(kind, rules.KINDS[kind]) for kind in allowed])
        fill_known(self.quantity_unit, terms.UNITS.items())
        fill_known(self.target_price_per, terms.PRICE_UNITS.items())
        fill_known(self.target_currency, [(code, code) for code in CURRENCIES])
        self.market.fill(i18n.countries())
        self.incoterm.fill([(code, f"{code} – {name}") for code, name in INCOTERM_NAMES.items()])
        self.fill_zones()

    def field_of(self, path: str) -> str:
        parts = path.split(".")
        if parts[0] == "standards":
            return "standards"
        if len(parts) > 2 and parts[0] in WEIGHTS:
            return self._criterion(parts) or path
        return super().field_of(path)

    def _criterion(self, parts: list[str]) -> str | None:
        """`required.certificates.0` and `wanted.attributes.efficiency.max` as rows of the form."""
        weight, kind, key = parts[:3]
        if kind == "certificates":
            rows = enumerate(self.criteria.entries)
            places = [n for n, entry in rows if entry.form.weight.data == weight]
            return f"criteria.{places[int(key)]}.standard"
        bound = "maximum" if parts[3:] == ["max"] else "minimum"
        found = [n for n, row in self.attribute_rows(key) if row.weight.data == weight]
        return f"attributes.{found[0]}.{bound}" if found else None

    def _criteria(self, weight: str) -> Criteria:
        rows = [entry.form for entry in self.criteria.entries]
        return Criteria(
            tuple(row.standard.data for row in rows if row.weight.data == weight),
            tuple(row.to_input() for row in self.filled() if row.weight.data == weight),
        )

    def to_input(self) -> NeedInput:
        return NeedInput(
            texts=self.text_inputs(),
            kind=self.kind.data,
            category=self.category.data or None,
            scenarios=tuple(self.scenarios.data or ()),
            required=self._criteria("required"),
            wanted=self._criteria("wanted"),
            standards=_lines(self.standards.data),
            market=self.market.data or None,
            quantity=self._quantity(),
            sop=self.sop.data or None,
            incoterm=self.incoterm.data or None,
            incoterm_place=self.incoterm_place.data or None,
            target_price=self._price(),
            deadline=self.moment(),
            deadline_zone=self.deadline_zone.data,
        )

    def _quantity(self) -> Quantity | None:
        amount = self.quantity.data
        return None if amount is None else Quantity(amount, self.quantity_unit.data or "")

    def _price(self) -> Price | None:
        amount, currency = self.target_price.data, self.target_currency.data or ""
        if amount is None and not currency:
            return None
        return Price(amount, currency, self.target_price_per.data or "")


def _lines(text: str | None) -> tuple[str, ...]:
    """One standard a line."""
    return tuple(dict.fromkeys(line.strip() for line in (text or "").split("\n") if line.strip()))


class DeadlineForm(_DeadlineFields, BaseForm):
    """A new deadline: an owner's one extension, or staff reopening a need."""

    version = HiddenField()
    deadline = DateField(_l("New deadline"), [DataRequired()])
    deadline_time = TimeField(_l("Time"), [DataRequired()], default=CLOSING_TIME)
    deadline_zone = _deadline_zone()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fill_zones()


def form_data(data: NeedInput) -> dict[str, Any]:
    """What the form shows for a need."""
    quantity, price = data.quantity or Quantity(None, "piece"), data.target_price or Price(None)
    return {
        "texts": [vars(text) for text in data.texts],
        "kind": data.kind,
        "category": data.category,
        "scenarios": list(data.scenarios),
        "criteria": [
            {"standard": name, "weight": weight}
            for weight in WEIGHTS
            for name in getattr(data, weight).certificates
        ],
        "attributes": [
            _range(row, weight) for weight in WEIGHTS for row in getattr(data, weight).attributes
        ],
        "standards": "\n".join(data.standards),
        "quantity": quantity.amount,
        "quantity_unit": quantity.unit,
        "sop": data.sop,
        "market": data.market,
        "incoterm": data.incoterm,
        "incoterm_place": data.incoterm_place,
        "target_price": price.amount,
        "target_currency": price.currency,
        "target_price_per": price.per or "piece",
        **deadline_data(data.deadline, data.deadline_zone),
    }


def _range(row: RangeInput, weight: str) -> dict[str, Any]:
    low = row.value or shown_number(row.minimum)
    return {
        "attribute": row.id,
        "minimum": low,
        "maximum": shown_number(row.maximum),
        "weight": weight,
    }


def deadline_data(deadline: datetime | None, zone: str) -> dict[str, Any]:
    """Date and time as they read in the zone in which they were set."""
    local = deadline.astimezone(ZoneInfo(zone)) if deadline else None
    return {
        "deadline": local.date() if local else None,
        "deadline_time": local.time().replace(microsecond=0) if local else CLOSING_TIME,
        "deadline_zone": zone,
    }
