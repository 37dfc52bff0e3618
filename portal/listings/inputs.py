"""Rows that both kinds of listing are made of, as services take them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


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

    @property
    def key(self) -> tuple[object, ...]:
        """Two rows with the same key are the same document: evidence seen for it stays."""
        return (self.standard, self.number, self.body, self.issued, self.expires)


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
