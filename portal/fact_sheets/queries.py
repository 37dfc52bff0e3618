"""Everything a fact sheet is made from, in a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.capabilities import queries as capabilities
from portal.capabilities.models import Capability
from portal.companies.models import Company
from portal.companies.verification import queries as verification
from portal.companies.verification.models import VerificationCheck
from portal.core.access import Actor
from portal.core.models import AuditEvent
from portal.disclosure.fields import seen
from portal.disclosure.rules import NDA, Reach
from portal.evidence import queries as evidence
from portal.evidence.queries import Standings

MOST = 100
MADE = "fact_sheet.make"


@dataclass(frozen=True)
class Material:
    """A company with its capabilities, as the database has them and as one reader sees them."""

    company: Company
    capabilities: tuple[Capability, ...]
    standings: Standings
    checks: tuple[VerificationCheck, ...]
    reach: str

    @property
    def full(self) -> bool:
        return self.reach == NDA

    def seen_company(self) -> Company:
        return seen(self.company, self.reach)

    def seen_capabilities(self) -> list[Capability]:
        return [seen(row, self.reach) for row in self.capabilities]


def company_for(session: Session, actor: Actor, company_id: str) -> Company:
    """The company with all its facts, or NotFound for strangers."""
    return evidence.company_for(session, actor, company_id)


def capability_for(session: Session, actor: Actor, capability_id: str) -> Capability:
    return capabilities.capability_for(session, actor, capability_id)


def material(
    session: Session, company: Company, reach: str, *, inside: bool, only: Capability | None = None
) -> Material:
    """`inside`: with capabilities that are not published; `only`: with this one alone."""
    rows = (only,) if only else tuple(_capabilities(session, company.id, inside=inside))
    checks = tuple(verification.public(session, company))
    known = evidence.standings(session, [company.id])
    return Material(company, rows, known, checks, Reach(reach))


def _capabilities(session: Session, company_id: str, *, inside: bool) -> Sequence[Capability]:
    query = (
        select(Capability)
        .where(Capability.company_id == company_id)
        .options(joinedload(Capability.texts), selectinload(Capability.certificates))
        .order_by(Capability.created_at, Capability.id)
    )
    if not inside:
        query = query.where(Capability.state == "published")
    return session.scalars(query.limit(MOST)).unique().all()


def last_made(session: Session, company_id: str) -> dict[tuple[str, str], datetime]:
    """When its own people last made which format in which language."""
    query = select(AuditEvent.detail, func.max(AuditEvent.at)).where(
        AuditEvent.object_id == company_id, AuditEvent.action == MADE
    )
    rows = session.execute(query.group_by(AuditEvent.detail)).all()
    return {(row[0]["format"], row[0]["locale"]): row[1] for row in rows}
