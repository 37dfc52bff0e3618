"""What a form, the API or an import hands to the verbs of needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from portal.listings.inputs import Quantity, RangeInput, TextInput


@dataclass(frozen=True)
class Criteria:
    """Standards and attributes that are required, or wanted."""

    certificates: tuple[str, ...] = ()
    attributes: tuple[RangeInput, ...] = ()


@dataclass(frozen=True)
class Price:
    amount: Decimal | None
    currency: str = ""
    per: str = ""


@dataclass(frozen=True)
class NeedInput:
    """A whole need. `ref`, `company` and `state` come from records only."""

    texts: tuple[TextInput, ...]
    kind: str = "whole-to-part"
    category: str | None = None
    scenarios: tuple[str, ...] = ()
    required: Criteria = Criteria()
    wanted: Criteria = Criteria()
    standards: tuple[str, ...] = ()
    market: str | None = None
    quantity: Quantity | None = None
    sop: str | None = None
    incoterm: str | None = None
    incoterm_place: str | None = None
    target_price: Price | None = None
    deadline: datetime | None = None
    deadline_zone: str = "UTC"
    ref: str | None = None
    company: str | None = None
    state: str | None = None
    alias: str = ""
    levels: Mapping[str, str] | None = None
