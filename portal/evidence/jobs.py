"""Repeated work of evidence: owners are told in good time what ends."""

import logging
from datetime import date, timedelta

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.companies.models import Certificate
from portal.core import clock, jobs, mail
from portal.core.access import SYSTEM
from portal.core.db import Database
from portal.core.i18n import lazy_gettext as _l
from portal.evidence import facts, queries, rules, services
from portal.evidence.facts import Fact
from portal.evidence.models import Evidence, EvidenceReminder
from portal.evidence.queries import Standings
from portal.evidence.rules import REJECTED
from portal.evidence.services import OWN_PAGE
from portal.evidence.subjects import CERTIFICATE

log = logging.getLogger("portal.evidence")
notices.declare(
    "evidence.ends_soon",
    _l("A certificate or a finding about one of your facts ends soon."),
    "calendar-due",
)
notices.declare(
    "evidence.ended",
    _l("A certificate or a finding about one of your facts has ended."),
    "calendar-due",
)


@jobs.every(6 * 3600, "remind of what ends")
def remind(database: Database) -> None:
    """Each company in a transaction of its own: one that fails does not keep the others from it."""
    with database.reading() as session:
        due = concerned(session, clock.now().date())
    for company_id in due:
        try:
            with database.transaction() as session:
                remind_company(session, company_id)
        except Exception:
            log.exception("company could not be reminded: company=%s", company_id)


def concerned(session: Session, today: date) -> list[str]:
    """Companies of which something ends about now, by a certificate or by a finding."""
    first, last = today - rules.OLD_NEWS, today + timedelta(days=rules.REMINDERS[0])
    ends = union(
        select(Certificate.company_id).where(Certificate.expires.between(first, last)),
        select(Evidence.company_id).where(Evidence.valid_until.between(first, last)),
    )
    return sorted(session.scalars(ends))


def remind_company(session: Session, company_id: str) -> None:
    """Tell its people once of everything whose day has come; what ended loses its mark."""
    company = queries.company_for(session, SYSTEM, company_id)
    _headings, found = facts.of_company(session, company, inside=True)
    known = queries.standings(session, [company.id])
    for fact in found:
        services.keep_level(session, fact.subject, known.of(fact.subject).level)
    due = _due(session, company_id, found, known)
    if not due:
        return
    now = clock.now()
    for name, until, days in due:
        session.add(
            EvidenceReminder(
                company_id=company_id, subject=name, until=until, days=days, sent_at=now
            )
        )
    _tell(session, company_id, min(days for _name, _until, days in due))


def _due(
    session: Session, company_id: str, found: list[Fact], known: Standings
) -> list[tuple[str, date, int]]:
    """What to remind of: the fact, its last day, and how many days before it the reminder was
    due; what was sent is left out, and so is what a newer certificate replaces."""
    mine = select(EvidenceReminder).where(EvidenceReminder.company_id == company_id)
    sent = {(row.subject, row.until, row.days) for row in session.scalars(mine)}
    due = []
    for fact in found:
        standing = known.of(fact.subject)
        if standing.until is None or standing.state == REJECTED or standing.waiting is not None:
            continue
        days = rules.reminder_due(standing.until, known.today)
        line = (fact.anchor, standing.until, -1 if days is None else days)
        if days is not None and line not in sent and not _replaced(fact, found):
            due.append(line)
    return due


def _replaced(fact: Fact, found: list[Fact]) -> bool:
    """Whether a certificate to the same standard for the same place lasts longer."""
    one = fact.subject
    if one.kind != CERTIFICATE or one.expires is None:
        return False
    return any(
        other.subject.kind == CERTIFICATE
        and other.subject.capability_id == one.capability_id
        and all(other.subject.value[n] == one.value[n] for n in ("standard", "site"))
        and (other.subject.expires is None or other.subject.expires > one.expires)
        for other in found
        if other is not fact
    )


def _tell(session: Session, company_id: str, days: int) -> None:
    kind = "evidence.ends_soon" if days else "evidence.ended"
    once = f"{kind}:{company_id}:{clock.now().date().isoformat()}"
    told = notices.tell_organisation(session, company_id, kind, {}, path=OWN_PAGE, dedupe=once)
    for user in told:
        mail.enqueue(session, accounts.recipient(user), "evidence/expiry", {"days": days}, OWN_PAGE)
