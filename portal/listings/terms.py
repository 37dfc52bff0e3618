"""Names of stages, units and periods, and the fields of a listing, in the reader's language."""

from decimal import Decimal, InvalidOperation
from typing import Any

from portal.core import i18n
from portal.core.i18n import lazy_gettext as _l
from portal.thesaurus.store import get_thesaurus

UNITS = {
    "piece": _l("pieces"),
    "set": _l("sets"),
    "system": _l("systems"),
    "kg": "kg",
    "t": _l("tonnes"),
    "m": _l("metres"),
    "m²": "m²",
    "MWh": "MWh",
    "GWh": "GWh",
    "licence": _l("licences"),
    "project": _l("projects"),
    "test": _l("tests"),
    "shipment": _l("shipments"),
    "TEU": "TEU",
}
PRICE_UNITS = {
    "piece": _l("per piece"),
    "set": _l("per set"),
    "system": _l("per system"),
    "kg": _l("per kg"),
    "t": _l("per tonne"),
    "m": _l("per metre"),
    "m²": _l("per m²"),
    "kWh": _l("per kWh"),
    "licence": _l("per licence"),
    "project": _l("per project"),
    "test": _l("per test"),
    "shipment": _l("per shipment"),
    "TEU": _l("per TEU"),
}
PERIODS = {
    "year": _l("per year"),
    "month": _l("per month"),
    "week": _l("per week"),
    "day": _l("per day"),
}
STAGES = {
    "concept": _l("Concept stage"),
    "prototype": _l("Prototype"),
    "sample": _l("Samples available"),
    "series": _l("In series production"),
}
# Units that are words rather than signs.
_ATTRIBUTE_UNITS = {"cycles": _l("cycles"), "inch": _l("inch"), "level": "", "count": ""}
_FIELDS = {
    "texts": _l("Texts"),
    "title": _l("Title"),
    "summary": _l("Summary"),
    "description": _l("Description"),
    "category": _l("Category"),
    "scenarios": _l("Scenarios"),
    "certificates": _l("Certificates"),
    "attributes": _l("Technical data"),
    "capacity": _l("Capacity"),
    "lead_time_days": _l("Lead time"),
    "sample": _l("Samples"),
    "series": _l("Series"),
    "moq": _l("Minimum order quantity"),
    "markets": _l("Markets"),
    "stage": _l("Stage"),
    "kind": _l("Kind of need"),
    "required": _l("Required"),
    "wanted": _l("Wanted"),
    "standards": _l("Standards"),
    "market": _l("Destination market"),
    "quantity": _l("Quantity"),
    "sop": _l("Start of production"),
    "incoterm": _l("Incoterm"),
    "term": _l("Incoterm"),
    "place": _l("Named place"),
    "target_price": _l("Target price"),
    "amount": _l("Amount"),
    "currency": _l("Currency"),
    "per": _l("per"),
    "per_year": _l("per year"),
    "unit": _l("Unit"),
    "deadline": _l("Deadline"),
    "deadline_zone": _l("Time zone of the deadline"),
    "value": _l("Value"),
    "min": _l("at least"),
    "max": _l("at most"),
}


def attribute_unit(unit: str) -> str:
    """A unit as it stands behind a number."""
    return str(_ATTRIBUTE_UNITS.get(unit, unit))


def unit_name(unit: str | None) -> str:
    return str(UNITS.get(unit or "", unit or ""))


def attribute_label(attribute_id: str) -> str:
    attribute = get_thesaurus().attributes.get(attribute_id)
    return attribute.label(i18n.current().tag) if attribute else attribute_id


def is_text(attribute_id: str) -> bool:
    """Whether an attribute is described in words (an ASIL, a package), not by a number."""
    attribute = get_thesaurus().attributes.get(attribute_id)
    return attribute is not None and attribute.unit == ""


def measured(value: Any, unit: str | None) -> str:
    """`280 Wh/kg` with the reader's separators; words stay as they are."""
    try:
        shown = i18n.format_number(Decimal(str(value)))
    except InvalidOperation:
        shown = str(value)
    sign = attribute_unit(unit or "")
    return f"{shown}{'' if sign in ('', '%', '°') else ' '}{sign}"


def bounds(asked: dict[str, Any]) -> str:
    """`≥ 250 Wh/kg`, `≤ 20 ms`, `400–800 V`, or the words asked for."""
    unit = asked.get("unit", "")
    low, high = asked.get("min"), asked.get("max")
    if low is not None and high is not None:
        return f"{measured(low, '')}–{measured(high, unit)}"
    if low is not None:
        return f"≥ {measured(low, unit)}"
    if high is not None:
        return f"≤ {measured(high, unit)}"
    return measured(asked.get("value", ""), unit)


def field_label(path: str) -> str:
    """The name of a field of a snapshot: `texts.de.title` → `Title (German)`."""
    parts = path.split(".")
    if parts[0] == "texts" and len(parts) == 3:
        return f"{_FIELDS.get(parts[2], parts[2])} ({i18n.language_name(parts[1])})"
    return " · ".join(_part(part) for part in parts if part != "attributes" or len(parts) == 1)


def _part(part: str) -> str:
    return str(_FIELDS[part]) if part in _FIELDS else attribute_label(part)
