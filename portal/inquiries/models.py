"""Inquiries: a conversation between a buyer and a supplier about a capability or a match."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.capabilities.models import Capability
from portal.companies.models import Company
from portal.core.db import Base, Created, OpaqueId
from portal.core.models import StoredFile
from portal.needs.models import Need

DECLINE_REASONS = ("capacity", "price", "technical", "region", "certificate", "other")


class Inquiry(Base):
    """A question of one organisation (buyer) to another one (supplier)."""

    __tablename__ = "inquiry"
    __table_args__ = (
        Index("ix_inquiry_buyer", "buyer_id", "changed_at"),
        Index("ix_inquiry_supplier", "supplier_id", "changed_at"),
    )
    id: Mapped[OpaqueId]
    external_ref: Mapped[str | None] = mapped_column(String(100), unique=True)
    buyer_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    supplier_id: Mapped[str] = mapped_column(ForeignKey("company.id"))
    capability_id: Mapped[str | None] = mapped_column(ForeignKey("capability.id"))
    need_id: Mapped[str | None] = mapped_column(ForeignKey("need.id"), index=True)
    subject: Mapped[str] = mapped_column(String(300))
    locale: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(30), default="sent")
    decline_reason: Mapped[str | None] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[Created]
    changed_at: Mapped[Created]
    first_answer_at: Mapped[datetime | None]

    buyer: Mapped[Company] = relationship(foreign_keys=buyer_id, lazy="raise_on_sql")
    supplier: Mapped[Company] = relationship(foreign_keys=supplier_id, lazy="raise_on_sql")
    capability: Mapped[Capability | None] = relationship(lazy="raise_on_sql")
    need: Mapped[Need | None] = relationship(lazy="raise_on_sql")
    messages: Mapped[list["InquiryMessage"]] = relationship(
        lazy="raise_on_sql", order_by="InquiryMessage.created_at", back_populates="inquiry"
    )


class InquiryMessage(Base):
    """One line of the thread: a message in its writer's language, a step, or a step with its words.

    `party` is the side that wrote: buyer, supplier, or event for the portal itself. `event` names
    the transition when the line records one.
    """

    __tablename__ = "inquiry_message"
    __table_args__ = (Index("ix_inquiry_message_thread", "inquiry_id", "created_at"),)
    id: Mapped[OpaqueId]
    inquiry_id: Mapped[str] = mapped_column(ForeignKey("inquiry.id", ondelete="CASCADE"))
    party: Mapped[str] = mapped_column(String(10))
    author_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    event: Mapped[str | None] = mapped_column(String(30))
    body: Mapped[str] = mapped_column(Text, default="")
    locale: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[Created]

    inquiry: Mapped[Inquiry] = relationship(back_populates="messages", lazy="raise_on_sql")
    author: Mapped[User | None] = relationship(lazy="raise_on_sql")
    attachments: Mapped[list[StoredFile]] = relationship(
        secondary="inquiry_attachment", lazy="raise_on_sql"
    )


class InquiryAttachment(Base):
    """A file that was sent with a message."""

    __tablename__ = "inquiry_attachment"
    message_id: Mapped[str] = mapped_column(
        ForeignKey("inquiry_message.id", ondelete="CASCADE"), primary_key=True
    )
    file_id: Mapped[str] = mapped_column(ForeignKey("stored_file.id"), primary_key=True)


class InquiryRead(Base):
    """Up to when a person has read an inquiry; newer messages are unread."""

    __tablename__ = "inquiry_read"
    inquiry_id: Mapped[str] = mapped_column(
        ForeignKey("inquiry.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    read_at: Mapped[Created]
