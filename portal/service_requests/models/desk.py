"""What the desk keeps for its own work: people, views, texts, checklists, drafts, presence."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.db import Base, Created, OpaqueId
from portal.service_requests.models.request import ServiceRequest


class StaffProfile(Base):
    """How work reaches a member of the staff: team, languages, services, how much at once. The
    days of an absence count at the base; one without a beginning has begun, without an end lasts.
    Nobody is given new requests without having been asked to take them."""

    __tablename__ = "staff_profile"
    user_id: Mapped[str] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    team: Mapped[str] = mapped_column(String(20), default="")
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    services: Mapped[list[str]] = mapped_column(JSON, default=list)
    capacity: Mapped[int] = mapped_column(default=20)
    away_from: Mapped[date | None] = mapped_column(Date)
    away_until: Mapped[date | None] = mapped_column(Date)
    takes_new: Mapped[bool] = mapped_column(Boolean, default=False)
    keys: Mapped[bool] = mapped_column(Boolean, default=True)  # keyboard shortcuts


class AssignmentRule(Base):
    """Which requests go to which team or person; empty conditions fit all. The first rule that
    fits, by place, holds."""

    __tablename__ = "assignment_rule"
    id: Mapped[OpaqueId]
    place: Mapped[int]
    service: Mapped[str] = mapped_column(String(10), default="")
    market: Mapped[str] = mapped_column(String(2), default="")
    language: Mapped[str] = mapped_column(String(20), default="")
    company_id: Mapped[str | None] = mapped_column(ForeignKey("company.id", ondelete="CASCADE"))
    team: Mapped[str] = mapped_column(String(20), default="")
    person_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))


class SavedView(Base):
    """Filters of the queue under a name, for oneself or for everybody at the desk."""

    __tablename__ = "saved_view"
    id: Mapped[OpaqueId]
    owner_id: Mapped[str] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(80))
    filters: Mapped[dict[str, Any]] = mapped_column(JSON)
    shared: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[Created]


class TextModule(Base):
    """A text to reply with, in several languages; a macro also takes the steps of `actions`. With
    an author it is that person's own, without one everybody's at the desk."""

    __tablename__ = "text_module"
    id: Mapped[OpaqueId]
    names: Mapped[dict[str, Any]] = mapped_column(JSON)  # locale → name, locale → text
    service: Mapped[str] = mapped_column(String(10), default="")
    bodies: Mapped[dict[str, Any]] = mapped_column(JSON)
    actions: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    used: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[Created]
    retired_at: Mapped[datetime | None]


class ServiceRevision(Base):
    """A version of a service of the catalogue as administrators wrote it: texts, promise, form,
    checklist. Answers name the version they were given on; versions are never edited."""

    __tablename__ = "service_revision"
    __table_args__ = (UniqueConstraint("code", "version"),)
    id: Mapped[OpaqueId]
    code: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[Created]


class RequestCheck(Base):
    """A line of a request's checklist: of its service, whose code it then has, or added by hand.
    `texts` are by locale; required lines are to be done before the request is resolved."""

    __tablename__ = "request_check"
    __table_args__ = (Index("ix_request_check_request", "request_id", "place"),)
    id: Mapped[OpaqueId]
    request_id: Mapped[str] = mapped_column(ForeignKey("service_request.id", ondelete="CASCADE"))
    place: Mapped[int]
    texts: Mapped[dict[str, Any]] = mapped_column(JSON)
    required: Mapped[bool] = mapped_column(Boolean)
    service: Mapped[str] = mapped_column(String(10), default="")
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))

    done_by: Mapped[User | None] = relationship(lazy="raise_on_sql")


# Loaded with the request for its page alone.
ServiceRequest.checks = relationship(
    RequestCheck, lazy="raise_on_sql", order_by=RequestCheck.place, viewonly=True
)


class RequestWatch(Base):
    """A person who wants to hear of everything that happens on a request."""

    __tablename__ = "request_watch"
    request_id: Mapped[str] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[Created]


class RequestPresence(Base):
    """Who of the staff has a request open, and whether they are writing."""

    __tablename__ = "request_presence"
    request_id: Mapped[str] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    seen_at: Mapped[Created]
    writing: Mapped[bool] = mapped_column(Boolean, default=False)


class RequestDraft(Base):
    """What somebody has typed and not sent yet: a new request or a reply. `key` is the form."""

    __tablename__ = "request_draft"
    user_id: Mapped[str] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[Created]


class BulkChange(Base):
    """One action on many requests at once. `changes` has, by request id, the values before and
    the version afterwards, so that it can be taken back where nothing else has changed since."""

    __tablename__ = "bulk_change"
    id: Mapped[OpaqueId]
    actor_id: Mapped[str] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    action: Mapped[str] = mapped_column(String(20))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[Created]
    undone_at: Mapped[datetime | None]
