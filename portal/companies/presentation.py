"""What the public page of a company shows, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from portal.companies import rules
from portal.companies.models import Certificate, Company, CompanyText
from portal.companies.registration import SCHEMES
from portal.core import clock, i18n, revisions
from portal.core.access import Actor
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import Revision
from portal.listings import texts as listings


@dataclass(frozen=True)
class Shown:
    """A text for this reader; `label` names its language when it is not the reader's."""

    text: str
    lang: str
    label: str = ""


@dataclass(frozen=True)
class CertificateRow:
    """A certificate with how it stands today."""

    row: Certificate
    tone: str
    validity: Any
    level: Any


def shown(texts: Sequence[CompanyText], attribute: str) -> Shown | None:
    """The name or description in the reader's language, or the labelled fallback."""
    found = listings.shown([text for text in texts if getattr(text, attribute)])
    if found is None:
        return None
    return Shown(getattr(found.text, attribute), found.lang, found.label or "")


def certificates(company: Company) -> list[CertificateRow]:
    """Those of a profile as its reader sees it, with validity and evidence level in words."""
    today = clock.now().date()
    return [
        CertificateRow(row, *rules.validity(row, today), rules.LEVEL_LABELS[row.level])
        for row in company.certificates
    ]


def profile_page(company: Company, actor: Actor) -> dict[str, Any]:
    """The variables of the public page."""
    name = shown(company.texts, "name")
    others = [t for t in company.texts if t.name and (name is None or t.name != name.text)]
    return {
        "name": name,
        "other_names": others,
        "description": shown(company.texts, "description"),
        "languages": [t.locale for t in company.texts if t.description],
        "certificates": certificates(company),
        "kind_label": rules.KIND_LABELS[company.kind],
        "site_roles": rules.SITE_ROLE_LABELS,
        "scheme": _scheme(company),
        "state": rules.WORKFLOW.state(company.state),
        "stale": rules.is_stale(company, clock.now()),
        "may_edit": rules.may_edit(company, actor),
    }


def _scheme(company: Company) -> Any:
    scheme = SCHEMES.get(company.registration_scheme or "")
    return scheme.label if scheme else company.registration_scheme


def structured_data(company: Company) -> dict[str, Any]:
    """schema.org Organization, for search engines; only what the page shows, too."""
    original = rules.original(company.texts)
    names = [t.name for t in company.texts if t.name]
    described = rules.text_for(company.texts, i18n.current().tag, "description")
    head = next((site for site in company.sites if site.role == "HQ"), None)
    data = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": original.name if original else "",
        "alternateName": names[1:],
        "description": described.description if described else None,
        "url": company.website,
        "foundingDate": str(company.founded) if company.founded else None,
        "numberOfEmployees": company.headcount,
        "address": _address(head.country, head.city) if head else _address(company.country),
    }
    return {key: value for key, value in data.items() if value}


def _address(country: str, city: str = "") -> dict[str, str]:
    address = {"@type": "PostalAddress", "addressCountry": country, "addressLocality": city}
    return {key: value for key, value in address.items() if value}


FIELD_LABELS = {
    "names": _l("Legal name"),
    "original": _l("Language of the original"),
    "kind": _l("What the company does here"),
    "country": _l("Country of registration"),
    "registration.scheme": _l("Type of registration number"),
    "registration.id": _l("Registration number"),
    "description": _l("Description"),
    "website": _l("Website"),
    "founded": _l("Founded in"),
    "headcount": _l("Employees"),
    "logo": _l("Logo"),
    "sites": _l("Sites"),
    "certificates": _l("Certificates"),
}


def field_label(path: str) -> str:
    """The name of a field of a snapshot: `names.de` → `Legal name (German)`."""
    if path in FIELD_LABELS:
        return str(FIELD_LABELS[path])
    name, _dot, tag = path.partition(".")
    return gettext(
        "%(field)s: %(language)s",
        field=str(FIELD_LABELS.get(name, name)),
        language=i18n.language_name(tag),
    )


@dataclass(frozen=True)
class Version:
    """A kept version, with the names of the fields in which it differs from the one before."""

    revision: Revision
    changed: list[str]


def versions(history: Sequence[Revision]) -> list[Version]:
    """The versions, newest first as given; the first one of all has nothing to differ from."""
    return [
        Version(new, _changed(old, new) if old else [])
        for new, old in zip_longest(history, history[1:])
    ]


def _changed(old: Revision, new: Revision) -> list[str]:
    return [field_label(change.field) for change in revisions.diff(old.snapshot, new.snapshot)]
