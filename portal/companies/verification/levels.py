"""Reaching a level and losing it: findings are added, the company's standing follows."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.companies.models import Company
from portal.companies.verification import rules
from portal.companies.verification.models import VerificationCheck
from portal.companies.verification.standing import DOCUMENTS, LISTED, VISITED
from portal.core import audit, clock, mail
from portal.core.access import Actor
from portal.core.errors import Invalid
from portal.core.i18n import lazy_gettext as _l

# Stands for the organisation that runs the portal, whatever it calls itself.
BASE = "base"
_DAYS = {
    DOCUMENTS: ("documents_checked_on", "documents_valid_until"),
    VISITED: ("site_visited_on", "site_valid_until"),
}
notices.declare_all(
    {
        "verification.dropped": (
            _l("%(name)s is only listed now, because its identity has changed. Please have it"
               " checked again."),
            "alert-triangle",
        ),
        "verification.withdrawn": (
            _l("The base has withdrawn what it had checked of %(name)s."),
            "alert-triangle",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What staff found out, and what they did not look at."""

    valid_until: date
    not_checked: list[str] = field(default_factory=list)
    not_checked_note: str = ""
    visited_on: date | None = None
    visitors: str = ""
    seen: str = ""

    def check(self, level: str) -> None:
        """Raises Invalid at the field that makes no sense."""
        today = clock.now().date()
        if self.valid_until <= today:
            raise Invalid(_l("This must be later than today."), field="valid_until")
        if self.valid_until > rules.last_day(level, today):
            raise Invalid(_l("A finding of this kind does not count so long."), field="valid_until")
        if not self.not_checked and not self.not_checked_note:
            message = _l("Please say what was not checked; every check has its limits.")
            raise Invalid(message, field="not_checked")
        if level == VISITED:
            self._check_visit(today)

    def _check_visit(self, today: date) -> None:
        if self.visited_on is None or self.visited_on > today:
            raise Invalid(_l("Please enter the day of the visit."), field="visited_on")
        for name in ("visitors", "seen"):
            if not getattr(self, name).strip():
                raise Invalid(_l("This belongs to the report."), field=name)


def grant(
    session: Session,
    company: Company,
    level: str,
    finding: Finding,
    checker_id: str | None,
    approver_id: str | None = None,
    request_id: str | None = None,
) -> VerificationCheck:
    """Write down that a level is reached."""
    row = VerificationCheck(
        company_id=company.id,
        level=level,
        reason=rules.GRANTED,
        at=clock.now(),
        valid_until=finding.valid_until,
        checked_by=BASE,
        checker_id=checker_id,
        approver_id=approver_id,
        request_id=request_id,
        visited_on=finding.visited_on,
        not_checked=finding.not_checked,
        not_checked_note=finding.not_checked_note,
    )
    session.add(row)
    since, until = _DAYS[level]
    setattr(company, since, finding.visited_on or row.at.date())
    setattr(company, until, finding.valid_until)
    company.not_checked = {**(company.not_checked or {}), level: list(finding.not_checked)}
    session.flush()
    return row


def drop(
    session: Session, actor: Actor, company: Company, reason: str, fields: list[str] | None = None
) -> bool:
    """Take every level away, at once; False when there was none that still counted."""
    lost = company.standing().level
    for names in _DAYS.values():
        for name in names:
            setattr(company, name, None)
    company.not_checked = {}
    if lost == LISTED:
        return False
    row = VerificationCheck(
        company_id=company.id,
        level=LISTED,
        reason=reason,
        at=clock.now(),
        checked_by=BASE,
        checker_id=actor.user_id if actor.is_staff else None,
    )
    session.add(row)
    session.flush()
    detail = {"from": lost, "reason": reason, "fields": fields or []}
    audit.record(session, actor, "verification.drop", company, detail)
    _tell(session, company, row)
    return True


def _tell(session: Session, company: Company, row: VerificationCheck) -> None:
    kind = "dropped" if row.reason == rules.IDENTITY_CHANGED else "withdrawn"
    params = {"name": company.texts[0].name if company.texts else ""}
    told = notices.tell_organisation(
        session,
        company.id,
        f"verification.{kind}",
        params,
        path="/company/verification",
        dedupe=f"verification.{kind}:{row.id}",
    )
    for user in told:
        context = {"step": kind, "company": params["name"]}
        mail.enqueue(
            session,
            accounts.recipient(user),
            "companies/verification",
            context,
            "/company/verification",
        )
