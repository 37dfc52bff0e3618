"""Repeated work of verification: reminders before a check ends, keys of older rows."""

from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from portal.companies.models import Company
from portal.companies.verification import likeness, rules
from portal.companies.verification.services.telling import tell_company
from portal.companies.verification.standing import DOCUMENTS, VISITED
from portal.core import clock, jobs
from portal.core.db import Database

DAILY = 24 * 3600


@jobs.every(DAILY, "remind of checks that end")
def remind_all(database: Database) -> None:
    with database.transaction() as session:
        remind(session)


def remind(session: Session) -> None:
    """Tell each company once at each step; a notice of the same step is never sent twice."""
    today = clock.now().date()
    last = today + timedelta(days=rules.REMINDERS[0])
    ends = (Company.documents_valid_until, Company.site_valid_until)
    near = or_(*(column.between(today, last) for column in ends))
    for company in session.scalars(
        select(Company).options(selectinload(Company.texts)).where(near)
    ):
        _remind(session, company)


def _remind(session: Session, company: Company) -> None:
    today = clock.now().date()
    for level, until in (
        (DOCUMENTS, company.documents_valid_until),
        (VISITED, company.site_valid_until),
    ):
        step = rules.due_reminder(until, today) if until else None
        if until is None or step is None:
            continue
        left = (until - today).days
        once = f"{company.id}:{level}:{until}:{step}"
        if left:
            tell_company(session, company, "expires", once, days=left)
        else:
            tell_company(session, company, "expires_today", once)


@jobs.handles("likeness.check")
def check_likeness(session: Session, payload: dict[str, Any]) -> None:
    likeness.check(session, payload["id"])


@jobs.every(DAILY, "fold names for look-alikes")
def refold(database: Database) -> None:
    """At the worker's start and once a day: what was written past the portal or by an older one."""
    with database.transaction() as session:
        likeness.refold(session)
