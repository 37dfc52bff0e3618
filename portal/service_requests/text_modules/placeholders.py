"""Placeholders of texts, such as {{customer}}, and what they stand for on a request."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from portal.core import clock, i18n
from portal.core.access import Actor
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import BY_TAG, closest
from portal.service_requests import catalogue, clock_views, promises
from portal.service_requests.models import ServiceRequest, TextModule

MEANINGS = {
    "customer": _l("Name of the person who asked"),
    "company": _l("Company of the customer"),
    "number": _l("Number of the request"),
    "title": _l("Title of the request"),
    "service": _l("Service asked for"),
    "promise": _l("When the next answer is due, in the customer’s time"),
    "desired_date": _l("Date the customer wishes"),
    "today": _l("Today’s date"),
    "agent": _l("Your own name"),
}
EXAMPLES = {
    "customer": _l("Anna Muster"),
    "company": _l("Muster Fahrzeugwerke"),
    "number": "SR-00042",
    "title": _l("E-mark for a tail lamp"),
    "service": _l("Certification and testing"),
}
_FIELD = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")


@dataclass(frozen=True)
class Filled:
    """A text ready to be sent, its language, and the placeholders that had no value: they stay in
    the text to be seen."""

    text: str
    locale: str
    missing: tuple[str, ...] = ()


def language_of(request: ServiceRequest) -> str:
    """The language the requester writes in; where the portal does not speak it, that of the
    account."""
    near = closest(request.locale)
    if near is None and request.requester:
        near = closest(request.requester.locale)
    return near.tag if near else request.locale


def chosen(texts: Mapping[str, str], tag: str) -> str:
    """The language of a text that a reader of `tag` gets: their own, English, any."""
    held = [held for held in texts if texts[held]]
    return next((t for t in (tag, "en") if t in held), held[0] if held else tag)


def name(module: TextModule, tag: str = "") -> str:
    """What the module is called, for the one who reads now."""
    return str(module.names.get(chosen(module.names, tag or i18n.current().tag), ""))


def values(request: ServiceRequest, actor: Actor, tag: str) -> dict[str, str]:
    """What the placeholders stand for, in the words of a language; what is not known is empty."""
    zone = clock_views.zone_of(request)
    company = request.company.organisation.name
    with i18n.use_locale(tag, zone):
        due = request.next_due
        return {
            "customer": request.requester.name if request.requester else company,
            "company": company,
            "number": request.reference,
            "title": request.title,
            "service": str(catalogue.get(request.service).title),
            "promise": promises.moment(due, zone) if due else "",
            "desired_date": i18n.format_date(request.desired_date),
            "today": i18n.format_date(clock.now()),
            "agent": actor.name,
        }


def examples(actor: Actor, tag: str) -> dict[str, str]:
    """Values to look at a text with."""
    now = clock.now()
    with i18n.use_locale(tag, i18n.BASE_ZONE):
        return {
            **{key: str(value) for key, value in EXAMPLES.items()},
            "promise": promises.moment(now, i18n.BASE_ZONE),
            "desired_date": i18n.format_date(now),
            "today": i18n.format_date(now),
            "agent": actor.name,
        }


def fill(text: str, known: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The text with its placeholders filled, and the names of those left empty."""
    missing = tuple(dict.fromkeys(n for n in _FIELD.findall(text) if not known.get(n)))
    return _FIELD.sub(lambda field: known.get(field[1]) or field[0], text), missing


def unknown(text: str) -> list[str]:
    """Placeholders that stand for nothing."""
    return [found for found in _FIELD.findall(text) if found not in MEANINGS]


def left_open(text: str) -> list[str]:
    """Placeholders that somebody forgot to fill in by hand."""
    return [found for found in _FIELD.findall(text) if found in MEANINGS]


def filled(module: TextModule, request: ServiceRequest, actor: Actor, tag: str = "") -> Filled:
    """The module's text for a request, in the requester's language unless another is asked."""
    texts = {locale: str(text) for locale, text in module.bodies.items()}
    locale = chosen(texts, tag or language_of(request))
    known = values(request, actor, locale if locale in BY_TAG else "en")
    text, missing = fill(texts.get(locale, ""), known)
    return Filled(text, locale, missing)
