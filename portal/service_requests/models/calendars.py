"""Working calendars of the base and its partners."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Created, OpaqueId


class WorkCalendar(Base):
    """Opening hours by weekday in a zone. `week` has seven lists of `["09:00", "17:30"]` pairs;
    `country` names the holidays to load, by ISO 3166. The base's own calendar is `base`. `names`
    has the name in other languages, by locale."""

    __tablename__ = "work_calendar"
    id: Mapped[OpaqueId]
    name: Mapped[str] = mapped_column(String(100))
    names: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    zone: Mapped[str] = mapped_column(String(64))
    country: Mapped[str] = mapped_column(String(2))
    week: Mapped[list[list[list[str]]]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[Created]


class CalendarDay(Base):
    """A date that differs from its weekday: a holiday without hours, a make-up day with some.
    What staff enter (`source` staff) wins over what the base entered for its country (`source`
    base), and that over what was loaded (`source` library)."""

    __tablename__ = "calendar_day"
    calendar_id: Mapped[str] = mapped_column(
        ForeignKey("work_calendar.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    hours: Mapped[list[list[str]]] = mapped_column(JSON)
    name: Mapped[str] = mapped_column(String(100), default="")
    source: Mapped[str] = mapped_column(String(10))
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[Created]


class CalendarYear(Base):
    """A year whose holidays are known, and from where."""

    __tablename__ = "calendar_year"
    calendar_id: Mapped[str] = mapped_column(
        ForeignKey("work_calendar.id", ondelete="CASCADE"), primary_key=True
    )
    year: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(10))  # library staff
    loaded_at: Mapped[Created]
