"""The order of matches: criteria, relevance of the texts, freshness, responsiveness, weighed."""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from portal.companies.models import EVIDENCE_LEVELS
from portal.matching.criteria import Criterion, Verdict


@dataclass(frozen=True)
class Weights:
    """How many points of a hundred each part counts; staff may change them."""

    criteria: int = 66
    relevance: int = 27
    freshness: int = 3
    responsiveness: int = 4

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True)
class Parts:
    """What is weighed, each from 0 to 1."""

    criteria: float
    relevance: float
    freshness: float
    responsiveness: float


PARTS = tuple(field.name for field in fields(Parts))
HUNDRED = 100
WEIGHTS = Weights()
# What an open question is worth between a gap and a match.
CREDIT = {Verdict.MATCH: 1.0, Verdict.UNKNOWN: 0.5, Verdict.GAP: 0.0}
# The category decides what a thing is: it counts as much as so many other criteria.
CATEGORY = 3
# The share of all wishes together in the part of the criteria; the rest is for the musts.
WISHES = 1 / 8
# The share that what holds loses while nobody has checked it; seen on site it loses nothing.
PROOF = 0.04
PROVABLE = frozenset({"certificate", "attribute", "capacity"})
# After this many days a record counts half as fresh.
HALF_LIFE_DAYS = 180
# Before a supplier has had this many inquiries nothing is said about its answers.
ENOUGH_INQUIRIES = 5
NEUTRAL = 0.5
# After this many working hours until an answer a supplier counts half as quick.
HALF_LIFE_HOURS = 27


@dataclass(frozen=True)
class Tally:
    """How many criteria of a kind hold, fail and are open."""

    met: int = 0
    gaps: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        return self.met + self.gaps + self.unknown


def share_met(criteria: Iterable[Criterion], *, hard: bool) -> float:
    """Share of criteria met; an open one counts half, nothing asked for counts as met."""
    weighed = [
        (CATEGORY if c.criterion == "category" else 1, CREDIT[c.verdict])
        for c in criteria
        if c.hard == hard
    ]
    total = sum(weight for weight, _ in weighed)
    return sum(weight * credit for weight, credit in weighed) / total if total else 1.0


def unproven(criteria: Iterable[Criterion]) -> float:
    """How far what holds is from being seen on site: 0 when it is or nothing can be proven, 1 when
    all of it is only claimed."""
    steps = [
        EVIDENCE_LEVELS.index(c.level)
        for c in criteria
        if c.verdict is Verdict.MATCH and c.criterion in PROVABLE
    ]
    top = len(EVIDENCE_LEVELS) - 1
    return sum(top - step for step in steps) / (top * len(steps)) if steps else 0.0


def tally(criteria: Iterable[Criterion], *, hard: bool) -> Tally:
    verdicts = [c.verdict for c in criteria if c.hard == hard]
    return Tally(
        verdicts.count(Verdict.MATCH), verdicts.count(Verdict.GAP), verdicts.count(Verdict.UNKNOWN)
    )


def freshness(updated: datetime, now: datetime) -> float:
    """1 for a record changed today, halved with every half-life."""
    days = max((now - updated).total_seconds() / 86_400, 0.0)
    return math.pow(0.5, days / HALF_LIFE_DAYS)


def responsiveness(inquiries: int, answered: int, hours: float | None) -> float | None:
    """Share of inquiries answered times how quickly; None before there were enough of them."""
    if inquiries < ENOUGH_INQUIRIES:
        return None
    quick = math.pow(0.5, (hours or 0.0) / HALF_LIFE_HOURS)
    return round(answered / inquiries * quick, 6)


def parts(
    criteria: tuple[Criterion, ...],
    relevance: float,
    updated: datetime,
    answers: float | None,
    now: datetime,
) -> Parts:
    """`relevance` is the share of what the texts could have had in common; texts in two languages
    never share all of it, so its root is taken. `answers`: see `responsiveness`."""
    musts, wishes = (share_met(criteria, hard=hard) for hard in (True, False))
    met = (1 - WISHES) * musts + WISHES * wishes
    return Parts(
        criteria=met * (1 - PROOF * unproven(criteria)),
        relevance=math.sqrt(min(max(relevance, 0.0), 1.0)),
        freshness=freshness(updated, now),
        responsiveness=NEUTRAL if answers is None else answers,
    )


def score(found: Parts, weights: Weights = WEIGHTS) -> float:
    """From 0 to 1."""
    total: float = sum(getattr(weights, name) * getattr(found, name) for name in PARTS)
    return round(total / HUNDRED, 6)
