"""What the base found out about a company, and what it was asked to look into.

Checks are only ever added. What people ask for moves through a workflow; its papers hang on
`verification_document`, whatever they were sent with.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from portal.accounts.models import Organisation
from portal.companies.models import Company
from portal.core.db import Base, Created, OpaqueId
from portal.core.models import StoredFile


class VerificationCheck(Base):
    """One finding about a company's identity; never changed afterwards.

    `level` is what was reached, or "listed" where a level was taken away. `checked_by` is the
    organisation that stands for the finding, which everybody sees; the people are for staff.
    """

    __tablename__ = "verification_check"
    __table_args__ = (
        Index("ix_verification_check_company", "company_id", "at"),
        CheckConstraint("approver_id IS NULL OR approver_id <> checker_id", name="four_eyes"),
        CheckConstraint("level <> 'site_visited' OR approver_id IS NOT NULL", name="approved"),
    )
    id: Mapped[OpaqueId]
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"))
    level: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(20))
    at: Mapped[Created]
    valid_until: Mapped[date | None] = mapped_column(Date, index=True)
    checked_by: Mapped[str] = mapped_column(String(200))
    checker_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    approver_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    request_id: Mapped[str | None] = mapped_column(ForeignKey("verification_request.id"))
    visited_on: Mapped[date | None] = mapped_column(Date)
    not_checked: Mapped[list[str]] = mapped_column(JSON, default=list)
    not_checked_note: Mapped[str] = mapped_column(Text, default="")


class AppendOnly(RuntimeError):
    """Somebody tried to change a finding that is already written down."""


@event.listens_for(VerificationCheck, "before_update")
def _refuse(_mapper: Mapper[Any], _connection: Any, row: VerificationCheck) -> None:
    raise AppendOnly(row.id)


class _Asked:
    """What the base is asked to decide about a company."""

    id: Mapped[OpaqueId]
    state: Mapped[str] = mapped_column(String(20), default="open")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]
    changed_at: Mapped[Created]
    note: Mapped[str] = mapped_column(Text, default="")  # of the base, for those who asked
    decided_by_id: Mapped[str | None] = mapped_column(String(20))


class VerificationRequest(_Asked, Base):
    """A company asks to be checked up to a level; for a visit, with the report of who went."""

    __tablename__ = "verification_request"
    __table_args__ = (
        Index("ix_verification_request_state", "state", "created_at"),
        CheckConstraint(
            "state <> 'granted' OR level <> 'site_visited' OR decided_by_id <> proposed_by_id",
            name="four_eyes",
        ),
    )
    company_id: Mapped[str] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), index=True
    )
    level: Mapped[str] = mapped_column(String(20))
    asked_by_id: Mapped[str | None] = mapped_column(String(20))
    message: Mapped[str] = mapped_column(Text, default="")
    visited_on: Mapped[date | None] = mapped_column(Date)
    visitors: Mapped[str] = mapped_column(String(300), default="")
    seen: Mapped[str] = mapped_column(Text, default="")
    valid_until: Mapped[date | None] = mapped_column(Date)
    not_checked: Mapped[list[str]] = mapped_column(JSON, default=list)
    not_checked_note: Mapped[str] = mapped_column(Text, default="")
    proposed_by_id: Mapped[str | None] = mapped_column(String(20))

    company: Mapped[Company] = relationship(lazy="raise_on_sql")


class IdentityChange(_Asked, Base):
    """A published company asks for another name, number, country or kind.

    `wanted` has the shape that `identity.of` gives; only what should change is in it.
    """

    __tablename__ = "identity_change"
    __table_args__ = (Index("ix_identity_change_state", "state", "created_at"),)
    company_id: Mapped[str] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), index=True
    )
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[str | None] = mapped_column(String(20))

    company: Mapped[Company] = relationship(lazy="raise_on_sql")


class Appeal(_Asked, Base):
    """What the owner of a suspended company says against it: once for each suspension."""

    __tablename__ = "appeal"
    __table_args__ = (
        UniqueConstraint("company_id", "suspended_at"),
        Index("ix_appeal_state", "state", "created_at"),
        CheckConstraint("decided_by_id <> suspended_by_id", name="other_eyes"),
    )
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"))
    suspended_at: Mapped[datetime]
    suspended_by_id: Mapped[str | None] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[str | None] = mapped_column(String(20))

    company: Mapped[Company] = relationship(lazy="raise_on_sql")


class ProfileReport(_Asked, Base):
    """Somebody says that a profile is not what it claims; the company never learns who."""

    __tablename__ = "profile_report"
    __table_args__ = (Index("ix_profile_report_state", "state", "created_at"),)
    company_id: Mapped[str] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    reporter_id: Mapped[str | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL")
    )

    company: Mapped[Company] = relationship(lazy="raise_on_sql")


class Lookalike(_Asked, Base):
    """Two members that could be taken for each other: the newer one, and the one it resembles.

    `reason` says by what, `mark` is what both have in common; a pair that staff told apart is not
    brought up again for the same mark.
    """

    __tablename__ = "lookalike"
    __table_args__ = (
        UniqueConstraint("organisation_id", "other_id", "reason", "mark"),
        Index("ix_lookalike_state", "state", "created_at"),
    )
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    other_id: Mapped[str] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(20))
    mark: Mapped[str] = mapped_column(String(300))
    shown: Mapped[str] = mapped_column(String(300))
    other_shown: Mapped[str] = mapped_column(String(300))

    organisation: Mapped[Organisation] = relationship(
        foreign_keys=organisation_id, lazy="raise_on_sql"
    )
    other: Mapped[Organisation] = relationship(foreign_keys=other_id, lazy="raise_on_sql")


class VerificationDocument(Base):
    """A paper that a company sent with what it asked for; for the company and the base only."""

    __tablename__ = "verification_document"
    __table_args__ = (Index("ix_verification_document_subject", "kind", "subject_id"),)
    id: Mapped[OpaqueId]
    company_id: Mapped[str] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(20))
    file_id: Mapped[str] = mapped_column(ForeignKey("stored_file.id"))
    created_at: Mapped[Created]

    file: Mapped[StoredFile] = relationship(lazy="raise_on_sql")
