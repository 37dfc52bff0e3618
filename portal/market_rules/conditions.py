"""Whether a rule concerns a product: conditions over its stated attributes.

A condition is one of

    {"attribute": "energy", "above": 2, "unit": "kWh"}     also at_least, at_most, below, is
    {"scenarios": ["passenger-car", "robotaxi"]}           one of them is stated
    {"fact": "vehicle_category", …}                        nothing the portal knows: to be asked
    {"all": [condition, …]}   {"any": [condition, …]}   {"not": condition}

It holds, does not hold, or cannot be told because a fact is missing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.core.i18n import lazy_gettext as _l
from portal.thesaurus.conversion import converted
from portal.thesaurus.store import get_thesaurus

Condition = Mapping[str, Any]
_COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "above": lambda stated, bound: stated > bound,
    "at_least": lambda stated, bound: stated >= bound,
    "at_most": lambda stated, bound: stated <= bound,
    "below": lambda stated, bound: stated < bound,
}
WORDED = {
    "above": _l("%(name)s above %(value)s"),
    "at_least": _l("%(name)s of at least %(value)s"),
    "at_most": _l("%(name)s of at most %(value)s"),
    "below": _l("%(name)s below %(value)s"),
    "is": _l("%(name)s: %(value)s"),
}
COMPARISONS = tuple(WORDED)
KEYS = frozenset({"attribute", "unit", "scenarios", "fact", "all", "any", "not", *COMPARISONS})


@dataclass(frozen=True)
class Answer:
    """Whether the condition holds; None when it cannot be told, for want of `missing`."""

    holds: bool | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Product:
    """What a capability states that conditions may ask for."""

    attributes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    scenarios: frozenset[str] = frozenset()


def asked(condition: Condition | None, product: Product) -> Answer:
    """Judge a condition; an empty one always holds."""
    if not condition:
        return Answer(True)
    for key, judge in _JUDGES.items():
        if key in condition:
            return judge(condition, product)
    return Answer(None)


def _attribute(condition: Condition, product: Product) -> Answer:
    name = str(condition["attribute"])
    stated = product.attributes.get(name)
    if not stated or stated.get("value") in (None, ""):
        return Answer(None, (name,))
    if "is" in condition:
        return Answer(str(stated["value"]).casefold() == str(condition["is"]).casefold())
    value = _number(stated["value"])
    unit = str(condition.get("unit") or _unit(name))
    value = None if value is None else converted(value, str(stated.get("unit") or unit), unit)
    if value is None:
        return Answer(None, (name,))
    bounds = (
        (_COMPARISONS[key], _number(condition[key])) for key in _COMPARISONS if key in condition
    )
    return Answer(all(bound is not None and holds(value, bound) for holds, bound in bounds))


def _number(raw: Any) -> Decimal | None:
    try:
        value = Decimal(str(raw))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _unit(name: str) -> str:
    attribute = get_thesaurus().attributes.get(name)
    return attribute.unit if attribute else ""


def _scenarios(condition: Condition, product: Product) -> Answer:
    if not product.scenarios:
        return Answer(None, ("scenarios",))
    return Answer(bool(product.scenarios & set(condition["scenarios"])))


def _fact(condition: Condition, _product: Product) -> Answer:
    return Answer(None, (str(condition["fact"]),))


def _all(condition: Condition, product: Product) -> Answer:
    found = [asked(part, product) for part in condition["all"]]
    if any(answer.holds is False for answer in found):
        return Answer(False)
    return _unless_unknown(found, holds=True)


def _any(condition: Condition, product: Product) -> Answer:
    found = [asked(part, product) for part in condition["any"]]
    if any(answer.holds for answer in found):
        return Answer(True)
    return _unless_unknown(found, holds=False)


def _unless_unknown(found: Iterable[Answer], *, holds: bool) -> Answer:
    unknown = [answer for answer in found if answer.holds is None]
    missing = dict.fromkeys(name for answer in unknown for name in answer.missing)
    return Answer(None, tuple(missing)) if unknown else Answer(holds)


def _not(condition: Condition, product: Product) -> Answer:
    found = asked(condition["not"], product)
    return Answer(None if found.holds is None else not found.holds, found.missing)


_JUDGES: dict[str, Callable[[Condition, Product], Answer]] = {
    "attribute": _attribute,
    "scenarios": _scenarios,
    "fact": _fact,
    "all": _all,
    "any": _any,
    "not": _not,
}
