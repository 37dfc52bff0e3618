"""What people ask for about their own data."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.db import Base, Created, OpaqueId

EXPORT, ERASURE = "export", "erasure"


class PrivacyRequest(Base):
    """A person asked for a copy of their data, or to be erased at `due_at`.

    States: waiting, done, failed, cancelled, expired (a copy that was deleted again). `file` is
    the name of the copy in the folder of exports.
    """

    __tablename__ = "privacy_request"
    __table_args__ = (
        Index("ix_privacy_request_person", "user_id", "kind"),
        Index("ix_privacy_request_due", "state", "due_at"),
    )
    id: Mapped[OpaqueId]
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    asked_at: Mapped[Created]
    due_at: Mapped[Created]
    done_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    file: Mapped[str] = mapped_column(String(60), default="")
    size: Mapped[int] = mapped_column(default=0)

    user: Mapped[User] = relationship(lazy="raise_on_sql")
