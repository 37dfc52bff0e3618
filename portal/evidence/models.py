"""What the base found out about a fact, and of which expiry its owner was reminded."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Created


class Evidence(Base):
    """One line of the history of a fact: the owner showed a document, or somebody found something.

    Rows are only added; the database itself refuses to change or delete one. For erasure the note
    may be emptied and the document unlinked; people stand here by their opaque id alone.
    `organisation_id` is who checked, None for the base itself. `digest` is that of the value at
    that moment: a finding says nothing about any other value.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_subject", "company_id", "kind", "key"),
        Index("ix_evidence_document", "document_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(20))
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    capability_id: Mapped[str] = mapped_column(String(20), default="")
    key: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(20))
    at: Mapped[Created]
    actor_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    valid_until: Mapped[date | None] = mapped_column(Date)
    document_id: Mapped[str | None] = mapped_column(ForeignKey("stored_file.id"))
    issuer: Mapped[str] = mapped_column(String(200), default="")
    reference: Mapped[str] = mapped_column(String(200), default="")
    not_checked: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")


class EvidenceReminder(Base):
    """A reminder that was sent: one for each fact, last day and number of days before it."""

    __tablename__ = "evidence_reminder"
    company_id: Mapped[str] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), primary_key=True
    )
    subject: Mapped[str] = mapped_column(String(130), primary_key=True)
    until: Mapped[date] = mapped_column(Date, primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sent_at: Mapped[datetime]
