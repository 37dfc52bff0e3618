"""Rows that both kinds of listing are made of, as services take them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class TextInput:
    """One language of a listing; the first of a list is the original."""

    locale: str
    title: str
    summary: str = ""
    description: str = ""


@dataclass(frozen=True)
class CertificateInput:
    standard: str
    number: str = ""
    body: str = ""
    scope: str = ""
    site: str = ""
    issued: date | None = None
    expires: date | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[object, ...]:
        """Two rows with the same key state the same: evidence seen for it stays."""
        details = json.dumps(self.details, sort_keys=True)
        texts = (self.standard, self.number, self.body, self.scope, self.site)
        return (*texts, self.issued, self.expires, details)


@dataclass(frozen=True)
class AttributeInput:
    """A value of an attribute of the thesaurus; text attributes hold words, the others a number."""

    id: str
    value: Decimal | str | None
    unit: str = ""


@dataclass(frozen=True)
class RangeInput:
    """What is asked of an attribute: bounds of a number, or the value of a text."""

    id: str
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    value: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Quantity:
    amount: Decimal | None
    unit: str = ""
    per: str = ""
