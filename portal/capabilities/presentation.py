"""What the pages of a capability show."""

from typing import Any

from flask import url_for

from portal.capabilities import rules
from portal.capabilities.models import Capability
from portal.companies import listings as presentation
from portal.companies import presentation as companies
from portal.core import i18n
from portal.core.access import Actor
from portal.core.i18n import gettext
from portal.disclosure import reading
from portal.listings import terms
from portal.listings.texts import shown

SCHEMA = "https://schema.org"


def capability_page(capability: Capability, actor: Actor) -> dict[str, Any]:
    """The variables of the public page."""
    mine = actor.owns(capability.company_id)
    return {
        "capability": capability,
        "text": shown(capability.texts),
        "trail": presentation.trail(capability.category),
        "facts": facts(capability),
        "measures": presentation.measures(capability.attributes),
        "certificates": presentation.certificates(capability.certificates),
        "company_certificates": companies.certificates(capability.company),
        "company": presentation.card(capability.company),
        "scenarios": presentation.labels(capability.scenarios),
        "state": rules.WORKFLOW.state(capability.state),
        "public": rules.is_public(capability),
        "mine": mine,
        "company_ready": capability.company.state == "published",
        "steps": rules.WORKFLOW.available(capability, actor) if mine else [],
        "deletable": mine and rules.may_delete(capability),
        "structured": structured_data(reading.public(capability)),
    }


def facts(capability: Capability) -> list[tuple[str, str]]:
    """Commercial facts as the trade reads them; empty ones are left out by the page."""
    stage = terms.STAGES.get(capability.stage or "", "")
    return [
        (gettext("Stage"), str(stage)),
        (
            gettext("Capacity"),
            presentation.amount(
                capability.capacity_quantity, capability.capacity_unit, capability.capacity_per
            ),
        ),
        (
            gettext("Minimum order quantity"),
            presentation.amount(capability.moq_quantity, capability.moq_unit),
        ),
        (gettext("Lead time, samples"), _days(capability.lead_sample_days)),
        (
            gettext("Lead time, series"),
            _days(capability.lead_series_from_days, capability.lead_series_to_days),
        ),
        (gettext("Markets"), presentation.countries(capability.markets)),
    ]


def _days(first: int | None, last: int | None = None) -> str:
    if first is None:
        return ""
    if last is None or last == first:
        return i18n.ngettext("%(num)s day", "%(num)s days", first)
    return gettext(
        "%(first)s to %(last)s days",
        first=i18n.format_number(first),
        last=i18n.format_number(last),
    )


def structured_data(capability: Capability) -> dict[str, Any]:
    """schema.org Product, for search engines; only what the page shows, too."""
    text = shown(capability.texts)
    company = presentation.card(capability.company)
    data = {
        "@context": SCHEMA,
        "@type": "Product",
        "name": text.text.title if text else "",
        "description": (text.text.summary or text.text.description) if text else "",
        "inLanguage": text.lang if text else None,
        "url": url_for("capabilities.show", capability_id=capability.id, _external=True),
        "category": " / ".join(label for label, _url in presentation.trail(capability.category)),
        "manufacturer": {"@type": "Organization", "name": company.name},
        "additionalProperty": [
            {"@type": "PropertyValue", "name": name, "value": value}
            for name, value in presentation.measures(capability.attributes)
        ],
        "hasCertification": [
            {"@type": "Certification", "name": row.standard} for row in capability.certificates
        ],
    }
    return {key: value for key, value in data.items() if value}
