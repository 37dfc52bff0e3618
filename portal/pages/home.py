"""What the home page shows, in the reader's language."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from portal.companies.rules import name_for
from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.texts import chosen
from portal.disclosure import reading
from portal.needs import queries as needs
from portal.needs.models import Need
from portal.pages import queries
from portal.thesaurus.templating import concept_title

NEWEST = 6
# Pictures of the top categories; others get the general one.
ICONS = {
    "battery": "battery-4",
    "e-drive": "circuit-motor",
    "power-electronics": "bolt",
    "chips": "cpu",
    "automated-driving": "steering-wheel",
    "vehicle-software": "code",
    "chassis": "car-suspension",
    "sensors": "radar-2",
    "cockpit": "device-desktop-analytics",
    "thermal-management": "temperature",
    "charging": "charging-pile",
    "connectivity": "antenna",
    "electrical-systems": "plug-connected",
    "body": "car",
    "materials": "atom",
    "manufacturing": "engine",
    "equipment": "robot",
    "testing": "test-pipe",
    "services": "truck",
}


def context(session: Session) -> dict[str, Any]:
    """Figures, fields and the newest needs."""
    return {
        "figures": _figures(session),
        "segments": _segments(session),
        "needs": [_need(need) for need in _newest(session)],
    }


def _figures(session: Session) -> list[dict[str, Any]]:
    found = queries.figures(session)
    kinds = (
        (gettext("Suppliers"), found.suppliers, "company"),
        (gettext("Capabilities"), found.capabilities, "capability"),
        (gettext("Open needs"), found.needs, "need"),
    )
    rows: list[dict[str, Any]] = [
        {"label": label, "value": value, "url": url_for("search.results", kind=kind)}
        for label, value, kind in kinds
    ]
    rows.append({"label": gettext("Countries"), "value": found.countries, "url": None})
    return rows if any(row["value"] for row in rows) else []


def _segments(session: Session) -> list[dict[str, Any]]:
    return [
        {
            "label": concept_title(category),
            "url": url_for("search.results", kind="capability", category=category),
            "icon": ICONS.get(category, "category"),
            "count": count,
        }
        for category, count in queries.segments(session).items()
    ]


def _newest(session: Session) -> list[Need]:
    found = session.scalars(needs.published().limit(NEWEST)).unique()
    return [reading.public(need) for need in found]


def _need(need: Need) -> dict[str, Any]:
    tag = i18n.current().tag
    text = chosen(need.texts, tag)
    name = name_for(need.company.texts, tag)
    return {
        "title": text.title if text else need.id,
        "lang": text.locale if text else tag,
        "company": name.name if name else "",
        "country": need.company.country,
        "deadline": need.deadline,
        "url": url_for("needs.show", need_id=need.id),
    }
