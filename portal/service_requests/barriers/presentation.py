"""What pages show of barriers, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from portal.core import i18n
from portal.core.i18n import gettext, language_name
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES
from portal.core.models import Revision
from portal.service_requests.barriers import rules
from portal.service_requests.models import Barrier
from portal.thesaurus.templating import concept_title

ACTS = {
    "create": _l("Recorded"),
    "edit": _l("Changed"),
    "propose": _l("Public text written"),
    "discard": _l("Public text dropped"),
    "approve": _l("Public text approved"),
    "withdraw": _l("Withdrawn from the public pages"),
}
FIELDS = {
    "market": _l("Market"),
    "kind": _l("Kind of barrier"),
    "category": _l("Product category"),
    "rule": _l("Rule or regulation"),
    "effect": _l("What it stops or costs"),
    "remedy": _l("What helped"),
    "source": _l("Source"),
    "reviewed_on": _l("Source read on"),
    "valid_from": _l("In force from"),
    "valid_to": _l("In force until"),
}


@dataclass(frozen=True)
class Shown:
    """A public version as a reader gets it; `label` names the language when it is not theirs."""

    id: str
    market: str
    kind: Any
    category: str
    title: str
    text: str
    lang: str
    label: str
    source: str
    valid_from: date | None
    valid_to: date | None
    approved_at: Any


def public(barrier: Barrier) -> Shown:
    """Nothing but what was approved, the market, the kind and the category."""
    return _shown(barrier, barrier.public_text)


def draft(barrier: Barrier) -> Shown:
    """What waits, as the public pages would show it."""
    return _shown(barrier, barrier.draft_text)


def _shown(barrier: Barrier, version: Mapping[str, Any]) -> Shown:
    texts = rules.texts_of(version)
    tag = i18n.current().tag
    lang = next((known for known in (tag, "en", *texts) if known in texts), tag)
    text = texts.get(lang, {})
    return Shown(
        barrier.id,
        barrier.market,
        rules.labels().get(barrier.kind, barrier.kind),
        category_title(barrier.category),
        text.get("title", ""),
        text.get("text", ""),
        lang,
        "" if lang == tag else gettext("Original: %(language)s", language=language_name(lang)),
        str(version.get("source") or ""),
        _day(version.get("valid_from")),
        _day(version.get("valid_to")),
        barrier.approved_at,
    )


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


def languages(version: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, str]]]:
    """(language tag, its name, title and text) of each text of a version, in the usual order."""
    texts = rules.texts_of(version)
    known = [locale.tag for locale in LOCALES if locale.tag in texts]
    return [(tag, language_name(tag), texts[tag]) for tag in known]


def category_title(category: str | None) -> str:
    return concept_title(category) if category else gettext("All products")


def where(shown: Shown) -> str:
    """Market and category in one line."""
    return gettext(
        "%(market)s · %(category)s",
        market=i18n.country_name(shown.market),
        category=shown.category,
    )


def structured(shown: Shown) -> dict[str, Any]:
    """schema.org Article, for search engines; only what the page shows, too."""
    return {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": shown.title,
        "articleBody": shown.text,
        "inLanguage": shown.lang,
        "url": url_for("barriers.show", barrier_id=shown.id, _external=True),
        "spatialCoverage": shown.market,
    }


@dataclass(frozen=True)
class Line:
    """A step in the history of a barrier."""

    at: Any
    who: str
    act: Any
    note: str
    changed: list[str]


def history(rows: list[Revision], names: Mapping[str, str]) -> list[Line]:
    """Newest first; what an edit changed is named by its fields."""
    found = []
    for place, row in enumerate(rows):
        before = rows[place + 1].snapshot if place + 1 < len(rows) else row.snapshot
        fields = [
            label for key, label in FIELDS.items() if row.snapshot.get(key) != before.get(key)
        ]
        who = names.get(row.actor_id or "", "")
        act = ACTS.get(row.snapshot.get("act", ""), "")
        found.append(Line(row.at, who, act, row.note, [str(label) for label in fields]))
    return found
