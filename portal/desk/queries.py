"""Reads of the desk that belong to no single feature: accounts and background jobs."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, case, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Membership, Organisation, User
from portal.core import clock
from portal.core.access import STAFF_ROLES
from portal.core.models import Job

LATE = timedelta(minutes=5)


def users(q: str, group: str) -> Select[Any]:
    """Accounts by name; `group` is staff, members, locked or empty for all."""
    query = select(User).options(joinedload(User.membership).joinedload(Membership.organisation))
    groups = {
        "staff": User.staff_role.in_(STAFF_ROLES),
        "members": User.staff_role.is_(None),
        "locked": User.disabled_at.is_not(None),
    }
    if group in groups:
        query = query.where(groups[group])
    if q:
        query = query.where(_wording(q))
    return query.order_by(User.name, User.id)


def _wording(q: str) -> Any:
    organisation = (
        select(Membership.user_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Organisation.name.icontains(q, autoescape=True))
    )
    return or_(
        User.name.icontains(q, autoescape=True),
        User.email.icontains(q, autoescape=True),
        User.id.in_(organisation),
    )


def jobs(group: str) -> Select[Any]:
    """Jobs that are not done: dead ones first, then those that have waited longest."""
    unfinished = Job.finished_at.is_(None)
    late = Job.dead_at.is_(None) & (Job.run_at < clock.now() - LATE)
    groups = {
        "dead": Job.dead_at.is_not(None),
        "late": unfinished & late,
        "waiting": unfinished & Job.dead_at.is_(None),
    }
    query = select(Job).where(groups.get(group, unfinished))
    return query.order_by(case((Job.dead_at.is_not(None), 0), else_=1), Job.run_at, Job.id)
