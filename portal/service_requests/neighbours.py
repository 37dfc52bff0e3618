"""Service requests and market barriers on the pages of what they are about.

A request is shown to the organisation that asked and to the base; the other side of a need, a
capability or an inquiry sees nothing of it.
"""

from collections.abc import Iterable

from flask import url_for
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from portal.capabilities.models import Capability
from portal.companies.models import Company
from portal.core.access import Actor, Permission
from portal.core.i18n import gettext
from portal.inquiries.models import Inquiry
from portal.listings import panels
from portal.listings.panels import Item, Panel
from portal.needs.models import Need
from portal.service_requests import queries
from portal.service_requests.barriers import presentation
from portal.service_requests.barriers import queries as barriers
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules import WORKFLOW

MOST = 8


def _requests(
    session: Session, actor: Actor, concerns: ColumnElement[bool]
) -> list[ServiceRequest]:
    """The newest requests of this reader about something; none for the public and partners."""
    if not (actor.may(Permission.DESK_VIEW) or actor.may(Permission.REQUEST_VIEW)):
        return []
    query = select(ServiceRequest).where(concerns, queries.visible(actor))
    order = (ServiceRequest.created_at.desc(), ServiceRequest.id)
    return list(session.scalars(query.order_by(*order).limit(MOST)))


def _lines(actor: Actor, rows: Iterable[ServiceRequest]) -> list[tuple[str, str, str, str]]:
    """Title, language, address and fact of each request."""
    endpoint = "desk.request" if actor.is_staff else "service_requests.show"
    return [
        (
            row.title,
            row.locale,
            url_for(endpoint, request_id=row.id),
            f"{row.reference} · {WORKFLOW.state(row.state).shown(actor.is_staff)}",
        )
        for row in rows
    ]


def _panel(session: Session, actor: Actor, concerns: ColumnElement[bool]) -> Panel:
    rows = _lines(actor, _requests(session, actor, concerns))
    return Panel(gettext("Service requests"), [Item(*row) for row in rows])


def of_need(session: Session, actor: Actor, need: Need) -> Panel:
    return _panel(session, actor, ServiceRequest.need_id == need.id)


def of_capability(session: Session, actor: Actor, capability: Capability) -> Panel:
    return _panel(session, actor, ServiceRequest.capability_id == capability.id)


def of_inquiry(session: Session, actor: Actor, inquiry: Inquiry) -> Panel:
    return _panel(session, actor, ServiceRequest.inquiry_id == inquiry.id)


def of_company(session: Session, actor: Actor, company: Company) -> Panel:
    """Requests of the company and about it: its own people see those they asked for."""
    concerns = or_(ServiceRequest.company_id == company.id, ServiceRequest.about_id == company.id)
    return _panel(session, actor, concerns)


def hints_for_need(session: Session, _actor: Actor, need: Need) -> Panel:
    return _hints(session, [need.market] if need.market else [], need.category)


def hints_for_capability(session: Session, _actor: Actor, capability: Capability) -> Panel:
    return _hints(session, capability.markets, capability.category)


def _hints(session: Session, markets: Iterable[str], category: str | None) -> Panel:
    """Public barriers where both market and category agree."""
    known = [code for code in markets if code]
    rows = barriers.public_hints(session, known, category=category) if known and category else []
    items = []
    for shown in map(presentation.public, rows):
        url = url_for("barriers.show", barrier_id=shown.id)
        items.append(Item(shown.title, shown.lang, url, presentation.where(shown)))
    title = gettext("Known market barriers")
    return Panel(title, items, url_for("barriers.overview"), gettext("All market barriers"))


for _kind, _providers in (
    ("company", (of_company,)),
    ("need", (of_need, hints_for_need)),
    ("capability", (of_capability, hints_for_capability)),
    ("inquiry", (of_inquiry,)),
):
    for _provider in _providers:
        panels.register(_kind, _provider)
