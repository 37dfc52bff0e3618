"""What people agreed to: the privacy notice, and each further use of their data on its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, column_property, mapped_column

from portal.accounts.models import User
from portal.core import audit, clock
from portal.core.access import Actor
from portal.core.db import Base, Created, OpaqueId
from portal.core.errors import Invalid
from portal.core.i18n import lazy_gettext as _l

# The privacy notice in force; its texts are portal/privacy/data/notices/<version>.<locale>.md.
NOTICE = "2026-11"
HOME = "CN"  # where the base is, whose law asks for a separate consent to passing data abroad
EEA = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
CONSENT, CONTRACT = "consent", "contract"


class Consent(Base):
    """What a person agreed to or took back; rows are added, never changed, and the last one of a
    purpose holds. `version` and `locale` name the text that was read; `basis` is consent, or the
    ground on which the purpose stands without one."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person", "user_id", "purpose", "at"),)
    id: Mapped[OpaqueId]
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(20))
    given: Mapped[bool] = mapped_column(Boolean)
    basis: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(20))
    at: Mapped[Created]


def _last_word(purpose: str) -> Any:
    return (
        select(Consent.given)
        .where(Consent.user_id == User.id, Consent.purpose == purpose)
        .order_by(Consent.at.desc(), Consent.id.desc())
        .limit(1)
        .correlate_except(Consent)
        .scalar_subquery()
    )


# What the person says at the moment of reading; None where nothing was said.
User.named_abroad = column_property(_last_word("abroad"))
User.named_to_partners = column_property(_last_word("partners"))


@dataclass(frozen=True)
class Purpose:
    """A use of personal data that a person decides upon; `unasked` is what holds without a word."""

    name: str
    label: Any
    text: Any
    unasked: bool = False


PURPOSES = (
    Purpose(
        "abroad",
        _l("Show my name and contact details to organisations outside mainland China"),
        _l(
            "Only for people of companies in mainland China. Recipients are the companies you "
            "write to or that write to you, and the partner institutions working on your requests. "
            "Without it they read “A contact of” and your company's name. Separate consent under "
            "Article 39 of the PIPL."
        ),
    ),
    Purpose(
        "partners",
        _l("Name me as contact person to partner institutions of the base"),
        _l(
            "Laboratories, forwarders and law firms see your name only where you also agreed on "
            "the service request itself."
        ),
        unasked=True,
    ),
    Purpose(
        "digests",
        _l("Send me suggestions of new matches by mail"),
        _l("Mails on your own inquiries and service requests come in any case."),
        unasked=True,
    ),
)
BY_NAME: Mapping[str, Purpose] = {purpose.name: purpose for purpose in PURPOSES}


def record(
    session: Session, user: User, purpose: str, given: bool, locale: str, basis: str = CONSENT
) -> Consent:
    """Add what the person said, or the ground that holds without it, to the history."""
    row = Consent(
        user_id=user.id,
        purpose=purpose,
        given=given,
        basis=basis,
        version=NOTICE,
        locale=locale,
        at=clock.now(),
    )
    session.add(row)
    return row


def accept_notice(session: Session, user: User, country: str, locale: str, *, abroad: bool) -> None:
    """What registering says: the notice was read, and on which ground data leave the country of
    the person: their separate consent in mainland China, the contract for people of the EEA."""
    record(session, user, "notice", True, locale)
    if abroad:
        record(session, user, "abroad", True, locale)
    if country in EEA:
        record(session, user, "transfer", True, locale, CONTRACT)


def decide(session: Session, actor: Actor, user: User, purpose: str, given: bool) -> None:
    """Give or withdraw one consent; it holds from the next page on."""
    if purpose not in BY_NAME:
        raise Invalid(_l("There is nothing of this kind to agree to."), field="purpose")
    if holds(session, user.id).get(purpose) == given:
        return
    record(session, user, purpose, given, actor.locale)
    detail = {"purpose": purpose, "given": given, "version": NOTICE}
    audit.record(session, actor, "privacy.consent", user, detail)


def history(session: Session, user_id: str) -> list[Consent]:
    """Everything a person said, newest first."""
    query = select(Consent).where(Consent.user_id == user_id)
    return list(session.scalars(query.order_by(Consent.at.desc(), Consent.id.desc())))


def latest(rows: list[Consent]) -> dict[str, bool]:
    """Purpose → what holds now, from a history that begins with the newest row."""
    said = {row.purpose: row.given for row in reversed(rows)}
    return {p.name: p.unasked for p in PURPOSES} | said


def holds(session: Session, user_id: str) -> dict[str, bool]:
    """Purpose → whether the person agrees to it now."""
    return latest(history(session, user_id))
