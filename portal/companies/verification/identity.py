"""The fields by which the base knows a company: when one changes, what was checked is void."""

from collections.abc import Iterable, Mapping
from typing import Any

from portal.core.i18n import lazy_gettext as _l
from portal.core.names.folding import fold

HEAD_OFFICE = "HQ"
FIELDS: Mapping[str, Any] = {
    "names": _l("Legal name"),
    "kind": _l("What the company does here"),
    "country": _l("Country of registration"),
    "registration": _l("Registration number"),
    "head_office": _l("Address of the head office"),
}


def of(company: Any) -> dict[str, Any]:
    """The identity of a company as plain JSON."""
    return {
        "names": {text.locale: text.name for text in company.texts if text.name},
        "kind": company.kind,
        "country": company.country,
        "registration": {"scheme": company.registration_scheme, "id": company.registration_id},
        "head_office": head_office(company.sites),
    }


def head_office(sites: Iterable[Any]) -> dict[str, str]:
    """Where the first site with that role is; signs and capitals make no difference."""
    site = next((site for site in sites if site.role == HEAD_OFFICE), None)
    if site is None:
        return {}
    address = fold(f"{site.address} {site.postcode} {site.city}")
    return {"country": site.country, "address": address}


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Names of the fields that differ."""
    return [name for name in FIELDS if before[name] != after[name]]
