"""Pure decisions about rules of markets: what a product has, lacks, or need not have, and when it
matters."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from portal.companies.models import EVIDENCE_LEVELS
from portal.core.i18n import lazy_gettext as _l
from portal.market_rules.conditions import Condition, Product, asked
from portal.thesaurus.standards import answers
from portal.thesaurus.store import get_thesaurus

REQUIREMENT, PRACTICE, NOTICE = "requirement", "market_practice", "notice"
KINDS = {
    REQUIREMENT: _l("Legal requirement"),
    PRACTICE: _l("Market practice"),
    NOTICE: _l("Legal-access notice"),
}
TO_REVIEW, CONFIRMED, OUTDATED, RETIRED = "to_review", "confirmed", "outdated", "retired"
STATUSES = {
    TO_REVIEW: _l("To be reviewed by the base"),
    CONFIRMED: _l("Confirmed by the base"),
    OUTDATED: _l("Outdated"),
    RETIRED: _l("Retired"),
}
# Outdated rules are shown until somebody has written the new state; retired ones are gone.
IN_USE = (TO_REVIEW, CONFIRMED, OUTDATED)
REVIEW_EVERY = timedelta(days=365)


class Verdict(StrEnum):
    """What an analysis says about one rule, the most urgent first."""

    MISSING = "missing"
    EXPIRING = "expiring"
    UNCLEAR = "unclear"
    HAVE = "have"
    NOT_APPLICABLE = "not_applicable"


ORDER = {verdict: place for place, verdict in enumerate(Verdict)}
OPEN = frozenset({Verdict.MISSING, Verdict.EXPIRING})


@dataclass(frozen=True)
class Stage:
    """What changes on a day while a rule is in force."""

    start: date
    what: Mapping[str, str]


@dataclass(frozen=True)
class Source:
    """Where a rule is published."""

    name: str = ""
    publisher: str = ""
    url: str = ""


@dataclass(frozen=True)
class Rule:
    """A rule of a market as it is in force; texts by language."""

    id: str
    market: str
    kind: str
    classes: tuple[str, ...] = ()
    but_not: tuple[str, ...] = ()
    satisfied_by: tuple[str, ...] = ()
    service: str = ""
    title: Mapping[str, str] = field(default_factory=dict)
    summary: Mapping[str, str] = field(default_factory=dict)
    valid_from: date | None = None
    valid_to: date | None = None
    stages: tuple[Stage, ...] = ()
    condition: Condition = field(default_factory=dict)
    source: Source = Source()
    status: str = TO_REVIEW
    reviewed_on: date | None = None

    @property
    def is_notice(self) -> bool:
        return self.kind == NOTICE

    @property
    def is_confirmed(self) -> bool:
        return self.status == CONFIRMED

    def concerns(self, classes: frozenset[str]) -> bool:
        """Whether it is about products of these classes; one without any is about all. What is
        left out is so with everything narrower: a part of a cell is no cell."""
        wanted = not self.classes or not classes.isdisjoint(self.classes)
        return wanted and classes.isdisjoint(self.but_not)


@dataclass(frozen=True)
class Held:
    """A certificate as far as the analysis needs it."""

    standard: str
    expires: date | None = None
    level: str = EVIDENCE_LEVELS[0]
    site: str = ""
    whole_company: bool = False

    def lasts(self, day: date) -> bool:
        """A certificate is valid through its last day."""
        return self.expires is None or self.expires >= day


@dataclass(frozen=True)
class Facts:
    """What is known of a capability: its classes (category, what is above it, scenarios), what it
    states, and the certificates of it and its company."""

    classes: frozenset[str]
    product: Product = field(default_factory=Product)
    certificates: tuple[Held, ...] = ()


@dataclass(frozen=True)
class Moment:
    """The day of asking, and the month of the start of production where one is planned."""

    on: date
    sop: str | None = None

    @property
    def planned(self) -> date | None:
        """The first day of a month of SOP that is not over yet."""
        if self.sop is None or self._last_of_month < self.on:
            return None
        return date.fromisoformat(f"{self.sop}-01")

    @property
    def first(self) -> date:
        """From when the product is on the market."""
        return max(self.on, self.planned or self.on)

    @property
    def last(self) -> date | None:
        """The last day of the month of SOP; rules that come later need not be met at SOP."""
        return self._last_of_month if self.planned else None

    @property
    def _last_of_month(self) -> date:
        year, month = (int(part) for part in (self.sop or "").split("-"))
        return date(year, month, monthrange(year, month)[1])


@dataclass(frozen=True)
class Line:
    """One rule and where a product stands. `matters` is the day from which it must be met; `held`
    the certificate that speaks for it or that ended; `missing` the facts that nobody stated."""

    rule: Rule
    verdict: Verdict
    reason: str
    matters: date
    held: Held | None = None
    missing: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Something to be done about."""
        return self.verdict in OPEN


def month(text: str | None) -> str | None:
    """A month as `YYYY-MM`, or None for what is none."""
    parts = (text or "").split("-")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    year, number = int(parts[0]), int(parts[1])
    return f"{year:04}-{number:02}" if 2000 <= year <= 2100 and 1 <= number <= 12 else None


def classes_of(category: str | None, scenarios: Iterable[str] = ()) -> frozenset[str]:
    """The classes a product belongs to: its category and all above it. A part used in a scenario
    is not the vehicle of it; only what has no category of parts is known by its scenarios."""
    if not category:
        return frozenset(scenarios)
    return frozenset({category, *get_thesaurus().ancestors(category)})


def judge(rule: Rule, facts: Facts, moment: Moment) -> Line:
    """Where the product stands with one requirement or practice."""
    first = moment.first
    matters = max(rule.valid_from or first, first)
    if rule.valid_to is not None and rule.valid_to < first:
        return Line(rule, Verdict.NOT_APPLICABLE, "ended", matters)
    if moment.last is not None and matters > moment.last:
        return Line(rule, Verdict.NOT_APPLICABLE, "later", matters)
    concerned = asked(rule.condition, facts.product)
    if concerned.holds is False:
        return Line(rule, Verdict.NOT_APPLICABLE, "condition", matters)
    verdict, reason, held = _proved(rule, facts.certificates, moment.on, matters)
    if held is None and concerned.holds is None:
        return Line(rule, Verdict.UNCLEAR, "fact", matters, None, concerned.missing)
    return Line(rule, verdict, reason, matters, held)


def _proved(
    rule: Rule, certificates: Iterable[Held], on: date, matters: date
) -> tuple[Verdict, str, Held | None]:
    if not rule.satisfied_by:
        return Verdict.UNCLEAR, "no_certificate", None
    fitting = [c for c in certificates if any(answers(c.standard, s) for s in rule.satisfied_by)]
    best = max(fitting, key=lambda c: (c.lasts(matters), c.lasts(on), *_worth(c)), default=None)
    if best is None:
        return Verdict.MISSING, "none", None
    if best.lasts(matters):
        return Verdict.HAVE, "valid", best
    if best.lasts(on):
        return Verdict.EXPIRING, "ends", best
    return Verdict.MISSING, "expired", best


def _worth(held: Held) -> tuple[int, date]:
    known = held.level in EVIDENCE_LEVELS
    return (EVIDENCE_LEVELS.index(held.level) if known else -1, held.expires or date.max)


def analysed(rules: Iterable[Rule], facts: Facts, moment: Moment) -> list[Line]:
    """All requirements and practices about the product, the most urgent first."""
    fitting = (rule for rule in rules if not rule.is_notice and rule.concerns(facts.classes))
    return sorted((judge(rule, facts, moment) for rule in fitting), key=urgency)


def urgency(line: Line) -> tuple[int, bool, date, str]:
    """Where a line stands: by verdict, law before custom, the earlier day first."""
    return (ORDER[line.verdict], line.rule.kind != REQUIREMENT, line.matters, line.rule.id)


def notices(rules: Iterable[Rule], classes: frozenset[str], on: date) -> list[Rule]:
    """Notices about a product: those in force first, then those to come, then those that ended."""
    fitting = [rule for rule in rules if rule.is_notice and rule.concerns(classes)]
    return sorted(fitting, key=lambda rule: (_age(rule, on), rule.valid_from or date.min, rule.id))


def _age(rule: Rule, on: date) -> int:
    if rule.valid_to is not None and rule.valid_to < on:
        return 2
    return int(rule.valid_from is not None and rule.valid_from > on)


def stage_at(rule: Rule, day: date) -> tuple[Stage | None, Stage | None]:
    """The stage in force on a day, and the next one."""
    begun = [stage for stage in rule.stages if stage.start <= day]
    to_come = [stage for stage in rule.stages if stage.start > day]
    latest = max(begun, key=lambda stage: stage.start, default=None)
    return latest, min(to_come, key=lambda stage: stage.start, default=None)


def counted(lines: Iterable[Line]) -> dict[Verdict, int]:
    """How many lines have each verdict, the most urgent first; verdicts without any left out."""
    found = Counter(line.verdict for line in lines)
    return {verdict: found[verdict] for verdict in Verdict if found[verdict]}


def review_due(status: str, reviewed_on: date | None, on: date) -> bool:
    """Whether somebody should look at a rule again: never confirmed, or a year ago."""
    if status == RETIRED:
        return False
    return status != CONFIRMED or reviewed_on is None or reviewed_on + REVIEW_EVERY <= on


def parsed(
    content: Mapping[str, Any], status: str = TO_REVIEW, reviewed_on: date | None = None
) -> Rule:
    """A rule from its record."""
    return Rule(
        id=content["id"],
        market=content["market"],
        kind=content["kind"],
        classes=tuple(content.get("classes") or ()),
        but_not=tuple(content.get("but_not") or ()),
        satisfied_by=tuple(content.get("satisfied_by") or ()),
        service=content.get("service") or "",
        title=content.get("title") or {},
        summary=content.get("summary") or {},
        valid_from=day(content.get("valid_from")),
        valid_to=day(content.get("valid_to")),
        stages=_stages(content.get("stages") or ()),
        condition=content.get("condition") or {},
        source=_source(content.get("source") or {}),
        status=status,
        reviewed_on=reviewed_on,
    )


def day(text: str | None) -> date | None:
    """A day of a record."""
    return date.fromisoformat(text) if text else None


def _stages(rows: Sequence[Mapping[str, Any]]) -> tuple[Stage, ...]:
    return tuple(Stage(date.fromisoformat(row["from"]), row["what"]) for row in rows)


def _source(row: Mapping[str, Any]) -> Source:
    return Source(row.get("name") or "", row.get("publisher") or "", row.get("url") or "")
