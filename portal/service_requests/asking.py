"""Who asks: a company for itself, or the base's staff on its behalf."""

from dataclasses import replace
from typing import Protocol

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.models import Membership, Organisation
from portal.accounts.rules import actor_of
from portal.companies import queries as companies
from portal.companies.models import Company
from portal.core import i18n
from portal.core.access import MEMBER_ROLES, ROLES, Actor, Permission
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.core.files.storing import CONFIDENTIAL
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import StoredFile
from portal.inquiries.models import Inquiry
from portal.service_requests import queries
from portal.service_requests.models import RequestAttachment

CONTACTS = {
    "portal": _l("Messages in the portal"),
    "email": _l("E-mail"),
    "phone": _l("Telephone"),
    "video": _l("Video call"),
}
MOST_NAMED = 30
ASKING_ROLES = tuple(role for role in MEMBER_ROLES if Permission.REQUEST_WRITE in ROLES[role])


class Asked(Protocol):
    """The parts of a request that say for whom it is written, about whom, and how to answer."""

    @property
    def company_id(self) -> str: ...
    @property
    def requester_id(self) -> str: ...
    @property
    def consent_note(self) -> str: ...
    @property
    def inquiry_id(self) -> str: ...
    @property
    def about_id(self) -> str: ...
    @property
    def contact(self) -> str: ...
    @property
    def timezone(self) -> str: ...
    @property
    def confidential(self) -> bool: ...


def asker(session: Session, actor: Actor, data: Asked) -> Actor:
    """The person in whose name the request stands: links and answers are checked with their eyes.

    Raises Forbidden for those who may not ask, Invalid when staff name nobody.
    """
    if actor.may(Permission.REQUEST_WRITE):
        return actor
    if not actor.may(Permission.DESK_WORK):
        raise Forbidden(_l("You may read service requests, but not write in them."))
    if data.inquiry_id and not queries.came_before_the_base(session, data.inquiry_id):
        raise NotFound
    person = next(
        (m for m in may_ask(session, data.company_id) if m.user_id == data.requester_id), None
    )
    if person is None:
        raise Invalid(_l("Please choose the person who asks."), field="requester")
    if not data.consent_note.strip():
        raise Invalid(
            _l("Please note how and when the company asked for this."), field="consent_note"
        )
    user = accounts.user(session, person.user_id)
    return replace(actor_of(user), locale=actor.locale) if user else actor


def in_place_of(session: Session, company_id: str) -> Actor:
    """The eyes of a company, before it is known who of its people asks. Raises NotFound."""
    organisation = accounts.organisation(session, company_id) if company_id else None
    if organisation is None or companies.find(session, company_id) is None:
        raise NotFound
    return Actor(
        org_id=organisation.id,
        org_name=organisation.name,
        org_kind=organisation.kind,
        role=MEMBER_ROLES[0],
    )


def companies_named(session: Session, words: str, inquiry_id: str = "") -> list[Organisation]:
    """Companies with a profile for staff to choose from, those whose name holds the words; of an
    inquiry only its two sides."""
    query = select(Organisation).join(Company, Company.id == Organisation.id)
    if inquiry_id:
        sides = Organisation.id.in_((Inquiry.buyer_id, Inquiry.supplier_id))
        query = query.join(Inquiry, and_(Inquiry.id == inquiry_id, sides))
    if words:
        query = query.where(Organisation.name.icontains(words, autoescape=True))
    return list(session.scalars(query.order_by(Organisation.name).limit(MOST_NAMED)))


def may_ask(session: Session, company_id: str) -> list[Membership]:
    """Members of a company in whose name staff may ask."""
    found = accounts.members(session, company_id) if company_id else []
    return [member for member in found if member.role in ASKING_ROLES]


def check(session: Session, asker: Actor, data: Asked) -> None:
    """Raises NotFound for a company the asker may not know of, Invalid for the rest."""
    if data.about_id:
        companies.company_for(session, asker, data.about_id)
    if data.contact not in CONTACTS:
        raise Invalid(_l("Please choose how we should answer."), field="contact")
    if data.timezone and data.timezone not in i18n.zones():
        raise Invalid(_l("Please choose a time zone."), field="timezone")


def mark_confidential(session: Session, entry_id: str, data: Asked) -> None:
    """The files sent with a request stay with the base when the requester says so."""
    if data.confidential:
        session.execute(
            update(RequestAttachment)
            .where(RequestAttachment.entry_id == entry_id)
            .values(confidential=True)
        )
        sent = select(RequestAttachment.file_id).where(RequestAttachment.entry_id == entry_id)
        session.execute(
            update(StoredFile).where(StoredFile.id.in_(sent)).values(confidentiality=CONFIDENTIAL)
        )
