"""Pure decisions about accounts."""

from datetime import datetime, timedelta

from portal.accounts.models import Invitation, OneTimeToken, User, UserSession
from portal.core.access import Actor

MIN_PASSWORD = 10
MAX_PASSWORD = 1000
SESSION_IDLE = timedelta(hours=12)
SESSION_TOTAL = timedelta(days=14)
STAFF_SESSION_IDLE = timedelta(minutes=60)
STAFF_SESSION_TOTAL = timedelta(hours=10)
TOKEN_LIFE = {"confirm": timedelta(days=2), "reset": timedelta(minutes=60)}
INVITATION_LIFE = timedelta(days=7)
# Scopes of an API token, and what they stand for.
SCOPES = ("read", "write")


def is_alive(session: UserSession, now: datetime) -> bool:
    return now < session.expires_at


def next_expiry(session: UserSession, *, staff: bool, now: datetime) -> datetime:
    """Idle time starts anew, but never beyond the total life of the sign-in."""
    idle, total = (
        (STAFF_SESSION_IDLE, STAFF_SESSION_TOTAL) if staff else (SESSION_IDLE, SESSION_TOTAL)
    )
    return min(now + idle, session.created_at + total)


def token_good(token: OneTimeToken, purpose: str, now: datetime) -> bool:
    return token.purpose == purpose and token.used_at is None and now < token.expires_at


def invitation_open(invitation: Invitation, now: datetime) -> bool:
    closed = invitation.accepted_at is not None or invitation.withdrawn_at is not None
    return not closed and now < invitation.expires_at


def actor_of(user: User, locale: str | None = None) -> Actor:
    """The actor a signed-in person is; staff act for the base, members for their organisation."""
    membership = None if user.staff_role else user.membership
    organisation = membership.organisation if membership else None
    return Actor(
        user_id=user.id,
        name=user.name,
        email=user.email,
        locale=locale or user.locale,
        timezone=user.timezone,
        role=user.staff_role or (membership.role if membership else None),
        org_id=organisation.id if organisation else None,
        org_name=organisation.name if organisation else "",
        org_kind=organisation.kind if organisation else None,
        org_country=organisation.country if organisation else None,
    )
