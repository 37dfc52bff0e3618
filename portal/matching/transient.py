"""Needs and capabilities that are matched without being stored: from records of the contract."""

from collections.abc import Mapping
from typing import Any

from portal.capabilities import records as capability_records
from portal.capabilities import rules as capability_rules
from portal.capabilities.inputs import CapabilityInput
from portal.capabilities.models import Capability, CapabilityText
from portal.companies.models import Certificate, Company
from portal.core import clock
from portal.listings import records
from portal.listings.inputs import TextInput
from portal.needs import records as need_records
from portal.needs import rules as need_rules
from portal.needs.inputs import NeedInput
from portal.needs.models import Need, NeedText


def need_of(record: Mapping[str, Any], company_id: str = "") -> Need:
    """A need in memory. Raises Invalid with a message per key."""
    data = need_records.from_record(record)
    need_rules.check(data)
    need = Need(id=data.ref or "", company_id=company_id, version=0, **_need_columns(data))
    need.company = Company(id=company_id, country="", texts=[])
    need.texts = [
        NeedText(locale=t.locale, position=n, title=t.title, description=t.description)
        for n, t in enumerate(data.texts)
    ]
    need.changed_at = clock.now()
    return need


def _need_columns(data: NeedInput) -> dict[str, Any]:
    quantity = data.quantity
    return {
        "kind": data.kind,
        "category": data.category,
        "scenarios": list(data.scenarios),
        "required": need_records.stored_criteria(data.required),
        "wanted": need_records.stored_criteria(data.wanted),
        "standards": list(data.standards),
        "market": data.market,
        "sop": data.sop,
        "quantity_per_year": quantity.amount if quantity else None,
        "quantity_unit": quantity.unit if quantity else None,
    }


def capability_of(record: Mapping[str, Any], company_id: str = "") -> Capability:
    """A capability in memory. Raises Invalid with a message per key."""
    data = capability_records.from_record(record)
    capability_rules.check(data)
    row = Capability(id=data.ref or "", company_id=company_id, version=0, **_columns(data))
    row.company = Company(id=company_id, country="", texts=[], certificates=[])
    row.texts = [_text(n, t) for n, t in enumerate(data.texts)]
    row.certificates = [
        Certificate(standard=c.standard, expires=c.expires, level="claimed", public=True)
        for c in data.certificates
    ]
    row.changed_at = clock.now()
    return row


def _text(position: int, text: TextInput) -> CapabilityText:
    return CapabilityText(
        locale=text.locale,
        position=position,
        title=text.title,
        summary=text.summary,
        description=text.description,
    )


def _columns(data: CapabilityInput) -> dict[str, Any]:
    amount, unit, per = capability_records.quantity_of(data.capacity)
    return {
        "category": data.category,
        "scenarios": list(data.scenarios),
        "attributes": records.stored_attributes(data.attributes),
        "markets": list(data.markets),
        "capacity_quantity": amount,
        "capacity_unit": unit,
        "capacity_per": per,
        "lead_series_from_days": data.lead_time.series_from,
        "lead_series_to_days": data.lead_time.series_to,
    }
