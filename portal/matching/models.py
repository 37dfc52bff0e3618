"""Matches found in the background, kept so that each pair is told once and both sides see it."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Created


class Match(Base):
    """A need and a capability that fit, with the rank and score of the latest run."""

    __tablename__ = "need_match"
    __table_args__ = (
        Index("ix_need_match_need", "need_id", "score"),
        Index("ix_need_match_capability", "capability_id", "score"),
    )
    need_id: Mapped[str] = mapped_column(
        ForeignKey("need.id", ondelete="CASCADE"), primary_key=True
    )
    capability_id: Mapped[str] = mapped_column(
        ForeignKey("capability.id", ondelete="CASCADE"), primary_key=True
    )
    score: Mapped[float] = mapped_column(Float)
    met: Mapped[int] = mapped_column(default=0)
    gaps: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(80), default="")
    found_at: Mapped[Created]
    refreshed_at: Mapped[Created]
    notified_at: Mapped[datetime | None]
