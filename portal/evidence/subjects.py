"""What evidence is about: one fact of a company, known by its place and the digest of its value."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from portal.companies.facts.models import CompanyReference, SustainabilityFact
from portal.companies.models import Certificate, Company, Site
from portal.listings.records import written

CERTIFICATE, ATTRIBUTE, CAPACITY = "certificate", "attribute", "capacity"
SUSTAINABILITY, REFERENCE, SITE, PROFILE = "sustainability", "reference", "site", "profile"
KINDS = (CERTIFICATE, ATTRIBUTE, CAPACITY, SUSTAINABILITY, REFERENCE, SITE, PROFILE)
# Figures of the profile that can be proven; who a company is, is a matter of its verification.
FIGURES = ("founded", "headcount")
CERTIFICATE_SAYS = ("standard", "number", "body", "scope", "site", "issued", "expires", "details")
_SITE = ("role", "country", "city", "address", "postcode", "products", "headcount")
_SUSTAINABILITY = (
    "kind", "product", "value", "unit", "material", "method", "boundary", "scope", "year",
    "verifier", "site",
)  # fmt: skip
_REFERENCE = ("customer", "product", "since", "market")
Identity = tuple[str, str, str, str]


@dataclass(frozen=True)
class Subject:
    """A fact as evidence knows it. `key` names it among those of its kind; `expires` is the last
    day on which the fact itself holds, such as that of a certificate."""

    kind: str
    company_id: str
    key: str
    value: Mapping[str, Any]
    capability_id: str = ""
    expires: date | None = None

    @property
    def identity(self) -> Identity:
        return (self.company_id, self.kind, self.capability_id, self.key)

    @cached_property
    def digest(self) -> str:
        """Equal for equal values, however they are written."""
        text = json.dumps(self.value, sort_keys=True, ensure_ascii=True, default=_plain)
        return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain(value: object) -> str | None:
    return written(value) if isinstance(value, Decimal) else str(value)


def _columns(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def certificate(row: Certificate) -> Subject:
    return Subject(
        CERTIFICATE,
        row.company_id,
        row.id,
        _columns(row, CERTIFICATE_SAYS) | {"details": row.details or {}},
        row.capability_id or "",
        row.expires,
    )


def attribute(company_id: str, capability_id: str, name: str, stored: Mapping[str, Any]) -> Subject:
    """A technical figure of a capability, as its JSON column holds it."""
    value = {key: _number(item) for key, item in stored.items() if item not in (None, "")}
    return Subject(ATTRIBUTE, company_id, name, value, capability_id)


def _number(item: Any) -> str | None:
    try:
        return written(Decimal(str(item)))
    except ArithmeticError:
        return str(item)


def capacity(company_id: str, capability_id: str, stated: Mapping[str, Any]) -> Subject:
    """How much can be made in which time; `stated` as `capability_capacity` gives it."""
    return Subject(CAPACITY, company_id, "capacity", dict(stated), capability_id)


def sustainability(row: SustainabilityFact) -> Subject:
    value = _columns(row, _SUSTAINABILITY)
    return Subject(SUSTAINABILITY, row.company_id, row.id, value)


def reference(row: CompanyReference) -> Subject:
    return Subject(REFERENCE, row.company_id, row.id, _columns(row, _REFERENCE))


def site(row: Site) -> Subject:
    return Subject(SITE, row.company_id, row.id, _columns(row, _SITE))


def figure(company: Company, name: str) -> Subject:
    """A figure of the profile."""
    return Subject(PROFILE, company.id, name, {"value": getattr(company, name)})
