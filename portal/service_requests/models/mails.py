"""Mail that comes back."""

from sqlalchemy import ForeignKey, String, Text
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
    referral_id: Mapped[str | None] = mapped_column(ForeignKey("referral.id"), index=True)
    entry_id: Mapped[str | None] = mapped_column(ForeignKey("request_entry.id"))
    received_at: Mapped[Created]
