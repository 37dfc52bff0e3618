"""What a buyer, or a supplier, looks for: one need with its hard criteria and its texts."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.companies.models import Company
from portal.core.db import Base, Created, OpaqueId

NEED_KINDS = ("whole-to-part", "part-to-part")
INCOTERMS = ("EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF")


class Need(Base):
    """A need of a company.

    `required` and `wanted` hold {"certificates": [standard, …], "attributes": {id: {"min": "250",
    "max": "…", "unit": "Wh/kg"}}}; decimals are kept as strings, text attributes have "value".
    `sop` is "YYYY-MM". `deadline` is stored in UTC, `deadline_zone` is the zone it was set in,
    `extended_at` the moment when it was moved the one time it may be. With an `alias` the company
    is named by it until it shows itself.
    """

    __tablename__ = "need"
    __table_args__ = (
        Index("ix_need_state", "state", "deadline"),
        Index("ix_need_company", "company_id", "state"),
    )
    id: Mapped[OpaqueId]
    external_ref: Mapped[str | None] = mapped_column(String(100), unique=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    kind: Mapped[str] = mapped_column(String(20), default="whole-to-part")
    category: Mapped[str | None] = mapped_column(String(60))
    scenarios: Mapped[list[str]] = mapped_column(JSON, default=list)
    required: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    standards: Mapped[list[str]] = mapped_column(JSON, default=list)
    market: Mapped[str | None] = mapped_column(String(2))
    quantity_per_year: Mapped[Decimal | None]
    quantity_unit: Mapped[str | None] = mapped_column(String(20))
    sop: Mapped[str | None] = mapped_column(String(7))
    incoterm: Mapped[str | None] = mapped_column(String(3))
    incoterm_place: Mapped[str | None] = mapped_column(String(120))
    target_price: Mapped[Decimal | None]
    target_currency: Mapped[str | None] = mapped_column(String(3))
    target_price_per: Mapped[str | None] = mapped_column(String(20))
    deadline: Mapped[datetime | None]
    deadline_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    extended_at: Mapped[datetime | None]
    alias: Mapped[str] = mapped_column(String(120), default="")
    disclosure: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(30), default="draft")
    state_note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]
    changed_at: Mapped[Created]
    published_at: Mapped[datetime | None]

    company: Mapped[Company] = relationship(lazy="raise_on_sql")
    texts: Mapped[list["NeedText"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="NeedText.position"
    )


class NeedText(Base):
    """Title and description in one language. Position 0 is the original."""

    __tablename__ = "need_text"
    need_id: Mapped[str] = mapped_column(
        ForeignKey("need.id", ondelete="CASCADE"), primary_key=True
    )
    locale: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
