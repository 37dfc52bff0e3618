"""Partner institutions, what they are asked, and what paid services cost."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from portal.accounts.models import Organisation, User
from portal.core.db import Base, Created, OpaqueId
from portal.core.models import StoredFile
from portal.service_requests.models.calendars import WorkCalendar
from portal.service_requests.models.request import ServiceRequest


class Partner(Base):
    """An institution the base works with: laboratory, law firm, forwarder … Its people are the
    members of its organisation, whose id it shares."""

    __tablename__ = "partner"
    id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    services: Mapped[list[str]] = mapped_column(JSON, default=list)
    countries: Mapped[list[str]] = mapped_column(JSON, default=list)
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    description: Mapped[str] = mapped_column(Text, default="")
    calendar_id: Mapped[str] = mapped_column(ForeignKey("work_calendar.id"))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[Created]

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    calendar: Mapped[WorkCalendar] = relationship(lazy="raise_on_sql")


class Referral(Base):
    """A question of the base to one partner about one request. A partner sees `brief`, the
    fields and files named in `shared`, and nothing else of the request."""

    __tablename__ = "referral"
    __table_args__ = (
        Index("ix_referral_request", "request_id", "created_at"),
        Index("ix_referral_queue", "partner_id", "state", "created_at"),
    )
    id: Mapped[OpaqueId]
    number: Mapped[int] = mapped_column(unique=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("service_request.id", ondelete="CASCADE"))
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"))
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    title: Mapped[str] = mapped_column(String(300))
    brief: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(20))
    shared: Mapped[list[str]] = mapped_column(JSON, default=list)
    result: Mapped[str] = mapped_column(Text, default="")
    desired_date: Mapped[date | None] = mapped_column(Date)
    # Until when the partner owes its next word, in its own working time, and the last reminder of
    # it that was sent: 0 none, 1 before the time, 2 after it.
    due: Mapped[datetime | None]
    reminded: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(20), default="asked")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]
    changed_at: Mapped[Created]
    answered_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    # Working minutes of the partner from the question to its first word and to its result, and
    # whether no word of it came too late.
    answer_minutes: Mapped[int | None]
    finish_minutes: Mapped[int | None]
    in_time: Mapped[bool | None]
    # How staff found the answer, 1 to 5, once it is there.
    mark: Mapped[int | None]

    request: Mapped[ServiceRequest] = relationship(lazy="raise_on_sql")
    partner: Mapped[Partner] = relationship(lazy="raise_on_sql")
    author: Mapped[User | None] = relationship(foreign_keys=author_id, lazy="raise_on_sql")
    assignee: Mapped[User | None] = relationship(foreign_keys=assignee_id, lazy="raise_on_sql")
    entries: Mapped[list["ReferralEntry"]] = relationship(
        lazy="raise_on_sql", order_by="ReferralEntry.created_at", back_populates="referral"
    )

    @property
    def reference(self) -> str:
        """The number as base and partner quote it, such as PR-00042; it does not tell the
        number of the request."""
        return f"PR-{self.number:05d}"


# How many partners still owe an answer; read with the request, so that a list asks only once.
ServiceRequest.open_referrals = column_property(
    select(func.count(Referral.id))
    .where(Referral.request_id == ServiceRequest.id, Referral.state.in_(("asked", "accepted")))
    .correlate_except(Referral)
    .scalar_subquery()
)


class ReferralEntry(Base):
    """One line between the base and a partner. `party` is staff or partner; internal lines are
    seen by their own side only."""

    __tablename__ = "referral_entry"
    __table_args__ = (Index("ix_referral_entry_thread", "referral_id", "created_at"),)
    id: Mapped[OpaqueId]
    referral_id: Mapped[str] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"))
    party: Mapped[str] = mapped_column(String(10))
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    internal: Mapped[bool] = mapped_column(Boolean, default=False)
    event: Mapped[str | None] = mapped_column(String(30))
    body: Mapped[str] = mapped_column(Text, default="")
    locale: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[Created]

    referral: Mapped[Referral] = relationship(back_populates="entries", lazy="raise_on_sql")
    author: Mapped[User | None] = relationship(lazy="raise_on_sql")
    attachments: Mapped[list[StoredFile]] = relationship(
        secondary="referral_attachment", lazy="raise_on_sql"
    )


class ReferralAttachment(Base):
    """A file shared with a partner or sent by one."""

    __tablename__ = "referral_attachment"
    entry_id: Mapped[str] = mapped_column(
        ForeignKey("referral_entry.id", ondelete="CASCADE"), primary_key=True
    )
    file_id: Mapped[str] = mapped_column(ForeignKey("stored_file.id"), primary_key=True)


class Quote(Base):
    """What a paid service costs. No bank data are kept; payment happens outside the portal."""

    __tablename__ = "service_quote"
    __table_args__ = (Index("ix_service_quote_request", "request_id", "created_at"),)
    id: Mapped[OpaqueId]
    request_id: Mapped[str] = mapped_column(ForeignKey("service_request.id", ondelete="CASCADE"))
    referral_id: Mapped[str | None] = mapped_column(ForeignKey("referral.id"))
    number: Mapped[int] = mapped_column(unique=True)
    text: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(20))
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3))
    tax_note: Mapped[str] = mapped_column(String(200), default="")
    valid_until: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(20), default="sent")
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    sent_at: Mapped[datetime | None]
    # The version that was decided upon: what a customer accepted is what that version said.
    decided_version: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[Created]
    changed_at: Mapped[Created]

    request: Mapped[ServiceRequest] = relationship(lazy="raise_on_sql")
    referral: Mapped[Referral | None] = relationship(lazy="raise_on_sql")
    author: Mapped[User | None] = relationship(foreign_keys=author_id, lazy="raise_on_sql")
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id, lazy="raise_on_sql")

    @property
    def reference(self) -> str:
        """The number as people quote it, such as Q-00042."""
        return f"Q-{self.number:05d}"
