"""Verbs of appeals: once for each suspension, decided by somebody who did not suspend."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from portal.companies import services as companies
from portal.companies.verification import queries, rules
from portal.companies.verification.models import Appeal
from portal.companies.verification.services.requests import NOT_YOURS, attach
from portal.companies.verification.services.telling import tell_base, tell_company, tell_person
from portal.core import audit
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Forbidden
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import StoredFile


def write(session: Session, actor: Actor, body: str, files: Sequence[StoredFile] = ()) -> Appeal:
    """Say why the suspension is wrong."""
    company = queries.own_company(session, actor)
    if not actor.may(Permission.COMPANY_EDIT):
        raise Forbidden(NOT_YOURS)
    if company.state != "suspended" or company.suspended_at is None:
        raise Conflict(_l("Your company is not suspended."))
    if queries.appeal_of(session, company) is not None:
        raise Conflict(_l("You have appealed against this suspension already."))
    row = Appeal(
        company_id=company.id,
        company=company,
        suspended_at=company.suspended_at,
        suspended_by_id=company.suspended_by_id,
        body=body,
        asked_by_id=actor.user_id,
    )
    session.add(row)
    session.flush()
    attach(session, row, files)
    audit.record(session, actor, "appeal.write", row)
    tell_base(session, company, "appealed", row)
    return row


def decide(
    session: Session,
    actor: Actor,
    appeal_id: str,
    step: str,
    note: str = "",
    version: int | None = None,
) -> Appeal:
    """Lift the suspension or keep it. Raises Forbidden for whoever suspended."""
    row = queries.appeal_for(session, actor, appeal_id)
    if actor.is_staff and row.suspended_by_id == actor.user_id:
        raise Forbidden(_l("You suspended this company; somebody else decides on the appeal."))
    rules.APPEAL.fire(session, row, step, actor, note=note, version=version)
    row.note, row.decided_by_id = note.strip(), actor.user_id
    session.flush()
    if step == "uphold" and row.company.state == "suspended":
        companies.move(session, actor, row.company_id, "restore", note)
    tell_company(session, row.company, f"appeal_{row.state}", f"{row.id}:{row.version}", "/company")
    if row.suspended_by_id:
        tell_person(session, row.suspended_by_id, row.company, "appeal_decided", row)
    return row


def withdraw(session: Session, actor: Actor, appeal_id: str, version: int | None = None) -> Appeal:
    """Take the appeal back; there is no second one against the same suspension."""
    row = queries.appeal_for(session, actor, appeal_id)
    rules.APPEAL.fire(session, row, "withdraw", actor, version=version)
    return row
