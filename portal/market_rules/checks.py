"""What a rule must be before it is kept: the same for forms, files and what is shipped."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from portal.core.i18n import gettext
from portal.core.locales import BY_TAG
from portal.market_rules.conditions import KEYS
from portal.market_rules.markets import LABELS
from portal.market_rules.rules import KINDS, NOTICE
from portal.thesaurus.store import get_thesaurus

FIELDS = (
    *("id", "market", "kind", "classes", "but_not", "satisfied_by", "service"),
    *("title", "summary"),
    *("valid_from", "valid_to", "stages", "condition", "source"),
)
REVIEW = ("reviewed_on", "reviewer", "status")
SOURCE = ("name", "publisher", "url")
MAX_ID, MAX_TITLE, MAX_SUMMARY = 80, 200, 2000
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
Fault = tuple[str, str]


def faults(record: Mapping[str, Any]) -> list[Fault]:
    """(field, what is wrong) for everything that is wrong with a record."""
    found = [fault for check in _CHECKS for fault in check(record)]
    unknown = [name for name in record if name not in (*FIELDS, *REVIEW)]
    return [*found, *((name, gettext("There is no such field.")) for name in unknown)]


def _named(record: Mapping[str, Any]) -> Iterator[Fault]:
    name = record.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name) or len(name) > MAX_ID:
        yield "id", gettext("Please use small letters, digits and hyphens, such as eu-un-r100.")
    if record.get("market") not in LABELS:
        yield "market", gettext("Please choose a market.")
    if record.get("kind") not in KINDS:
        yield "kind", gettext("Please choose what kind of rule this is.")


def _texts(record: Mapping[str, Any]) -> Iterator[Fault]:
    for name, most in (("title", MAX_TITLE), ("summary", MAX_SUMMARY)):
        texts = record.get(name) or {}
        if not isinstance(texts, Mapping) or not all(isinstance(t, str) for t in texts.values()):
            yield name, gettext("Please give a text for each language.")
            continue
        if name == "title" and not texts.get("en", "").strip():
            yield name, gettext("Please give an English title at least.")
        for tag, text in texts.items():
            if tag not in BY_TAG:
                yield name, gettext("“%(tag)s” is no language of the portal.", tag=tag)
            elif len(text) > most:
                yield name, gettext("At most %(count)s characters, please.", count=most)


def _lists(record: Mapping[str, Any]) -> Iterator[Fault]:
    for name in ("classes", "but_not", "satisfied_by"):
        rows = record.get(name) or []
        if not isinstance(rows, list) or not all(isinstance(row, str) and row for row in rows):
            yield name, gettext("Please give a list of names.")
        elif name != "satisfied_by":
            for row in (row for row in rows if get_thesaurus().get(row) is None):
                yield name, gettext("“%(name)s” is not in the thesaurus.", name=row)


def _days(record: Mapping[str, Any]) -> Iterator[Fault]:
    days = {}
    for name in ("valid_from", "valid_to", "reviewed_on"):
        raw = record.get(name)
        days[name] = _day(raw)
        if raw and days[name] is None:
            yield name, gettext("Please write days as 2027-02-18.")
    first, last = days["valid_from"], days["valid_to"]
    if first and last and last < first:
        yield "valid_to", gettext("The last day lies before the first.")


def _day(raw: Any) -> date | None:
    try:
        return date.fromisoformat(raw) if isinstance(raw, str) and raw else None
    except ValueError:
        return None


def _stages(record: Mapping[str, Any]) -> Iterator[Fault]:
    rows = record.get("stages") or []
    right = isinstance(rows, list) and all(
        isinstance(row, Mapping)
        and set(row) == {"from", "what"}
        and _day(row["from"])
        and isinstance(row["what"], Mapping)
        for row in rows
    )
    if not right:
        yield "stages", gettext("A stage has the day it begins and what changes then.")


def _condition(record: Mapping[str, Any]) -> Iterator[Fault]:
    wrong = _unknown_key(record.get("condition") or {})
    if wrong:
        yield "condition", wrong


def _unknown_key(condition: Any) -> str:
    if not isinstance(condition, Mapping):
        return gettext('A condition is an object such as {"attribute": "energy", "above": 2}.')
    for key, value in condition.items():
        if key not in KEYS:
            return gettext("Conditions have no “%(name)s”.", name=key)
        for part in value if key in ("all", "any") else [value] if key == "not" else []:
            if wrong := _unknown_key(part):
                return wrong
    name = condition.get("attribute")
    if name is not None and name not in get_thesaurus().attributes:
        return gettext("“%(name)s” is not in the thesaurus.", name=name)
    return ""


def _source(record: Mapping[str, Any]) -> Iterator[Fault]:
    source = record.get("source") or {}
    if not isinstance(source, Mapping) or not set(source) <= set(SOURCE):
        yield "source", gettext("A source has a name, a publisher and a web address.")
        return
    if not (source.get("name") or "").strip():
        yield "source", gettext("Please name the source.")
    url = source.get("url") or ""
    if url and not url.startswith(("https://", "http://")):
        yield "source", gettext("Please enter a web address that begins with https://.")


def _proof(record: Mapping[str, Any]) -> Iterator[Fault]:
    if record.get("kind") == NOTICE and record.get("satisfied_by"):
        yield "satisfied_by", gettext("A notice asks for no certificate.")


_CHECKS = (_named, _texts, _lists, _days, _stages, _condition, _source, _proof)
