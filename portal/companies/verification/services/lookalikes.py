"""Verbs of look-alikes: staff tell two companies apart, or call one the imitation."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.companies.verification import likeness, queries, rules
from portal.companies.verification.models import Lookalike
from portal.core.access import Actor


def decide(
    session: Session,
    actor: Actor,
    pair_id: str,
    step: str,
    note: str = "",
    version: int | None = None,
) -> Lookalike:
    """Decide a pair; the newer company can be published once none of its pairs holds it."""
    row = queries.lookalike_for(session, actor, pair_id)
    rules.LOOKALIKE.fire(session, row, step, actor, note=note, version=version)
    row.note, row.decided_by_id = note.strip(), actor.user_id
    session.flush()
    own = select(Lookalike).where(Lookalike.organisation_id == row.organisation_id)
    likeness.hold(session, row.organisation_id, session.scalars(own))
    return row
