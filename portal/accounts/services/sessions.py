"""Signing in and out."""

import secrets
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.accounts import passwords, queries, rules
from portal.accounts.models import (
    OneTimeToken,
    User,
    UserSession,
)
from portal.core import audit, clock
from portal.core.access import Actor
from portal.core.errors import Forbidden
from portal.core.i18n import lazy_gettext as _l


def sign_in(session: Session, email: str, password: str, device: str) -> tuple[User, str] | None:
    """The person and a new session token, or None when address or password are wrong."""
    user = queries.user_by_email(session, email)
    right = passwords.verify(user.password_hash if user else None, password)
    if user is None or not right or user.disabled_at is not None:
        return None
    if user.email_confirmed_at is None:
        raise Forbidden(_l("Please confirm your e-mail address first."))
    if passwords.outdated(user.password_hash):
        user.password_hash = passwords.hash_password(password)
    return user, _open_session(session, user, device)


def _open_session(session: Session, user: User, device: str) -> str:
    token, now = secrets.token_urlsafe(32), clock.now()
    row = UserSession(
        token_hash=queries.token_hash(token),
        user_id=user.id,
        created_at=now,
        last_seen_at=now,
        device=device[:120],
        expires_at=now,
    )
    row.expires_at = rules.next_expiry(row, staff=user.staff_role is not None, now=now)
    session.add(row)
    audit.record(session, rules.actor_of(user), "account.sign-in", user)
    return token


def sign_out(session: Session, actor: Actor, token: str) -> None:
    """End this sign-in: a copy of its cookie is worth nothing afterwards."""
    session.execute(delete(UserSession).where(UserSession.token_hash == queries.token_hash(token)))
    user = session.get(User, actor.user_id)
    if user is not None:
        audit.record(session, actor, "account.sign-out", user)


def end_sessions(session: Session, actor: Actor, keep: str | None = None) -> None:
    """End all sign-ins of the actor but the one whose token is `keep`."""
    query = delete(UserSession).where(UserSession.user_id == actor.user_id)
    if keep:
        query = query.where(UserSession.token_hash != queries.token_hash(keep))
    session.execute(query)
    audit.record(session, actor, "account.end-sessions", queries.acting(session, actor))


def forget_expired(session: Session) -> None:
    """Delete ended sessions and old links."""
    now = clock.now()
    session.execute(delete(UserSession).where(UserSession.expires_at < now))
    session.execute(delete(OneTimeToken).where(OneTimeToken.expires_at < now - timedelta(days=7)))
