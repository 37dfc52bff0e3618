"""Members of an organisation: invite, join, change roles, remove."""

import secrets

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.accounts import consents, passwords, queries, rules
from portal.accounts.inputs import NewMember
from portal.accounts.models import (
    Invitation,
    Membership,
    Organisation,
    User,
    UserSession,
)
from portal.accounts.services import people, tokens
from portal.core import audit, clock, mail
from portal.core.access import MEMBER_ROLES, PARTNER, Actor
from portal.core.access import Permission as P  # noqa: N817
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import lazy_gettext as _l


def invite(session: Session, actor: Actor, email: str, role: str) -> Invitation:
    """Offer membership in the actor's organisation by mail."""
    organisation = queries.organisation(session, actor.org_id or "")
    if organisation is None:
        raise NotFound
    return _offer(session, actor, organisation, email, role, actor.locale, actor.timezone)


def invite_to(
    session: Session, actor: Actor, organisation_id: str, email: str, role: str
) -> Invitation:
    """Offer membership of a partner institution, on behalf of the base, in its language."""
    organisation = queries.organisation(session, organisation_id)
    if organisation is None or organisation.kind != PARTNER or not actor.may(P.PARTNER_EDIT):
        raise NotFound
    return _offer(session, actor, organisation, email, role, organisation.locale, "UTC")


def _offer(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    email: str,
    role: str,
    locale: str,
    timezone: str,
) -> Invitation:
    if role not in MEMBER_ROLES:
        raise Invalid(_l("Please choose a role."), field="role")
    address = queries.normal_email(email)
    if any(i.email == address for i in queries.open_invitations(session, organisation.id)):
        raise Conflict(_l("This address already has an open invitation."), field="email")
    token, now = secrets.token_urlsafe(32), clock.now()
    invitation = Invitation(
        organisation_id=organisation.id,
        email=address,
        role=role,
        token_hash=queries.token_hash(token),
        invited_by=actor.user_id,
        created_at=now,
        expires_at=now + rules.INVITATION_LIFE,
    )
    session.add(invitation)
    session.flush()
    to = mail.Recipient(address, "", locale, timezone)
    context = {
        "organisation": organisation.name,
        "inviter": actor.name,
        "expires": invitation.expires_at.isoformat(),
    }
    mail.enqueue(session, to, "accounts/invitation", context, f"/account/invitation/{token}")
    audit.record(session, actor, "member.invite", invitation, {"role": role})
    return invitation


def withdraw_invitation(session: Session, actor: Actor, invitation_id: str) -> None:
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or not _invites_for(session, actor, invitation.organisation_id):
        raise NotFound
    invitation.withdrawn_at = clock.now()
    audit.record(session, actor, "member.withdraw-invitation", invitation)


def _invites_for(session: Session, actor: Actor, organisation_id: str) -> bool:
    if actor.owns(organisation_id):
        return True
    organisation = queries.organisation(session, organisation_id)
    is_partner = organisation is not None and organisation.kind == PARTNER
    return is_partner and actor.may(P.PARTNER_EDIT)


def accept_invitation(session: Session, token: str, data: NewMember) -> User:
    """Join the organisation as a new person. The mailed link proves the address."""
    invitation = queries.invitation_by_token(session, token)
    if invitation is None or not rules.invitation_open(invitation, clock.now()):
        raise NotFound
    if queries.user_by_email(session, invitation.email) is not None:
        raise Conflict(_l("This address already belongs to an account of another organisation."))
    hashed = passwords.hash_password(data.password)
    user = people.new_user(session, invitation.email, data.name, hashed, data.locale, data.timezone)
    user.email_confirmed_at = invitation.accepted_at = clock.now()
    session.add(
        Membership(
            user_id=user.id, organisation_id=invitation.organisation_id, role=invitation.role
        )
    )
    organisation = queries.organisation(session, invitation.organisation_id)
    country = organisation.country if organisation else ""
    consents.accept_notice(session, user, country, data.locale, abroad=data.abroad)
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
    tokens.end_all(session, user_id)
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
