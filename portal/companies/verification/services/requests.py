"""Verbs of verification requests: ask, send papers, decide; a visit needs two people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.companies.verification import levels, queries, rules
from portal.companies.verification.levels import Finding
from portal.companies.verification.models import VerificationDocument, VerificationRequest
from portal.companies.verification.services.telling import tell_base, tell_company
from portal.companies.verification.standing import DOCUMENTS, LISTED, VISITED
from portal.core import audit, clock
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import StoredFile

NOT_YOURS = _l("You may not do this for the company.")
_REPORT = (
    "visited_on",
    "visitors",
    "seen",
    "valid_until",
    "not_checked",
    "not_checked_note",
)


@dataclass(frozen=True)
class Ask:
    """What a company gives to be checked up to a level."""

    level: str
    message: str
    files: Sequence[StoredFile] = ()


def attach(session: Session, row: Any, files: Sequence[StoredFile]) -> None:
    """Hang papers on what a company asked for."""
    session.add_all(
        VerificationDocument(
            company_id=row.company_id, kind=row.__tablename__, subject_id=row.id, file_id=file.id
        )
        for file in files
    )


def ask(session: Session, actor: Actor, data: Ask) -> VerificationRequest:
    """Ask the base to check the actor's company; one request at a time."""
    company = queries.own_company(session, actor)
    if not actor.may(Permission.COMPANY_EDIT):
        raise Forbidden(NOT_YOURS)
    if data.level not in (DOCUMENTS, VISITED):
        raise Invalid(_l("Please choose what should be checked."), field="level")
    if queries.open_request(session, company.id) is not None:
        raise Conflict(_l("The base is already looking into a request of yours."))
    if data.level == VISITED and company.standing().level == LISTED:
        message = _l("Please have your documents checked first; a visit builds upon them.")
        raise Invalid(message, field="level")
    row = VerificationRequest(
        company_id=company.id,
        company=company,
        level=data.level,
        message=data.message,
        asked_by_id=actor.user_id,
        state="claimed",
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "verification.ask", row, {"level": data.level})
    if data.files or data.level == VISITED:
        attach(session, row, data.files)
        rules.REQUEST.fire(session, row, "upload", actor)
    tell_base(session, company, "asked", row)
    return row


def upload(
    session: Session,
    actor: Actor,
    request_id: str,
    files: Sequence[StoredFile],
    version: int | None = None,
) -> VerificationRequest:
    """Send the papers that the base waits for."""
    row = queries.request_for(session, actor, request_id)
    if not files:
        raise Invalid(_l("Please choose at least one file."), field="documents")
    rules.REQUEST.fire(session, row, "upload", actor, version=version)
    attach(session, row, files)
    tell_base(session, row.company, "asked", row)
    return row


def withdraw(
    session: Session, actor: Actor, request_id: str, version: int | None = None
) -> VerificationRequest:
    """Take a request back."""
    row = queries.request_for(session, actor, request_id)
    rules.REQUEST.fire(session, row, "withdraw", actor, version=version)
    return row


def decide(
    session: Session,
    actor: Actor,
    request_id: str,
    step: str,
    *,
    note: str = "",
    finding: Finding | None = None,
    version: int | None = None,
) -> VerificationRequest:
    """Take a step of the base. Who proposed a visit never confirms it."""
    row = queries.request_for(session, actor, request_id)
    _refuse_own_report(row, step, actor)
    rules.REQUEST.fire(session, row, step, actor, note=note, version=version)
    row.note = note.strip()
    if rules.REQUEST.state(row.state).final:
        row.decided_by_id = actor.user_id
    if step == "propose":
        _keep_report(row, actor, _given(finding))
    elif step == "grant":
        _grant(session, row, _given(finding), actor.user_id, None)
    elif step == "approve":
        _grant(session, row, _reported(row), row.proposed_by_id, actor.user_id)
    elif step == "send_back":
        row.proposed_by_id = None
    _tell(session, row, step)
    return row


def _refuse_own_report(row: VerificationRequest, step: str, actor: Actor) -> None:
    if step == "approve" and row.proposed_by_id == actor.user_id and row.state == "proposed":
        raise Forbidden(_l("You wrote this report; a second person has to confirm it."))


def _given(finding: Finding | None) -> Finding:
    if finding is None:
        raise Invalid(_l("Please say until when this counts."), field="valid_until")
    return finding


def _keep_report(row: VerificationRequest, actor: Actor, finding: Finding) -> None:
    finding.check(VISITED)
    for name in _REPORT:
        setattr(row, name, getattr(finding, name))
    row.proposed_by_id = actor.user_id


def _reported(row: VerificationRequest) -> Finding:
    return Finding(**{name: getattr(row, name) for name in _REPORT})


def _grant(
    session: Session,
    row: VerificationRequest,
    finding: Finding,
    checker_id: str | None,
    approver_id: str | None,
) -> None:
    finding.check(row.level)
    for name in _REPORT:
        setattr(row, name, getattr(finding, name))
    session.flush()  # the database refuses here, too, when both are one person
    levels.grant(session, row.company, row.level, finding, checker_id, approver_id, row.id)


def _tell(session: Session, row: VerificationRequest, step: str) -> None:
    if step == "propose":
        tell_base(session, row.company, "proposed", row)
    elif row.state in ("granted", "declined", "claimed"):
        tell_company(session, row.company, row.state, f"{row.id}:{row.version}")


def propose_visit(session: Session, actor: Actor, company_id: str) -> VerificationRequest:
    """Begin a visit that the base plans by itself."""
    if not actor.may(Permission.REVIEW_DECIDE):
        raise Forbidden(NOT_YOURS)
    company = queries.company(session, company_id)
    existing = queries.open_request(session, company.id)
    if existing is not None:
        raise Conflict(_l("There is an open request of this company; please go on there."))
    row = VerificationRequest(
        company_id=company.id,
        company=company,
        level=VISITED,
        asked_by_id=actor.user_id,
        state="submitted",
        changed_at=clock.now(),
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "verification.plan", row)
    return row


def take_back(session: Session, actor: Actor, company_id: str, note: str) -> None:
    """Withdraw what was checked, because it turned out to be wrong."""
    company = queries.company(session, company_id)
    if not actor.may(Permission.REVIEW_DECIDE):
        raise Forbidden(NOT_YOURS)
    if not note.strip():
        raise Invalid(_l("Please give a reason."), field="note")
    if not levels.drop(session, actor, company, rules.WITHDRAWN):
        raise Conflict(_l("There is nothing to withdraw."))
