"""Reads of quotes. Customers see those that were sent to them, partners their own."""

from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from portal.core.access import Actor, Permission
from portal.core.errors import NotFound
from portal.service_requests import queries as requests
from portal.service_requests.models import Partner, Quote, Referral, ServiceRequest

OPEN = ("proposed", "sent")


def _readable(actor: Actor) -> ColumnElement[bool]:
    if actor.may(Permission.DESK_VIEW):
        return Quote.id.is_not(None)
    if actor.is_partner:
        own = select(Referral.id).where(Referral.partner_id == actor.org_id)
        return Quote.referral_id.in_(own)
    return Quote.sent_at.is_not(None)


def _whole() -> Select[Quote]:
    partner = joinedload(Quote.referral).joinedload(Referral.partner)
    return select(Quote).options(
        joinedload(Quote.request).joinedload(ServiceRequest.requester),
        partner.joinedload(Partner.organisation),
        joinedload(Quote.author),
        joinedload(Quote.decided_by),
    )


def quote_for(session: Session, actor: Actor, quote_id: str, *, lock: bool = False) -> Quote:
    """The quote with its request and people. Raises NotFound for strangers."""
    query = _whole().where(Quote.id == quote_id, _readable(actor))
    if lock:
        query = query.with_for_update(of=Quote)
    found = session.scalars(query).first()
    if found is None:
        raise NotFound
    if not actor.is_partner:
        requests.request_for(session, actor, found.request_id)
    return found


def of_request(session: Session, actor: Actor, request_id: str) -> list[Quote]:
    """The quotes of a request that this viewer may read, oldest first."""
    query = _whole().where(Quote.request_id == request_id, _readable(actor))
    return list(session.scalars(query.order_by(Quote.number)))


def of_referral(session: Session, actor: Actor, referral_id: str) -> list[Quote]:
    query = _whole().where(Quote.referral_id == referral_id, _readable(actor))
    return list(session.scalars(query.order_by(Quote.number)))


def perhaps_over(session: Session, day: date) -> list[Quote]:
    """Open quotes whose last day may be over somewhere on earth."""
    query = _whole().where(Quote.state.in_(OPEN), Quote.valid_until < day)
    return list(session.scalars(query.limit(500)))


def next_number(session: Session) -> int:
    return (session.execute(select(func.max(Quote.number))).scalar() or 0) + 1
