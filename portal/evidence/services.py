"""Verbs of evidence: the owner shows a document, somebody records what was found out."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.companies.models import EVIDENCE_LEVELS, Certificate
from portal.core import audit, clock, jobs, mail
from portal.core.access import Actor
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import StoredFile
from portal.evidence import queries, rules
from portal.evidence.models import Evidence
from portal.evidence.rules import CLAIMED, FINDINGS, REJECTED, WORKFLOW, Claim
from portal.evidence.subjects import CERTIFICATE, Subject

OWN_PAGE = "/company/evidence"
EVIDENCE = "matching.evidence"
MAX_TEXT, MAX_LINE = 2000, 200

_SENTENCES = {
    "document_seen": _l("The base has seen the document for one of your facts."),
    "issuer_checked": _l("One of your facts has been checked with the issuer."),
    "seen_on_site": _l("One of your facts has been seen on site."),
    "rejected": _l("The base could not confirm one of your facts and says why."),
}
for _level, _sentence in _SENTENCES.items():
    notices.declare(f"evidence.{_level}", _sentence, "shield-check")
notices.declare("evidence.shown", _l("%(company)s shows the base a document."), "file-text")


@dataclass(frozen=True)
class Finding:
    """What was found out. `organisation_id` names who checked when it was not the base."""

    level: str
    valid_until: date | None = None
    issuer: str = ""
    reference: str = ""
    not_checked: str = ""
    reason: str = ""
    note: str = ""
    document_id: str | None = None
    organisation_id: str | None = None


def record(session: Session, actor: Actor, subject: Subject, finding: Finding) -> Evidence:
    """Add what was found out about a fact as it is now, and tell its owner.

    Raises Forbidden, Conflict when the ladder allows no such step, Invalid at a field.
    """
    now = queries.standing(session, subject)
    claim = Claim(subject.company_id, now.state)
    if "staff" not in rules.parties(claim, actor):
        raise Forbidden(_l("Your role does not permit this."))
    if finding.level not in FINDINGS:
        raise Invalid(_l("Please say what was found out."), field="level")
    if not WORKFLOW.can(finding.level, claim, actor):
        raise Conflict(
            _l("A higher step still holds. To take it back, say that it cannot be confirmed.")
        )
    _check(finding)
    row = _add(session, actor, subject, finding)
    _keep_in_step(session, subject, finding.level)
    _tell_owner(session, row)
    return row


def _check(finding: Finding) -> None:
    if finding.level == REJECTED and not finding.reason.strip():
        raise Invalid(_l("Please give a reason."), field="reason")
    if finding.valid_until is not None and finding.valid_until < clock.now().date():
        raise Invalid(_l("This date lies in the past."), field="valid_until")
    for name, limit in (
        ("issuer", MAX_LINE),
        ("reference", MAX_LINE),
        ("not_checked", MAX_TEXT),
        ("reason", MAX_TEXT),
        ("note", MAX_TEXT),
    ):
        if len(getattr(finding, name)) > limit:
            raise Invalid(_l("This text is too long."), field=name)


def _add(session: Session, actor: Actor, subject: Subject, finding: Finding) -> Evidence:
    row = Evidence(
        kind=subject.kind,
        company_id=subject.company_id,
        capability_id=subject.capability_id,
        key=subject.key,
        digest=subject.digest,
        at=clock.now(),
        actor_id=actor.user_id,
        **{name: getattr(finding, name) for name in Finding.__dataclass_fields__},
    )
    session.add(row)
    session.flush()
    detail = {"company": subject.company_id, "kind": subject.kind, "key": subject.key}
    verb = "show" if finding.level == CLAIMED else "record"
    audit.record(session, actor, f"evidence.{verb}", row, {**detail, "level": finding.level})
    return row


def _keep_in_step(session: Session, subject: Subject, level: str) -> None:
    """The step stands on the certificate, too, and matches follow."""
    keep_level(session, subject, level if level in EVIDENCE_LEVELS else CLAIMED)
    jobs.enqueue(
        session,
        EVIDENCE,
        {"company": subject.company_id, "capability": subject.capability_id},
        dedupe=f"{subject.company_id}:{subject.capability_id}",
    )


def keep_level(session: Session, subject: Subject, level: str) -> None:
    """Write the step that counts on the row of a certificate."""
    row = session.get(Certificate, subject.key) if subject.kind == CERTIFICATE else None
    if row is not None and row.level != level:
        row.level = level


def _tell_owner(session: Session, row: Evidence) -> None:
    once = f"evidence:{row.id}"
    told = notices.tell_organisation(
        session, row.company_id, f"evidence.{row.level}", {}, path=OWN_PAGE, dedupe=once
    )
    for user in told:
        context = {"level": row.level}
        mail.enqueue(session, accounts.recipient(user), "evidence/finding", context, OWN_PAGE)


def show(session: Session, actor: Actor, subject: Subject, document: StoredFile) -> Evidence:
    """The owner shows the base a document for a fact; the fact keeps its step until somebody has
    looked. Raises NotFound for all but the owner's editors."""
    if "owner" not in rules.parties(Claim(subject.company_id, CLAIMED), actor):
        raise NotFound
    if document.owner_id != actor.org_id:
        raise NotFound
    row = _add(session, actor, subject, Finding(CLAIMED, document_id=document.id))
    notices.tell_staff(
        session,
        "evidence.shown",
        {"company": actor.org_name},
        path=f"/desk/evidence/{subject.company_id}",
        dedupe=f"evidence:{row.id}",
    )
    return row
