"""How facts stand: the latest finding about each, and documents that wait to be looked at."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.accounts.models import Organisation, User
from portal.companies import rules as companies
from portal.companies.models import Company, CompanyText
from portal.core import clock
from portal.core.access import Actor, Permission
from portal.core.errors import NotFound
from portal.core.models import StoredFile
from portal.evidence import rules
from portal.evidence.models import Evidence
from portal.evidence.rules import CLAIMED, Standing
from portal.evidence.subjects import Identity, Subject

_COLUMNS = (
    Evidence.id,
    Evidence.company_id,
    Evidence.kind,
    Evidence.capability_id,
    Evidence.key,
    Evidence.digest,
    Evidence.level,
    Evidence.at,
    Evidence.valid_until,
    Evidence.not_checked,
    Evidence.reason,
    Evidence.document_id,
    Organisation.name.label("by"),
)


class Standings:
    """The latest rows about the facts of some companies; `of` says how a fact stands."""

    def __init__(self, rows: Iterable[Any] = (), today: date | None = None) -> None:
        self.today = today or clock.now().date()
        self._findings: dict[Identity, Any] = {}
        self._shown: dict[Identity, Any] = {}
        for row in rows:
            place = self._shown if row.level == CLAIMED else self._findings
            place[(row.company_id, row.kind, row.capability_id, row.key)] = row
        self._companies = {company for company, *_rest in self._findings}

    def about(self, company_id: str) -> bool:
        """Whether anything was found out about a fact of this company."""
        return company_id in self._companies

    def of(self, subject: Subject) -> Standing:
        """As it stands today: a finding about another value does not count."""
        finding = self._findings.get(subject.identity)
        shown = self._shown.get(subject.identity)
        pending = {}
        if shown is not None and (finding is None or shown.id > finding.id):
            pending = {"waiting": shown.id, "waiting_since": shown.at}
        if finding is None or finding.digest != subject.digest:
            return self._claimed(subject, changed=finding is not None, **pending)
        until = min(
            (day for day in (finding.valid_until, subject.expires) if day is not None),
            default=None,
        )
        ended = until is not None and until < self.today and finding.level != rules.REJECTED
        return Standing(
            state=rules.EXPIRED if ended else finding.level,
            found=finding.level,
            since=finding.at,
            until=until,
            by=finding.by or "",
            not_checked=finding.not_checked,
            reason=finding.reason,
            document_id=finding.document_id,
            **pending,
        )

    def _claimed(self, subject: Subject, **known: Any) -> Standing:
        """Nothing was found out about this value; a certificate can expire all the same."""
        ended = subject.expires is not None and subject.expires < self.today
        state = rules.EXPIRED if ended else CLAIMED
        return Standing(state=state, until=subject.expires, **known)


_NUMBER = re.compile(r"[0-9]{1,18}")


def standings(session: Session, company_ids: Iterable[str]) -> Standings:
    """Of all facts of these companies, in one statement."""
    ids = list(dict.fromkeys(company_ids))
    if not ids:
        return Standings()
    return Standings(session.execute(_latest(ids)))


def _latest(ids: list[str]) -> Select[*tuple[Any, ...]]:
    """The latest finding about each fact, and the latest document shown."""
    shown = case((Evidence.level == CLAIMED, 1), else_=0)
    newest = (
        select(func.max(Evidence.id))
        .where(Evidence.company_id.in_(ids))
        .group_by(Evidence.company_id, Evidence.kind, Evidence.capability_id, Evidence.key, shown)
    )
    return (
        select(*_COLUMNS)
        .outerjoin(Organisation, Organisation.id == Evidence.organisation_id)
        .where(Evidence.id.in_(newest))
    )


def standing(session: Session, subject: Subject) -> Standing:
    """How one fact stands."""
    return standings(session, [subject.company_id]).of(subject)


def history(session: Session, company_id: str) -> dict[Identity, list[Any]]:
    """All rows about the facts of a company with the people who wrote them, newest first."""
    query = (
        select(Evidence, User.name.label("person"), Organisation.name.label("by"))
        .outerjoin(User, User.id == Evidence.actor_id)
        .outerjoin(Organisation, Organisation.id == Evidence.organisation_id)
        .where(Evidence.company_id == company_id)
        .order_by(Evidence.id.desc())
    )
    found: dict[Identity, list[Any]] = {}
    for row in session.execute(query):
        fact = row.Evidence
        key = (fact.company_id, fact.kind, fact.capability_id, fact.key)
        found.setdefault(key, []).append(row)
    return found


def documents_waiting(limit: int = 500) -> Select[Any]:
    """Rows with a document that no later finding answers, the longest waiting first."""
    later = Evidence.__table__.alias("later")
    answered = (
        select(later.c.id)
        .where(
            and_(
                later.c.company_id == Evidence.company_id,
                later.c.kind == Evidence.kind,
                later.c.capability_id == Evidence.capability_id,
                later.c.key == Evidence.key,
                later.c.id > Evidence.id,
            )
        )
        .exists()
    )
    query = select(Evidence).where(Evidence.level == CLAIMED, ~answered)
    return query.order_by(Evidence.id).limit(limit)


def company_for(session: Session, actor: Actor, company_id: str) -> Company:
    """A company with all its facts, if this reader may know of it, else NotFound."""
    query = (
        select(Company)
        .where(Company.id == company_id)
        .options(
            joinedload(Company.texts),
            joinedload(Company.logo),
            joinedload(Company.sites),
            selectinload(Company.certificates),
            selectinload(Company.sustainability),
            selectinload(Company.references),
        )
    )
    company = session.scalars(query).unique().first()
    if company is None or not companies.may_view(company, actor):
        raise NotFound
    return company


def document_for(session: Session, actor: Actor, evidence_id: str) -> StoredFile:
    """The document of a row, for the owner's members and the base; NotFound for all others."""
    row = session.get(Evidence, int(evidence_id)) if _NUMBER.fullmatch(evidence_id) else None
    if row is None or not (actor.owns(row.company_id) or actor.may(Permission.REVIEW_VIEW)):
        raise NotFound
    document = session.get(StoredFile, row.document_id) if row.document_id else None
    if document is None:
        raise NotFound
    return document


def names(session: Session, company_ids: Iterable[str]) -> dict[str, CompanyText]:
    """The original names of companies."""
    query = select(CompanyText).where(
        CompanyText.company_id.in_(list(company_ids)), CompanyText.position == 0
    )
    return {text.company_id: text for text in session.scalars(query)}
