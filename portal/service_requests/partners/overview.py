"""Referrals of all partners, for the desk: who was asked, since when, and what is due."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.accounts.models import Organisation
from portal.core import clock
from portal.core.access import Actor
from portal.service_requests.models import Partner, Referral, ServiceRequest
from portal.service_requests.partners.queries import TABS, visible

OPEN, DONE, LATE, UNANSWERED = "open", "done", "late", "asked"
STATES = (OPEN, LATE, UNANSWERED, DONE)


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty values do not filter. `mine`: asked by the reader or on
    a request in the reader's charge."""

    state: str = OPEN
    partner: str = ""
    service: str = ""
    mine: bool = False
    q: str = ""


def _conditions(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [visible(actor), _in_state(filters.state)]
    if filters.partner:
        found.append(Referral.partner_id == filters.partner)
    if filters.service:
        found.append(ServiceRequest.service == filters.service)
    if filters.mine:
        own = or_(Referral.author_id == actor.user_id, ServiceRequest.assignee_id == actor.user_id)
        found.append(own)
    if filters.q:
        found.append(_wording(filters.q))
    return found


def _in_state(state: str) -> ColumnElement[bool]:
    is_open = Referral.state.in_(TABS["open"])
    return {
        OPEN: is_open,
        LATE: is_open & (Referral.due <= clock.now()),
        UNANSWERED: Referral.state == "asked",
        DONE: Referral.state.in_(TABS["done"]),
    }[state]


def _wording(q: str) -> ColumnElement[bool]:
    """Numbers as people quote them, words of the subject, or the partner's name."""
    prefix, _dash, digits = q.upper().rpartition("-")
    named = select(Organisation.id).where(Organisation.name.icontains(q, autoescape=True))
    found = or_(Referral.title.icontains(q, autoescape=True), Referral.partner_id.in_(named))
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        column = ServiceRequest.number if prefix == "SR" else Referral.number
        found = or_(found, column == int(digits))
    return found


def listing(actor: Actor, filters: Filters) -> Select[Any]:
    """Open ones by due time, the most overdue first; others by the latest change."""
    done = filters.state == DONE
    order = (Referral.changed_at.desc(),) if done else (Referral.due, Referral.created_at)
    query = select(Referral).join(Referral.request).where(*_conditions(actor, filters))
    options = (
        joinedload(Referral.request).joinedload(ServiceRequest.assignee),
        joinedload(Referral.partner).joinedload(Partner.organisation),
        joinedload(Referral.author),
        joinedload(Referral.assignee),
    )
    return query.options(*options).order_by(*order, Referral.id)


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """How many there are in each state, in one statement."""
    columns = [func.count().filter(_in_state(state)) for state in STATES]
    row = session.execute(select(*columns).select_from(Referral).where(visible(actor))).one()
    return dict(zip(STATES, row, strict=True))


def partners(session: Session) -> list[tuple[str, str]]:
    """Institutions that were ever asked, by name: id and name."""
    asked = select(Referral.partner_id).distinct()
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(asked))
    return [(key, name) for key, name in session.execute(query.order_by(Organisation.name))]
