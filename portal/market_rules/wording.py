"""What pages, the API and files say about a line of an analysis, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.companies.rules import LEVEL_LABELS
from portal.core import i18n
from portal.core.i18n import format_date, format_month, gettext
from portal.core.i18n import lazy_gettext as _l
from portal.market_rules.conditions import COMPARISONS, WORDED, Condition
from portal.market_rules.rules import Line, Moment, Rule, Verdict, stage_at
from portal.thesaurus.store import get_thesaurus
from portal.thesaurus.templating import concept_title

VERDICTS = {
    Verdict.MISSING: _l("Missing"),
    Verdict.EXPIRING: _l("Expiring"),
    Verdict.UNCLEAR: _l("Unclear"),
    Verdict.HAVE: _l("Have"),
    Verdict.NOT_APPLICABLE: _l("Not applicable"),
}
TONES = {
    Verdict.MISSING: "danger",
    Verdict.EXPIRING: "warning",
    Verdict.UNCLEAR: "accent",
    Verdict.HAVE: "success",
    Verdict.NOT_APPLICABLE: "neutral",
}
ICONS = {
    Verdict.MISSING: "circle-x",
    Verdict.EXPIRING: "calendar-due",
    Verdict.UNCLEAR: "help-circle",
    Verdict.HAVE: "circle-check",
    Verdict.NOT_APPLICABLE: "circle-minus",
}
DISCLAIMER = _l(
    "This is orientation by the base, not legal advice. What counts is the text of the rule and "
    "what the authority or your customer says."
)
_FACTS = {
    "scenarios": _l("application scenarios"),
    "vehicle_category": _l("vehicle category"),
}


_REASONS = {
    "valid": _l("%(standard)s is valid until %(until)s."),
    "unlimited": _l("%(standard)s, no end date stated."),
    "ends": _l("%(standard)s ends on %(until)s; it is needed from %(needed)s on."),
    "expired": _l("%(standard)s expired on %(until)s."),
    "none": _l("%(wanted)s is not among the certificates."),
    "no_certificate": _l("No certificate proves this; the base can tell what to show."),
    "fact": _l("It depends on a fact that is not stated: %(facts)s."),
    "fact-unnamed": _l("It depends on facts that the portal does not ask for."),
    "condition": _l("Only for products with: %(condition)s."),
    "later": _l("It need not be met at the start of production."),
    "ended": _l("It is no longer in force at that time."),
}


@dataclass(frozen=True)
class Text:
    """A text of a rule with its language; `label` names it when it is not the reader's."""

    text: str
    lang: str
    label: str = ""


def text_of(texts: Mapping[str, str]) -> Text:
    """In the reader's language, else English, else any."""
    tag = i18n.current().tag
    lang = next((known for known in (tag, "en", *texts) if texts.get(known)), tag)
    label = "" if lang == tag else i18n.language_name(lang)
    return Text(texts.get(lang, ""), lang, label)


def applies(line: Line, moment: Moment) -> str:
    """From when the rule must be met, against the start of production."""
    start, sop = line.rule.valid_from, moment.sop if moment.planned else None
    if line.reason == "ended":
        return gettext("No longer in force since %(date)s", date=format_date(line.rule.valid_to))
    if start is None or start <= moment.on:
        return gettext("In force")
    day, month = format_date(start), format_month(sop)
    if sop is None:
        return gettext("Applies from %(date)s", date=day)
    if start < moment.first:
        return gettext("Applies from %(date)s, before your SOP in %(month)s", date=day, month=month)
    if line.reason == "later":
        return gettext("Applies from %(date)s, after your SOP in %(month)s", date=day, month=month)
    return gettext("Applies from %(date)s, in the month of your SOP", date=day)


def reason(line: Line) -> str:
    """Why the verdict is as it is."""
    held = line.held
    values: dict[str, Any] = {
        "standard": held.standard if held else "",
        "until": format_date(held.expires) if held else "",
        "needed": format_date(line.matters),
        "wanted": i18n.format_list(line.rule.satisfied_by, "or"),
        "facts": i18n.format_list(fact_name(name) for name in line.missing),
        "condition": condition_words(line.rule.condition),
    }
    return str(_REASONS[_reason_key(line)]) % values


def _reason_key(line: Line) -> str:
    if line.reason == "valid" and line.held is not None and line.held.expires is None:
        return "unlimited"
    return "fact-unnamed" if line.reason == "fact" and not line.missing else line.reason


def level(line: Line) -> str:
    """How well the certificate is proven, where one speaks for the line."""
    if line.held is None or line.verdict not in (Verdict.HAVE, Verdict.EXPIRING):
        return ""
    return str(LEVEL_LABELS.get(line.held.level, line.held.level))


def fact_name(name: str) -> str:
    attribute = get_thesaurus().attributes.get(name)
    return attribute.label(i18n.current().tag) if attribute else str(_FACTS.get(name, name))


def condition_words(condition: Condition) -> str:
    """A condition as a short phrase."""
    if "attribute" in condition:
        return _attribute_words(condition)
    if "scenarios" in condition:
        return i18n.format_list(map(concept_title, condition["scenarios"]), "or")
    if "all" in condition:
        return i18n.format_list(map(condition_words, condition["all"]))
    if "any" in condition:
        return i18n.format_list(map(condition_words, condition["any"]), "or")
    if "not" in condition:
        return gettext("not: %(condition)s", condition=condition_words(condition["not"]))
    return fact_name(str(condition.get("fact", "")))


def _attribute_words(condition: Condition) -> str:
    name = str(condition["attribute"])
    attribute = get_thesaurus().attributes.get(name)
    unit = str(condition.get("unit") or (attribute.unit if attribute else ""))
    parts = [
        str(WORDED[key]) % {"name": fact_name(name), "value": f"{condition[key]} {unit}".strip()}
        for key in COMPARISONS
        if key in condition
    ]
    return i18n.format_list(parts)


@dataclass(frozen=True)
class Stages:
    """The stage in force on the day that matters, and the next one."""

    now: Text | None
    since: date | None
    next: Text | None
    next_from: date | None


def stages(rule: Rule, day: date) -> Stages:
    now, coming = stage_at(rule, day)
    return Stages(
        text_of(now.what) if now else None,
        now.start if now else None,
        text_of(coming.what) if coming else None,
        coming.start if coming else None,
    )


def in_force(rule: Rule, on: date) -> str:
    """When a notice holds."""
    if rule.valid_to is not None and rule.valid_to < on:
        return gettext("Ended on %(date)s", date=format_date(rule.valid_to))
    if rule.valid_from is not None and rule.valid_from > on:
        return gettext("From %(date)s", date=format_date(rule.valid_from))
    if rule.valid_from is not None:
        return gettext("Since %(date)s", date=format_date(rule.valid_from))
    return gettext("No date on record: see the source") if rule.is_notice else gettext("In force")
