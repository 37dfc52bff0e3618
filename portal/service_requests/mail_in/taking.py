"""Takes a mail in: into the conversation it answers, or not, and keeps what became of it."""

from dataclasses import dataclass, field
from datetime import timedelta
from email.message import Message

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts import rules as account_rules
from portal.accounts.models import User
from portal.config import Settings
from portal.core import clock, files, i18n, mail, reply_address
from portal.core.access import PARTNER
from portal.core.db import Database
from portal.core.errors import DomainError
from portal.core.files import FileStore
from portal.core.i18n import gettext
from portal.core.mail import Recipient
from portal.core.texts import Words
from portal.service_requests.mail_in import (
    attachments,
    bodies,
    conversations,
    queries,
    quoting,
    reading,
    signs,
)
from portal.service_requests.mail_in.attachments import Checked
from portal.service_requests.mail_in.conversations import Conversation
from portal.service_requests.mail_in.reading import Mail
from portal.service_requests.models import ReceivedMail

MAX_TEXT = 20_000
# A sender hears at most once in this time that a mail was not taken in; so often an automatic
# answer is noted on a request.
ONCE_IN = timedelta(days=1)
MOST_REFUSED = 10


@dataclass(frozen=True)
class _Bound:
    """What a genuine address leads to: a conversation, and the person it was given to."""

    conversation: Conversation
    person: User


@dataclass(frozen=True)
class _Brought:
    """The words of a mail and its files."""

    body: str = ""
    checked: Checked = field(default_factory=Checked)


def take_in(database: Database, settings: Settings, store: FileStore, content: bytes) -> str:
    """Read one mail; returns entry, ignored, bounced, refused, or known for one read before."""
    received = reading.read(content)
    answering = reply_address.read(settings, received.addressed)
    with database.reading() as session:
        if queries.is_known(session, received.message_id):
            return "known"
        author = _author(session, _bound(session, answering), received)
    brought = _brought(received, author)
    try:
        with database.transaction() as session:
            if queries.is_known(session, received.message_id):
                return "known"
            row = _row(received)
            _place(session, store, _bound(session, answering), received, brought, row)
            session.add(row)
            return row.outcome
    except IntegrityError:  # another process read the same mail
        return "known"


def _brought(received: Mail, author: User | None) -> _Brought:
    """What an author's mail says and brings; read before the transaction, for long texts and
    pictures take their time."""
    message = received.message
    if author is None or message is None:
        return _Brought()
    checked = attachments.check(message)
    with i18n.use_locale(author.locale, author.timezone):
        has_files = bool(checked.uploads or checked.refused)
        return _Brought(_body(message, author.locale, has_files=has_files), checked)


def _row(received: Mail) -> ReceivedMail:
    return ReceivedMail(
        message_id=received.message_id,
        sender=received.sender,
        subject=received.subject,
        outcome="ignored",
        received_at=clock.now(),
    )


def _bound(session: Session, answering: reply_address.Answering | None) -> _Bound | None:
    """None where the address is not genuine, or its person may no longer read there."""
    if answering is None:
        return None
    conversation = conversations.named(session, answering.conversation)
    person = accounts.user(session, answering.person)
    if conversation is None or person is None or not conversation.admits(person):
        return None
    return _Bound(conversation, person)


def _author(session: Session, bound: _Bound | None, received: Mail) -> User | None:
    """Who may write here: the person the address was given to, or somebody of the same side. The
    address of one side never lets anybody speak for the other."""
    if bound is None or received.kind != signs.PERSONAL:
        return None
    user = accounts.user_by_email(session, received.sender)
    if user is None or not bound.conversation.admits(user) or user.email_confirmed_at is None:
        return None
    same_side = (user.staff_role is None) == (bound.person.staff_role is None)
    return user if same_side else None


def _place(
    session: Session,
    store: FileStore,
    bound: _Bound | None,
    received: Mail,
    brought: _Brought,
    row: ReceivedMail,
) -> None:
    """Decide what becomes of the mail, and do it."""
    if bound:
        name, value = bound.conversation.key
        setattr(row, name, value)
    if received.kind != signs.PERSONAL:
        _note_machine(session, bound, received, row)
        return
    author = _author(session, bound, received)
    if bound is None or author is None or received.message is None:
        _refuse(session, bound, author, received, row)
        return
    try:
        with session.begin_nested(), i18n.use_locale(author.locale, author.timezone):
            _write(session, store, bound.conversation, author, brought, row)
    except DomainError as error:
        row.reason = str(error)
        _refuse(session, bound, author, received, row)
        return
    row.outcome = "entry"


def _write(
    session: Session,
    store: FileStore,
    conversation: Conversation,
    author: User,
    brought: _Brought,
    row: ReceivedMail,
) -> None:
    """The mail as a message of its author, marked as one, with the names of refused files."""
    actor = account_rules.actor_of(author)
    uploads, refused = brought.checked.uploads, brought.checked.refused
    kept = [files.store(session, store, upload, actor.org_id) for upload in uploads]
    words = Words(brought.body, author.locale, tuple(kept))
    conversation.say(session, actor, words, refused, row)


def _body(message: Message, tag: str, *, has_files: bool) -> str:
    body = quoting.newly_written(bodies.text_of(message, tag))
    if len(body) > MAX_TEXT:
        body = body[: MAX_TEXT - 1] + "…"
    return body or (gettext("Files sent by mail") if has_files else "")


def _note_machine(
    session: Session, bound: _Bound | None, received: Mail, row: ReceivedMail
) -> None:
    """Automatic answers and returned mails stay out of the conversation; staff see that they came.
    Nothing is ever answered to a machine."""
    bounced = received.kind == signs.BOUNCED
    row.outcome = "bounced" if bounced else "ignored"
    if bound is None or _repeated(session, received, row, bound.conversation):
        return
    bound.conversation.note(session, received.kind, bound.person.email)
    if bounced:
        bound.conversation.tell_bounced(session)


def _repeated(
    session: Session, received: Mail, row: ReceivedMail, conversation: Conversation
) -> bool:
    since, key = clock.now() - ONCE_IN, conversation.key
    return queries.since(session, since, row.outcome, sender=received.sender, key=key) > 0


def _refuse(
    session: Session,
    bound: _Bound | None,
    author: User | None,
    received: Mail,
    row: ReceivedMail,
) -> None:
    """Keep it out, let staff see that, and say so to the sender once."""
    row.outcome = "refused"
    row.reason = row.reason or ("too large" if received.too_large else "not a participant")
    told = _told(session, bound, received.sender)
    if bound is not None and not told:
        bound.conversation.note(session, "refused", received.sender)
    known = author or accounts.user_by_email(session, received.sender)
    if told or (bound is None and known is None):
        return  # strangers without a genuine address get no answer: it may not be theirs
    limit = reading.MAX_BYTES // 1024**2 if author and received.too_large else 0
    to = accounts.recipient(known) if known else _stranger(received, bound)
    mail.enqueue(session, to, "mail_in/not_taken", {"limit": limit}, _home(known))


def _home(known: User | None) -> str:
    """Where somebody finds the conversation in the portal."""
    member = known.membership if known else None
    at_partner = member is not None and member.organisation.kind == PARTNER
    return "/partner" if at_partner else "/service-requests"


def _told(session: Session, bound: _Bound | None, sender: str) -> bool:
    """Whether the sender has heard of it lately, or so many senders of one conversation have that
    somebody lets the portal write to strangers."""
    since = clock.now() - ONCE_IN
    if queries.since(session, since, "refused", sender=sender):
        return True
    key = bound.conversation.key if bound else None
    among = queries.since(session, since, "refused", key=key) if key else 0
    return among >= MOST_REFUSED


def _stranger(received: Mail, bound: _Bound | None) -> Recipient:
    """An address nothing is known of, written to in the language of the one it knows."""
    return Recipient(received.sender, "", bound.person.locale if bound else "en")
