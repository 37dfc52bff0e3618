"""Confidentiality agreements, companies named behind an alias, and who looked at what."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, Created, OpaqueId


class NdaTemplate(Base):
    """One version of the base's agreement. A version in force never changes; the newest one in
    force is offered, agreements made under older ones stay."""

    __tablename__ = "nda_template"
    id: Mapped[OpaqueId]
    number: Mapped[int] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    reviewed_by: Mapped[str] = mapped_column(String(200), default="")
    reviewed_on: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[Created]
    changed_at: Mapped[Created]
    in_force_since: Mapped[datetime | None]
    texts: Mapped[list["NdaText"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="NdaText.locale"
    )


class NdaText(Base):
    """The words of a version in one language; `digest` is the SHA-256 of title and body."""

    __tablename__ = "nda_text"
    template_id: Mapped[str] = mapped_column(
        ForeignKey("nda_template.id", ondelete="CASCADE"), primary_key=True
    )
    locale: Mapped[str] = mapped_column(String(20), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))


class Nda(Base):
    """An agreement of two organisations under one version and language of the template."""

    __tablename__ = "nda"
    __table_args__ = (
        Index("ix_nda_proposer", "proposer_id", "state"),
        Index("ix_nda_other", "other_id", "state"),
    )
    id: Mapped[OpaqueId]
    proposer_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    other_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    inquiry_id: Mapped[str | None] = mapped_column(String(20), index=True)
    template_id: Mapped[str] = mapped_column(ForeignKey("nda_template.id"))
    locale: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), default="proposed")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]
    changed_at: Mapped[Created]
    acceptances: Mapped[list["NdaAcceptance"]] = relationship(
        lazy="raise_on_sql", order_by="NdaAcceptance.at"
    )
    template: Mapped[NdaTemplate] = relationship(lazy="raise_on_sql")


class NdaAcceptance(Base):
    """That somebody accepted an agreement for an organisation: who, when, which words. Rows are
    only added; names are kept as they were on the day."""

    __tablename__ = "nda_acceptance"
    __table_args__ = (UniqueConstraint("nda_id", "organisation_id"),)
    id: Mapped[OpaqueId]
    nda_id: Mapped[str] = mapped_column(ForeignKey("nda.id"))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    organisation_name: Mapped[str] = mapped_column(String(300))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    user_name: Mapped[str] = mapped_column(String(120))
    template_number: Mapped[int]
    locale: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[Created]


class AliasReveal(Base):
    """The company behind a need was named to an organisation before interest was accepted."""

    __tablename__ = "alias_reveal"
    need_id: Mapped[str] = mapped_column(String(20), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    at: Mapped[Created]


class PageView(Base):
    """How often an organisation looked at a page of a company on a day, and how deep it saw.

    `viewer` is the organisation's id, "base" for staff and "" for visitors without an account.
    """

    __tablename__ = "page_view"
    __table_args__ = (Index("ix_page_view_company", "company_id", "day"),)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    company_id: Mapped[str] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    object_id: Mapped[str] = mapped_column(String(20), primary_key=True)
    viewer: Mapped[str] = mapped_column(String(20), primary_key=True)
    depth: Mapped[str] = mapped_column(String(12))
    count: Mapped[int]
