"""The public face of an organisation: names and texts per language, sites, certificates."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal.accounts.models import Organisation
from portal.companies.facts.models import CompanyReference, SustainabilityFact
from portal.companies.verification.standing import Standing, standing_of
from portal.core import clock
from portal.core.db import Base, Created, OpaqueId
from portal.core.models import StoredFile
from portal.core.names import domains
from portal.core.names.folding import fold
from portal.core.names.legal_forms import core

SITE_ROLES = ("HQ", "plant", "R&D", "warehouse", "service")
EVIDENCE_LEVELS = ("claimed", "document_seen", "issuer_checked", "seen_on_site")


class Company(Base):
    """A company profile; its id is the id of its organisation."""

    __tablename__ = "company"
    __table_args__ = (
        UniqueConstraint("external_ref"),
        Index("ix_company_state", "state", "changed_at"),
        Index("ix_company_registration", "registration_scheme", "registration_id"),
    )
    id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    external_ref: Mapped[str | None] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(10))
    country: Mapped[str] = mapped_column(String(2))
    registration_scheme: Mapped[str | None] = mapped_column(String(20))
    registration_id: Mapped[str | None] = mapped_column(String(40))
    registration_warning: Mapped[str | None] = mapped_column(String(40))
    website: Mapped[str | None] = mapped_column(String(300))
    founded: Mapped[int | None] = mapped_column(Integer)
    headcount: Mapped[int | None] = mapped_column(Integer)
    logo_id: Mapped[str | None] = mapped_column(ForeignKey("stored_file.id"))
    disclosure: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(30), default="draft")
    state_note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]
    changed_at: Mapped[Created]
    confirmed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    suspended_by_id: Mapped[str | None] = mapped_column(String(20))
    # Somebody of this name, number or domain is here already: not public before staff decide.
    held: Mapped[bool] = mapped_column(Boolean, default=False)
    documents_checked_on: Mapped[date | None] = mapped_column(Date)
    documents_valid_until: Mapped[date | None] = mapped_column(Date)
    site_visited_on: Mapped[date | None] = mapped_column(Date)
    site_valid_until: Mapped[date | None] = mapped_column(Date)
    not_checked: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # by level
    domain_key: Mapped[str] = mapped_column(String(100), default="", index=True)

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    logo: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")
    texts: Mapped[list["CompanyText"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="CompanyText.position"
    )
    sites: Mapped[list["Site"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="Site.position"
    )
    certificates: Mapped[list["Certificate"]] = relationship(
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        primaryjoin="and_(Company.id == Certificate.company_id,"
        " Certificate.capability_id.is_(None))",
        order_by="Certificate.position",
    )
    sustainability: Mapped[list[SustainabilityFact]] = relationship(
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        order_by=SustainabilityFact.position,
    )
    references: Mapped[list[CompanyReference]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by=CompanyReference.position
    )

    @validates("website")
    def _fold_website(self, _attribute: str, website: str | None) -> str | None:
        self.domain_key = domains.key(website or "")
        return website

    def standing(self, today: date | None = None) -> Standing:
        """What the base has checked and what is still valid of it."""
        return standing_of(
            (self.documents_checked_on, self.documents_valid_until),
            (self.site_visited_on, self.site_valid_until),
            today or clock.now().date(),
        )

    @property
    def verification_level(self) -> str:
        """listed, documents_checked or site_visited, as it is today."""
        return self.standing().level

    @property
    def verified_since(self) -> date | None:
        return self.standing().since

    @property
    def verified_until(self) -> date | None:
        return self.standing().until


def _key_by(fold_name: Callable[[str], str]) -> Callable[[Any], str]:
    """For rows that are inserted without an object."""
    return lambda context: fold_name(context.get_current_parameters().get("name", ""))


class CompanyText(Base):
    """Name and description in one language. The text at position 0 is the original.

    `name_key` and `core_key` are the name folded for look-alikes, kept in step with the name.
    """

    __tablename__ = "company_text"
    __table_args__ = (
        Index("ix_company_text_name_key", "name_key"),
        Index("ix_company_text_core_key", "core_key"),
    )
    company_id: Mapped[str] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), primary_key=True
    )
    locale: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(300), default="")
    name_key: Mapped[str] = mapped_column(String(300), default=_key_by(fold))
    core_key: Mapped[str] = mapped_column(String(300), default=_key_by(core))
    description: Mapped[str] = mapped_column(Text, default="")

    @validates("name")
    def _fold_name(self, _attribute: str, name: str) -> str:
        self.name_key, self.core_key = fold(name), core(name)
        return name


class Site(Base):
    """A place where the company works; `disclosure` says who sees its address."""

    __tablename__ = "site"
    id: Mapped[OpaqueId]
    company_id: Mapped[str] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    role: Mapped[str] = mapped_column(String(12))
    country: Mapped[str] = mapped_column(String(2))
    city: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    products: Mapped[str] = mapped_column(String(300), default="")
    headcount: Mapped[int | None]
    disclosure: Mapped[str] = mapped_column(String(12), default="public")


class Certificate(Base):
    """One certificate, of the company (capability_id is None) or shown for one capability."""

    __tablename__ = "certificate"
    id: Mapped[OpaqueId]
    company_id: Mapped[str] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), index=True
    )
    capability_id: Mapped[str | None] = mapped_column(
        ForeignKey("capability.id", ondelete="CASCADE", use_alter=True), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    standard: Mapped[str] = mapped_column(String(60))
    number: Mapped[str] = mapped_column(String(80), default="")
    body: Mapped[str] = mapped_column(String(120), default="")
    scope: Mapped[str] = mapped_column(String(300), default="")
    site: Mapped[str] = mapped_column(String(120), default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what its standard asks
    issued: Mapped[date | None] = mapped_column(Date)
    expires: Mapped[date | None] = mapped_column(Date)
    level: Mapped[str] = mapped_column(String(20), default="claimed")
    disclosure: Mapped[str] = mapped_column(String(12), default="public")

    @property
    def public(self) -> bool:
        """Whether everybody sees it."""
        return self.disclosure in (None, "public")

    @public.setter
    def public(self, shown: bool) -> None:
        self.disclosure = "public" if shown else "nda"
