"""An analysis as pages, files and programs show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from portal.capabilities.models import Capability
from portal.core import i18n
from portal.core.access import Actor
from portal.core.i18n import gettext
from portal.core.texts import chosen
from portal.market_rules import doors, markets, queries, rules, wording
from portal.market_rules.doors import Asked, Key
from portal.market_rules.queries import Gap
from portal.market_rules.rules import Line, Moment, Rule, Verdict
from portal.market_rules.wording import Stages, Text

NO_REQUESTS: Mapping[Key, Asked] = {}


@dataclass(frozen=True)
class Shown:
    """A rule in the reader's language."""

    rule: Rule
    title: Text
    summary: Text
    kind: str
    status: str

    @property
    def to_review(self) -> bool:
        return not self.rule.is_confirmed


@dataclass(frozen=True)
class Row:
    """A line of an analysis in words. `ask` is where to ask for help, `asked` what is open."""

    line: Line
    shown: Shown
    verdict: str
    tone: str
    icon: str
    reason: str
    level: str
    applies: str
    stages: Stages
    ask: str = ""
    asked: Asked | None = None


@dataclass(frozen=True)
class Market:
    """One market: the rows, the notices with their time, and how many rows of each verdict."""

    code: str
    label: str
    rows: list[Row]
    notices: list[tuple[Shown, str]]
    counts: list[tuple[Verdict, int]]


def shown(rule: Rule) -> Shown:
    return Shown(
        rule,
        wording.text_of(rule.title),
        wording.text_of(rule.summary),
        str(rules.KINDS.get(rule.kind, rule.kind)),
        str(rules.STATUSES[rule.status]),
    )


def market(
    gap: Gap,
    moment: Moment,
    actor: Actor,
    capability: Capability,
    asked: Mapping[Key, Asked] = NO_REQUESTS,
) -> Market:
    """What the page of a capability shows of one market."""
    rows = [_row(line, moment, actor, capability, asked) for line in gap.lines]
    notices = [(shown(rule), wording.in_force(rule, moment.on)) for rule in gap.notices]
    counts = list(gap.counts.items())
    return Market(gap.market, markets.label(gap.market), rows, notices, counts)


def _row(
    line: Line, moment: Moment, actor: Actor, capability: Capability, asked: Mapping[Key, Asked]
) -> Row:
    request = asked.get((capability.id, line.rule.id))
    helps = line.verdict not in (Verdict.HAVE, Verdict.NOT_APPLICABLE) and request is None
    return Row(
        line,
        shown(line.rule),
        str(wording.VERDICTS[line.verdict]),
        wording.TONES[line.verdict],
        wording.ICONS[line.verdict],
        wording.reason(line),
        wording.level(line),
        wording.applies(line, moment),
        wording.stages(line.rule, line.matters),
        doors.ask_address(actor, line.rule, capability, moment.sop) if helps else "",
        request,
    )


def title_of(capability: Capability) -> Text:
    """The title of a capability in the reader's language, else in another one."""
    text = chosen(capability.texts, i18n.current().tag)
    return Text(text.title, text.locale) if text else Text(capability.id, "")


def notices_of(
    session: Session, code: str | None, category: str | None, on: date
) -> list[tuple[Shown, str]]:
    """The notices of the market a country belongs to about a category, with their time."""
    found = markets.of_country(code)
    known = queries.notices(session, found, category, on) if found and category else []
    return [(shown(rule), wording.in_force(rule, on)) for rule in known]


def asked_by(session: Session, code: str, category: str, on: date) -> list[tuple[Shown, str]]:
    """All rules of a market about a category, or about any product, with their time."""
    known, classes = queries.in_use(session, [code])[code], rules.classes_of(category)
    found = [rule for rule in known if not category or rule.concerns(classes)]
    return [(shown(rule), wording.in_force(rule, on)) for rule in found]


@dataclass(frozen=True)
class Cell:
    """One product in one market of the matrix."""

    market: str
    label: str
    counts: list[tuple[Verdict, int]]
    notices: int
    asked: int
    meant: bool

    @property
    def words(self) -> str:
        """All counts in a row, such as “2 missing · 1 have”."""
        said = [(n, str(wording.VERDICTS[verdict]).lower()) for verdict, n in self.counts]
        parts = [gettext("%(count)s %(verdict)s", count=n, verdict=word) for n, word in said]
        return " · ".join(parts) if parts else gettext("No rule on record")


def cell(
    gap: Gap, capability: Capability, asked: Mapping[Key, Asked], meant: Sequence[str]
) -> Cell:
    ids = [(capability.id, line.rule.id) for line in gap.lines]
    counts = list(gap.counts.items())
    return Cell(
        gap.market,
        markets.label(gap.market),
        counts,
        len(gap.notices),
        sum(key in asked for key in ids),
        gap.market in meant,
    )


def as_dict(found: Market) -> dict[str, Any]:
    """For programs; the names are part of the contract of the API."""
    return {
        "market": found.code,
        "name": found.label,
        "counts": {verdict.value: n for verdict, n in found.counts},
        "lines": [_line_dict(row) for row in found.rows],
        "notices": [{**_rule_dict(shown), "in_force": when} for shown, when in found.notices],
    }


def _line_dict(row: Row) -> dict[str, Any]:
    line, held = row.line, row.line.held
    body = {
        **_rule_dict(row.shown),
        "verdict": line.verdict.value,
        "verdict_name": row.verdict,
        "reason": row.reason,
        "applies": row.applies,
        "matters_from": line.matters.isoformat(),
        "satisfied_by": list(line.rule.satisfied_by),
        "service": line.rule.service,
        "missing_facts": list(line.missing),
        "request": row.asked.reference if row.asked else None,
    }
    if held is not None:
        expires = held.expires.isoformat() if held.expires else None
        body["certificate"] = {
            "standard": held.standard, "expires": expires, "level": held.level, "site": held.site,
        }  # fmt: skip
    return body


def _rule_dict(shown: Shown) -> dict[str, Any]:
    rule = shown.rule
    return {
        "rule": rule.id,
        "kind": rule.kind,
        "title": shown.title.text,
        "lang": shown.title.lang,
        "valid_from": rule.valid_from.isoformat() if rule.valid_from else None,
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
        "status": rule.status,
        "reviewed_on": rule.reviewed_on.isoformat() if rule.reviewed_on else None,
        "source": {"name": rule.source.name, "publisher": rule.source.publisher,
                   "url": rule.source.url},
    }  # fmt: skip


def rule_url(rule: Rule) -> str:
    return url_for("market_rules.show", rule_id=rule.id)
