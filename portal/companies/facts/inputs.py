"""Rows of further facts as verbs take them."""

from dataclasses import dataclass
from decimal import Decimal

from portal.disclosure.rules import NDA, PUBLIC


@dataclass(frozen=True)
class SustainabilityInput:
    """A figure; which fields its kind uses stands in rules.KINDS."""

    kind: str
    product: str = ""
    value: Decimal | None = None
    unit: str = ""
    material: str = ""
    method: str = ""
    boundary: str = ""
    scope: str = ""
    year: int | None = None
    verifier: str = ""
    site: str = ""
    disclosure: str = PUBLIC


@dataclass(frozen=True)
class ReferenceInput:
    """A customer, by name or described; `since` is a year, `market` an ISO 3166 code."""

    customer: str
    product: str = ""
    since: int | None = None
    market: str = ""
    disclosure: str = NDA
