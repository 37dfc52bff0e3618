"""Rules of markets as the base keeps them, and every version each of them has had."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Created, OpaqueId


class MarketRule(Base):
    """A rule as it is in force. `content` is the whole record but for its review, market and kind
    stand beside it to be asked for.

    `shipped` is the digest of the shipped record that was looked at last; `edited` once somebody
    of the base wrote something of their own, which shipped records never touch.
    """

    __tablename__ = "market_rule"
    __table_args__ = (Index("ix_market_rule_market", "market", "status"),)
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    market: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(12), default="to_review")
    reviewed_on: Mapped[date | None] = mapped_column(Date)
    reviewer: Mapped[str] = mapped_column(String(200), default="")
    shipped: Mapped[str] = mapped_column(String(64), default="")
    edited: Mapped[bool] = mapped_column(Boolean, default=False)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[Created]


class MarketRuleVersion(Base):
    """What a rule said after one act; rows are only ever added. `act` is brought_in, added,
    edited, imported, confirmed, outdated, retired or restored."""

    __tablename__ = "market_rule_version"
    __table_args__ = (UniqueConstraint("rule_id", "number"),)
    id: Mapped[OpaqueId]
    rule_id: Mapped[str] = mapped_column(ForeignKey("market_rule.id"))
    number: Mapped[int]
    act: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(12))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor_id: Mapped[str | None] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(200), default="")
    why: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
