"""States of a barrier's public version, kinds of barriers, and what makes two records alike."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from portal.core.access import Actor, Permission
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import State, Transition, Workflow
from portal.service_requests.models import Barrier

EU = "EU"
# Where a rule of the European Union is in force; Switzerland, Norway and others have their own.
_MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
MEMBERS = frozenset(_MEMBERS.split())
# Kinds of barriers, with the services of the base that help with them.
KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "approval": (_l("Type approval and certification"), ("CERT", "REG")),
    "standard": (_l("Standards, quality and audits"), ("QMS", "CERT")),
    "customs": (_l("Tariffs, customs and origin"), ("CUST",)),
    "content": (_l("Local content and plants"), ("SITE", "REG")),
    "data": (_l("Data, cyber security and software"), ("CYBER", "REG")),
    "environment": (_l("Environment, carbon and batteries"), ("BATT", "REG")),
    "export": (_l("Export control and sanctions"), ("EXCTL",)),
    "transport": (_l("Transport and dangerous goods"), ("LOGI",)),
    "finance": (_l("Tax, payment and investment"), ("TAX", "FIN")),
    "legal": (_l("Contracts, liability and property rights"), ("LEGAL", "IP")),
    "people": (_l("Visas and labour law"), ("TAL",)),
    "purchase": (_l("Public buyers and subsidies"), ("MKT", "REG")),
    "other": (_l("Others"), ()),
}
STAFF = "staff"
# Words that stand in the names of rules of all sorts and tell none of them apart.
_ENGLISH = "the of and for on in to a an regulation directive rule rules act law no requirements"
_GERMAN = "der die das und für nr verordnung richtlinie gesetz anforderungen"
_COMMON = frozenset([*_ENGLISH.split(), *_GERMAN.split()])
_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
ALIKE = 0.5
SHORTEST_NAME = 3


def labels() -> dict[str, Any]:
    return {kind: label for kind, (label, _services) in KINDS.items()}


def kinds_of(service: str) -> tuple[str, ...]:
    """Kinds of barriers that a service helps with."""
    return tuple(kind for kind, (_label, services) in KINDS.items() if service in services)


def markets_of(country: str | None) -> tuple[str, ...]:
    """Where a rule must be in force to matter in a country."""
    if not country:
        return ()
    return (country, EU) if country in MEMBERS else (country,)


def parties(_barrier: Barrier, actor: Actor) -> frozenset[str]:
    return frozenset({STAFF}) if actor.may(Permission.REVIEW_DECIDE) else frozenset()


def drafted_by_another(barrier: Barrier, actor: Actor) -> bool:
    """Four eyes: whoever wrote the public text does not approve it."""
    return barrier.drafted_at is not None and barrier.draft_author_id != actor.user_id


WORKFLOW = Workflow(
    name="barrier",
    states=(
        State("internal", _l("Internal")),
        State("public", _l("Public"), tone="success"),
        State("withdrawn", _l("Withdrawn"), tone="warning"),
    ),
    transitions=(
        Transition(
            "approve",
            ("internal", "public", "withdrawn"),
            "public",
            (STAFF,),
            _l("Approve and publish this text"),
            guard=drafted_by_another,
        ),
        Transition(
            "withdraw",
            ("public",),
            "withdrawn",
            (STAFF,),
            _l("Withdraw from the public pages"),
            note_required=True,
            tone="danger",
        ),
    ),
    parties=parties,
)


def key_of(rule: str) -> str:
    """A rule's name as it is compared: case, width, spaces and punctuation do not count."""
    return "".join(_WORD.findall(unicodedata.normalize("NFKC", rule).casefold()))


def words_of(rule: str) -> frozenset[str]:
    """The words that tell rules apart; of Chinese each pair of characters."""
    text = unicodedata.normalize("NFKC", rule).casefold()
    found: set[str] = set()
    for word in _WORD.findall(text):
        if _HAN.search(word):
            found |= {word[i : i + 2] for i in range(max(1, len(word) - 1))}
        elif word not in _COMMON:
            found.add(word)
    return frozenset(found)


def likeness(one: str, other: str) -> float:
    """How alike two names of rules are: 1 for the same, 0 for nothing in common."""
    if key_of(one) == key_of(other):
        return 1.0
    here, there = words_of(one), words_of(other)
    if not here or not there:
        return 0.0
    return len(here & there) / min(len(here), len(there))


def texts_of(version: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    """Locale → title and text of a public version."""
    found: Mapping[str, Mapping[str, str]] = version.get("texts", {})
    return found


def named_in(version: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """Names of customers that a public version would give away."""
    parts = [part for text in texts_of(version).values() for part in text.values()]
    said = " ".join([*parts, str(version.get("source", ""))]).casefold()
    long_enough = (
        name for name in names if len(name) >= SHORTEST_NAME or (_HAN.search(name) and name)
    )
    return sorted({name for name in long_enough if name.casefold() in said})
