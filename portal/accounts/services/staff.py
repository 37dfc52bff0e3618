"""Accounts in the hands of the base: roles of its staff, locking."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.accounts import queries
from portal.accounts.models import (
    UserSession,
)
from portal.core import audit, clock
from portal.core.access import STAFF_ROLES, Actor
from portal.core.errors import Forbidden, NotFound
from portal.core.i18n import lazy_gettext as _l


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
