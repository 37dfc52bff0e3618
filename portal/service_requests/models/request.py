"""Requests to the base's service desk, with their answers, thread and recorded waiting times."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.companies.models import Company
from portal.core.db import Base, Created, OpaqueId
from portal.core.models import StoredFile

if TYPE_CHECKING:
    from portal.service_requests.models.desk import RequestCheck

PRIORITIES = ("P1", "P2", "P3", "P4")


class ServiceRequest(Base):
    """A request for one service. `answers` follow the form version they were given on."""

    __tablename__ = "service_request"
    __table_args__ = (
        Index("ix_service_request_queue", "state", "priority", "created_at"),
        Index("ix_service_request_company", "company_id", "changed_at"),
        Index("ix_service_request_assignee", "assignee_id", "state"),
        Index("ix_service_request_team", "team", "state"),
        Index("ix_service_request_due", "state", "next_due"),
        Index("ix_service_request_escalate", "escalate_at"),
        Index("ix_service_request_created", "created_at"),
        Index("ix_service_request_rule", "capability_id", "rule_id"),
    )
    id: Mapped[OpaqueId]
    external_ref: Mapped[str | None] = mapped_column(String(100), unique=True)
    number: Mapped[int] = mapped_column(unique=True)
    service: Mapped[str] = mapped_column(String(10))
    form_version: Mapped[int] = mapped_column(default=1)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    requester_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    locale: Mapped[str] = mapped_column(String(20))
    markets: Mapped[list[str]] = mapped_column(JSON, default=list)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    desired_date: Mapped[date | None] = mapped_column(Date)
    consent_partners: Mapped[bool] = mapped_column(Boolean, default=False)
    capability_id: Mapped[str | None] = mapped_column(ForeignKey("capability.id"))
    need_id: Mapped[str | None] = mapped_column(ForeignKey("need.id"), index=True)
    inquiry_id: Mapped[str | None] = mapped_column(ForeignKey("inquiry.id"), index=True)
    priority: Mapped[str] = mapped_column(String(2), default="P3")
    urgency_reason: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(30), default="new")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]
    changed_at: Mapped[Created]
    first_reply_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # Set while a request that was opened again still waits for the first answer of the base.
    reopened_at: Mapped[datetime | None]
    # Who wrote it down: staff may ask on behalf of a company. `channel` is portal, api or mail.
    created_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    channel: Mapped[str] = mapped_column(String(10), default="portal")
    team: Mapped[str] = mapped_column(String(20), default="")
    # The two clocks as they stand: no due time while a clock stands still or has been answered.
    plan_at: Mapped[datetime | None]
    first_reply_due: Mapped[datetime | None]
    plan_due: Mapped[datetime | None]
    next_due: Mapped[datetime | None]
    # The last step of the escalation ladder that was taken for the reply and for the plan, and
    # when the next one is to be taken.
    escalation: Mapped[int] = mapped_column(default=0)
    plan_escalation: Mapped[int] = mapped_column(default=0)
    escalate_at: Mapped[datetime | None]
    first_reply_breached: Mapped[bool] = mapped_column(Boolean, default=False)
    plan_breached: Mapped[bool] = mapped_column(Boolean, default=False)
    last_customer_at: Mapped[datetime | None]
    last_staff_at: Mapped[datetime | None]
    merged_into_id: Mapped[str | None] = mapped_column(ForeignKey("service_request.id"), index=True)
    split_from_id: Mapped[str | None] = mapped_column(ForeignKey("service_request.id"), index=True)
    follows_id: Mapped[str | None] = mapped_column(ForeignKey("service_request.id"), index=True)
    match_id: Mapped[str | None] = mapped_column(String(20))
    # The company it is about, how and when the requester wants to be reached, and, where staff
    # wrote it down, how the company agreed.
    about_id: Mapped[str | None] = mapped_column(ForeignKey("company.id"))
    contact: Mapped[str] = mapped_column(String(10), default="portal")
    timezone: Mapped[str] = mapped_column(String(64), default="")
    consent_note: Mapped[str] = mapped_column(String(500), default="")
    # The rule of a market that the capability does not meet yet, where the request began there.
    rule_id: Mapped[str | None] = mapped_column(String(80))

    company: Mapped[Company] = relationship(foreign_keys=company_id, lazy="raise_on_sql")
    about: Mapped[Company | None] = relationship(foreign_keys=about_id, lazy="raise_on_sql")
    requester: Mapped[User | None] = relationship(foreign_keys=requester_id, lazy="raise_on_sql")
    assignee: Mapped[User | None] = relationship(foreign_keys=assignee_id, lazy="raise_on_sql")
    entries: Mapped[list["RequestEntry"]] = relationship(
        lazy="raise_on_sql", order_by="RequestEntry.created_at", back_populates="request"
    )

    if TYPE_CHECKING:
        # Mapped where referrals and checklists are.
        open_referrals: Mapped[int]
        checks: Mapped[list["RequestCheck"]]

    @property
    def reference(self) -> str:
        """The number as people quote it, such as SR-00042."""
        return f"SR-{self.number:05d}"


class RequestEntry(Base):
    """One line of the timeline: a public reply, an internal note, or an event.

    `party` is customer, staff or system. Internal entries are never shown, mailed or exported
    outside the base.
    """

    __tablename__ = "request_entry"
    __table_args__ = (Index("ix_request_entry_thread", "request_id", "created_at"),)
    id: Mapped[OpaqueId]
    request_id: Mapped[str] = mapped_column(ForeignKey("service_request.id", ondelete="CASCADE"))
    party: Mapped[str] = mapped_column(String(10))
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    internal: Mapped[bool] = mapped_column(Boolean, default=False)
    event: Mapped[str | None] = mapped_column(String(30))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    body: Mapped[str] = mapped_column(Text, default="")
    locale: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[Created]

    request: Mapped[ServiceRequest] = relationship(back_populates="entries", lazy="raise_on_sql")
    author: Mapped[User | None] = relationship(lazy="raise_on_sql")
    attachments: Mapped[list[StoredFile]] = relationship(
        secondary="request_attachment", lazy="raise_on_sql"
    )


class RequestAttachment(Base):
    """A file that was sent with an entry; a confidential one stays with the base."""

    __tablename__ = "request_attachment"
    entry_id: Mapped[str] = mapped_column(
        ForeignKey("request_entry.id", ondelete="CASCADE"), primary_key=True
    )
    file_id: Mapped[str] = mapped_column(ForeignKey("stored_file.id"), primary_key=True)
    confidential: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class RequestPause(Base):
    """A time in which the clocks stood still, waiting for the customer or a partner."""

    __tablename__ = "request_pause"
    __table_args__ = (Index("ix_request_pause_request", "request_id", "started_at"),)
    id: Mapped[OpaqueId]
    request_id: Mapped[str] = mapped_column(ForeignKey("service_request.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))  # customer partner
    started_at: Mapped[Created]
    ended_at: Mapped[datetime | None]


class RequestLink(Base):
    """Two requests that belong together; the smaller id stands first."""

    __tablename__ = "request_link"
    first_id: Mapped[str] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), primary_key=True
    )
    second_id: Mapped[str] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[Created]
