"""What a figure of each kind says, as data, and the checks of further facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.companies.facts.inputs import ReferenceInput, SustainabilityInput
from portal.core import clock
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.disclosure.rules import LEVELS
from portal.listings import checks
from portal.listings.checks import Problems

MAX_ROWS = 40
PERCENT = "%"
MATERIALS = {
    "cobalt": _l("Cobalt"),
    "lithium": _l("Lithium"),
    "nickel": _l("Nickel"),
    "lead": _l("Lead"),
    "aluminium": _l("Aluminium"),
    "steel": _l("Steel"),
    "copper": _l("Copper"),
    "plastics": _l("Plastics"),
}
BOUNDARIES = {
    "cradle-to-gate": _l("Cradle to gate"),
    "gate-to-gate": _l("Gate to gate"),
    "cradle-to-grave": _l("Cradle to grave"),
}
_OTHER = {"other": _l("Another method")}
_FOOTPRINT = {
    "iso-14067": "ISO 14067",
    "ghg-product": _l("GHG Protocol Product Standard"),
    "catena-x": _l("Catena-X PCF Rulebook"),
    "eu-cfb": _l("EU rules for the carbon footprint of batteries (CFB)"),
    "pef": _l("EU Product Environmental Footprint (PEF)"),
    **_OTHER,
}
_RECYCLED = {
    "iso-14021": "ISO 14021",
    "mass-balance": _l("Mass balance"),
    "eu-battery": _l("EU Battery Regulation"),
    **_OTHER,
}
_ENERGY = {
    "guarantees-of-origin": _l("Guarantees of origin (GO)"),
    "i-rec": "I-REC",
    "gec": _l("Green electricity certificates (China)"),
    "ppa": _l("Power purchase agreement (PPA)"),
    "own-generation": _l("Own generation"),
    "none": _l("No certificates"),
}
_PASSPORT = {
    "preparing": _l("In preparation"),
    "pilot": _l("Tested in a pilot"),
    "complete": _l("Data complete"),
    "issued": _l("Passports issued"),
}


@dataclass(frozen=True)
class Kind:
    """One kind of figure: the fields it uses beside value, year and disclosure."""

    label: Any
    value: Any
    fields: tuple[str, ...]
    needed: tuple[str, ...]
    units: tuple[str, ...] = (PERCENT,)
    method: Any = None
    methods: Mapping[str, Any] | None = None


KINDS: Mapping[str, Kind] = {
    "carbon_footprint": Kind(
        _l("Product carbon footprint"),
        _l("Footprint"),
        ("product", "unit", "method", "boundary", "scope", "verifier", "site"),
        ("product", "unit", "method", "boundary", "year"),
        ("kg CO2e/piece", "kg CO2e/kWh", "kg CO2e/kg"),
        _l("Method"),
        _FOOTPRINT,
    ),
    "recycled_content": Kind(
        _l("Recycled content"),
        _l("Share (percent)"),
        ("product", "material", "method", "scope", "verifier"),
        ("material",),
        method=_l("Method"),
        methods=_RECYCLED,
    ),
    "renewable_energy": Kind(
        _l("Renewable energy"),
        _l("Share (percent)"),
        ("site", "method", "scope", "verifier"),
        ("method", "year"),
        method=_l("Proof of origin"),
        methods=_ENERGY,
    ),
    "battery_passport": Kind(
        _l("Battery passport"),
        _l("Data fields ready (percent)"),
        ("product", "method", "scope"),
        ("method",),
        method=_l("State"),
        methods=_PASSPORT,
    ),
}
_LENGTHS = {"product": 200, "scope": 300, "verifier": 120, "site": 120}
# Fields that some kinds do not use: they must be empty there.
OPTIONAL = ("product", "unit", "material", "method", "boundary", "scope", "verifier", "site")


def check_sustainability(
    found: Problems, rows: Sequence[SustainabilityInput], at: str = "sustainability"
) -> None:
    if len(rows) > MAX_ROWS:
        found.add(at, gettext("At most %(limit)s rows.", limit=MAX_ROWS))
    for n, row in enumerate(rows):
        kind = KINDS.get(row.kind)
        path = f"{at}.{n}"
        if kind is None:
            found.add(f"{path}.kind", _l("Please choose what the figure is about."))
            continue
        _check_fields(found, path, kind, row)
        _check_value(found, path, kind, row)
        _check_year(found, f"{path}.year", row.year)
        _check_disclosure(found, path, row.disclosure)


def _check_fields(found: Problems, path: str, kind: Kind, row: SustainabilityInput) -> None:
    for name in kind.needed:
        if getattr(row, name) in (None, ""):
            found.add(f"{path}.{name}", _l("This is needed for a figure of this kind."))
    for name in OPTIONAL:
        if getattr(row, name) and name not in kind.fields and name != "unit":
            found.add(f"{path}.{name}", _l("A figure of this kind has no such field."))
    for name, limit in _LENGTHS.items():
        checks.length(found, f"{path}.{name}", getattr(row, name), limit)
    allowed = (("method", kind.methods or {}), ("boundary", BOUNDARIES), ("material", MATERIALS))
    for name, values in allowed:
        checks.one_of(found, f"{path}.{name}", getattr(row, name), values)
    checks.one_of(found, f"{path}.unit", row.unit, kind.units)


def _check_value(found: Problems, path: str, kind: Kind, row: SustainabilityInput) -> None:
    if row.value is None:
        found.add(f"{path}.value", _l("Please give a value."))
    elif row.value < 0 or row.value >= checks.MAX_NUMBER:
        found.add(f"{path}.value", _l("Please enter a number of zero or more."))
    elif PERCENT in kind.units and row.value > 100:
        found.add(f"{path}.value", _l("A share cannot be larger than the whole."))


def _check_year(found: Problems, path: str, year: int | None) -> None:
    last = clock.now().year
    if year is not None and not 1950 <= year <= last:
        message = gettext("Please enter a year from %(first)s to %(last)s.", first=1950, last=last)
        found.add(path, message)


def _check_disclosure(found: Problems, path: str, level: str) -> None:
    checks.one_of(found, f"{path}.disclosure", level, LEVELS)


def check_references(
    found: Problems, rows: Sequence[ReferenceInput], at: str = "references"
) -> None:
    if len(rows) > MAX_ROWS:
        found.add(at, gettext("At most %(limit)s rows.", limit=MAX_ROWS))
    for n, row in enumerate(rows):
        path = f"{at}.{n}"
        if not row.customer:
            found.add(f"{path}.customer", _l("Please name or describe the customer."))
        for name in ("customer", "product"):
            checks.length(found, f"{path}.{name}", getattr(row, name), 200)
        checks.country(found, f"{path}.market", row.market)
        _check_year(found, f"{path}.since", row.since)
        _check_disclosure(found, path, row.disclosure)


def aligned(
    present: Sequence[Any], wanted: Sequence[dict[str, Any]], make: Callable[..., Any]
) -> list[Any]:
    """Rows that stay the same stay themselves, with what was found out about them; who sees a row
    is no part of what it says."""
    pool, kept = list(present), []
    for position, values in enumerate(wanted):
        said = {key: value for key, value in values.items() if key != "disclosure"}
        row = next((r for r in pool if all(getattr(r, k) == v for k, v in said.items())), None)
        if row is None:
            row = make(**values)
        else:
            pool.remove(row)
            row.disclosure = values["disclosure"]
        row.position = position
        kept.append(row)
    return kept
