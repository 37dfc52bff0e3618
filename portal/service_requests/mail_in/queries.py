"""Reads about mails that were taken in."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session, joinedload

from portal.accounts.models import User
from portal.service_requests.models import ReceivedMail, Referral, ServiceRequest


def is_known(session: Session, message_id: str) -> bool:
    """Whether a mail of this Message-ID was read before."""
    query = select(ReceivedMail.id).where(ReceivedMail.message_id == message_id)
    return session.scalar(query) is not None


# Which column of received mails names a conversation, with its id.
Key = tuple[str, str]


def _of(key: Key) -> ColumnElement[bool]:
    name, value = key
    columns = {"request_id": ReceivedMail.request_id, "referral_id": ReceivedMail.referral_id}
    return columns[name] == value


def last_from(session: Session, key: Key, person: User) -> str:
    """The Message-ID of the person's own last mail in a conversation, or nothing."""
    query = (
        select(ReceivedMail.message_id)
        .where(
            _of(key),
            ReceivedMail.sender == person.email,
            ReceivedMail.outcome == "entry",
            ReceivedMail.message_id.startswith("<"),
        )
        .order_by(ReceivedMail.received_at.desc())
        .limit(1)
    )
    return session.scalar(query) or ""


def since(
    session: Session, moment: datetime, outcome: str, *, sender: str = "", key: Key | None = None
) -> int:
    """How many mails ended this way since a moment, of a sender or in a conversation or both."""
    query = select(func.count()).where(
        ReceivedMail.outcome == outcome, ReceivedMail.received_at >= moment
    )
    if sender:
        query = query.where(ReceivedMail.sender == sender)
    if key:
        query = query.where(_of(key))
    return session.execute(query).scalar_one()


def request_of(session: Session, number: int) -> ServiceRequest | None:
    query = select(ServiceRequest).where(ServiceRequest.number == number)
    return session.scalars(query).first()


def referral_of(session: Session, number: int) -> Referral | None:
    query = select(Referral).where(Referral.number == number)
    return session.scalars(query.options(joinedload(Referral.request))).first()


def forget_before(session: Session, moment: datetime) -> int:
    """Drop what is kept of mails that were taken in before a moment; returns how many."""
    gone = session.execute(delete(ReceivedMail).where(ReceivedMail.received_at < moment))
    return int(getattr(gone, "rowcount", 0))
