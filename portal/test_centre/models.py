"""The base's own test centre: programmes, lines with their weeks, bookings, samples, results."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
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

from portal.accounts.models import User
from portal.capabilities.models import Capability
from portal.companies.models import Company
from portal.core.db import Base, Created, OpaqueId
from portal.core.models import StoredFile
from portal.service_requests.models import ServiceRequest


class ProgrammeRecord(Base):
    """A programme as staff changed it; without a row the shipped one holds."""

    __tablename__ = "test_programme"
    id: Mapped[str] = mapped_column(String(30), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[Created]


class Line(Base):
    """A test line: ovens, chambers, benches or people that a programme keeps busy for weeks.

    `programmes` are the ids of what is started here. `places` is how many bookings it takes in a
    week unless a week says otherwise.
    """

    __tablename__ = "test_line"
    id: Mapped[OpaqueId]
    names: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    programmes: Mapped[list[str]] = mapped_column(JSON, default=list)
    places: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)
    retired: Mapped[bool] = mapped_column(Boolean, default=False)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[Created]


class Slot(Base):
    """A week of a line that the staff published, and how many bookings it takes."""

    __tablename__ = "test_slot"
    __table_args__ = (
        UniqueConstraint("line_id", "week"),
        Index("ix_test_slot_week", "week"),
        CheckConstraint("places >= 0", name="places"),
    )
    id: Mapped[OpaqueId]
    line_id: Mapped[str] = mapped_column(ForeignKey("test_line.id"))
    week: Mapped[date] = mapped_column(Date)  # its Monday
    places: Mapped[int]


class Booking(Base):
    """A programme for one capability of a supplier, from the wish to the released result.

    What the chip is called and made of is confidential: supplier and staff alone see this row.
    `line_id`, `first_week` and `weeks` are what was offered; the weeks are taken when the offer is
    confirmed (`SlotUse`). `moved_from` keeps the former weeks until a move can no longer be undone.
    """

    __tablename__ = "test_booking"
    __table_args__ = (
        Index("ix_test_booking_company", "company_id", "changed_at"),
        Index("ix_test_booking_state", "state", "changed_at"),
        Index("ix_test_booking_capability", "capability_id"),
    )
    id: Mapped[OpaqueId]
    number: Mapped[int] = mapped_column(unique=True)
    programme: Mapped[str] = mapped_column(String(30))
    programme_version: Mapped[int] = mapped_column(default=0)
    company_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    capability_id: Mapped[str] = mapped_column(ForeignKey("capability.id"))
    request_id: Mapped[str] = mapped_column(ForeignKey("service_request.id"), unique=True)
    requester_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    device: Mapped[str] = mapped_column(String(120))
    chip_type: Mapped[str] = mapped_column(String(20))
    node_nm: Mapped[Decimal | None]
    package: Mapped[str] = mapped_column(String(60), default="")
    grade: Mapped[str] = mapped_column(String(2), default="")
    asil: Mapped[str] = mapped_column(String(3), default="")
    lots: Mapped[int] = mapped_column(default=3)
    wished_week: Mapped[date | None] = mapped_column(Date)
    wanted_by: Mapped[date | None] = mapped_column(Date)
    nda: Mapped[bool] = mapped_column(Boolean, default=False)
    publish: Mapped[bool] = mapped_column(Boolean, default=False)
    words: Mapped[str] = mapped_column(Text, default="")
    locale: Mapped[str] = mapped_column(String(20))
    line_id: Mapped[str | None] = mapped_column(ForeignKey("test_line.id"))
    first_week: Mapped[date | None] = mapped_column(Date)
    weeks: Mapped[int] = mapped_column(default=0)
    price: Mapped[str] = mapped_column(String(200), default="")
    plan: Mapped[str] = mapped_column(Text, default="")
    valid_until: Mapped[date | None] = mapped_column(Date)
    moved_from: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    samples_in: Mapped[int] = mapped_column(default=0)
    # The result: written by one person of the base, released by another.
    outcome: Mapped[str] = mapped_column(String(10), default="")  # passed failed
    report_number: Mapped[str] = mapped_column(String(80), default="")
    report_id: Mapped[str | None] = mapped_column(ForeignKey("stored_file.id"))
    scope: Mapped[str] = mapped_column(String(300), default="")
    not_checked: Mapped[str] = mapped_column(Text, default="")
    findings: Mapped[str] = mapped_column(Text, default="")
    reported_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    released_by_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    released_at: Mapped[datetime | None]
    certificate_id: Mapped[str | None] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="requested")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]
    changed_at: Mapped[Created]

    company: Mapped[Company] = relationship(lazy="raise_on_sql")
    capability: Mapped[Capability] = relationship(lazy="raise_on_sql")
    request: Mapped[ServiceRequest] = relationship(lazy="raise_on_sql")
    line: Mapped[Line | None] = relationship(lazy="raise_on_sql")
    report: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")
    reported_by: Mapped[User | None] = relationship(
        foreign_keys=reported_by_id, lazy="raise_on_sql"
    )
    released_by: Mapped[User | None] = relationship(
        foreign_keys=released_by_id, lazy="raise_on_sql"
    )
    runs: Mapped[list["Run"]] = relationship(lazy="raise_on_sql", order_by="Run.position")
    samples: Mapped[list["Sample"]] = relationship(
        lazy="raise_on_sql", order_by="Sample.number", back_populates="booking"
    )
    happenings: Mapped[list["BookingEvent"]] = relationship(
        lazy="raise_on_sql", order_by="BookingEvent.id"
    )

    @property
    def reference(self) -> str:
        """The number as people quote it, such as TC-00042."""
        return f"TC-{self.number:05d}"


class SlotUse(Base):
    """One place of one week, taken by one booking: the key lets nobody take it twice."""

    __tablename__ = "test_slot_use"
    __table_args__ = (Index("ix_test_slot_use_booking", "booking_id"),)
    slot_id: Mapped[str] = mapped_column(ForeignKey("test_slot.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    booking_id: Mapped[str] = mapped_column(ForeignKey("test_booking.id", ondelete="CASCADE"))


class BookingEvent(Base):
    """A line of a booking's history; rows are only added. `detail` fills the line's sentence."""

    __tablename__ = "test_booking_event"
    __table_args__ = (Index("ix_test_booking_event_booking", "booking_id"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    booking_id: Mapped[str] = mapped_column(ForeignKey("test_booking.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(30))
    party: Mapped[str] = mapped_column(String(10))
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    note: Mapped[str] = mapped_column(Text, default="")
    locale: Mapped[str] = mapped_column(String(20), default="en")
    created_at: Mapped[Created]

    author: Mapped[User | None] = relationship(lazy="raise_on_sql")


class Sample(Base):
    """Samples of one lot sent in one parcel; where they are now follows from their last event."""

    __tablename__ = "test_sample"
    __table_args__ = (
        Index("ix_test_sample_booking", "booking_id"),
        Index("ix_test_sample_state", "state", "changed_at"),
    )
    id: Mapped[OpaqueId]
    number: Mapped[int] = mapped_column(unique=True)
    booking_id: Mapped[str] = mapped_column(ForeignKey("test_booking.id", ondelete="CASCADE"))
    carrier: Mapped[str] = mapped_column(String(60), default="")
    tracking: Mapped[str] = mapped_column(String(60), default="")
    lot: Mapped[str] = mapped_column(String(60))
    date_code: Mapped[str] = mapped_column(String(20), default="")
    quantity: Mapped[int]
    left: Mapped[int]  # pieces that are still with the centre, or on their way to it
    place: Mapped[str] = mapped_column(String(60), default="")
    state: Mapped[str] = mapped_column(String(12), default="announced")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[Created]

    booking: Mapped[Booking] = relationship(lazy="raise_on_sql", back_populates="samples")
    custody: Mapped[list["CustodyEvent"]] = relationship(
        lazy="raise_on_sql", order_by="CustodyEvent.id"
    )

    @property
    def reference(self) -> str:
        """What stands on the label, such as S-00042."""
        return f"S-{self.number:05d}"


class CustodyEvent(Base):
    """Who had the samples when, where and in which condition; rows are only added."""

    __tablename__ = "test_custody_event"
    __table_args__ = (Index("ix_test_custody_event_sample", "sample_id"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    sample_id: Mapped[str] = mapped_column(ForeignKey("test_sample.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))
    quantity: Mapped[int]
    condition: Mapped[str] = mapped_column(String(12), default="")
    place: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[Created]

    author: Mapped[User | None] = relationship(lazy="raise_on_sql")


class Run(Base):
    """A single test of a booking as it was planned, and what came of it."""

    __tablename__ = "test_run"
    __table_args__ = (UniqueConstraint("booking_id", "position"),)
    id: Mapped[OpaqueId]
    booking_id: Mapped[str] = mapped_column(ForeignKey("test_booking.id", ondelete="CASCADE"))
    position: Mapped[int]
    section: Mapped[str] = mapped_column(String(20))
    test: Mapped[str] = mapped_column(String(30))
    method: Mapped[str] = mapped_column(String(120), default="")
    stress: Mapped[str] = mapped_column(String(200), default="")
    hours: Mapped[int | None]
    cycles: Mapped[int | None]
    size: Mapped[int | None]
    lots: Mapped[int | None]
    verdict: Mapped[str] = mapped_column(String(12), default="")
    tested: Mapped[int | None]
    rejects: Mapped[int | None]
    finding: Mapped[str] = mapped_column(String(1000), default="")
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime | None]


class AppendOnly(RuntimeError):
    """Somebody tried to change the history of a booking or of samples."""


def _refuse(_mapper: Mapper[Any], _connection: Any, row: Any) -> None:
    raise AppendOnly(row.__tablename__)


for _history in (BookingEvent, CustodyEvent):
    for _change in ("before_update", "before_delete"):
        event.listen(_history, _change, _refuse)
