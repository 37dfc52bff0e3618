"""Reads of inquiries. Every list takes its viewer; a thread is fetched and authorised together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from portal.capabilities.models import Capability
from portal.companies.models import Company
from portal.companies.rules import name_for
from portal.core.access import Actor
from portal.core.errors import NotFound
from portal.core.models import StoredFile
from portal.disclosure.queries import register_reach
from portal.disclosure.rules import INTEREST
from portal.inquiries import rules
from portal.inquiries.models import Inquiry, InquiryAttachment, InquiryMessage, InquiryRead
from portal.needs import queries as needs
from portal.needs.models import Need

BOXES = ("received", "sent")


def _companies() -> tuple[ExecutableOption, ...]:
    sides = (Inquiry.buyer, Inquiry.supplier)
    return tuple(
        option
        for side in sides
        for option in (
            joinedload(side).selectinload(Company.texts),
            joinedload(side).joinedload(Company.organisation),
        )
    )


def _subjects() -> tuple[ExecutableOption, ...]:
    return (
        joinedload(Inquiry.capability).selectinload(Capability.texts),
        joinedload(Inquiry.need).selectinload(Need.texts),
    )


def _subjects_of_one() -> tuple[ExecutableOption, ...]:
    """The same in the statement of the thread itself."""
    return (
        joinedload(Inquiry.capability).joinedload(Capability.texts),
        joinedload(Inquiry.need).joinedload(Need.texts),
    )


def _mine(actor: Actor) -> ColumnElement[bool]:
    return or_(Inquiry.buyer_id == actor.org_id, Inquiry.supplier_id == actor.org_id)


def inquiry_for(session: Session, actor: Actor, inquiry_id: str) -> Inquiry:
    """The inquiry for a member of one of its two parties; NotFound for everybody else."""
    return _one(session, actor, inquiry_id, joinedload(Inquiry.need))


def thread_for(session: Session, actor: Actor, inquiry_id: str) -> Inquiry:
    """The same, with the companies, capability and need that its page names."""
    return _one(session, actor, inquiry_id, *_companies(), *_subjects_of_one())


def _one(session: Session, actor: Actor, inquiry_id: str, *options: ExecutableOption) -> Inquiry:
    query = select(Inquiry).where(Inquiry.id == inquiry_id, _mine(actor)).options(*options)
    inquiry = session.scalars(query).unique().first() if actor.org_id else None
    if inquiry is None:
        raise NotFound
    return inquiry


@dataclass(frozen=True)
class Opening:
    """Up to when a person has read a thread, and whether opening it now changes anything."""

    since: datetime | None
    news: bool


def opening(session: Session, actor: Actor, inquiry_id: str) -> Opening:
    """How a person finds a thread; NotFound for strangers."""
    read = and_(InquiryRead.inquiry_id == Inquiry.id, InquiryRead.user_id == actor.user_id)
    unread = (
        select(InquiryMessage.id)
        .where(InquiryMessage.inquiry_id == Inquiry.id, *_unread(actor))
        .correlate(Inquiry, InquiryRead)
    )
    query = (
        select(Inquiry, InquiryRead.read_at, unread.exists())
        .outerjoin(InquiryRead, read)
        .where(Inquiry.id == inquiry_id, _mine(actor))
    )
    row = session.execute(query).first() if actor.org_id else None
    if row is None:
        raise NotFound
    return Opening(row[1], row[2] or rules.WORKFLOW.can("see", row[0], actor))


def messages(session: Session, inquiry: Inquiry) -> list[InquiryMessage]:
    """The thread, oldest first."""
    query = (
        select(InquiryMessage)
        .where(InquiryMessage.inquiry_id == inquiry.id)
        .options(joinedload(InquiryMessage.author), selectinload(InquiryMessage.attachments))
        .order_by(InquiryMessage.created_at, InquiryMessage.id)
    )
    return list(session.scalars(query))


def attachment_for(session: Session, actor: Actor, inquiry_id: str, file_id: str) -> StoredFile:
    """A file of the thread, for its two parties only."""
    if actor.org_id is None:
        raise NotFound
    query = (
        select(StoredFile)
        .join(InquiryAttachment, InquiryAttachment.file_id == StoredFile.id)
        .join(InquiryMessage, InquiryMessage.id == InquiryAttachment.message_id)
        .join(Inquiry, Inquiry.id == InquiryMessage.inquiry_id)
        .where(StoredFile.id == file_id, Inquiry.id == inquiry_id, _mine(actor))
    )
    file = session.scalars(query).first()
    if file is None:
        raise NotFound
    return file


def listing(actor: Actor, box: str, states: Iterable[str] = ()) -> Select[Inquiry]:
    """Inquiries of one box, those with the latest news first."""
    own = Inquiry.buyer_id if box == "sent" else Inquiry.supplier_id
    wanted = tuple(states)
    query = select(Inquiry).where(own == actor.org_id)
    if wanted:
        query = query.where(Inquiry.state.in_(wanted))
    return query.options(*_companies(), *_subjects()).order_by(
        Inquiry.changed_at.desc(), Inquiry.id.desc()
    )


def _unread(actor: Actor) -> tuple[Any, ...]:
    """Conditions under which a message (joined to its inquiry) is unread for the actor."""
    own_side = case((Inquiry.buyer_id == actor.org_id, rules.BUYER), else_=rules.SUPPLIER)
    newer = or_(InquiryRead.read_at.is_(None), InquiryMessage.created_at > InquiryRead.read_at)
    telling = or_(InquiryMessage.event.is_(None), InquiryMessage.event != "see")
    return (_mine(actor), InquiryMessage.party != own_side, telling, newer)


def _unread_rows(actor: Actor, *columns: Any) -> Select[Any]:
    read = and_(InquiryRead.inquiry_id == Inquiry.id, InquiryRead.user_id == actor.user_id)
    return (
        select(*columns)
        .select_from(Inquiry)
        .join(InquiryMessage, InquiryMessage.inquiry_id == Inquiry.id)
        .outerjoin(InquiryRead, read)
        .where(*_unread(actor))
    )


def unread_counts(session: Session, actor: Actor, ids: Iterable[str]) -> dict[str, int]:
    """Unread messages per inquiry; inquiries without any are left out."""
    query = _unread_rows(actor, Inquiry.id, func.count()).where(Inquiry.id.in_(list(ids)))
    return {row[0]: row[1] for row in session.execute(query.group_by(Inquiry.id))}


def unread_boxes(session: Session, actor: Actor) -> dict[str, int]:
    """How many inquiries of each box hold something unread."""
    box = case((Inquiry.buyer_id == actor.org_id, "sent"), else_="received")
    query = _unread_rows(actor, box, func.count(Inquiry.id.distinct())).group_by(box)
    return {row[0]: row[1] for row in session.execute(query)}


def state_counts(session: Session, actor: Actor) -> dict[str, dict[str, int]]:
    """Inquiries of the actor's organisation by box and state, in one statement."""
    box = case((Inquiry.buyer_id == actor.org_id, "sent"), else_="received")
    query = select(box, Inquiry.state, func.count()).where(_mine(actor))
    counts: dict[str, dict[str, int]] = {name: {} for name in BOXES}
    for row in session.execute(query.group_by(box, Inquiry.state)):
        counts[row[0]][row[1]] = row[2]
    return counts


def open_between(
    session: Session, actor: Actor, capability_id: str, need_id: str | None
) -> str | None:
    """The id of the open inquiry that the actor's organisation already has on this pair."""
    query = select(Inquiry.id).where(
        Inquiry.buyer_id == actor.org_id,
        Inquiry.capability_id == capability_id,
        Inquiry.need_id == need_id,
        Inquiry.state.not_in(rules.CLOSED),
    )
    return session.execute(query.order_by(Inquiry.created_at.desc()).limit(1)).scalar()


def capability_to_ask(session: Session, capability_id: str) -> Capability:
    """A published capability of a published company, with its texts; NotFound for any other."""
    query = (
        select(Capability)
        .join(Company, Company.id == Capability.company_id)
        .where(
            Capability.id == capability_id,
            Capability.state == "published",
            Company.state == "published",
        )
        .options(
            selectinload(Capability.texts),
            joinedload(Capability.company).selectinload(Company.texts),
            joinedload(Capability.company).joinedload(Company.organisation),
        )
    )
    capability = session.scalars(query).first()
    if capability is None:
        raise NotFound
    return capability


def own_need(session: Session, actor: Actor, need_id: str) -> Need:
    """A published need of the actor's organisation, with its texts."""
    query = (
        select(Need)
        .where(Need.id == need_id, Need.company_id == actor.org_id, Need.state == "published")
        .options(selectinload(Need.texts))
    )
    need = session.scalars(query).first()
    if need is None:
        raise NotFound
    return need


def own_needs(session: Session, actor: Actor) -> list[Need]:
    """The published needs of the actor's organisation, newest first."""
    query = (
        select(Need)
        .where(Need.company_id == actor.org_id, Need.state == "published")
        .options(selectinload(Need.texts))
        .order_by(Need.published_at.desc())
        .limit(100)
    )
    return list(session.scalars(query))


def need_of(session: Session, inquiry: Inquiry) -> Need | None:
    """The need that an inquiry is about, with its texts and its company."""
    query = select(Need).where(Need.id == (inquiry.need_id or ""))
    return session.scalars(
        query.options(selectinload(Need.texts), joinedload(Need.company))
    ).first()


def company(session: Session, company_id: str) -> Company:
    """A company with its names."""
    query = (
        select(Company)
        .where(Company.id == company_id)
        .options(selectinload(Company.texts), joinedload(Company.organisation))
    )
    return session.scalars(query).one()


def for_export(session: Session) -> Iterable[Inquiry]:
    """All inquiries with their messages, oldest first; for operators only."""
    query = (
        select(Inquiry)
        .options(
            joinedload(Inquiry.buyer),
            joinedload(Inquiry.supplier),
            joinedload(Inquiry.capability),
            joinedload(Inquiry.need),
            selectinload(Inquiry.messages).selectinload(InquiryMessage.attachments),
        )
        .order_by(Inquiry.created_at, Inquiry.id)
        .execution_options(yield_per=200)
    )
    return session.scalars(query)


@dataclass(frozen=True)
class Party:
    """A company as it is named to a reader."""

    id: str
    name: str
    lang: str


def party(company: Company, tag: str) -> Party:
    """The company's name in a language, else in English, else as it was written first."""
    text = name_for(company.texts, tag)
    if text is None:
        return Party(company.id, company.organisation.name, company.organisation.locale)
    return Party(company.id, text.name, text.locale)


@needs.register_responders
def spoke_about(session: Session, need: Need) -> set[str]:
    """Organisations that spoke about a need in an inquiry."""
    query = select(Inquiry.buyer_id, Inquiry.supplier_id).where(Inquiry.need_id == need.id)
    return {party for row in session.execute(query) for party in row}


@register_reach
def accepted_interest(organisation_id: str) -> Select[Any]:
    """Organisations that accepted the other's interest: the supplier by showing its own in an
    inquiry, the buyer by starting talks. Nobody opens the fields of others by a step of one's own.
    """
    is_buyer = Inquiry.buyer_id == organisation_id
    other = case((is_buyer, Inquiry.supplier_id), else_=Inquiry.buyer_id)
    chosen = and_(Inquiry.supplier_id == organisation_id, Inquiry.state == rules.IN_TALKS)
    opened = or_(and_(is_buyer, Inquiry.state.in_(rules.INTERESTED)), chosen)
    return select(other, literal(INTEREST)).where(opened)
