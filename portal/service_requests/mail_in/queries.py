"""Reads about mails that were taken in."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import User
from portal.service_requests.models import ReceivedMail, ServiceRequest


def is_known(session: Session, message_id: str) -> bool:
    """Whether a mail of this Message-ID was read before."""
    query = select(ReceivedMail.id).where(ReceivedMail.message_id == message_id)
    return session.scalar(query) is not None


def last_from(session: Session, request: ServiceRequest, person: User) -> str:
    """The Message-ID of the person's own last mail on a request, or nothing."""
    query = (
        select(ReceivedMail.message_id)
        .where(
            ReceivedMail.request_id == request.id,
            ReceivedMail.sender == person.email,
            ReceivedMail.outcome == "entry",
            ReceivedMail.message_id.startswith("<"),
        )
        .order_by(ReceivedMail.received_at.desc())
        .limit(1)
    )
    return session.scalar(query) or ""


def since(
    session: Session, moment: datetime, outcome: str, *, sender: str = "", request_id: str = ""
) -> int:
    """How many mails ended this way since a moment, of a sender or on a request or both."""
    query = select(func.count()).where(
        ReceivedMail.outcome == outcome, ReceivedMail.received_at >= moment
    )
    if sender:
        query = query.where(ReceivedMail.sender == sender)
    if request_id:
        query = query.where(ReceivedMail.request_id == request_id)
    return session.execute(query).scalar_one()


def request_of(session: Session, conversation: str) -> ServiceRequest | None:
    """The request that an address such as `sr42` names."""
    digits = conversation.removeprefix("sr")
    if not (digits.isascii() and digits.isdigit()):
        return None
    query = select(ServiceRequest).where(ServiceRequest.number == int(digits))
    return session.scalars(query).first()
