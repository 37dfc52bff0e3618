"""Verbs of further facts: each list is replaced as a whole, unchanged rows keep their evidence."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from portal.companies import queries as companies
from portal.companies import rules as company_rules
from portal.companies.facts import queries, rules
from portal.companies.facts.inputs import ReferenceInput, SustainabilityInput
from portal.companies.facts.models import CompanyReference, SustainabilityFact
from portal.companies.models import Company
from portal.core import audit, clock
from portal.core.access import Actor
from portal.core.errors import NotFound
from portal.core.workflow import check_version
from portal.listings.checks import Problems


def set_sustainability(
    session: Session, actor: Actor, rows: Sequence[SustainabilityInput], version: int | None
) -> Company:
    """Raises NotFound, Conflict on a stale version, Invalid with a message per path."""
    found = Problems()
    rules.check_sustainability(found, rows)
    return _set(session, actor, "sustainability", SustainabilityFact, rows, version, found)


def set_references(
    session: Session, actor: Actor, rows: Sequence[ReferenceInput], version: int | None
) -> Company:
    """Raises NotFound, Conflict on a stale version, Invalid with a message per path."""
    found = Problems()
    rules.check_references(found, rows)
    return _set(session, actor, "references", CompanyReference, rows, version, found)


def _set(
    session: Session,
    actor: Actor,
    name: str,
    model: type[Any],
    rows: Sequence[Any],
    version: int | None,
    found: Problems,
) -> Company:
    company = companies.own(session, actor)
    if company is None or not company_rules.may_edit(company, actor):
        raise NotFound
    check_version(company, version)
    found.stop()
    present = queries.rows(session, model, [company.id])
    kept = rules.aligned(present, [asdict(row) for row in rows], model)
    for row in present:
        if row not in kept:
            session.delete(row)
    for row in kept:
        row.company_id = company.id
    session.add_all(kept)
    company.version += 1
    company.changed_at = clock.now()
    audit.record(session, actor, "company.update", company, {"fields": [name]})
    return company
