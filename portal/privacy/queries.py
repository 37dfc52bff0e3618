"""Reads about what people asked for, and what they are shown of their data's use."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from portal.accounts.consents import BY_NAME, Consent
from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.errors import NotFound
from portal.core.journal import View
from portal.core.models import AuditEvent, State
from portal.privacy.models import EXPORT, PrivacyRequest


def own(session: Session, actor: Actor, request_id: str) -> PrivacyRequest:
    """A wish of the actor; NotFound for everybody else's."""
    row = session.get(PrivacyRequest, request_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound
    return row


def requests_of(session: Session, user_id: str) -> list[PrivacyRequest]:
    """What a person asked for, newest first."""
    query = select(PrivacyRequest).where(PrivacyRequest.user_id == user_id)
    return list(session.scalars(query.order_by(PrivacyRequest.asked_at.desc()).limit(20)))


def waiting(session: Session, user_id: str, kind: str) -> PrivacyRequest | None:
    query = select(PrivacyRequest).where(
        PrivacyRequest.user_id == user_id,
        PrivacyRequest.kind == kind,
        PrivacyRequest.state == "waiting",
    )
    return session.scalars(query).first()


def erasure_ahead(session: Session, user_id: str) -> PrivacyRequest | None:
    """The erasure that a person faces, by own wish or because nobody uses the account."""
    query = select(PrivacyRequest).where(
        PrivacyRequest.user_id == user_id,
        PrivacyRequest.kind != EXPORT,
        PrivacyRequest.state == "waiting",
    )
    return session.scalars(query).first()


def has_accepted(session: Session, user_id: str, version: str) -> bool:
    """Whether a person has read a version of the privacy notice."""
    query = select(Consent.id).where(
        Consent.user_id == user_id, Consent.purpose == "notice", Consent.version == version
    )
    return session.scalar(query.limit(1)) is not None


def sign_ins(session: Session, user_id: str) -> list[datetime]:
    """When a person signed in, newest first."""
    query = (
        select(AuditEvent.at)
        .where(AuditEvent.actor_id == user_id, AuditEvent.action == "account.sign-in")
        .order_by(AuditEvent.at.desc())
        .limit(10)
    )
    return list(session.scalars(query))


@dataclass(frozen=True)
class Look:
    """On a day, so many people of a role looked at so many records of a kind."""

    day: str
    role: str
    kind: str
    reason: str
    people: int
    records: int


def by_day(views: Iterable[View]) -> list[Look]:
    """Looks of the staff added up by day, role, kind and reason: nobody is named."""

    def place(view: View) -> tuple[str, str, str, str]:
        return view.day, view.role, view.kind, view.reason

    looks = []
    for key, group in groupby(sorted(views, key=place, reverse=True), place):
        rows = list(group)
        people, records = {row.user_id for row in rows}, {row.object_id for row in rows}
        looks.append(Look(*key, len(people), len(records)))
    return looks


def waiting_for(kinds: tuple[str, ...]) -> Select[PrivacyRequest]:
    """Wishes of some kinds that wait, the next first; for the staff."""
    return (
        select(PrivacyRequest)
        .where(PrivacyRequest.kind.in_(kinds), PrivacyRequest.state == "waiting")
        .options(joinedload(PrivacyRequest.user))
        .order_by(PrivacyRequest.due_at)
    )


def consent_counts(session: Session) -> dict[str, dict[bool, int]]:
    """Purpose → how many people say yes and no now, of those with an account."""
    newest = (
        select(Consent.user_id, Consent.purpose, func.max(Consent.at).label("at"))
        .group_by(Consent.user_id, Consent.purpose)
        .subquery()
    )
    query = (
        select(Consent.purpose, Consent.given, func.count())
        .join(
            newest,
            (newest.c.user_id == Consent.user_id)
            & (newest.c.purpose == Consent.purpose)
            & (newest.c.at == Consent.at),
        )
        .join(User, User.id == Consent.user_id)
        .where(User.disabled_at.is_(None))
        .group_by(Consent.purpose, Consent.given)
    )
    counts: dict[str, dict[bool, int]] = {name: {True: 0, False: 0} for name in BY_NAME}
    for purpose, given, count in session.execute(query):
        counts.setdefault(purpose, {True: 0, False: 0})[given] += count
    return counts


def state(session: Session, name: str) -> dict[str, dict[str, object]]:
    """A fact that the portal keeps about itself."""
    row = session.get(State, name)
    return dict(row.value) if row else {}
