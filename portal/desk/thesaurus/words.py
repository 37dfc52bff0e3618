"""Words and small readings that all pages of the thesaurus share."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.capabilities.models import Capability
from portal.companies.models import Company
from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import chosen
from portal.needs.models import Need
from portal.thesaurus import rules
from portal.thesaurus.check import LANGUAGES
from portal.thesaurus.store import Thesaurus
from portal.web.app import db

RIGHT_TO_LEFT = frozenset({"ar"})
FIELDS = {
    "id": _l("Id"),
    "kind": _l("Kind"),
    "broader": _l("Broader concepts"),
    "related": _l("Related concepts"),
    "category": _l("Category"),
    "attributes": _l("Typical attributes"),
    "hs": _l("HS heading"),
}
SEGMENTS = {
    "aftermarket": _l("Accessories and aftermarket"),
    "automated-driving": _l("Automated driving"),
    "battery": _l("Battery"),
    "body": _l("Body"),
    "charging": _l("Charging"),
    "chassis": _l("Chassis"),
    "chips": _l("Chips"),
    "cockpit": _l("Cockpit"),
    "connectivity": _l("Connectivity"),
    "e-drive": _l("Electric drive"),
    "electrical": _l("Electrical systems"),
    "equipment": _l("Production equipment"),
    "everyday": _l("Everyday words"),
    "general": _l("General vocabulary"),
    "general-industry": _l("General industry"),
    "manufacturing": _l("Manufacturing"),
    "materials": _l("Materials"),
    "power-electronics": _l("Power electronics"),
    "scenarios": _l("Scenarios"),
    "sensors": _l("Sensors"),
    "services": _l("Services"),
    "standards": _l("Standards"),
    "testing": _l("Testing"),
    "thermal": _l("Thermal management"),
    "vehicle-parts": _l("Vehicle parts"),
    "vehicle-software": _l("Vehicle software"),
}


def tables(planned: Thesaurus) -> dict[str, Any]:
    """What every page of the thesaurus knows."""
    return {
        "languages": LANGUAGES,
        "dir_of_language": direction,
        "kind_labels": rules.KIND_LABELS,
        "statuses": rules.STATUSES,
        "segment_label": lambda name: SEGMENTS.get(name, name),
        "field_label": field_label,
        "value_label": _value_label(planned),
        "label_of": lambda i: planned.label(i, i18n.current().tag),
    }


def direction(lang: str) -> str:
    return "rtl" if lang in RIGHT_TO_LEFT else "ltr"


def field_label(name: str) -> str:
    if name.startswith("terms."):
        language = i18n.language_name(name.removeprefix("terms."))
        return gettext("Terms in %(language)s", language=language)
    return str(FIELDS.get(name, name))


def _value_label(planned: Thesaurus) -> Callable[[str, str], str]:
    tag = i18n.current().tag
    readings: dict[str, Callable[[str], str]] = {
        "broader": lambda i: planned.label(i, tag),
        "related": lambda i: planned.label(i, tag),
        "attributes": lambda i: planned.attributes[i].label(tag) if i in planned.attributes else i,
        "kind": lambda i: str(rules.KIND_LABELS.get(i, i)),
        "category": lambda _i: gettext("May be chosen as a category"),
    }
    return lambda field, value: readings.get(field, str)(value)


def titles(ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Id → title or name of a record with its language; none asked, no statement."""
    wanted, tag = list(ids), i18n.current().tag
    found: dict[str, tuple[str, str]] = {}
    models: tuple[Any, ...] = (Capability, Need, Company)
    for model in models if wanted else ():
        query = select(model).where(model.id.in_(wanted)).options(selectinload(model.texts))
        for row in db().scalars(query):
            text: Any = chosen(row.texts, tag)
            if text is not None:
                title = getattr(text, "title", "") or getattr(text, "name", "")
                found[row.id] = (title, text.locale)
    return found
