"""Tables that every feature uses: audit trail, jobs, files, revisions, form receipts, counters."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Created, OpaqueId


class AuditEvent(Base):
    """One state change: who did what to which object; rows are chained by hash, never edited."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_actor", "actor_id", "at"),)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[Created]
    actor_id: Mapped[str | None] = mapped_column(String(20))
    organisation_id: Mapped[str | None] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(60))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(64), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    request_id: Mapped[str | None] = mapped_column(String(40))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Job(Base):
    """Work to do after the commit that wrote this row: outbox and job queue in one lease table."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_ready", "finished_at", "run_at"),
        Index("ix_job_dedupe", "kind", "dedupe", "finished_at"),
    )
    id: Mapped[OpaqueId]
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    dedupe: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[Created]
    run_at: Mapped[Created]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(String(20))
    lease_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class StoredFile(Base):
    """An uploaded file; its bytes lie under their SHA-256 in the file store. `scan_state` tells
    whether it was searched for viruses: pending, clean or blocked; only clean ones are handed
    out."""

    __tablename__ = "stored_file"
    id: Mapped[OpaqueId]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    owner_id: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[Created]
    scan_state: Mapped[str] = mapped_column(String(10), default="clean", server_default="clean")
    confidentiality: Mapped[str] = mapped_column(
        String(12), default="ordinary", server_default="ordinary"
    )

    @property
    def is_confidential(self) -> bool:
        return self.confidentiality == "confidential"


class Revision(Base):
    """A version of a published item as it stood after an edit."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("object_kind", "object_id", "number"),)
    id: Mapped[OpaqueId]
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(20))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(30))
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor_id: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[Created]


class FormReceipt(Base):
    """The answer given to a submitted form, so that a second click gets the same one."""

    __tablename__ = "form_receipt"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    location: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Created]


class State(Base):
    """Small facts the portal keeps about itself, by name."""

    __tablename__ = "state"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
