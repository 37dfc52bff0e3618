"""What the pages of both kinds of listing show, in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from flask import url_for

from portal.companies import rules as companies
from portal.companies.models import Certificate, Company
from portal.companies.presentation import CertificateRow, shown
from portal.companies.verification.standing import LISTED
from portal.core import clock, i18n, revisions
from portal.core.i18n import gettext
from portal.core.models import Revision
from portal.listings import terms
from portal.thesaurus.store import get_thesaurus
from portal.thesaurus.templating import concept_title


@dataclass(frozen=True)
class CompanyCard:
    """The company behind a listing."""

    id: str
    name: str
    lang: str
    country: str
    label: str | None
    verification_level: str = LISTED


@dataclass(frozen=True)
class Version:
    """One version with what it changed against the one before."""

    revision: Revision
    changes: list[tuple[str, str, str]]


def card(company: Company) -> CompanyCard:
    name, level = shown(company.texts, "name"), company.verification_level
    if name is None:
        return CompanyCard(company.id, "", i18n.current().tag, company.country, None, level)
    label = name.label or None
    return CompanyCard(company.id, name.text, name.lang, company.country, label, level)


def trail(category: str | None) -> list[tuple[str, str]]:
    """The category with its broader ones, topmost first, each leading to the search."""
    thesaurus = get_thesaurus()
    if category is None or category not in thesaurus:
        return []
    chain = [*reversed(thesaurus.ancestors(category)), category]
    return [(concept_title(c), url_for("search.results", category=c)) for c in chain]


def amount(number: Decimal | None, unit: str | None, per: str | None = None) -> str:
    """`240,000 pieces per year`."""
    if number is None:
        return ""
    quantity = gettext(
        "%(number)s %(unit)s", number=i18n.format_number(number), unit=terms.unit_name(unit)
    )
    if not per:
        return quantity
    period = str(terms.PERIODS.get(per, per))
    return gettext("%(quantity)s %(period)s", quantity=quantity, period=period)


def countries(codes: Iterable[str]) -> str:
    """Names in the reader's language, sorted."""
    return gettext(", ").join(sorted(i18n.country_name(code) for code in codes))


def labels(concepts: Iterable[str]) -> list[str]:
    return [concept_title(concept) for concept in concepts]


def measures(attributes: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Technical data as (name, value with unit)."""
    return [
        (terms.attribute_label(name), terms.measured(row.get("value"), row.get("unit")))
        for name, row in attributes.items()
    ]


def asked(attributes: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Technical criteria as (name, bounds with unit)."""
    return [(terms.attribute_label(name), terms.bounds(row)) for name, row in attributes.items()]


def certificates(rows: Iterable[Certificate]) -> list[CertificateRow]:
    """With validity today and evidence level in words."""
    today = clock.now().date()
    return [
        CertificateRow(row, *companies.validity(row, today), companies.LEVEL_LABELS[row.level])
        for row in rows
    ]


def versions(history: list[Revision]) -> list[Version]:
    """Newest first, each against the one before it."""
    return [
        Version(revision, changes(before.snapshot, revision.snapshot) if before else [])
        for revision, before in zip_longest(history, history[1:])
    ]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What differs between two snapshots: (field, before, after) in words."""
    return [
        (terms.field_label(c.field), _words(c.field, c.before), _words(c.field, c.after))
        for c in revisions.diff(before, after)
    ]


def _words(field: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(_words(field, item) for item in value)
    if isinstance(value, dict):
        return gettext(", ").join(str(item) for item in value.values())
    if isinstance(value, int | float):
        return i18n.format_number(value)
    if field in ("category", "scenarios"):
        return get_thesaurus().label(value, i18n.current().tag)
    return i18n.country_name(value) if field in ("market", "markets") else str(value)
