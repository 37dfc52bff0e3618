"""Verbs of reports about profiles. Who reported is for the base alone."""

from sqlalchemy.orm import Session

from portal.companies import queries as companies
from portal.companies.verification import queries, rules
from portal.companies.verification.models import ProfileReport
from portal.companies.verification.services.telling import tell_base, tell_person
from portal.core import audit
from portal.core.access import ANONYMOUS, Actor
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import lazy_gettext as _l


def report(
    session: Session, actor: Actor, company_id: str, reason: str, body: str
) -> ProfileReport:
    """Tell the base that something about a profile is wrong; visitors may, too."""
    company = companies.company_for(session, actor, company_id)
    if actor.owns(company.id):
        raise Conflict(_l("This is your own profile; please change it instead."))
    if reason not in rules.REPORT_REASONS:
        raise Invalid(_l("Please choose a reason."), field="reason")
    row = ProfileReport(company_id=company.id, reason=reason, body=body, reporter_id=actor.user_id)
    session.add(row)
    session.flush()
    # The trail of a company can be read by more people than may know who reported it.
    audit.record(session, ANONYMOUS, "profile-report.send", row, {"reason": reason})
    tell_base(session, company, "reported", row)
    return row


def decide(
    session: Session,
    actor: Actor,
    report_id: str,
    step: str,
    note: str = "",
    version: int | None = None,
) -> ProfileReport:
    """Uphold or dismiss; what follows for the company is a step of its own."""
    row = queries.report_for(session, actor, report_id)
    rules.REPORT.fire(session, row, step, actor, note=note, version=version)
    row.note, row.decided_by_id = note.strip(), actor.user_id
    if row.reporter_id:
        tell_person(session, row.reporter_id, row.company, f"report_{row.state}", row)
    return row
