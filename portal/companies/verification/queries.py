"""Reads of verification: what a company may see of its own, what staff see, what is public."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from portal.accounts.models import User
from portal.companies.models import Company
from portal.companies.verification.models import (
    Appeal,
    IdentityChange,
    Lookalike,
    ProfileReport,
    VerificationCheck,
    VerificationDocument,
    VerificationRequest,
)
from portal.companies.verification.standing import LISTED
from portal.core import clock
from portal.core.access import Actor, Permission
from portal.core.errors import NotFound
from portal.core.models import StoredFile

Asked = TypeVar("Asked", VerificationRequest, IdentityChange, Appeal)
WAITING = ("claimed", "submitted", "proposed")


def _whole_company(relation: Any) -> Any:
    loaded = joinedload(relation)
    return (
        loaded.selectinload(Company.texts),
        loaded.selectinload(Company.sites),
        loaded.selectinload(Company.certificates),
    )


def company(session: Session, company_id: str) -> Company:
    """A company with its names, or NotFound."""
    query = select(Company).options(selectinload(Company.texts), selectinload(Company.sites))
    found = session.scalars(query.where(Company.id == company_id)).first()
    if found is None:
        raise NotFound
    return found


def own_company(session: Session, actor: Actor) -> Company:
    """The profile of the actor's organisation; NotFound before it was first saved."""
    return company(session, actor.org_id or "")


def _asked(session: Session, actor: Actor, model: type[Asked], row_id: str) -> Asked:
    """One of what companies ask for: for the company itself and the base."""
    query = select(model).options(*_whole_company(model.company)).where(model.id == row_id)
    row = session.scalars(query).first()
    if row is None or not (actor.owns(row.company_id) or actor.may(Permission.REVIEW_VIEW)):
        raise NotFound
    return row


def request_for(session: Session, actor: Actor, row_id: str) -> VerificationRequest:
    return _asked(session, actor, VerificationRequest, row_id)


def change_for(session: Session, actor: Actor, row_id: str) -> IdentityChange:
    return _asked(session, actor, IdentityChange, row_id)


def appeal_for(session: Session, actor: Actor, row_id: str) -> Appeal:
    return _asked(session, actor, Appeal, row_id)


def report_for(session: Session, actor: Actor, row_id: str) -> ProfileReport:
    """For the base only: the company never learns of it."""
    query = select(ProfileReport).options(*_whole_company(ProfileReport.company))
    row = session.scalars(query.where(ProfileReport.id == row_id)).first()
    if row is None or not actor.may(Permission.REVIEW_VIEW):
        raise NotFound
    return row


def lookalike_for(session: Session, actor: Actor, row_id: str) -> Lookalike:
    """For the base only."""
    query = select(Lookalike).options(
        joinedload(Lookalike.organisation), joinedload(Lookalike.other)
    )
    row = session.scalars(query.where(Lookalike.id == row_id)).first()
    if row is None or not actor.may(Permission.REVIEW_VIEW):
        raise NotFound
    return row


LOADERS: Mapping[str, Callable[[Session, Actor, str], Any]] = {
    "verification_request": request_for,
    "lookalike": lookalike_for,
    "identity_change": change_for,
    "appeal": appeal_for,
    "profile_report": report_for,
}


def open_request(session: Session, company_id: str) -> VerificationRequest | None:
    query = select(VerificationRequest).where(
        VerificationRequest.company_id == company_id, VerificationRequest.state.in_(WAITING)
    )
    return session.scalars(query.limit(1)).first()


def open_change(session: Session, company_id: str) -> IdentityChange | None:
    query = select(IdentityChange).where(
        IdentityChange.company_id == company_id, IdentityChange.state == "open"
    )
    return session.scalars(query.limit(1)).first()


def appeal_of(session: Session, row: Company) -> Appeal | None:
    """The appeal against the present suspension."""
    query = select(Appeal).where(
        Appeal.company_id == row.id, Appeal.suspended_at == row.suspended_at
    )
    return session.scalars(query.limit(1)).first()


def requests_of(session: Session, company_id: str) -> list[VerificationRequest]:
    """All requests of a company, the newest first."""
    query = select(VerificationRequest).where(VerificationRequest.company_id == company_id)
    return list(session.scalars(query.order_by(VerificationRequest.created_at.desc())))


def changes_of(session: Session, company_id: str) -> list[IdentityChange]:
    query = select(IdentityChange).where(IdentityChange.company_id == company_id)
    return list(session.scalars(query.order_by(IdentityChange.created_at.desc())))


def checks_of(session: Session, company_id: str) -> list[VerificationCheck]:
    """All findings about a company, the newest first."""
    query = select(VerificationCheck).where(VerificationCheck.company_id == company_id)
    order = (VerificationCheck.at.desc(), VerificationCheck.id.desc())
    return list(session.scalars(query.order_by(*order)))


def current(checks: Sequence[VerificationCheck], today: date) -> list[VerificationCheck]:
    """Of findings with the newest first: those that count today, the highest level first."""
    found: dict[str, VerificationCheck] = {}
    for row in checks:
        if row.level == LISTED:
            break
        if row.valid_until is not None and row.valid_until >= today:
            found.setdefault(row.level, row)
    return sorted(found.values(), key=lambda row: row.level, reverse=True)


def public(session: Session, row: Company) -> list[VerificationCheck]:
    """The findings that everybody sees on a company's page."""
    if row.standing().level == LISTED:
        return []
    return current(checks_of(session, row.id), clock.now().date())


def documents(session: Session, row: Any) -> list[VerificationDocument]:
    """The papers sent with a row, in the order in which they came."""
    query = (
        select(VerificationDocument)
        .options(joinedload(VerificationDocument.file))
        .where(
            VerificationDocument.kind == row.__tablename__,
            VerificationDocument.subject_id == row.id,
        )
    )
    return list(session.scalars(query.order_by(VerificationDocument.created_at)))


def documents_of(session: Session, company_id: str) -> dict[str, list[VerificationDocument]]:
    """All papers of a company, by the row that they were sent with."""
    query = (
        select(VerificationDocument)
        .options(joinedload(VerificationDocument.file))
        .where(VerificationDocument.company_id == company_id)
    )
    found: dict[str, list[VerificationDocument]] = {}
    for row in session.scalars(query.order_by(VerificationDocument.created_at)):
        found.setdefault(row.subject_id, []).append(row)
    return found


def document_for(session: Session, actor: Actor, document_id: str) -> StoredFile:
    """A paper, for the company's own people and the base."""
    query = select(VerificationDocument).options(joinedload(VerificationDocument.file))
    row = session.scalars(query.where(VerificationDocument.id == document_id)).first()
    owner = row is not None and actor.owns(row.company_id) and actor.may(Permission.COMPANY_VIEW)
    if row is None or not (owner or actor.may(Permission.REVIEW_VIEW)):
        raise NotFound
    return row.file


def side_by_side(session: Session, ids: Iterable[str]) -> dict[str, Company]:
    """Profiles with their names, by id; organisations without one are left out."""
    query = select(Company).options(selectinload(Company.texts)).where(Company.id.in_(list(ids)))
    return {row.id: row for row in session.scalars(query)}


def names_of(session: Session, user_ids: Iterable[str]) -> dict[str, str]:
    """Names of people, for staff."""
    wanted = list(user_ids)
    query = select(User.id, User.name).where(User.id.in_(wanted))
    return {row[0]: row[1] for row in session.execute(query)} if wanted else {}


@dataclass(frozen=True)
class Counts:
    """How many of each kind wait for staff."""

    by_kind: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_kind.values())


# What waits for staff: by table, the states in which it does.
QUEUED: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "verification_request": (VerificationRequest, ("submitted", "proposed")),
    "lookalike": (Lookalike, ("open",)),
    "identity_change": (IdentityChange, ("open",)),
    "appeal": (Appeal, ("open",)),
    "profile_report": (ProfileReport, ("open",)),
}


def counts(session: Session) -> Counts:
    """In one statement."""
    parts = [
        select(literal(name), func.count()).select_from(model).where(model.state.in_(states))
        for name, (model, states) in QUEUED.items()
    ]
    return Counts({row[0]: row[1] for row in session.execute(union_all(*parts))})


def waiting(session: Session, kinds: Iterable[str], limit: int) -> list[Any]:
    """What waits for staff, the longest waiting first: one statement for each kind, two for all
    the companies."""
    rows: list[Any] = []
    for kind in kinds:
        model, states = QUEUED[kind]
        query = select(model).where(model.state.in_(states)).order_by(model.created_at)
        rows += session.scalars(query.limit(limit))
    _at_hand(session, rows)
    return sorted(rows, key=lambda row: row.created_at)


def _at_hand(session: Session, rows: Iterable[Any]) -> None:
    """Load the companies; each row then finds its own in the session."""
    found = side_by_side(session, {row.company_id for row in rows if hasattr(row, "company_id")})
    for row in rows:
        if hasattr(row, "company_id"):
            set_committed_value(row, "company", found[row.company_id])
