"""Reads of what staff changed: drafts, histories, releases, trials."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.accounts.models import User
from portal.core.errors import NotFound
from portal.thesaurus import overlay
from portal.thesaurus.models import ConceptRevision, ThesaurusRelease, ThesaurusTrial
from portal.thesaurus.overlay import State
from portal.thesaurus.store import Concept, Thesaurus

DRAFT = "draft"


def drafts(session: Session) -> list[ConceptRevision]:
    """What waits to be published, one revision a concept, oldest first."""
    query = select(ConceptRevision).where(ConceptRevision.status == DRAFT)
    return list(session.scalars(query.order_by(ConceptRevision.at, ConceptRevision.id)))


def draft_of(session: Session, concept_id: str) -> ConceptRevision | None:
    query = select(ConceptRevision).where(
        ConceptRevision.status == DRAFT, ConceptRevision.concept_id == concept_id
    )
    return session.scalars(query).first()


def fingerprint(session: Session, waiting: Sequence[ConceptRevision]) -> str:
    """Names exactly these drafts over the release in force: a trial of others proves nothing."""
    parts = [str(overlay.newest(session)), *sorted(revision.id for revision in waiting)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def planned(session: Session, waiting: Sequence[ConceptRevision]) -> dict[str, State]:
    """The states in force once these drafts are published."""
    states = overlay.states(session, overlay.newest(session).number)
    return states | {revision.concept_id: revision.state for revision in waiting}


def planned_thesaurus(session: Session, waiting: Sequence[ConceptRevision]) -> Thesaurus:
    """The thesaurus as these drafts would make it."""
    return overlay.compose(planned(session, waiting), "draft")


def history(session: Session, concept_id: str) -> list[ConceptRevision]:
    """All revisions of a concept, newest first."""
    query = select(ConceptRevision).where(ConceptRevision.concept_id == concept_id)
    return list(
        session.scalars(query.order_by(ConceptRevision.at.desc(), ConceptRevision.id.desc()))
    )


def names(session: Session, user_ids: set[str | None]) -> dict[str, str]:
    """User id → name, for those who wrote or published."""
    query = select(User.id, User.name).where(User.id.in_([i for i in user_ids if i]))
    return {row[0]: row[1] for row in session.execute(query)}


def releases() -> Select[ThesaurusRelease]:
    """Newest first."""
    return select(ThesaurusRelease).order_by(ThesaurusRelease.number.desc())


def release_for(session: Session, number: str) -> ThesaurusRelease:
    """By the number as it stands in an address."""
    known = number.isascii() and number.isdigit() and len(number) < 9
    release = session.get(ThesaurusRelease, int(number)) if known else None
    if release is None:
        raise NotFound
    return release


def latest_release(session: Session) -> ThesaurusRelease | None:
    return session.scalars(releases().limit(1)).first()


def revisions_of(session: Session, number: int) -> list[ConceptRevision]:
    """What a release changed."""
    query = select(ConceptRevision).where(ConceptRevision.release == number)
    return list(session.scalars(query.order_by(ConceptRevision.concept_id)))


def later_changes(session: Session, number: int) -> set[str]:
    """Concepts that a later release changed."""
    query = select(ConceptRevision.concept_id).where(ConceptRevision.release > number)
    return set(session.scalars(query.distinct()))


def before(session: Session, number: int, concept_ids: Sequence[str]) -> dict[str, Concept | None]:
    """Concepts as they stood just before a release."""
    thesaurus = overlay.compose(overlay.states(session, number - 1), "")
    return {concept_id: thesaurus.get(concept_id) for concept_id in concept_ids}


def trial_of(session: Session, mark: str) -> ThesaurusTrial | None:
    """The latest trial of exactly these drafts."""
    query = select(ThesaurusTrial).where(ThesaurusTrial.fingerprint == mark)
    newest = query.order_by(ThesaurusTrial.at.desc(), ThesaurusTrial.id.desc())
    return session.scalars(newest.limit(1)).first()


def last_trial(session: Session) -> ThesaurusTrial | None:
    newest = select(ThesaurusTrial).order_by(ThesaurusTrial.at.desc(), ThesaurusTrial.id.desc())
    return session.scalars(newest.limit(1)).first()
