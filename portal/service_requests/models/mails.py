"""Mail that comes back, and how people want to be written to."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Created, OpaqueId


class ReceivedMail(Base):
    """A mail that was read in, once by its Message-ID, and what became of it."""

    __tablename__ = "received_mail"
    id: Mapped[OpaqueId]
    message_id: Mapped[str] = mapped_column(String(300), unique=True)
    sender: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300), default="")
    outcome: Mapped[str] = mapped_column(String(20))  # entry ignored refused bounced
    reason: Mapped[str] = mapped_column(Text, default="")
    request_id: Mapped[str | None] = mapped_column(ForeignKey("service_request.id"), index=True)
    entry_id: Mapped[str | None] = mapped_column(ForeignKey("request_entry.id"))
    received_at: Mapped[Created]


class MailPreference(Base):
    """How a person hears of what happens: at once, in a daily digest, or only in the inbox."""

    __tablename__ = "mail_preference"
    user_id: Mapped[str] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    mode: Mapped[str] = mapped_column(String(10), default="immediate")
    night: Mapped[bool] = mapped_column(Boolean, default=False)  # also at night
    digest_hour: Mapped[int] = mapped_column(default=8)
    last_digest_at: Mapped[datetime | None]
