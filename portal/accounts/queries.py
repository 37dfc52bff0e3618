"""Reads about people and organisations."""

import hashlib

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from portal.accounts.models import (
    ApiToken,
    Invitation,
    Membership,
    Notice,
    OneTimeToken,
    Organisation,
    User,
    UserSession,
)
from portal.core import clock
from portal.core.access import Actor
from portal.core.errors import NotFound
from portal.core.mail import Recipient


def token_hash(token: str) -> str:
    """How a secret handed to a browser or program is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def normal_email(email: str) -> str:
    return email.strip().casefold()


def _users() -> Select[User]:
    return select(User).options(joinedload(User.membership).joinedload(Membership.organisation))


def user_by_email(session: Session, email: str) -> User | None:
    return session.scalars(_users().where(User.email == normal_email(email))).first()


def user(session: Session, user_id: str) -> User | None:
    return session.scalars(_users().where(User.id == user_id)).first()


def acting(session: Session, actor: Actor) -> User:
    """The person behind an actor. Raises NotFound when the account is gone."""
    found = user(session, actor.user_id or "")
    if found is None:
        raise NotFound
    return found


def session_user(session: Session, token: str) -> tuple[UserSession, User] | None:
    """The sign-in a cookie's token stands for, with its person, in one statement."""
    query = (
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .options(joinedload(User.membership).joinedload(Membership.organisation))
        .where(
            UserSession.token_hash == token_hash(token),
            UserSession.expires_at > clock.now(),
            User.disabled_at.is_(None),
        )
    )
    row = session.execute(query).first()
    return (row[0], row[1]) if row else None


def api_token_user(session: Session, token: str) -> tuple[ApiToken, User] | None:
    query = (
        select(ApiToken, User)
        .join(User, User.id == ApiToken.user_id)
        .options(joinedload(User.membership).joinedload(Membership.organisation))
        .where(
            ApiToken.token_hash == token_hash(token),
            ApiToken.revoked_at.is_(None),
            User.disabled_at.is_(None),
        )
    )
    row = session.execute(query).first()
    return (row[0], row[1]) if row else None


def one_time_token(session: Session, token: str) -> OneTimeToken | None:
    return session.get(OneTimeToken, token_hash(token))


def invitation_by_token(session: Session, token: str) -> Invitation | None:
    query = select(Invitation).where(Invitation.token_hash == token_hash(token))
    return session.scalars(query).first()


def sessions_of(session: Session, actor: Actor) -> list[UserSession]:
    query = (
        select(UserSession)
        .where(UserSession.user_id == actor.user_id, UserSession.expires_at > clock.now())
        .order_by(UserSession.last_seen_at.desc())
    )
    return list(session.scalars(query))


def members(session: Session, organisation_id: str) -> list[Membership]:
    query = (
        select(Membership)
        .options(joinedload(Membership.user))
        .where(Membership.organisation_id == organisation_id)
        .order_by(Membership.created_at)
    )
    return list(session.scalars(query))


def open_invitations(session: Session, organisation_id: str) -> list[Invitation]:
    query = select(Invitation).where(
        Invitation.organisation_id == organisation_id,
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > clock.now(),
    )
    return list(session.scalars(query.order_by(Invitation.created_at.desc())))


def owners(session: Session, organisation_id: str) -> int:
    query = select(func.count()).where(
        Membership.organisation_id == organisation_id, Membership.role == "owner"
    )
    return session.execute(query).scalar_one()


def users_of(session: Session, organisation_id: str) -> list[User]:
    """Confirmed, active members of an organisation: who gets its notices and mails."""
    query = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == organisation_id,
            User.disabled_at.is_(None),
            User.email_confirmed_at.is_not(None),
        )
        .order_by(User.created_at)
    )
    return list(session.scalars(query))


def staff(session: Session) -> list[User]:
    query = select(User).where(User.staff_role.is_not(None), User.disabled_at.is_(None))
    return list(session.scalars(query.order_by(User.name)))


def recipient(user: User) -> Recipient:
    return Recipient(user.email, user.name, user.locale, user.timezone)


def organisation(session: Session, organisation_id: str) -> Organisation | None:
    return session.get(Organisation, organisation_id)


def tokens_of(session: Session, actor: Actor) -> list[ApiToken]:
    query = select(ApiToken).where(ApiToken.user_id == actor.user_id, ApiToken.revoked_at.is_(None))
    return list(session.scalars(query.order_by(ApiToken.created_at.desc())))


def unread_notices(session: Session, actor: Actor) -> int:
    query = select(func.count()).where(Notice.user_id == actor.user_id, Notice.read_at.is_(None))
    return session.execute(query).scalar_one()


def notices(actor: Actor) -> Select[Notice]:
    return (
        select(Notice)
        .where(Notice.user_id == actor.user_id)
        .order_by(Notice.created_at.desc(), Notice.id)
    )
