"""What staff published over the data files, as of any release."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.thesaurus.models import ConceptRevision, ThesaurusRelease
from portal.thesaurus.store import Concept, Thesaurus, parse_concept, shipped

State = dict[str, Any]
PUBLISHED = "published"


class Mark(NamedTuple):
    """A release as an index and a process know it: number and digest of all changes so far.

    Two databases may both have a release 3; the digest tells them apart."""

    number: int = 0
    digest: str = ""

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}" if self.number else ""

    @classmethod
    def parse(cls, text: str) -> "Mark":
        number, _, digest = text.partition(":")
        return cls(int(number), digest) if number.isdigit() else cls()


def retired(concept_id: str) -> State:
    """The state of a concept that is no more."""
    return {"id": concept_id, "retired": True}


def concept_of(state: Mapping[str, Any]) -> Concept | None:
    return None if state.get("retired") else parse_concept(state)


def state_of(concept: Concept | None, concept_id: str) -> State:
    return concept.record() if concept else retired(concept_id)


def newest(session: Session) -> Mark:
    """The release in force; one row of one small table."""
    query = select(ThesaurusRelease.number, ThesaurusRelease.digest)
    row = session.execute(query.order_by(ThesaurusRelease.number.desc()).limit(1)).first()
    return Mark(row[0], row[1]) if row else Mark()


def marks(session: Session) -> dict[int, Mark]:
    """All releases by number; 0 is the data files alone."""
    rows = session.execute(select(ThesaurusRelease.number, ThesaurusRelease.digest))
    return {0: Mark(), **{number: Mark(number, digest) for number, digest in rows}}


def states(session: Session, number: int) -> dict[str, State]:
    """Concept id → the state that a release left it in, of all concepts ever changed."""
    query = (
        select(ConceptRevision.concept_id, ConceptRevision.state)
        .where(ConceptRevision.status == PUBLISHED, ConceptRevision.release <= number)
        .order_by(ConceptRevision.release, ConceptRevision.at, ConceptRevision.id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def digest(changes: Mapping[str, State]) -> str:
    text = json.dumps(changes, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def thesaurus_at(session: Session, mark: Mark) -> Thesaurus:
    """The thesaurus as a release made it."""
    if not mark.number:
        return shipped()
    known = _composed.get(mark)
    if known is None:
        known = compose(states(session, mark.number), str(mark))
        _composed.clear()
        _composed[mark] = known
    return known


_composed: dict[Mark, Thesaurus] = {}


def compose(changes: Mapping[str, State], release: str) -> Thesaurus:
    """The data files under a set of states."""
    return shipped().changed({i: concept_of(s) for i, s in changes.items()}, release)
