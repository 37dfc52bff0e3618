"""Reads of capabilities. What takes an actor authorises: strangers learn of nothing."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from portal.capabilities import rules
from portal.capabilities.models import Capability
from portal.companies.models import Certificate, Company
from portal.core.access import Actor, Permission
from portal.core.errors import NotFound


def _loaded() -> Select[Capability]:
    """With texts, certificates and the company's names: 4 statements for any number of rows."""
    return select(Capability).options(
        selectinload(Capability.texts),
        selectinload(Capability.certificates),
        joinedload(Capability.company).selectinload(Company.texts),
    )


def _listed() -> Select[Capability]:
    """With texts and the company's names: what a line of a list needs."""
    return select(Capability).options(
        selectinload(Capability.texts),
        joinedload(Capability.company).selectinload(Company.texts),
    )


def _public(query: Select[Any]) -> Select[Any]:
    return query.join(Company, Company.id == Capability.company_id).where(
        Capability.state == "published", Company.state == "published"
    )


def capability_for(session: Session, actor: Actor, capability_id: str) -> Capability:
    """The capability with everything its page shows. Raises NotFound for strangers."""
    query = _listed().where(Capability.id == capability_id)
    found = session.scalars(query).unique().first()
    if found is None or not rules.may_see(found, actor):
        raise NotFound
    if "certificates" not in found.__dict__ or "certificates" not in found.company.__dict__:
        _add_certificates(session, found)
    return found


def _add_certificates(session: Session, row: Capability) -> None:
    """Those of the capability and of its whole company, in one statement for both."""
    either = or_(Certificate.capability_id.is_(None), Certificate.capability_id == row.id)
    query = select(Certificate).where(Certificate.company_id == row.company_id, either)
    found = session.scalars(query.order_by(Certificate.position)).all()
    for owner, place in ((row, row.id), (row.company, None)):
        listed = [each for each in found if each.capability_id == place]
        set_committed_value(owner, "certificates", listed)


def own(session: Session, actor: Actor, capability_id: str) -> Capability:
    """The capability for changing it: its owner's editors only."""
    found = capability_for(session, actor, capability_id)
    if not (actor.owns(found.company_id) and actor.may(Permission.CAPABILITY_EDIT)):
        raise NotFound
    return found


def member_view(session: Session, actor: Actor, capability_id: str) -> Capability:
    """The capability for its organisation's own pages."""
    found = capability_for(session, actor, capability_id)
    if not actor.owns(found.company_id):
        raise NotFound
    return found


def own_list(actor: Actor, state: str | None = None) -> Select[Capability]:
    """All capabilities of the actor's organisation, last changed first."""
    query = _listed().where(Capability.company_id == actor.org_id)
    if state:
        query = query.where(Capability.state == state)
    return query.order_by(Capability.changed_at.desc(), Capability.id)


def awaiting_review(session: Session) -> list[Capability]:
    """Submitted capabilities, those that wait longest first."""
    query = _listed().where(Capability.state == "submitted").order_by(Capability.changed_at)
    return list(session.scalars(query).unique())


def published(company_id: str | None = None, category: str | None = None) -> Select[Any]:
    """Public capabilities, newest first, for `paginate` or `scalars`."""
    query = _public(_listed())
    if company_id:
        query = query.where(Capability.company_id == company_id)
    if category:
        query = query.where(Capability.category == category)
    return query.order_by(Capability.published_at.desc(), Capability.id)


def public_by_ids(session: Session, ids: Sequence[str]) -> dict[str, Capability]:
    """Public capabilities by id, with texts, certificates and company."""
    query = _public(_loaded()).where(Capability.id.in_(ids))
    return {row.id: row for row in session.scalars(query).unique()}


def for_index(
    session: Session,
    ids: Sequence[str] | None = None,
    after: str | None = None,
    limit: int = 1000,
) -> list[Capability]:
    """Public capabilities in the order of their ids, after an id, for the index."""
    query = _public(_loaded())
    if ids is not None:
        query = query.where(Capability.id.in_(ids))
    if after:
        query = query.where(Capability.id > after)
    return list(session.scalars(query.order_by(Capability.id).limit(limit)).unique())


def for_export(session: Session, after: str | None = None, limit: int = 1000) -> list[Capability]:
    """All capabilities in the order of their ids."""
    query = _loaded().order_by(Capability.id).limit(limit)
    if after:
        query = query.where(Capability.id > after)
    return list(session.scalars(query).unique())


def by_ref(session: Session, ref: str) -> Capability | None:
    query = _loaded().where((Capability.external_ref == ref) | (Capability.id == ref))
    return session.scalars(query.limit(1)).unique().first()
