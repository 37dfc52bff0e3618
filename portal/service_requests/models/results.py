"""What came of a request: how satisfied its people are, and which barriers they met."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Created, OpaqueId


class Satisfaction(Base):
    """Two answers after closing, 1 to 5 each, with a word if wanted."""

    __tablename__ = "satisfaction"
    request_id: Mapped[str] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), primary_key=True
    )
    solved: Mapped[int]
    effort: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    locale: Mapped[str] = mapped_column(String(20))
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[Created]
    followed_up_at: Mapped[datetime | None]
    followed_up_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))


class Barrier(Base):
    """A barrier in a market: which rule has which effect. Recorded once, seen on many requests;
    `public_text` by locale is what the base has approved for everybody."""

    __tablename__ = "barrier"
    __table_args__ = (Index("ix_barrier_market", "market", "state"),)
    id: Mapped[OpaqueId]
    market: Mapped[str] = mapped_column(String(2))
    kind: Mapped[str] = mapped_column(String(30))
    rule: Mapped[str] = mapped_column(String(300))
    effect: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(500), default="")
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10), default="internal")  # internal public retired
    public_text: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    approved_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]
    changed_at: Mapped[Created]


class RequestBarrier(Base):
    """A request on which a barrier was met."""

    __tablename__ = "request_barrier"
    barrier_id: Mapped[str] = mapped_column(
        ForeignKey("barrier.id", ondelete="CASCADE"), primary_key=True
    )
    request_id: Mapped[str] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[Created]
