"""Matches found in the background, what staff think of them, and what decides their order."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.db import Base, Created


class Match(Base):
    """A need and a capability that fit, with the score of the latest run.

    `criteria`, `relevance` and `freshness` are the parts of the score, 0 to 1, so that the order
    under other weights can be told without matching again.
    """

    __tablename__ = "need_match"
    __table_args__ = (
        Index("ix_need_match_need", "need_id", "score"),
        Index("ix_need_match_capability", "capability_id", "score"),
        Index("ix_need_match_found", "found_at"),
    )
    need_id: Mapped[str] = mapped_column(
        ForeignKey("need.id", ondelete="CASCADE"), primary_key=True
    )
    capability_id: Mapped[str] = mapped_column(
        ForeignKey("capability.id", ondelete="CASCADE"), primary_key=True
    )
    score: Mapped[float] = mapped_column(Float)
    criteria: Mapped[float] = mapped_column(Float, default=0.0)
    relevance: Mapped[float] = mapped_column(Float, default=0.0)
    freshness: Mapped[float] = mapped_column(Float, default=0.0)
    met: Mapped[int] = mapped_column(default=0)
    gaps: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(80), default="")
    found_at: Mapped[Created]
    refreshed_at: Mapped[Created]
    notified_at: Mapped[datetime | None]


class SupplierResponse(Base):
    """How a supplier has answered inquiries, counted in the background. `hours` is the median of
    working hours until the first answer; `score` is 0 to 1, missing before enough inquiries."""

    __tablename__ = "supplier_response"
    company_id: Mapped[str] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), primary_key=True
    )
    inquiries: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    hours: Mapped[float | None] = mapped_column(Float)
    score: Mapped[float | None] = mapped_column(Float)
    computed_at: Mapped[Created]


class Judgement(Base):
    """What somebody of the base thinks of a pair; rows are only added, the newest one counts.

    `verdict` is good, wrong or withdrawn; the versions are those the person saw.
    """

    __tablename__ = "match_judgement"
    __table_args__ = (Index("ix_match_judgement_pair", "need_id", "capability_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    need_id: Mapped[str] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    capability_id: Mapped[str] = mapped_column(ForeignKey("capability.id", ondelete="CASCADE"))
    need_version: Mapped[int]
    capability_version: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text, default="")
    actor_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[Created]

    actor: Mapped[User | None] = relationship(lazy="raise_on_sql")


class RankingChange(Base):
    """Weights of the order in hundredths, from this moment on; the newest row is in force."""

    __tablename__ = "ranking_change"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    criteria: Mapped[int]
    relevance: Mapped[int]
    freshness: Mapped[int]
    responsiveness: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[Created]

    actor: Mapped[User | None] = relationship(lazy="raise_on_sql")
