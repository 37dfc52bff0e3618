"""People: register, confirm, choose a password, change what is known of them."""

import secrets
from collections.abc import Callable

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.accounts import consents, passwords, queries
from portal.accounts.inputs import Registration
from portal.accounts.models import (
    Membership,
    Notice,
    Organisation,
    User,
    UserSession,
)
from portal.accounts.services import links, sessions, tokens
from portal.core import audit, clock, mail
from portal.core.access import STAFF_ROLES, Actor
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import lazy_gettext as _l

# What features further up do about a new organisation, by its id.
REGISTERED: list[Callable[[Session, str], object]] = []


def register(session: Session, data: Registration) -> User | None:
    """Create person and organisation and mail a confirmation link.

    An address that is already known gets a mail that says so; the caller answers the same in both
    cases, so that nobody learns which addresses have accounts. Returns None then.
    """
    known = queries.user_by_email(session, data.email)
    hashed = passwords.hash_password(data.password)
    if known is not None:
        mail.enqueue(
            session, queries.recipient(known), "accounts/already", {}, "/account/forgotten"
        )
        return None
    user = new_user(session, data.email, data.name, hashed, data.locale, data.timezone)
    organisation = Organisation(
        kind=data.kind, name=data.company_name, country=data.country, locale=data.locale
    )
    session.add(organisation)
    session.flush()
    session.add(Membership(user_id=user.id, organisation_id=organisation.id, role="owner"))
    who = Actor(user_id=user.id, name=user.name, org_id=organisation.id)
    consents.accept_notice(session, user, data.country, data.locale, abroad=data.abroad)
    audit.record(session, who, "account.register", user, {"organisation": organisation.id})
    for hear in REGISTERED:
        hear(session, organisation.id)
    links.send(session, user, "confirm")
    return user


def new_user(
    session: Session, email: str, name: str, hashed: str, locale: str, timezone: str
) -> User:
    """Add a person, whose address is not confirmed yet, with a hashed password."""
    user = User(
        email=queries.normal_email(email),
        name=name,
        password_hash=hashed,
        locale=locale,
        timezone=timezone,
    )
    session.add(user)
    session.flush()
    return user


def confirm_email(session: Session, token: str) -> User:
    """Use a confirmation link. Raises NotFound for a used, expired or unknown one."""
    user = links.use(session, token, "confirm")
    user.email_confirmed_at = user.email_confirmed_at or clock.now()
    audit.record(session, Actor(user_id=user.id), "account.confirm", user)
    return user


def send_confirmation(session: Session, email: str) -> None:
    """Mail a new link if the address waits for one; silent otherwise."""
    links.ask(session, email, "confirm")


def ask_reset(session: Session, email: str) -> None:
    """Mail a reset link if the address has an account; silent otherwise."""
    links.ask(session, email, "reset")


def reset_password(session: Session, token: str, password: str) -> User:
    """Set a new password by a mailed link; ends all sessions, other links and API tokens, for
    whoever had the account in hand until now."""
    user = links.use(session, token, "reset")
    user.password_hash = passwords.hash_password(password)
    user.email_confirmed_at = user.email_confirmed_at or clock.now()
    session.execute(delete(UserSession).where(UserSession.user_id == user.id))
    links.end_all(session, user)
    tokens.end_all(session, user.id)
    audit.record(session, Actor(user_id=user.id), "account.reset", user)
    return user


def change_password(session: Session, actor: Actor, old: str, new: str, keep: str) -> None:
    user = queries.acting(session, actor)
    if not passwords.verify(user.password_hash, old):
        raise Invalid(_l("This is not your present password."), field="old_password")
    user.password_hash = passwords.hash_password(new)
    links.end_all(session, user)
    sessions.end_sessions(session, actor, keep=keep)
    audit.record(session, actor, "account.change-password", user)


def update_profile(session: Session, actor: Actor, name: str, locale: str, timezone: str) -> None:
    user = queries.acting(session, actor)
    user.name, user.locale, user.timezone = name, locale, timezone
    audit.record(session, actor, "account.update", user)


def create_user(
    session: Session,
    email: str,
    role: str,
    *,
    organisation_id: str | None = None,
    name: str = "",
    password: str | None = None,
    locale: str = "en",
    timezone: str = "UTC",
) -> User:
    """Create a confirmed account (command line, demo). Staff roles have no organisation.

    Without a password the person gets a link to choose one.
    """
    if queries.user_by_email(session, email) is not None:
        raise Conflict("an account with this address exists", field="email")
    if (role in STAFF_ROLES) == (organisation_id is not None):
        raise Invalid("member roles need an organisation, staff roles must not have one")
    shown = name or email.partition("@")[0]
    hashed = passwords.hash_password(password or secrets.token_urlsafe(32))
    user = new_user(session, email, shown, hashed, locale, timezone)
    user.email_confirmed_at = clock.now()
    if role in STAFF_ROLES:
        user.staff_role = role
    else:
        session.add(Membership(user_id=user.id, organisation_id=organisation_id, role=role))
    if password is None:
        links.send(session, user, "reset")
    return user


def mark_notices_read(session: Session, actor: Actor) -> None:
    session.execute(
        update(Notice)
        .where(Notice.user_id == actor.user_id, Notice.read_at.is_(None))
        .values(read_at=clock.now())
    )
