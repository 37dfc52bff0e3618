"""The order of matches: hard criteria met, then relevance of the texts, wishes, freshness."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.matching.criteria import Criterion, Verdict


@dataclass(frozen=True)
class Weights:
    """How much each part counts; together 1."""

    hard: float = 0.60
    relevance: float = 0.28
    soft: float = 0.08
    freshness: float = 0.04


WEIGHTS = Weights()
# What an open question is worth between a gap and a match.
CREDIT = {Verdict.MATCH: 1.0, Verdict.UNKNOWN: 0.5, Verdict.GAP: 0.0}
# The category decides what a thing is: it counts as much as so many other criteria.
CATEGORY = 3
# After this many days a record counts half as fresh.
HALF_LIFE_DAYS = 180


@dataclass(frozen=True)
class Tally:
    """How many criteria of a kind hold, fail and are open."""

    met: int = 0
    gaps: int = 0
    unknown: int = 0


def share_met(criteria: Iterable[Criterion], *, hard: bool) -> float:
    """Share of criteria met; an open one counts half, nothing asked for counts as met."""
    weighed = [
        (CATEGORY if c.criterion == "category" else 1, CREDIT[c.verdict])
        for c in criteria
        if c.hard == hard
    ]
    total = sum(weight for weight, _ in weighed)
    return sum(weight * credit for weight, credit in weighed) / total if total else 1.0


def tally(criteria: Iterable[Criterion], *, hard: bool) -> Tally:
    verdicts = [c.verdict for c in criteria if c.hard == hard]
    return Tally(
        verdicts.count(Verdict.MATCH), verdicts.count(Verdict.GAP), verdicts.count(Verdict.UNKNOWN)
    )


def freshness(updated: datetime, now: datetime) -> float:
    """1 for a record changed today, halved with every half-life."""
    days = max((now - updated).total_seconds() / 86_400, 0.0)
    return math.pow(0.5, days / HALF_LIFE_DAYS)


def score(
    criteria: tuple[Criterion, ...],
    relevance: float,
    updated: datetime,
    now: datetime,
    weights: Weights = WEIGHTS,
) -> float:
    """From 0 to 1. `relevance` is the share of what the texts could have had in common; texts in
    two languages never share all of it, so its root is taken."""
    total = (
        weights.hard * share_met(criteria, hard=True)
        + weights.relevance * math.sqrt(min(max(relevance, 0.0), 1.0))
        + weights.soft * share_met(criteria, hard=False)
        + weights.freshness * freshness(updated, now)
    )
    return round(total, 6)
