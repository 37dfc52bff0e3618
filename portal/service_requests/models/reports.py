"""What reports count: facts of each request as they were measured, and the reports kept."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.db import Base, Created, OpaqueId


class RequestFact(Base):
    """The measured times of a request, written with every step, so that reports only add up.

    Dates are those of the base. Minutes are working time of the base: until the first reply and
    the plan without the pauses, and by whom the request was waited for until `counted_until`.
    `phase` is who has been waited for since then; it is empty once the request has ended.
    """

    __tablename__ = "request_fact"
    __table_args__ = (
        Index("ix_request_fact_opened", "opened_on"),
        Index("ix_request_fact_ended", "ended_on"),
    )
    request_id: Mapped[str] = mapped_column(
        ForeignKey("service_request.id", ondelete="CASCADE"), primary_key=True
    )
    opened_on: Mapped[date] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[str] = mapped_column(String(10))  # open resolved cancelled rejected merged
    reply_minutes: Mapped[int | None]
    plan_minutes: Mapped[int | None]
    reply_late: Mapped[bool]
    plan_late: Mapped[bool]
    base_minutes: Mapped[int]
    customer_minutes: Mapped[int]
    partner_minutes: Mapped[int]
    phase: Mapped[str] = mapped_column(String(10))  # base customer partner or empty
    counted_until: Mapped[datetime]
    reopened: Mapped[int]


class MonthlyReport(Base):
    """The report of a month in a language: asked for, being made, kept as a file."""

    __tablename__ = "monthly_report"
    __table_args__ = (Index("ix_monthly_report_month", "month", "locale"),)
    id: Mapped[OpaqueId]
    month: Mapped[str] = mapped_column(String(7))
    locale: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # running done failed
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    asked_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[Created]
    finished_at: Mapped[datetime | None]
    file_id: Mapped[str | None] = mapped_column(ForeignKey("stored_file.id"))

    asked_by: Mapped[User | None] = relationship(lazy="raise_on_sql")
