"""What the base thinks of pairs: good or wrong, added and never changed; the newest row counts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session, joinedload

from portal.capabilities.models import Capability
from portal.core import audit, clock
from portal.core.access import Actor, Permission
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.core.i18n import lazy_gettext as _l
from portal.matching.models import Judgement, Match
from portal.needs.models import Need

GOOD, WRONG, WITHDRAWN = "good", "wrong", "withdrawn"
VERDICTS = {GOOD: _l("Good match"), WRONG: _l("Wrong match")}
GRADES = {GOOD: 1, WRONG: 0}
MAX_NOTE = 1_000
RECENT = timedelta(days=30)
Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Opinion:
    """`verdict` is good, wrong, or withdrawn to take back what was said before."""

    need_id: str
    capability_id: str
    verdict: str
    note: str = ""


def judge(session: Session, actor: Actor, opinion: Opinion) -> Judgement:
    """Add what somebody thinks, with the versions of both records as they are now."""
    if not actor.may(Permission.MATCH_JUDGE):
        raise Forbidden(_l("Your role does not permit this."))
    if opinion.verdict not in (*VERDICTS, WITHDRAWN):
        raise Invalid(_l("Please choose good or wrong."), field="verdict")
    if len(opinion.note) > MAX_NOTE:
        raise Invalid(_l("This note is too long."), field="note")
    versions = _versions(session, opinion)
    row = Judgement(
        need_id=opinion.need_id,
        capability_id=opinion.capability_id,
        need_version=versions[0],
        capability_version=versions[1],
        verdict=opinion.verdict,
        note=opinion.note,
        actor_id=actor.user_id,
    )
    session.add(row)
    session.flush()
    detail = {"capability": opinion.capability_id, "verdict": opinion.verdict}
    audit.record(session, actor, "match.judge", row, {"need": opinion.need_id, **detail})
    return row


def _versions(session: Session, opinion: Opinion) -> tuple[int, int]:
    need = session.get(Need, opinion.need_id)
    capability = session.get(Capability, opinion.capability_id)
    if need is None or capability is None:
        raise NotFound
    return need.version, capability.version


def standing() -> Select[Any]:
    """The judgements that count: the newest of each pair, unless it was withdrawn."""
    ids = select(func.max(Judgement.id)).group_by(Judgement.need_id, Judgement.capability_id)
    counting = select(Judgement).where(Judgement.id.in_(ids), Judgement.verdict != WITHDRAWN)
    return counting.order_by(Judgement.id.desc())


def latest(session: Session, pairs: Pairs) -> dict[tuple[str, str], Judgement]:
    """What counts for these pairs, with who said it."""
    wanted = list(pairs)
    if not wanted:
        return {}
    query = standing().where(tuple_(Judgement.need_id, Judgement.capability_id).in_(wanted))
    rows = session.scalars(query.options(joinedload(Judgement.actor)))
    return {(row.need_id, row.capability_id): row for row in rows}


def unjudged() -> Select[Any]:
    """Matches of the last weeks, newest first, of which nobody has said anything that counts."""
    said = (
        standing()
        .order_by(None)
        .where(Judgement.need_id == Match.need_id, Judgement.capability_id == Match.capability_id)
    )
    recent = select(Match).where(Match.found_at >= clock.now() - RECENT, ~said.exists())
    return (
        recent.join(Need, Need.id == Match.need_id)
        .join(Capability, Capability.id == Match.capability_id)
        .where(Need.state == "published", Capability.state == "published")
        .order_by(Match.found_at.desc(), Match.score.desc(), Match.need_id, Match.capability_id)
    )


def judged(verdict: str) -> Select[Any]:
    """What was judged so, newest first, with who said it."""
    query = standing().where(Judgement.verdict == verdict)
    return query.options(joinedload(Judgement.actor))


def everything(session: Session) -> Sequence[Judgement]:
    """All judgements that count."""
    return session.scalars(standing()).all()


def counts(rows: Iterable[Judgement]) -> dict[str, int]:
    """How many pairs count as good and as wrong."""
    return dict.fromkeys(VERDICTS, 0) | Counter(row.verdict for row in rows)
