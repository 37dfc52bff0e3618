"""What criteria say, kept apart from any language: a name of a sentence and its facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import singledispatch

from babel import numbers

from portal.core import i18n
from portal.core.i18n import gettext
from portal.disclosure.rules import LOCKED_LABELS
from portal.listings import terms
from portal.thesaurus.store import get_thesaurus


@dataclass(frozen=True)
class Concept:
    """A concept of the thesaurus, shown by its label."""

    id: str


@dataclass(frozen=True)
class Attribute:
    """An attribute of the thesaurus, shown by its label."""

    id: str


@dataclass(frozen=True)
class Countries:
    """Countries by their codes, shown by name."""

    codes: tuple[str, ...]


@dataclass(frozen=True)
class Month:
    """A day that stands for its month."""

    day: date


@dataclass(frozen=True)
class Amount:
    """A number with its unit."""

    value: Decimal
    unit: str = ""


Fact = str | Decimal | int | date | Concept | Attribute | Countries | Month | Amount


@singledispatch
def shown(fact: object) -> str:
    """A fact in the reader's language."""
    return str(fact)


@shown.register
def _(fact: Decimal) -> str:
    return numbers.format_decimal(fact, locale=i18n.current().babel, decimal_quantization=False)


@shown.register
def _(fact: int) -> str:
    return shown(Decimal(fact))


@shown.register
def _(fact: date) -> str:
    return i18n.format_date(fact)


@shown.register
def _(fact: Concept) -> str:
    return get_thesaurus().label(fact.id, i18n.current().tag)


@shown.register
def _(fact: Attribute) -> str:
    return terms.attribute_label(fact.id)


@shown.register
def _(fact: Countries) -> str:
    return gettext(", ").join(i18n.country_name(code) for code in fact.codes)


@shown.register
def _(fact: Month) -> str:
    return i18n.format_month(f"{fact.day:%Y-%m}")


@shown.register
def _(fact: Amount) -> str:
    unit = terms.attribute_unit(fact.unit)
    name = terms.unit_name(unit)
    return f"{shown(fact.value)}{'' if name in ('', '%', '°') else ' '}{name}"


# Each sentence is a function, so that its text is looked up in the reader's language.
_SENTENCES: Mapping[str, Callable[..., str]] = {
    "plain": lambda value: value,
    "disclosed.capability": lambda level: str(LOCKED_LABELS[level]),
    "disclosed.need": lambda level: str(LOCKED_LABELS[level]),
    "disclosed.asked": lambda: gettext("The buyer does not show this yet"),
    "category.wanted": lambda category: category,
    "category.same": lambda category: gettext("Listed as %(category)s", category=category),
    "category.narrower": lambda category, wanted: gettext(
        "Listed as %(category)s, a kind of %(wanted)s", category=category, wanted=wanted
    ),
    "category.broader": lambda category: gettext(
        "Listed only as %(category)s, which is wider; ask about this product", category=category
    ),
    "category.near": lambda category: gettext(
        "Listed as %(category)s, a neighbouring product; ask about this one", category=category
    ),
    "category.other": lambda category: gettext("Listed as %(category)s", category=category),
    "category.none": lambda: gettext("The supplier names no category; ask about this product"),
    "certificate.valid": lambda standard, until: gettext(
        "%(standard)s, valid until %(until)s", standard=standard, until=until
    ),
    "certificate.unlimited": lambda standard: gettext(
        "%(standard)s, no date of expiry stated", standard=standard
    ),
    "certificate.expired": lambda standard, until: gettext(
        "%(standard)s expired on %(until)s", standard=standard, until=until
    ),
    "certificate.ends": lambda standard, until, sop: gettext(
        "%(standard)s is valid until %(until)s, before the start of production in %(sop)s",
        standard=standard,
        until=until,
        sop=sop,
    ),
    "certificate.others": lambda listed: gettext(
        "Not listed; the supplier lists %(listed)s", listed=listed
    ),
    "certificate.none": lambda: gettext("The supplier says nothing about it"),
    "attribute.range": lambda name, low, high: gettext(
        "%(name)s from %(low)s to %(high)s", name=name, low=low, high=high
    ),
    "attribute.low": lambda name, low: gettext("%(name)s ≥ %(low)s", name=name, low=low),
    "attribute.high": lambda name, high: gettext("%(name)s ≤ %(high)s", name=name, high=high),
    "attribute.exact": lambda name, value: gettext("%(name)s: %(value)s", name=name, value=value),
    "attribute.stated": lambda value: gettext("Supplier states %(value)s", value=value),
    "attribute.stated_range": lambda low, high: gettext(
        "Supplier states %(low)s to %(high)s", low=low, high=high
    ),
    "attribute.unlike": lambda value: gettext(
        "Supplier states %(value)s; ask whether that is enough", value=value
    ),
    "attribute.none": lambda: gettext("The supplier gives no figure"),
    "capacity.wanted": lambda quantity: gettext("%(quantity)s per year", quantity=quantity),
    "capacity.stated": lambda capacity: gettext(
        "Capacity of %(capacity)s per year", capacity=capacity
    ),
    "capacity.unlike": lambda capacity: gettext(
        "Capacity of %(capacity)s, in another unit; ask for the figure", capacity=capacity
    ),
    "capacity.none": lambda: gettext("The supplier gives no capacity"),
    "market.wanted": lambda market: market,
    "market.listed": lambda market: gettext("The supplier serves %(market)s", market=market),
    "market.home": lambda market: gettext("The supplier is based in %(market)s", market=market),
    "market.others": lambda markets: gettext("Listed markets: %(markets)s", markets=markets),
    "market.none": lambda: gettext("The supplier names no markets"),
    "lead_time.wanted": lambda sop: gettext("Start of production in %(sop)s", sop=sop),
    "lead_time.in_time": lambda days, ready: gettext(
        "Series parts within %(days)s days, by %(ready)s", days=days, ready=ready
    ),
    "lead_time.tight": lambda low, high, ready: gettext(
        "Series parts within %(low)s to %(high)s days, by %(ready)s at the latest",
        low=low,
        high=high,
        ready=ready,
    ),
    "lead_time.late": lambda days, ready: gettext(
        "Series parts within %(days)s days, not before %(ready)s", days=days, ready=ready
    ),
    "lead_time.past": lambda: gettext("The start of production has already passed"),
    "lead_time.none": lambda: gettext("The supplier gives no lead time for series parts"),
    "scenario.wanted": lambda scenarios: scenarios,
    "scenario.shared": lambda scenarios: gettext(
        "Also made for %(scenarios)s", scenarios=scenarios
    ),
    "scenario.others": lambda scenarios: gettext("Made for %(scenarios)s", scenarios=scenarios),
    "scenario.none": lambda: gettext("The supplier names no use"),
}


@dataclass(frozen=True)
class Sentence:
    """One sentence with its facts; `str()` renders it in the reader's language."""

    name: str
    facts: Mapping[str, Fact | tuple[Fact, ...]] = field(default_factory=dict)

    def __str__(self) -> str:
        return _SENTENCES[self.name](**{k: _shown(v) for k, v in self.facts.items()})


def _shown(fact: Fact | tuple[Fact, ...]) -> str:
    if isinstance(fact, tuple):
        return gettext(", ").join(shown(one) for one in fact)
    return shown(fact)


def say(name: str, /, **facts: Fact | tuple[Fact, ...]) -> Sentence:
    """A sentence of the list above."""
    return Sentence(name, facts)
