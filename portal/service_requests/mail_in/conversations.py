"""What an address for answers leads to: the thread of a request, or that of a referral."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.core import clock
from portal.core.access import SYSTEM, Actor
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.service_requests import news, services
from portal.service_requests.entries import write
from portal.service_requests.mail_in import queries
from portal.service_requests.models import ReceivedMail, Referral, ServiceRequest
from portal.service_requests.partners import news as partner_news
from portal.service_requests.partners import referrals

notices.declare("desk.mail-bounced", _l("A mail about %(number)s came back"), "mail")


class Conversation(Protocol):
    """Where a mail may become a message."""

    @property
    def key(self) -> queries.Key:
        """Which column of received mails names it, with its id."""

    def admits(self, person: User) -> bool:
        """Whether the person is active and on one of its sides."""

    def say(
        self,
        session: Session,
        actor: Actor,
        words: Words,
        refused: Sequence[str],
        row: ReceivedMail,
    ) -> None:
        """Add the message, with the names of files that were refused, and note it in `row`."""

    def note(self, session: Session, kind: str, address: str) -> None:
        """Let the staff see that something came that is no message."""

    def tell_bounced(self, session: Session) -> None:
        """Let those in charge know that a mail came back."""


def _inside(person: User, organisation_id: str) -> bool:
    member = person.membership
    return member is not None and member.organisation_id == organisation_id


def _active(person: User, organisation_id: str) -> bool:
    """At the base, or in the organisation on the other side."""
    belongs = person.staff_role is not None or _inside(person, organisation_id)
    return person.disabled_at is None and belongs


def _note(session: Session, request: ServiceRequest, kind: str, address: str) -> None:
    detail = {"kind": kind, "address": address}
    write(session, SYSTEM, request, event="mail", internal=True, detail=detail)


def _tell(session: Session, concerned: set[str | None], number: str, path: str, key: str) -> None:
    staff = accounts.staff(session)
    in_charge = [user for user in staff if user.id in concerned]
    notices.tell_users(
        session,
        in_charge or staff,
        "desk.mail-bounced",
        {"number": number},
        path=path,
        dedupe=f"bounced:{key}:{clock.now():%Y%m%d}",
    )


@dataclass(frozen=True)
class OfRequest:
    """Between a customer and the base."""

    request: ServiceRequest

    @property
    def key(self) -> queries.Key:
        return ("request_id", self.request.id)

    def admits(self, person: User) -> bool:
        return _active(person, self.request.company_id)

    def say(
        self,
        session: Session,
        actor: Actor,
        words: Words,
        refused: Sequence[str],
        row: ReceivedMail,
    ) -> None:
        entry = services.reply(session, actor, self.request.id, words)
        named = {"refused_files": list(refused)} if refused else {}
        entry.detail = {**entry.detail, "channel": "mail", **named}
        row.entry_id, row.request_id = entry.id, entry.request_id

    def note(self, session: Session, kind: str, address: str) -> None:
        _note(session, self.request, kind, address)

    def tell_bounced(self, session: Session) -> None:
        row = self.request
        _tell(session, {row.assignee_id}, row.reference, news.desk_path(row), row.id)


@dataclass(frozen=True)
class OfReferral:
    """Between a partner and the base. Its customer has no part in it."""

    referral: Referral

    @property
    def key(self) -> queries.Key:
        return ("referral_id", self.referral.id)

    def admits(self, person: User) -> bool:
        return _active(person, self.referral.partner_id)

    def say(
        self,
        session: Session,
        actor: Actor,
        words: Words,
        refused: Sequence[str],
        row: ReceivedMail,
    ) -> None:
        if refused:
            names = gettext(", ").join(refused)
            line = gettext("Files that were not taken in: %(names)s", names=names)
            words = Words(f"{words.body}\n\n{line}", words.locale, words.attachments)
        referrals.say(session, actor, self.referral.id, words)
        row.referral_id = self.referral.id

    def note(self, session: Session, kind: str, address: str) -> None:
        _note(session, self.referral.request, kind, address)

    def tell_bounced(self, session: Session) -> None:
        row = self.referral
        concerned = {row.author_id, row.request.assignee_id}
        _tell(session, concerned, row.reference, partner_news.desk_path(row), row.id)


def _of_request(session: Session, number: int) -> Conversation | None:
    found = queries.request_of(session, number)
    return OfRequest(found) if found else None


def _of_referral(session: Session, number: int) -> Conversation | None:
    found = queries.referral_of(session, number)
    return OfReferral(found) if found else None


_FOUND: dict[str, Callable[[Session, int], Conversation | None]] = {
    "sr": _of_request,
    "pr": _of_referral,
}


def named(session: Session, conversation: str) -> Conversation | None:
    """The conversation that an address such as `sr42` or `pr7` names."""
    find, digits = _FOUND.get(conversation[:2]), conversation[2:]
    if find is None or not (digits.isascii() and digits.isdigit()):
        return None
    return find(session, int(digits))
