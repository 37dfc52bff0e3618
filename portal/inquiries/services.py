"""Verbs of inquiries: send, reply, move on, read. Nothing of a thread's text leaves the thread."""

from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.accounts.models import Notice, Organisation, User
from portal.companies import queries as companies
from portal.companies.models import Company
from portal.core import audit, clock, mail
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.disclosure.queries import sight_of
from portal.inquiries import queries, rules
from portal.inquiries.models import DECLINE_REASONS, Inquiry, InquiryMessage, InquiryRead

notices.declare("inquiry.new", _l("New inquiry from %(company)s"), "mail")
notices.declare(
    "inquiry.message",
    _l("New message from %(company)s in an inquiry"),
    "messages",
)
notices.declare(
    "inquiry.moved",
    _l("New step from %(company)s in an inquiry"),
    "arrow-right",
)
notices.declare("inquiry.seen", _l("%(company)s opened your inquiry"), "eye")


@dataclass(frozen=True)
class NewInquiry:
    """What a person gives to ask about a capability, if they like for one of their needs."""

    capability_id: str
    subject: str
    words: Words
    need_id: str | None = None


def create(session: Session, actor: Actor, data: NewInquiry) -> Inquiry:
    """Send an inquiry; the open one on the same pair is returned instead if there is one."""
    _may_write(session, actor)
    if not companies.has_profile(session, actor):
        raise Conflict(PROFILE_FIRST)
    capability = queries.capability_to_ask(session, data.capability_id)
    if actor.owns(capability.company_id):
        raise Conflict(OWN_CAPABILITY)
    if data.need_id:
        queries.own_need(session, actor, data.need_id)
    _one_at_a_time(session, actor)
    existing = queries.open_between(session, actor, capability.id, data.need_id)
    if existing:
        return queries.inquiry_for(session, actor, existing)
    row = Inquiry(
        buyer_id=actor.org_id,
        supplier_id=capability.company_id,
        capability_id=capability.id,
        need_id=data.need_id,
        subject=data.subject,
        locale=rules.language_of(data.subject, data.words.locale),
        created_by=actor.user_id,
    )
    session.add(row)
    session.flush()
    message = _write(session, actor, row, data.words)
    audit.record(session, actor, "inquiry.send", row, {"supplier": row.supplier_id})
    _tell(session, row, message, "inquiry.new")
    return row


PROFILE_FIRST = _l(
    "Please fill in your company profile first, so that the supplier knows who is asking."
)
OWN_CAPABILITY = _l("This capability belongs to your own company.")


def _one_at_a_time(session: Session, actor: Actor) -> None:
    """Two people of one organisation who ask the same at once end in one thread."""
    session.execute(
        select(Organisation.id).where(Organisation.id == actor.org_id).with_for_update()
    )


def _may_write(session: Session, actor: Actor) -> None:
    """Editors and owners, unless the base has suspended their company."""
    if not actor.may(Permission.INQUIRY_WRITE):
        raise Forbidden(_l("You may read inquiries, but not write in them."))
    if companies.is_suspended(session, actor):
        raise Forbidden(gettext("The profile of %(name)s is suspended.", name=actor.org_name))


def _write(
    session: Session,
    actor: Actor,
    inquiry: Inquiry,
    words: Words,
    *,
    event: str | None = None,
) -> InquiryMessage:
    """Add a line to the thread."""
    message = InquiryMessage(
        inquiry_id=inquiry.id,
        party=rules.side_of(inquiry, actor) or "event",
        author_id=actor.user_id,
        event=event,
        body=words.body,
        locale=rules.language_of(words.body, words.locale),
        created_at=clock.now(),
        attachments=list(words.attachments),
    )
    session.add(message)
    session.flush()
    return message


def reply(session: Session, actor: Actor, inquiry_id: str, words: Words) -> InquiryMessage:
    """Add a message. The buyer's reply to an open question also answers it."""
    inquiry = queries.inquiry_for(session, actor, inquiry_id)
    _may_write(session, actor)
    if not rules.is_open(inquiry):
        raise Conflict(_l("This inquiry is closed; nothing more can be written in it."))
    _see(session, actor, inquiry)
    event = "answer" if rules.WORKFLOW.can("answer", inquiry, actor) else None
    message = _write(session, actor, inquiry, words, event=event)
    if event:
        rules.WORKFLOW.fire(session, inquiry, event, actor, note=words.body)
    _touch(session, actor, inquiry, message)
    audit.record(session, actor, "inquiry.reply", inquiry, {"message": message.id})
    _tell(session, inquiry, message, "inquiry.message")
    return message


def _touch(session: Session, actor: Actor, inquiry: Inquiry, message: InquiryMessage) -> None:
    """Note that something happened, the supplier's first answer, and that the writer knows it."""
    inquiry.changed_at = message.created_at
    if message.party == rules.SUPPLIER and inquiry.first_answer_at is None:
        inquiry.first_answer_at = message.created_at
    _remember_read(session, actor, inquiry)


@dataclass(frozen=True)
class Move:
    """A step of the workflow, with the version the person saw, words, and a reason to decline."""

    name: str
    version: int
    words: Words
    reason: str = ""


def move(session: Session, actor: Actor, inquiry_id: str, step: Move) -> Inquiry:
    """Take a step. Raises Conflict for a stale version or wrong state, Invalid for no reason."""
    inquiry = queries.inquiry_for(session, actor, inquiry_id)
    if step.name == "see" or rules.WORKFLOW.find(step.name) is None:
        raise NotFound
    _may_write(session, actor)
    _check_reason(step)
    rules.WORKFLOW.fire(
        session, inquiry, step.name, actor, note=step.words.body, version=step.version
    )
    if step.name == "decline":
        inquiry.decline_reason = step.reason
    message = _write(session, actor, inquiry, step.words, event=step.name)
    _touch(session, actor, inquiry, message)
    _tell(session, inquiry, message, "inquiry.moved")
    return inquiry


def _check_reason(step: Move) -> None:
    if step.name == "decline" and step.reason not in DECLINE_REASONS:
        raise Invalid(_l("Please choose a reason; it helps the buyer to go on."), field="reason")


def mark_read(session: Session, actor: Actor, inquiry_id: str) -> None:
    """The person has the thread open: all of it is read, and the supplier has seen it."""
    inquiry = queries.inquiry_for(session, actor, inquiry_id)
    _see(session, actor, inquiry)
    _remember_read(session, actor, inquiry)
    session.execute(
        update(Notice)
        .where(
            Notice.user_id == actor.user_id,
            Notice.path == _path(inquiry),
            Notice.read_at.is_(None),
        )
        .values(read_at=clock.now())
    )


def _see(session: Session, actor: Actor, inquiry: Inquiry) -> None:
    if not rules.WORKFLOW.can("see", inquiry, actor):
        return
    rules.WORKFLOW.fire(session, inquiry, "see", actor)
    message = InquiryMessage(
        inquiry_id=inquiry.id,
        party=rules.SUPPLIER,
        author_id=actor.user_id,
        event="see",
        locale=actor.locale,
        created_at=clock.now(),
    )
    session.add(message)
    session.flush()
    _notify(session, inquiry, message, "inquiry.seen")


def _remember_read(session: Session, actor: Actor, inquiry: Inquiry) -> None:
    session.merge(InquiryRead(inquiry_id=inquiry.id, user_id=actor.user_id, read_at=clock.now()))


def _path(inquiry: Inquiry) -> str:
    return f"/inquiries/{inquiry.id}"


def _tell(session: Session, inquiry: Inquiry, message: InquiryMessage, kind: str) -> None:
    """Notice and mail: who wrote and where to read it, never what."""
    template = f"inquiries/{kind.removeprefix('inquiry.')}"
    for user, name in _notify(session, inquiry, message, kind):
        mail.enqueue(session, accounts.recipient(user), template, {"company": name}, _path(inquiry))


def _named(session: Session, inquiry: Inquiry, buyer: Company) -> Company:
    """The buyer as the supplier knows it: mails and notices name no company behind an alias."""
    need = queries.need_of(session, inquiry)
    if need is None or need.company_id != buyer.id:
        return buyer
    shown = sight_of(session, inquiry.supplier_id).seen(need)
    return shown.company if not shown.company_id else buyer


def _notify(
    session: Session, inquiry: Inquiry, message: InquiryMessage, kind: str
) -> list[tuple[User, str]]:
    """A line in the inbox of each member of the other side, naming the writer in their language."""
    sides = {rules.BUYER: inquiry.buyer_id, rules.SUPPLIER: inquiry.supplier_id}
    writer = queries.company(session, sides[message.party])
    if message.party == rules.BUYER:
        writer = _named(session, inquiry, writer)
    readers = accounts.users_of(session, sides[rules.other_side(message.party)])
    told: list[tuple[User, str]] = []
    for tag, group in groupby(sorted(readers, key=lambda u: u.locale), key=lambda u: u.locale):
        name = queries.party(writer, tag).name
        fresh = notices.tell_users(
            session,
            group,
            kind,
            {"company": name},
            path=_path(inquiry),
            dedupe=f"inquiry:{message.id}",
        )
        told += [(user, name) for user in fresh]
    return told
