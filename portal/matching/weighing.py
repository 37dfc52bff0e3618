"""The weights of the order: who changes them, and what a change would move before it is made."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, literal, select, update
from sqlalchemy.orm import Session, joinedload

from portal.capabilities.models import Capability
from portal.core import audit, clock, jobs
from portal.core.access import Actor, Permission
from portal.core.errors import Forbidden, Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import State
from portal.matching import judging, queries
from portal.matching.models import Judgement, Match, RankingChange, SupplierResponse
from portal.matching.ranking import HUNDRED, NEUTRAL, PARTS, Weights
from portal.needs.models import Need
from portal.search.relevance import measured

# The list that a reader sees, and how many of the largest moves are shown.
LISTED, MOVES = 20, 15
# More stored matches than this are tried in the background.
AT_ONCE = 20_000
DEPTH = 50
RESCORE, TRY = "matching.rescore", "matching.try"
TRIAL = "ranking.trial"


@dataclass(frozen=True)
class Proposal:
    """New weights and why."""

    weights: Weights
    reason: str


@dataclass(frozen=True)
class Move:
    """A match that changes its place in the list of its need."""

    need_id: str
    capability_id: str
    before: int
    after: int


@dataclass(frozen=True)
class Trial:
    """What weights would do: the suite's figures before and after, how many lists and places
    change, and the largest moves."""

    weights: Weights
    before: Mapping[str, float]
    after: Mapping[str, float]
    needs: int
    changed_needs: int
    moved: int
    moves: tuple[Move, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Trial":
        moves = tuple(Move(**move) for move in kept["moves"])
        return cls(**{**kept, "weights": Weights(**kept["weights"]), "moves": moves})


def check(weights: Weights) -> None:
    """Raises Invalid unless the points make a hundred and none is negative."""
    points = [getattr(weights, name) for name in PARTS]
    if any(not 0 <= p <= HUNDRED for p in points):
        raise Invalid(_l("Each part counts from 0 to 100 points."))
    if sum(points) != HUNDRED:
        raise Invalid(_l("The four parts must add up to 100 points."))


def change(session: Session, actor: Actor, proposal: Proposal) -> RankingChange:
    """Put new weights into force; stored matches get their new places in the background."""
    if not actor.may(Permission.RANKING_EDIT):
        raise Forbidden(_l("Your role does not permit this."))
    check(proposal.weights)
    if not proposal.reason:
        raise Invalid(_l("Please say why."), field="reason")
    before = queries.weights(session)
    if before == proposal.weights:
        raise Invalid(_l("These are the weights in force already."))
    row = RankingChange(
        **proposal.weights.as_dict(), reason=proposal.reason, actor_id=actor.user_id
    )
    session.add(row)
    session.flush()
    session.info.pop("weights", None)
    detail = {"before": before.as_dict(), "after": proposal.weights.as_dict()}
    audit.record(session, actor, "ranking.change", row, detail)
    jobs.enqueue(session, RESCORE, {}, dedupe="all")
    return row


def history(session: Session, limit: int = 50) -> Sequence[RankingChange]:
    """Changes, newest first, with who made them."""
    query = select(RankingChange).options(joinedload(RankingChange.actor))
    return session.scalars(query.order_by(RankingChange.id.desc()).limit(limit)).all()


# the order under other weights


def _answers() -> ColumnElement[Any]:
    """The responsiveness of the supplier of a stored match, neutral where nothing is known."""
    kept = (
        select(SupplierResponse.score)
        .join(Capability, Capability.company_id == SupplierResponse.company_id)
        .where(Capability.id == Match.capability_id)
        .scalar_subquery()
    )
    return func.coalesce(kept, NEUTRAL)


def _score(weights: Weights) -> ColumnElement[Any]:
    values = {
        "criteria": Match.criteria,
        "relevance": Match.relevance,
        "freshness": Match.freshness,
        "responsiveness": _answers(),
    }
    total: ColumnElement[Any] = literal(0.0)
    for name in PARTS:
        total = total + values[name] * (getattr(weights, name) / HUNDRED)
    return total


def _place(score: ColumnElement[Any]) -> ColumnElement[int]:
    order = (score.desc(), Match.need_id, Match.capability_id)
    return func.row_number().over(partition_by=Match.need_id, order_by=order)


@jobs.handles(RESCORE)
def rescore(session: Session, _payload: dict[str, Any]) -> None:
    """Give every stored match the score of the weights in force, in one statement."""
    session.execute(update(Match).values(score=_score(queries.weights(session))))


def _places(weights: Weights, other: Weights) -> Subquery:
    """Both places of every stored match of the open needs."""
    return (
        select(
            Match.need_id,
            Match.capability_id,
            _place(_score(weights)).label("before"),
            _place(_score(other)).label("after"),
        )
        .join(Need, Need.id == Match.need_id)
        .join(Capability, Capability.id == Match.capability_id)
        .where(Need.state == "published", Capability.state == "published")
        .subquery()
    )


def is_large(session: Session) -> bool:
    """Whether a trial would take longer than a reader waits."""
    return (session.scalar(select(func.count()).select_from(Match)) or 0) > AT_ONCE


def tried(session: Session, weights: Weights) -> Trial:
    """What these weights would do, read from the stored matches and the judgements."""
    now = queries.weights(session)
    places = _places(now, weights)
    seen = (places.c.before <= LISTED) | (places.c.after <= LISTED)
    moved = (places.c.before != places.c.after) & seen
    before, after = compared(session, now, weights, judging.everything(session))
    counts = session.execute(
        select(
            func.count(places.c.need_id.distinct()),
            func.count(case((moved, places.c.need_id)).distinct()),
            func.count(case((moved, 1))),
        )
    ).one()
    return Trial(
        weights=weights,
        before=before,
        after=after,
        needs=counts[0],
        changed_needs=counts[1],
        moved=counts[2],
        moves=_moves(session, places, moved),
    )


def _moves(session: Session, places: Subquery, moved: ColumnElement[bool]) -> tuple[Move, ...]:
    far = func.abs(places.c.before - places.c.after).desc()
    query = select(places).where(moved).order_by(far, places.c.after, places.c.need_id)
    return tuple(Move(*row) for row in session.execute(query.limit(MOVES)))


def figures(session: Session, weights: Weights, said: Sequence[Judgement]) -> dict[str, float]:
    """The suite's figures of an order of the stored matches over the judgements; empty when
    nothing was judged good."""
    return compared(session, weights, weights, said)[0]


def compared(
    session: Session, weights: Weights, other: Weights, said: Sequence[Judgement]
) -> tuple[dict[str, float], dict[str, float]]:
    """The figures of two orders."""
    judged = [(r.need_id, r.capability_id, judging.GRADES[r.verdict]) for r in said]
    if not any(grade for _, _, grade in judged):
        return {}, {}
    needs = select(Judgement.need_id).distinct()
    places = [_place(_score(w)) for w in (weights, other)]
    ordered = select(Match.need_id, Match.capability_id, *places).where(Match.need_id.in_(needs))
    found: Sequence[Any] = session.execute(ordered).all()
    runs = (
        [(row[0], row[1], -float(row[at])) for row in found if row[at] <= DEPTH] for at in (2, 3)
    )
    before, after = (measured(judged, run) for run in runs)
    return before, after


# in the background


def ask(session: Session, weights: Weights) -> None:
    """Let the worker try weights; `answer` tells when it is done."""
    check(weights)
    kept = session.get(State, TRIAL) or State(name=TRIAL, value={})
    kept.value = {"weights": weights.as_dict(), "asked_at": clock.iso_z(clock.now())}
    session.add(kept)
    jobs.enqueue(session, TRY, {"weights": weights.as_dict()}, dedupe="trial")


@jobs.handles(TRY)
def try_in_background(session: Session, payload: dict[str, Any]) -> None:
    trial = tried(session, Weights(**payload["weights"]))
    kept = session.get_one(State, TRIAL)
    kept.value = {**kept.value, "trial": trial.as_dict()}


def answer(session: Session, weights: Weights) -> Trial | None:
    """The finished trial of exactly these weights."""
    kept = session.get(State, TRIAL)
    trial = kept.value.get("trial") if kept else None
    return Trial.from_dict(trial) if trial and trial["weights"] == weights.as_dict() else None
