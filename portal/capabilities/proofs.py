"""What of a capability can be proven: its certificates, technical data and capacity."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.capabilities.models import Capability
from portal.companies import listings
from portal.companies.models import Company
from portal.core.i18n import gettext
from portal.disclosure.fields import ATTRIBUTE, level_of
from portal.evidence import facts, presentation, queries, subjects
from portal.evidence.facts import Fact, Heading
from portal.evidence.rules import Standing
from portal.evidence.subjects import Subject
from portal.listings import terms
from portal.listings.texts import shown

MOST = 100


def stated_capacity(row: Any) -> Mapping[str, Any]:
    """What a capability says of its capacity, as evidence knows it."""
    return {
        "quantity": row.capacity_quantity,
        "unit": row.capacity_unit,
        "per": row.capacity_per,
    }


def subjects_of(row: Any) -> Iterable[Subject]:
    """Capacity and attributes of a capability (or a row of its columns) as subjects."""
    if row.capacity_quantity is not None:
        yield subjects.capacity(row.company_id, row.id, stated_capacity(row))
    for name, stored in (row.attributes or {}).items():
        yield subjects.attribute(row.company_id, row.id, name, stored)


def of_company(
    session: Session, company: Company, inside: bool
) -> tuple[list[Heading], list[Fact]]:
    """The facts of the company's capabilities; strangers get those of published ones."""
    query = (
        select(Capability)
        .where(Capability.company_id == company.id)
        .options(joinedload(Capability.texts), selectinload(Capability.certificates))
        .order_by(Capability.published_at.desc(), Capability.id)
    )
    if not inside:
        query = query.where(Capability.state == "published")
    headings, found = [], []
    for row in session.scalars(query.limit(MOST)).unique():
        headings.append(_heading(row))
        found += of_capability(row)
    return headings, found


def proven(session: Session, row: Capability) -> dict[str, Standing]:
    """How figures that somebody has checked stand, by label; others are the company's word."""
    found = [fact for fact in of_capability(row) if fact.subject.kind != subjects.CERTIFICATE]
    lines = presentation.lines(found, queries.standings(session, [row.company_id]))
    told = presentation.told(lines, inside=False)
    return {str(line.fact.label): line.standing for line in told}


def _heading(row: Capability) -> Heading:
    text = shown(row.texts)
    return Heading(row.id, text.text.title if text else "", text.lang if text else "")


def of_capability(row: Capability) -> list[Fact]:
    """In the order of its page."""
    found = [facts.certificate_fact(each, row.id) for each in row.certificates]
    for subject in subjects_of(row):
        is_capacity = subject.kind == subjects.CAPACITY
        found.append(_capacity(row, subject) if is_capacity else _attribute(row, subject))
    return found


def _capacity(row: Capability, subject: Subject) -> Fact:
    words = listings.amount(row.capacity_quantity, row.capacity_unit, row.capacity_per)
    return Fact(subject, gettext("Capacity"), words, row.id, level_of(row, "capacity"))


def _attribute(row: Capability, subject: Subject) -> Fact:
    stored = row.attributes[subject.key]
    words = terms.measured(stored.get("value"), stored.get("unit"))
    label = terms.attribute_label(subject.key)
    return Fact(subject, label, words, row.id, level_of(row, ATTRIBUTE + subject.key))
