"""People, the organisations they belong to, and the proofs by which they are known."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal.core.db import Base, Created, OpaqueId
from portal.core.names import domains
from portal.core.names.folding import fold
from portal.core.names.legal_forms import core

ORGANISATION_KINDS = ("supplier", "buyer", "both")


class Organisation(Base):
    """A company as a member of the portal; its public face is the profile of the same id."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("kind IN ('supplier', 'buyer', 'both', 'partner')", name="kind"),
    )
    id: Mapped[OpaqueId]
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2))
    locale: Mapped[str] = mapped_column(String(10), default="en")
    created_at: Mapped[Created]
    # The name folded for look-alikes, kept in step with it.
    name_key: Mapped[str] = mapped_column(String(300), default="", index=True)
    core_key: Mapped[str] = mapped_column(String(300), default="", index=True)
    members: Mapped[list["Membership"]] = relationship(
        back_populates="organisation", lazy="raise_on_sql"
    )

    @validates("name")
    def _fold_name(self, _attribute: str, name: str) -> str:
        self.name_key, self.core_key = fold(name), core(name)
        return name


class User(Base):
    """A person. `email` is stored case-folded; `staff_role` is set for the base's own people."""

    __tablename__ = "user_account"
    id: Mapped[OpaqueId]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    domain_key: Mapped[str] = mapped_column(String(100), default="", index=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(10), default="en")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    staff_role: Mapped[str | None] = mapped_column(String(20))
    email_confirmed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[Created]
    membership: Mapped["Membership | None"] = relationship(
        back_populates="user", lazy="raise_on_sql", uselist=False
    )

    if TYPE_CHECKING:
        # Mapped with the consents.
        named_abroad: Mapped[bool | None]
        named_to_partners: Mapped[bool | None]

    @validates("email")
    def _fold_domain(self, _attribute: str, email: str) -> str:
        self.domain_key = domains.key(email)
        return email


class Membership(Base):
    """A person's place in one organisation, with the role owner, editor or viewer."""

    __tablename__ = "membership"
    user_id: Mapped[str] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[Created]
    user: Mapped[User] = relationship(back_populates="membership", lazy="raise_on_sql")
    organisation: Mapped[Organisation] = relationship(back_populates="members", lazy="raise_on_sql")


class Invitation(Base):
    """An offer of membership by mail; the token is known only to the mail's reader."""

    __tablename__ = "invitation"
    id: Mapped[OpaqueId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(10))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class UserSession(Base):
    """A sign-in. The cookie holds a random token, this row its hash; ending the row ends it."""

    __tablename__ = "user_session"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[Created]
    last_seen_at: Mapped[Created]
    expires_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(120), default="")


class OneTimeToken(Base):
    """A link sent by mail, good for one purpose, once, for a short time."""

    __tablename__ = "one_time_token"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[str] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(Base):
    """A bearer token of a person for the HTTP API; shown once, stored as a hash."""

    __tablename__ = "api_token"
    id: Mapped[OpaqueId]
    user_id: Mapped[str] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[Created]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Notice(Base):
    """A line in a person's inbox. `kind` names the sentence, `params` fill it, `path` leads on."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("user_id", "dedupe"),
        Index("ix_notice_unread", "user_id", "read_at", "created_at"),
    )
    id: Mapped[OpaqueId]
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    path: Mapped[str] = mapped_column(Text, default="")
    dedupe: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[Created]
    read_at: Mapped[datetime | None]


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
