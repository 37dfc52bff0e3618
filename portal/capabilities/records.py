"""A capability as the record of the JSONL contract, and back."""

from collections.abc import Mapping
from typing import Any

from portal.capabilities.inputs import CapabilityInput, LeadTime
from portal.capabilities.models import Capability
from portal.core.i18n import lazy_gettext as _l
from portal.disclosure import setting
from portal.listings import records
from portal.listings.checks import Problems
from portal.listings.inputs import Quantity
from portal.listings.records import Fields, compact, json_number

TEXTS = ("title", "summary", "description")


def from_record(record: Mapping[str, Any]) -> CapabilityInput:
    """Read a record. Raises Invalid with a message per path; unknown keys are named."""
    found = Problems()
    fields = Fields(record, "", found)
    data = CapabilityInput(
        ref=fields.text("ref") or None,
        company=fields.text("company") or None,
        state=fields.text("state") or None,
        texts=records.read_texts(fields, summary=True),
        category=fields.text("category") or None,
        scenarios=fields.names("scenarios"),
        certificates=records.read_certificates(fields),
        attributes=records.read_attributes(fields),
        capacity=records.read_quantity(fields, "capacity"),
        lead_time=_lead_time(fields),
        moq=records.read_quantity(fields, "moq"),
        markets=fields.names("markets"),
        stage=fields.text("stage") or None,
        levels=records.read_levels(fields),
    )
    fields.end()
    found.stop()
    return data


def _lead_time(fields: Fields) -> LeadTime:
    row = fields.object("lead_time_days")
    if row is None:
        return LeadTime()
    sample, series = row.whole("sample"), row.list("series")
    row.end()
    if len(series) > 2 or not all(type(day) is int for day in series):
        row.found.add(row.at("series"), _l("This must be a pair of whole numbers: from, to."))
        return LeadTime(sample)
    first, last = (*series, None, None)[:2]
    return LeadTime(sample, first, last)


def to_record(capability: Capability) -> dict[str, Any]:
    """The record of a capability; importing it gives the same capability again."""
    return compact(
        ref=capability.external_ref or capability.id,
        company=capability.company.external_ref or capability.company_id,
        **content(capability),
        disclosure=setting.written(capability),
        state=capability.state,
    )


def content(capability: Capability) -> dict[str, Any]:
    """What the capability says, without identity and state: the snapshot of its versions."""
    return compact(
        texts=records.write_texts(capability.texts, TEXTS),
        category=capability.category,
        scenarios=list(capability.scenarios),
        certificates=records.write_certificates(capability.certificates),
        attributes=records.write_attributes(capability.attributes),
        capacity=_quantity(
            capability.capacity_quantity, capability.capacity_unit, capability.capacity_per
        ),
        lead_time_days=compact(
            sample=capability.lead_sample_days,
            series=_series(capability.lead_series_from_days, capability.lead_series_to_days),
        ),
        moq=_quantity(capability.moq_quantity, capability.moq_unit),
        markets=list(capability.markets),
        stage=capability.stage,
    )


def _series(first: int | None, last: int | None) -> list[int]:
    return [day for day in (first, last) if day is not None]


def _quantity(amount: Any, unit: str | None, per: str | None = None) -> dict[str, Any]:
    return {} if amount is None else compact(quantity=json_number(amount), unit=unit, per=per)


def to_input(capability: Capability) -> CapabilityInput:
    """What a form begins with."""
    return from_record(content(capability))


def quantity_of(data: Quantity | None) -> tuple[Any, str | None, str | None]:
    """Amount, unit and period as columns."""
    return (data.amount, data.unit, data.per or None) if data else (None, None, None)
