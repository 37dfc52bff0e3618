"""Reads of partners and referrals. Partners reach their own referrals and what was shared there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from portal.accounts.models import Organisation
from portal.companies.models import Company
from portal.core.access import Actor, Permission
from portal.core.errors import NotFound
from portal.core.models import StoredFile
from portal.service_requests.models import (
    Partner,
    Referral,
    ReferralAttachment,
    ReferralEntry,
    RequestAttachment,
    RequestEntry,
    ServiceRequest,
)
from portal.service_requests.partners import figures, sharing
from portal.service_requests.partners.figures import Figures
from portal.service_requests.partners.rules import OPEN, PARTNER
from portal.service_requests.rules import STAFF

TABS = {
    "open": OPEN,
    "done": ("done", "no_help", "declined", "unreachable", "withdrawn"),
}


@dataclass(frozen=True)
class Filters:
    """What the list of partners is narrowed to; empty values do not filter."""

    kind: str = ""
    service: str = ""
    country: str = ""
    q: str = ""
    inactive: bool = False


def _whole() -> tuple[ExecutableOption, ...]:
    return (joinedload(Partner.organisation), joinedload(Partner.calendar))


def directory(filters: Filters) -> Select[Any]:
    """Partners by name; those no longer worked with only when asked for."""
    query = select(Partner).join(Partner.organisation).where(*_conditions(filters))
    return query.options(*_whole()).order_by(Organisation.name, Partner.id)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Partner.active.is_(not filters.inactive)]
    if filters.kind:
        found.append(Partner.kind == filters.kind)
    if filters.service:
        found.append(_lists(Partner.services, filters.service))
    if filters.country:
        found.append(or_(_lists(Partner.countries, filters.country),
                         Organisation.country == filters.country))  # fmt: skip
    if filters.q:
        found.append(Organisation.name.icontains(filters.q, autoescape=True))
    return found


def _lists(column: Any, value: str) -> ColumnElement[bool]:
    """Whether a JSON list of plain words holds one of them."""
    from sqlalchemy import String, cast  # noqa: PLC0415

    return cast(column, String).icontains(f'"{value}"', autoescape=True)


def partner(session: Session, partner_id: str) -> Partner:
    """A partner with its organisation and calendar. Raises NotFound."""
    query = select(Partner).where(Partner.id == partner_id).options(*_whole())
    found = session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def own(session: Session, actor: Actor) -> Partner:
    """The institution the actor belongs to. Raises NotFound for everybody else."""
    return partner(session, actor.org_id or "" if actor.is_partner else "")


def active(session: Session) -> list[Partner]:
    query = select(Partner).where(Partner.active.is_(True)).options(*_whole())
    return list(session.scalars(query))


@dataclass(frozen=True)
class Suggestion:
    """A partner for a request, with what speaks for it: service, country, language."""

    partner: Partner
    figures: Figures
    fits: tuple[str, ...] = field(default=())

    @property
    def rank(self) -> tuple[Any, ...]:
        """Fitting ones first, then those who answer well, then those with little to do."""
        share = self.figures.in_time if self.figures.in_time is not None else 0.5
        mark = self.figures.mark if self.figures.mark is not None else 3
        load = self.figures.open
        name = self.partner.organisation.name
        return (
            "service" not in self.fits,
            -len(self.fits),
            -(float(share) * 5 + float(mark)),
            load,
            name,
        )


def suggestions(session: Session, request: ServiceRequest) -> list[Suggestion]:
    """All active partners, the most fitting first, without those that are asked already."""
    asked = {r.partner_id for r in of_request(session, request.id) if r.state in OPEN}
    known = figures.of_partners(session)
    found = [
        Suggestion(row, known.get(row.id, figures.NONE), _fits(row, request))
        for row in active(session)
        if row.id not in asked
    ]
    return sorted(found, key=lambda one: one.rank)


def _fits(row: Partner, request: ServiceRequest) -> tuple[str, ...]:
    places = {*request.markets, request.company.country}
    checks = {
        "service": request.service in row.services,
        "country": not places.isdisjoint({*row.countries, row.organisation.country}),
        "language": request.locale in row.languages,
    }
    return tuple(name for name, fits in checks.items() if fits)


def visible(actor: Actor) -> ColumnElement[bool]:
    """Referrals the actor may know of: all for staff, their own for partners."""
    if actor.may(Permission.DESK_VIEW):
        return Referral.id.is_not(None)
    mine = actor.org_id if actor.is_partner and actor.may(Permission.REFERRAL_VIEW) else None
    return (Referral.partner_id == mine) & Referral.partner_id.is_not(None)


def _with_people() -> tuple[ExecutableOption, ...]:
    company = joinedload(Referral.request).joinedload(ServiceRequest.company)
    return (
        company.joinedload(Company.organisation),
        joinedload(Referral.request).joinedload(ServiceRequest.requester),
        joinedload(Referral.partner).joinedload(Partner.organisation),
        joinedload(Referral.partner).joinedload(Partner.calendar),
        joinedload(Referral.author),
        joinedload(Referral.assignee),
    )


def referral_for(
    session: Session, actor: Actor, referral_id: str, *, lock: bool = False
) -> Referral:
    """The referral with its request and people; `lock` keeps others from moving it meanwhile.

    Raises NotFound for strangers.
    """
    query = select(Referral).where(Referral.id == referral_id, visible(actor))
    if lock:
        query = query.with_for_update(of=Referral)
    found = session.scalars(query.options(*_with_people())).first()
    if found is None:
        raise NotFound
    return found


def of_request(session: Session, request_id: str) -> list[Referral]:
    """All referrals of a request, oldest first; for staff."""
    query = select(Referral).where(Referral.request_id == request_id)
    options = (joinedload(Referral.partner).joinedload(Partner.organisation),)
    return list(session.scalars(query.options(*options).order_by(Referral.number)))


def of_partner(actor: Actor, partner_id: str, tab: str, mine: bool = False) -> Select[Any]:
    """Referrals of one partner: open ones by due time, others by the latest change."""
    query = select(Referral).where(Referral.partner_id == partner_id, visible(actor))
    query = query.where(Referral.state.in_(TABS.get(tab, OPEN)))
    if mine:
        query = query.where(Referral.assignee_id == actor.user_id)
    order = (Referral.changed_at.desc(),) if tab == "done" else (Referral.due, Referral.created_at)
    options = (joinedload(Referral.request), joinedload(Referral.assignee))
    return query.options(*options).order_by(*order, Referral.id)


def queue_counts(session: Session, actor: Actor) -> dict[str, int]:
    """How many referrals stand in each list of the partner, in one statement."""
    is_open = Referral.state.in_(OPEN)
    columns = {
        "open": is_open,
        "mine": is_open & (Referral.assignee_id == actor.user_id),
        "done": Referral.state.in_(TABS["done"]),
    }
    query = select(*(func.count().filter(c) for c in columns.values()))
    row = session.execute(query.select_from(Referral).where(visible(actor))).one()
    return dict(zip(columns, row, strict=True))


def _readable(actor: Actor) -> ColumnElement[bool]:
    """What both sides wrote to each other, and the internal lines of one's own side."""
    side = STAFF if actor.may(Permission.DESK_VIEW) else PARTNER
    return ReferralEntry.internal.is_(False) | (ReferralEntry.party == side)


def entries(session: Session, actor: Actor, referral: Referral) -> list[ReferralEntry]:
    query = (
        select(ReferralEntry)
        .where(ReferralEntry.referral_id == referral.id, _readable(actor))
        .options(joinedload(ReferralEntry.author), selectinload(ReferralEntry.attachments))
        .order_by(ReferralEntry.created_at, ReferralEntry.id)
    )
    return list(session.scalars(query))


def shareable_files(session: Session, request_id: str) -> list[StoredFile]:
    """Files of the conversation with the customer that are not confidential, nor the same as one
    that is."""
    query = (
        select(StoredFile)
        .join(RequestAttachment, RequestAttachment.file_id == StoredFile.id)
        .join(RequestEntry, RequestEntry.id == RequestAttachment.entry_id)
        .where(
            RequestEntry.request_id == request_id,
            RequestEntry.internal.is_(False),
            RequestAttachment.confidential.is_(False),
            StoredFile.sha256.not_in(_confidential(request_id)),
        )
        .order_by(StoredFile.created_at, StoredFile.id)
    )
    return list(session.scalars(query).unique())


def _confidential(request_id: str) -> Select[Any]:
    """What the confidential files of a request, and of those merged into it, hold."""
    return (
        select(StoredFile.sha256)
        .join(RequestAttachment, RequestAttachment.file_id == StoredFile.id)
        .join(RequestEntry, RequestEntry.id == RequestAttachment.entry_id)
        .join(ServiceRequest, ServiceRequest.id == RequestEntry.request_id)
        .where(
            or_(ServiceRequest.id == request_id, ServiceRequest.merged_into_id == request_id),
            RequestAttachment.confidential.is_(True),
        )
    )


def confidential_among(
    session: Session, request_id: str, files: Iterable[StoredFile]
) -> list[StoredFile]:
    """Those of the files that the requester has given as confidential."""
    sent = {file.sha256: file for file in files}
    if not sent:
        return []
    query = _confidential(request_id).where(StoredFile.sha256.in_(list(sent)))
    return [sent[digest] for digest in session.scalars(query.distinct())]


def shared_files(session: Session, referral: Referral) -> list[StoredFile]:
    """The files of the request that this partner may read now."""
    wanted = set(sharing.file_ids(referral))
    if not wanted:
        return []
    return [file for file in shareable_files(session, referral.request_id) if file.id in wanted]


def file_for(session: Session, actor: Actor, referral_id: str, file_id: str) -> StoredFile:
    """A file of a referral this viewer may read: sent with a line, or shared of the request."""
    referral = referral_for(session, actor, referral_id)
    query = (
        select(StoredFile)
        .join(ReferralAttachment, ReferralAttachment.file_id == StoredFile.id)
        .join(ReferralEntry, ReferralEntry.id == ReferralAttachment.entry_id)
        .where(StoredFile.id == file_id, ReferralEntry.referral_id == referral.id, _readable(actor))
    )
    sent = session.scalars(query).first()
    found = sent or next((f for f in shared_files(session, referral) if f.id == file_id), None)
    if found is None:
        raise NotFound
    return found


def still_open(session: Session, request_id: str) -> int:
    """How many partners of a request have not given their last word."""
    query = select(func.count()).select_from(Referral)
    where = (Referral.request_id == request_id, Referral.state.in_(OPEN))
    return session.execute(query.where(*where)).scalar_one()


def awaiting(session: Session, moment: Any) -> list[Referral]:
    """Open referrals that are due before a moment and not yet reminded of twice."""
    query = select(Referral).where(
        Referral.state.in_(OPEN), Referral.due <= moment, Referral.reminded < 2
    )
    return list(session.scalars(query.options(*_with_people()).limit(500)))


def left_behind(session: Session, ended: Iterable[str]) -> list[Referral]:
    """Open referrals of requests that have ended meanwhile."""
    query = select(Referral).join(Referral.request)
    where = (Referral.state.in_(OPEN), ServiceRequest.state.in_(list(ended)))
    return list(session.scalars(query.where(*where).options(*_with_people()).limit(500)))


def next_number(session: Session) -> int:
    return (session.execute(select(func.max(Referral.number))).scalar() or 0) + 1


def company_names(session: Session, request: ServiceRequest) -> list[str]:
    """What would tell a partner who asks: the names of the company and of its person."""
    query = (
        select(Company).where(Company.id == request.company_id).options(selectinload(Company.texts))
    )
    company = session.scalars(query).one()
    people = [request.requester.name, request.requester.email] if request.requester else []
    names = [request.company.organisation.name, *(text.name for text in company.texts)]
    return [*names, *people, *([company.website] if company.website else [])]
