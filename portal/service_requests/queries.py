"""Reads of service requests. Each takes its viewer; outside the base nobody sees internal notes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, or_, select, union_all
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from portal.accounts.models import Membership, User
from portal.capabilities.models import Capability
from portal.companies.models import Company
from portal.core.access import Actor, Permission
from portal.core.errors import NotFound
from portal.core.models import StoredFile
from portal.inquiries.models import Inquiry
from portal.needs.models import Need
from portal.service_requests import rules
from portal.service_requests.filtering import Filters, breaching, conditions, of_team
from portal.service_requests.models import (
    Referral,
    RequestAttachment,
    RequestEntry,
    RequestLink,
    RequestWatch,
    ServiceRequest,
    StaffProfile,
)
from portal.service_requests.satisfaction.queries import with_low_marks

NO_FILTERS = Filters()
OPEN_REFERRALS = ("asked", "accepted")
MOST_OF_THE_SAME = 10


def _people() -> tuple[ExecutableOption, ...]:
    return (
        joinedload(ServiceRequest.company).joinedload(Company.organisation),
        joinedload(ServiceRequest.assignee),
        joinedload(ServiceRequest.requester),
    )


def visible(actor: Actor) -> ColumnElement[bool]:
    """Requests the actor may know of: all for staff, those of their organisation for members."""
    if actor.may(Permission.DESK_VIEW):
        return ServiceRequest.id.is_not(None)
    owner = actor.org_id if actor.may(Permission.REQUEST_VIEW) else None
    return (ServiceRequest.company_id == owner) & ServiceRequest.company_id.is_not(None)


def request_for(
    session: Session, actor: Actor, request_id: str, *more: ExecutableOption
) -> ServiceRequest:
    """The request with its company and people, and what else is asked for. Raises NotFound for
    strangers."""
    query = select(ServiceRequest).where(ServiceRequest.id == request_id, visible(actor))
    request = session.scalars(query.options(*_people(), *more)).unique().first()
    if request is None:
        raise NotFound
    return request


def readable(actor: Actor) -> ColumnElement[bool]:
    """Entries the actor may read."""
    if actor.may(Permission.DESK_VIEW):
        return RequestEntry.id.is_not(None)
    return RequestEntry.internal.is_(False)


def _of(request_id: str) -> ColumnElement[bool]:
    """The request itself and what was merged into it."""
    return or_(ServiceRequest.id == request_id, ServiceRequest.merged_into_id == request_id)


def entries(session: Session, actor: Actor, request: ServiceRequest) -> list[RequestEntry]:
    """The timeline as this viewer may see it, oldest first. Lines of requests that were merged
    into this one stand among its own; their `request` tells which they are of."""
    query = (
        select(RequestEntry)
        .join(RequestEntry.request)
        .where(_of(request.id), readable(actor))
        .options(
            contains_eager(RequestEntry.request),
            joinedload(RequestEntry.author),
            joinedload(RequestEntry.attachments),
        )
        .order_by(RequestEntry.created_at, RequestEntry.id)
    )
    return list(session.scalars(query).unique())


def last_event(session: Session, request: ServiceRequest) -> RequestEntry | None:
    """What moved the request last."""
    query = (
        select(RequestEntry)
        .where(
            RequestEntry.request_id == request.id,
            RequestEntry.event.is_not(None),
            RequestEntry.event != "escalated",
        )
        .options(joinedload(RequestEntry.author))
        .order_by(RequestEntry.created_at.desc(), RequestEntry.id.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def attachment_for(session: Session, actor: Actor, request_id: str, file_id: str) -> StoredFile:
    """A file of an entry this viewer may read, of a request they may know of."""
    query = (
        select(StoredFile)
        .join(RequestAttachment, RequestAttachment.file_id == StoredFile.id)
        .join(RequestEntry, RequestEntry.id == RequestAttachment.entry_id)
        .join(ServiceRequest, ServiceRequest.id == RequestEntry.request_id)
        .where(
            StoredFile.id == file_id,
            _of(request_id),
            visible(actor),
            readable(actor),
        )
    )
    file = session.scalars(query).first()
    if file is None:
        raise NotFound
    return file


def listing(actor: Actor, filters: Filters) -> Select[Any]:
    """Requests of the actor's organisation, latest news first."""
    query = select(ServiceRequest).where(visible(actor), *conditions(actor, filters))
    order = (ServiceRequest.changed_at.desc(), ServiceRequest.id.desc())
    return query.options(*_people()).order_by(*order)


def queue_page(actor: Actor, filters: Filters, limit: int, offset: int) -> Select[Any]:
    """A part of the queue: by priority, then the oldest first. The rest is only looked at by its
    ids, however far down the part begins."""
    ids = queue_ids(actor, filters).limit(limit).offset(offset)
    query = select(ServiceRequest).where(ServiceRequest.id.in_(ids))
    order = (ServiceRequest.priority, ServiceRequest.created_at, ServiceRequest.id)
    return query.options(*_people()).order_by(*order)


def queue_ids(actor: Actor, filters: Filters) -> Select[Any]:
    """Requests for the desk: by priority, then the oldest first; only their ids."""
    query = select(ServiceRequest.id).where(visible(actor), *conditions(actor, filters))
    order = (ServiceRequest.priority, ServiceRequest.created_at, ServiceRequest.id)
    return query.order_by(*order)


def with_people(ids: Iterable[str]) -> Select[Any]:
    """Requests by id with their company and people, for those who may see them all."""
    return select(ServiceRequest).where(ServiceRequest.id.in_(list(ids))).options(*_people())


def queue_counts(session: Session, actor: Actor, filters: Filters = NO_FILTERS) -> dict[str, int]:
    """How many requests stand in each queue and how many fit the filters (`shown`), in one
    statement."""
    is_open = ServiceRequest.state.in_(rules.OPEN)
    columns = {
        "all": is_open,
        "mine": is_open & (ServiceRequest.assignee_id == actor.user_id),
        "team": is_open & of_team(actor, "mine"),
        "none": is_open & ServiceRequest.assignee_id.is_(None),
        "breaching": breaching(),
        "waiting": ServiceRequest.state.in_(rules.WAITING),
        "resolved": ServiceRequest.state == "resolved",
    }
    # What may lie anywhere is counted apart: of the finished requests there are many.
    anywhere = {
        "low": _how_many(actor, with_low_marks(actor)),
        "shown": _how_many(actor, *conditions(actor, filters)),
    }
    counts = (func.count().filter(c) for c in columns.values())
    query = select(*counts, *anywhere.values()).select_from(ServiceRequest)
    unfinished = ServiceRequest.state.in_((*rules.OPEN, "resolved"))
    row = session.execute(query.where(visible(actor), unfinished)).one()
    return dict(zip((*columns, *anywhere), row, strict=True))


def _how_many(actor: Actor, *narrowing: ColumnElement[bool]) -> ScalarSelect[int]:
    query = select(func.count()).select_from(ServiceRequest).where(visible(actor), *narrowing)
    return query.correlate(None).scalar_subquery()


def resolved_before(session: Session, moment: datetime, limit: int) -> list[ServiceRequest]:
    """Resolved requests whose time for objections is over; for the portal itself."""
    query = select(ServiceRequest).where(
        ServiceRequest.state == "resolved", ServiceRequest.resolved_at <= moment
    )
    return list(session.scalars(query.limit(limit)))


def next_number(session: Session) -> int:
    """The number of the next request; a write transaction has the table to itself."""
    return (session.execute(select(func.max(ServiceRequest.number))).scalar() or 0) + 1


def id_of(session: Session, given: str) -> str:
    """The id of a request that is named by its id or by its number such as SR-00042."""
    digits = given.strip().upper().removeprefix("SR-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        return given.strip()
    found = session.scalar(select(ServiceRequest.id).where(ServiceRequest.number == int(digits)))
    return found or given.strip()


def open_referrals(session: Session, request_id: str) -> int:
    """How many partners still owe an answer on a request."""
    query = select(func.count()).where(
        Referral.request_id == request_id, Referral.state.in_(OPEN_REFERRALS)
    )
    return session.execute(query).scalar_one()


def teams(session: Session) -> list[str]:
    """Names of the teams that members of the staff belong to."""
    query = select(StaffProfile.team).where(StaffProfile.team != "").distinct()
    return list(session.scalars(query.order_by(StaffProfile.team)))


def watchers(session: Session, request: ServiceRequest) -> list[User]:
    """Active people who watch a request and may still read it: staff and the company's own."""
    colleagues = select(Membership.user_id).where(Membership.organisation_id == request.company_id)
    query = (
        select(User)
        .join(RequestWatch, RequestWatch.user_id == User.id)
        .where(
            RequestWatch.request_id == request.id,
            User.disabled_at.is_(None),
            or_(User.staff_role.is_not(None), User.id.in_(colleagues)),
        )
    )
    return list(session.scalars(query.order_by(User.name)))


def watches(session: Session, actor: Actor, request: ServiceRequest) -> bool:
    return session.get(RequestWatch, (request.id, actor.user_id or "")) is not None


@dataclass(frozen=True)
class Relation:
    """Another request and how it belongs to this one: merged_into, merged_from, split_from,
    split_to, follows, followed_by or linked."""

    kind: str
    request: ServiceRequest


def related(session: Session, actor: Actor, request: ServiceRequest) -> list[Relation]:
    """The requests this one belongs together with, as far as the actor may know of them."""
    ends = (
        select(RequestLink.second_id).where(RequestLink.first_id == request.id),
        select(RequestLink.first_id).where(RequestLink.second_id == request.id),
    )
    pointing = (
        select(ServiceRequest.id).where(column == request.id)
        for column in (
            ServiceRequest.merged_into_id,
            ServiceRequest.split_from_id,
            ServiceRequest.follows_id,
        )
    )
    origins = select(ServiceRequest.id).where(ServiceRequest.id.in_(_origins(request)))
    linked = union_all(*ends)
    ids = union_all(*ends, *pointing, origins, *_of_the_same(request))
    query = select(ServiceRequest, ServiceRequest.id.in_(linked).label("linked")).where(
        ServiceRequest.id.in_(ids), visible(actor)
    )
    found = session.execute(query.order_by(ServiceRequest.number)).all()
    pairs = [(row, kind) for row, is_linked in found for kind in _kinds(request, row, is_linked)]
    return [Relation(kind, row) for row, kind in pairs]


def _of_the_same(request: ServiceRequest) -> list[Select[Any]]:
    """The newest requests about the same inquiry, need or capability."""
    columns = (ServiceRequest.inquiry_id, ServiceRequest.need_id, ServiceRequest.capability_id)
    found = []
    for column in columns:
        value = getattr(request, column.key)
        if value is not None:
            same = select(ServiceRequest.id).where(column == value, ServiceRequest.id != request.id)
            newest = same.order_by(ServiceRequest.created_at.desc()).limit(MOST_OF_THE_SAME)
            found.append(select(newest.subquery().c.id))
    return found


def _origins(request: ServiceRequest) -> list[str]:
    """What this request came from or went into."""
    return [i for i in (request.merged_into_id, request.split_from_id, request.follows_id) if i]


def _kinds(request: ServiceRequest, other: ServiceRequest, is_linked: bool) -> list[str]:
    marks = {
        "merged_into": request.merged_into_id == other.id,
        "merged_from": other.merged_into_id == request.id,
        "split_from": request.split_from_id == other.id,
        "split_to": other.split_from_id == request.id,
        "follows": request.follows_id == other.id,
        "followed_by": other.follows_id == request.id,
        "linked": is_linked,
    }
    named = [kind for kind, applies in marks.items() if applies]
    return named or _shared(request, other)


def _shared(request: ServiceRequest, other: ServiceRequest) -> list[str]:
    """What two requests have in common that belong together by nothing else."""
    columns = ("inquiry_id", "need_id", "capability_id")
    same = (
        name
        for name in columns
        if getattr(request, name) and getattr(request, name) == getattr(other, name)
    )
    return [f"same_{name.removesuffix('_id')}" for name in same][:1]


@dataclass(frozen=True)
class Links:
    """The neighbours of a request in the chain."""

    capability: Capability | None = None
    need: Need | None = None
    inquiry: Inquiry | None = None

    def __bool__(self) -> bool:
        return bool(self.capability or self.need or self.inquiry)


def links_for(
    session: Session, actor: Actor, capability_id: str, need_id: str, inquiry_id: str
) -> Links:
    """Objects that the actor may link to: their own or published. Raises NotFound for others."""
    capability = _one(session, Capability, capability_id, (Capability.texts, Capability.company))
    need = _one(session, Need, need_id, (Need.texts, Need.company))
    inquiry = _one(session, Inquiry, inquiry_id, ())
    asked = ((capability, capability_id), (need, need_id), (inquiry, inquiry_id))
    missing = any(key and row is None for row, key in asked)
    hidden = any(row and not _linkable(actor, row) for row in (capability, need))
    if missing or hidden or (inquiry and not _takes_part(actor, inquiry)):
        raise NotFound
    return Links(capability, need, inquiry)


def _linkable(actor: Actor, row: Capability | Need) -> bool:
    is_public = row.state == "published" and row.company.state == "published"
    return actor.owns(row.company_id) or is_public


def came_before_the_base(session: Session, inquiry_id: str) -> bool:
    """Whether a request hangs on an inquiry. The base reads no threads of companies; of an inquiry
    that somebody brought before it, it knows the subject."""
    asked = exists().where(ServiceRequest.inquiry_id == inquiry_id)
    return bool(session.scalar(select(asked)))


def _takes_part(actor: Actor, inquiry: Inquiry) -> bool:
    return actor.owns(inquiry.buyer_id) or actor.owns(inquiry.supplier_id)


def _one(session: Session, model: Any, row_id: str | None, loaded: Iterable[Any]) -> Any:
    if not row_id:
        return None
    options = [selectinload(attribute) for attribute in loaded]
    return session.scalars(select(model).where(model.id == row_id).options(*options)).first()


def for_export(session: Session) -> Iterable[ServiceRequest]:
    """All requests with their entries and neighbours' refs, in order of number."""
    query = (
        select(ServiceRequest)
        .options(
            joinedload(ServiceRequest.company),
            joinedload(ServiceRequest.assignee),
            selectinload(ServiceRequest.entries).selectinload(RequestEntry.attachments),
        )
        .order_by(ServiceRequest.number)
        .execution_options(yield_per=200)
    )
    return session.scalars(query)
