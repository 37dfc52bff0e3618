"""What came of a request: how satisfied its people are, and which barriers they met."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.db import Base, Created, OpaqueId
from portal.service_requests.models.request import ServiceRequest


class Satisfaction(Base):
    """The question after closing, asked of one person, and the answer: two marks of 1 to 5 and a
    word if wanted. `asked_at` is missing where somebody answered without having been asked."""

    __tablename__ = "satisfaction"
    __table_args__ = (
        Index("ix_satisfaction_person", "person_id", "asked_at"),
        Index("ix_satisfaction_answered", "answered_at"),
    )
    request_id: Mapped[str] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    solved: Mapped[int | None]
    service: Mapped[int | None]
    comment: Mapped[str] = mapped_column(Text, default="")
    locale: Mapped[str] = mapped_column(String(20), default="")
    followed_up_at: Mapped[datetime | None]
    followed_up_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))

    request: Mapped[ServiceRequest] = relationship(lazy="raise_on_sql")
    person: Mapped[User] = relationship(foreign_keys=person_id, lazy="raise_on_sql")
    followed_up_by: Mapped[User | None] = relationship(
        foreign_keys=followed_up_by_id, lazy="raise_on_sql"
    )


class Barrier(Base):
    """A barrier in a market: which rule has which effect. Recorded once, seen on many requests.

    What stands in its own columns is for the base alone. `public_text` is what a second person has
    approved for everybody, `draft_text` what waits for that: {"texts": {locale: {"title",
    "text"}}, "source", "valid_from", "valid_to"}.
    """

    __tablename__ = "barrier"
    __table_args__ = (
        Index("ix_barrier_market", "market", "state"),
        Index("ix_barrier_category", "category", "state"),
    )
    id: Mapped[OpaqueId]
    market: Mapped[str] = mapped_column(String(2))
    kind: Mapped[str] = mapped_column(String(30))
    category: Mapped[str | None] = mapped_column(String(60))
    rule: Mapped[str] = mapped_column(String(300))
    effect: Mapped[str] = mapped_column(Text)
    remedy: Mapped[str] = mapped_column(Text, default="")
    locale: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(500), default="")
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    reviewed_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10), default="internal")  # public withdrawn
    public_text: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    draft_text: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    draft_author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    drafted_at: Mapped[datetime | None]
    withdrawn_note: Mapped[str] = mapped_column(String(500), default="")
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    approved_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]
    changed_at: Mapped[Created]

    author: Mapped[User | None] = relationship(foreign_keys=author_id, lazy="raise_on_sql")
    draft_author: Mapped[User | None] = relationship(
        foreign_keys=draft_author_id, lazy="raise_on_sql"
    )
    approved_by: Mapped[User | None] = relationship(
        foreign_keys=approved_by_id, lazy="raise_on_sql"
    )


class RequestBarrier(Base):
    """A request on which a barrier was met."""

    __tablename__ = "request_barrier"
    barrier_id: Mapped[str] = mapped_column(
        ForeignKey("barrier.id", ondelete="CASCADE"), primary_key=True
    )
    request_id: Mapped[str] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[Created]
