"""Whose records the staff have looked at, and whether it was their case: worked out afterwards, so
that reading a page costs nothing but a line in the journal."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import null, select
from sqlalchemy.orm import Session

from portal.capabilities.models import Capability
from portal.companies.models import Company
from portal.companies.verification.models import VerificationDocument
from portal.core.db import Database
from portal.core.journal import Journal, View
from portal.evidence.models import Evidence
from portal.needs.models import Need
from portal.service_requests.models import ServiceRequest

# Why somebody looked. What everybody may read is noted as such and shown to nobody.
ASSIGNED, VIEWED, PUBLIC, GONE = "assigned", "viewed", "public", "gone"


@dataclass(frozen=True)
class Fact:
    """Whose an object is, who is in charge of it, and whether everybody may read it."""

    company_id: str
    assignee_id: str | None
    state: str | None


_REQUESTS = select(ServiceRequest.id, ServiceRequest.company_id, ServiceRequest.assignee_id, null())
# Kind of object → (id, company, person in charge, state).
_FACTS: dict[str, Any] = {
    "service_request": _REQUESTS,
    "request_file": _REQUESTS,
    "company": select(Company.id, Company.id, null(), Company.state),
    "capability": select(Capability.id, Capability.company_id, null(), Capability.state),
    "need": select(Need.id, Need.company_id, null(), Need.state),
    "evidence": select(Evidence.id, Evidence.company_id, null(), null()),
    "verification_document": select(
        VerificationDocument.id, VerificationDocument.company_id, null(), null()
    ),
}


def bind(database: Database, journal: Journal) -> None:
    """Fill in what is not known yet, some hundred looks at a time."""
    views = journal.unbound()
    if not views:
        return
    with database.reading() as session:
        facts = {kind: _facts(session, kind, views) for kind in {view.kind for view in views}}
    journal.bind(_bound(view, facts[view.kind].get(view.object_id)) for view in views)


def _facts(session: Session, kind: str, views: Iterable[View]) -> dict[str, Fact]:
    query = _FACTS.get(kind)
    if query is None:
        return {}
    key = query.selected_columns[0]
    ids = {key.type.python_type(view.object_id) for view in views if view.kind == kind}
    rows = session.execute(query.where(key.in_(ids)))
    return {str(row[0]): Fact(row[1], row[2], row[3]) for row in rows}


def _bound(view: View, fact: Fact | None) -> View:
    if fact is None:
        return replace(view, reason=GONE)
    if fact.state == "published":
        return replace(view, reason=PUBLIC)
    reason = ASSIGNED if fact.assignee_id == view.user_id else VIEWED
    return replace(view, organisation_id=fact.company_id, reason=reason)
