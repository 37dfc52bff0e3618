"""Verbs of accounts: register, confirm, sign in and out, reset, invite, change roles, tokens."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.accounts import passwords, queries, rules
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
from portal.core import audit, clock, mail
from portal.core.access import MEMBER_ROLES, STAFF_ROLES, Actor
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import lazy_gettext as _l


@dataclass(frozen=True)
class Registration:
    """What a person gives to register with a new organisation."""

    email: str
    name: str
    password: str
    kind: str
    company_name: str
    country: str
    locale: str
    timezone: str = "UTC"


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
    user = _new_user(session, data, hashed)
    organisation = Organisation(
        kind=data.kind, name=data.company_name, country=data.country, locale=data.locale
    )
    session.add(organisation)
    session.flush()
    session.add(Membership(user_id=user.id, organisation_id=organisation.id, role="owner"))
    who = Actor(user_id=user.id, name=user.name, org_id=organisation.id)
    audit.record(session, who, "account.register", user, {"organisation": organisation.id})
    _mail_link(session, user, "confirm")
    return user


def _new_user(session: Session, data: Registration, hashed: str) -> User:
    user = User(
        email=queries.normal_email(data.email),
        name=data.name,
        password_hash=hashed,
        locale=data.locale,
        timezone=data.timezone,
    )
    session.add(user)
    session.flush()
    return user


def _mail_link(session: Session, user: User, purpose: str) -> None:
    token = secrets.token_urlsafe(32)
    life = rules.TOKEN_LIFE[purpose]
    now = clock.now()
    session.add(
        OneTimeToken(
            token_hash=queries.token_hash(token),
            purpose=purpose,
            user_id=user.id,
            expires_at=now + life,
        )
    )
    context = {"expires": (now + life).isoformat()}
    path = f"/account/{purpose}/{token}"
    mail.enqueue(session, queries.recipient(user), f"accounts/{purpose}", context, path)


def confirm_email(session: Session, token: str) -> User:
    """Use a confirmation link. Raises NotFound for a used, expired or unknown one."""
    user = _use(session, token, "confirm")
    user.email_confirmed_at = user.email_confirmed_at or clock.now()
    audit.record(session, Actor(user_id=user.id), "account.confirm", user)
    return user


def _use(session: Session, token: str, purpose: str) -> User:
    row = queries.one_time_token(session, token)
    if row is None or not rules.token_good(row, purpose, clock.now()):
        raise NotFound
    row.used_at = clock.now()
    user = queries.user(session, row.user_id)
    if user is None:
        raise NotFound
    return user


def send_confirmation(session: Session, email: str) -> None:
    """Mail a new link if the address waits for one; silent otherwise."""
    user = queries.user_by_email(session, email)
    if user is not None and user.email_confirmed_at is None:
        _mail_link(session, user, "confirm")


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
    audit.record(session, actor, "account.end-sessions", _self(session, actor))


def _self(session: Session, actor: Actor) -> User:
    user = queries.user(session, actor.user_id or "")
    if user is None:
        raise NotFound
    return user


def ask_reset(session: Session, email: str) -> None:
    """Mail a reset link if the address has an account; silent otherwise."""
    user = queries.user_by_email(session, email)
    if user is not None and user.disabled_at is None:
        _mail_link(session, user, "reset")


def reset_password(session: Session, token: str, password: str) -> User:
    """Set a new password by a mailed link; ends all sessions, other links and API tokens, for
    whoever had the account in hand until now."""
    user = _use(session, token, "reset")
    user.password_hash = passwords.hash_password(password)
    user.email_confirmed_at = user.email_confirmed_at or clock.now()
    session.execute(delete(UserSession).where(UserSession.user_id == user.id))
    _end_links(session, user)
    _end_tokens(session, user.id)
    audit.record(session, Actor(user_id=user.id), "account.reset", user)
    return user


def _end_links(session: Session, user: User) -> None:
    session.execute(
        update(OneTimeToken)
        .where(OneTimeToken.user_id == user.id, OneTimeToken.used_at.is_(None))
        .values(used_at=clock.now())
    )


def _end_tokens(session: Session, user_id: str) -> None:
    session.execute(
        update(ApiToken)
        .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def change_password(session: Session, actor: Actor, old: str, new: str, keep: str) -> None:
    user = _self(session, actor)
    if not passwords.verify(user.password_hash, old):
        raise Invalid(_l("This is not your present password."), field="old_password")
    user.password_hash = passwords.hash_password(new)
    _end_links(session, user)
    end_sessions(session, actor, keep=keep)
    audit.record(session, actor, "account.change-password", user)


def update_profile(session: Session, actor: Actor, name: str, locale: str, timezone: str) -> None:
    user = _self(session, actor)
    user.name, user.locale, user.timezone = name, locale, timezone
    audit.record(session, actor, "account.update", user)


def invite(session: Session, actor: Actor, email: str, role: str) -> Invitation:
    """Offer membership in the actor's organisation by mail."""
    if role not in MEMBER_ROLES or actor.org_id is None:
        raise Invalid(_l("Please choose a role."), field="role")
    address = queries.normal_email(email)
    if any(i.email == address for i in queries.open_invitations(session, actor.org_id)):
        raise Conflict(_l("This address already has an open invitation."), field="email")
    token, now = secrets.token_urlsafe(32), clock.now()
    invitation = Invitation(
        organisation_id=actor.org_id,
        email=address,
        role=role,
        token_hash=queries.token_hash(token),
        invited_by=actor.user_id,
        created_at=now,
        expires_at=now + rules.INVITATION_LIFE,
    )
    session.add(invitation)
    session.flush()
    to = mail.Recipient(address, "", actor.locale, actor.timezone)
    context = {
        "organisation": actor.org_name,
        "inviter": actor.name,
        "expires": invitation.expires_at.isoformat(),
    }
    mail.enqueue(session, to, "accounts/invitation", context, f"/account/invitation/{token}")
    audit.record(session, actor, "member.invite", invitation, {"role": role})
    return invitation


def withdraw_invitation(session: Session, actor: Actor, invitation_id: str) -> None:
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or not actor.owns(invitation.organisation_id):
        raise NotFound
    invitation.withdrawn_at = clock.now()
    audit.record(session, actor, "member.withdraw-invitation", invitation)


@dataclass(frozen=True)
class NewMember:
    """What an invited person gives when the address has no account yet."""

    name: str
    password: str
    locale: str
    timezone: str = "UTC"


def accept_invitation(session: Session, token: str, data: NewMember) -> User:
    """Join the organisation as a new person. The mailed link proves the address."""
    invitation = queries.invitation_by_token(session, token)
    if invitation is None or not rules.invitation_open(invitation, clock.now()):
        raise NotFound
    if queries.user_by_email(session, invitation.email) is not None:
        raise Conflict(_l("This address already belongs to an account of another organisation."))
    registration = Registration(
        invitation.email, data.name, data.password, "", "", "", data.locale, data.timezone
    )
    user = _new_user(session, registration, passwords.hash_password(data.password))
    user.email_confirmed_at = invitation.accepted_at = clock.now()
    session.add(
        Membership(
            user_id=user.id, organisation_id=invitation.organisation_id, role=invitation.role
        )
    )
    who = Actor(user_id=user.id, org_id=invitation.organisation_id)
    audit.record(session, who, "member.join", user, {"role": invitation.role})
    return user


def change_role(session: Session, actor: Actor, user_id: str, role: str) -> None:
    """Give a member another role; an organisation keeps at least one owner."""
    membership = _colleague(session, actor, user_id)
    if role not in MEMBER_ROLES:
        raise Invalid(_l("Please choose a role."), field="role")
    _keep_an_owner(session, membership, role)
    before, membership.role = membership.role, role
    user = session.get(User, user_id)
    audit.record(session, actor, "member.role", user, {"from": before, "to": role})


def remove_member(session: Session, actor: Actor, user_id: str) -> None:
    """Take a member out; their sessions and tokens end at once."""
    membership = _colleague(session, actor, user_id)
    _keep_an_owner(session, membership, None)
    session.execute(delete(UserSession).where(UserSession.user_id == user_id))
    _end_tokens(session, user_id)
    user = session.get(User, user_id)
    session.delete(membership)
    audit.record(session, actor, "member.remove", user)


def _colleague(session: Session, actor: Actor, user_id: str) -> Membership:
    membership = session.get(Membership, user_id)
    if membership is None or not actor.owns(membership.organisation_id):
        raise NotFound
    return membership


def _keep_an_owner(session: Session, membership: Membership, role: str | None) -> None:
    last = queries.owners(session, membership.organisation_id) == 1
    if membership.role == "owner" and role != "owner" and last:
        raise Conflict(_l("An organisation needs at least one owner."))


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
    data = Registration(email, shown, "", "", "", "", locale, timezone)
    hashed = passwords.hash_password(password or secrets.token_urlsafe(32))
    user = _new_user(session, data, hashed)
    user.email_confirmed_at = clock.now()
    if role in STAFF_ROLES:
        user.staff_role = role
    else:
        session.add(Membership(user_id=user.id, organisation_id=organisation_id, role=role))
    if password is None:
        _mail_link(session, user, "reset")
    return user


def set_staff_role(session: Session, actor: Actor, user_id: str, role: str) -> None:
    """Change a staff member's role; nobody changes their own."""
    user = queries.user(session, user_id)
    if user is None or user.staff_role is None or role not in STAFF_ROLES:
        raise NotFound
    if user.id == actor.user_id:
        raise Forbidden(_l("Nobody may change their own role."))
    before, user.staff_role = user.staff_role, role
    audit.record(session, actor, "staff.role", user, {"from": before, "to": role})


def set_disabled(session: Session, actor: Actor, user_id: str, disabled: bool) -> None:
    """Lock or unlock an account; locking ends its sessions."""
    user = queries.user(session, user_id)
    if user is None:
        raise NotFound
    if user.id == actor.user_id:
        raise Forbidden(_l("Nobody may lock their own account."))
    user.disabled_at = clock.now() if disabled else None
    session.execute(delete(UserSession).where(UserSession.user_id == user.id))
    audit.record(session, actor, "account.disable" if disabled else "account.enable", user)


def create_token(
    session: Session, actor: Actor, name: str, scopes: list[str]
) -> tuple[ApiToken, str]:
    """A bearer token for the API; the secret is returned this once."""
    if not scopes or any(scope not in rules.SCOPES for scope in scopes):
        raise Invalid(_l("Please choose at least one scope."), field="scopes")
    secret = f"obp_{secrets.token_urlsafe(32)}"
    row = ApiToken(
        user_id=actor.user_id, name=name, token_hash=queries.token_hash(secret), scopes=scopes
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "token.create", row, {"scopes": scopes})
    return row, secret


def revoke_token(session: Session, actor: Actor, token_id: str) -> None:
    row = session.get(ApiToken, token_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound
    row.revoked_at = clock.now()
    audit.record(session, actor, "token.revoke", row)


def mark_notices_read(session: Session, actor: Actor) -> None:
    session.execute(
        update(Notice)
        .where(Notice.user_id == actor.user_id, Notice.read_at.is_(None))
        .values(read_at=clock.now())
    )


def forget_expired(session: Session) -> None:
    """Delete ended sessions and old links."""
    now = clock.now()
    session.execute(delete(UserSession).where(UserSession.expires_at < now))
    session.execute(delete(OneTimeToken).where(OneTimeToken.expires_at < now - timedelta(days=7)))
