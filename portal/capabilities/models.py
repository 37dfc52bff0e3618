"""What a supplier can make: one capability with its structured facts and its texts."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.companies.models import Certificate, Company
from portal.core.db import Base, Created, OpaqueId

STAGES = ("concept", "prototype", "sample", "series")


class Capability(Base):
    """A capability of a company.

    `attributes` maps attribute ids of the thesaurus to {"value": "280", "unit": "Wh/kg"}; decimals
    are kept as strings. `markets` are ISO 3166 codes, `scenarios` and `category` concept ids.
    """

    __tablename__ = "capability"
    __table_args__ = (
        Index("ix_capability_state", "state", "changed_at"),
        Index("ix_capability_company", "company_id", "state"),
    )
    id: Mapped[OpaqueId]
    external_ref: Mapped[str | None] = mapped_column(String(100), unique=True)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    category: Mapped[str | None] = mapped_column(String(60))
    scenarios: Mapped[list[str]] = mapped_column(JSON, default=list)
    attributes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    markets: Mapped[list[str]] = mapped_column(JSON, default=list)
    stage: Mapped[str | None] = mapped_column(String(20))
    capacity_quantity: Mapped[Decimal | None]
    capacity_unit: Mapped[str | None] = mapped_column(String(20))
    capacity_per: Mapped[str | None] = mapped_column(String(10))
    lead_sample_days: Mapped[int | None]
    lead_series_from_days: Mapped[int | None]
    lead_series_to_days: Mapped[int | None]
    moq_quantity: Mapped[Decimal | None]
    moq_unit: Mapped[str | None] = mapped_column(String(20))
    disclosure: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(30), default="draft")
    state_note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]
    changed_at: Mapped[Created]
    published_at: Mapped[datetime | None]

    company: Mapped[Company] = relationship(lazy="raise_on_sql")
    texts: Mapped[list["CapabilityText"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="CapabilityText.position"
    )
    certificates: Mapped[list[Certificate]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by=Certificate.position
    )


class CapabilityText(Base):
    """Title, summary and description in one language. Position 0 is the original."""

    __tablename__ = "capability_text"
    capability_id: Mapped[str] = mapped_column(
        ForeignKey("capability.id", ondelete="CASCADE"), primary_key=True
    )
    locale: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(300), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[str] = mapped_column(Text, default="")
