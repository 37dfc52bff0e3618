"""What people decide about their own data: copies, erasure, consents."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.accounts import consents, passwords
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.core import audit, clock, jobs, mail
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import lazy_gettext as _l
from portal.privacy import queries
from portal.privacy.models import ERASURE, EXPORT, PrivacyRequest
from portal.privacy.person import colleagues, is_last_administrator, is_last_owner

GRACE = timedelta(days=14)
COPY_LIFE = timedelta(days=7)
EXPORT_JOB, ERASE_JOB = "privacy.export", "privacy.erase"


def _again(session: Session, actor: Actor, password: str) -> User:
    """The person, who has typed the password again. Raises Invalid when it is wrong."""
    user = accounts.acting(session, actor)
    if not passwords.verify(user.password_hash, password):
        raise Invalid(_l("This is not your present password."), field="password")
    return user


def ask_copy(session: Session, actor: Actor, password: str) -> PrivacyRequest:
    """Have a copy of the person's data made; one at a time."""
    user = _again(session, actor, password)
    if queries.waiting(session, user.id, EXPORT):
        raise Conflict(_l("A copy is being made already."))
    row = PrivacyRequest(user_id=user.id, kind=EXPORT)
    session.add(row)
    session.flush()
    jobs.enqueue(session, EXPORT_JOB, {"id": row.id}, dedupe=f"export:{row.id}")
    audit.record(session, actor, "privacy.ask-copy", row)
    return row


def take_copy(session: Session, actor: Actor, request_id: str) -> PrivacyRequest:
    """The copy that the person may take away now; NotFound for others and after its time."""
    row = queries.own(session, actor, request_id)
    is_there = row.kind == EXPORT and row.state == "done" and row.file
    if not is_there or row.expires_at is None or row.expires_at <= clock.now():
        raise NotFound
    audit.record(session, actor, "privacy.take-copy", row)
    return row


def ask_erasure(
    session: Session, actor: Actor, password: str, *, close: bool = False
) -> PrivacyRequest:
    """Have the account erased after the days of grace. The last owner of an organisation hands it
    over first, or closes it when nobody else is there."""
    user = _again(session, actor, password)
    if queries.erasure_ahead(session, user.id):
        raise Conflict(_l("Your account will be erased already."))
    if is_last_administrator(session, user):
        raise Conflict(_l("Please have a colleague made administrator first."))
    if is_last_owner(session, user):
        if colleagues(session, user):
            raise Conflict(_l("Please make a colleague owner first, under “Members”."))
        if not close:
            raise Invalid(
                _l("You are the only member: please tick that your company leaves, too."),
                field="close",
            )
    row = PrivacyRequest(user_id=user.id, kind=ERASURE, due_at=clock.now() + GRACE)
    session.add(row)
    session.flush()
    jobs.enqueue_at(session, ERASE_JOB, {"id": row.id}, row.due_at, f"erase:{row.id}")
    audit.record(session, actor, "privacy.ask-erasure", row)
    context = {"due": row.due_at.isoformat()}
    to = accounts.recipient(user)
    mail.enqueue(session, to, "accounts/erasure", context, "/account/privacy")
    return row


def keep_account(session: Session, actor: Actor, request_id: str) -> None:
    """Take back the wish to be erased."""
    row = queries.own(session, actor, request_id)
    if row.kind == EXPORT or row.state != "waiting":
        raise NotFound
    row.state, row.done_at = "cancelled", clock.now()
    audit.record(session, actor, "privacy.keep-account", row)


def accept_notice(session: Session, actor: Actor) -> None:
    """Note that the person has read the notice in force; once for each version."""
    user = accounts.acting(session, actor)
    if queries.has_accepted(session, user.id, consents.NOTICE):
        return
    country = actor.org_country or ""
    consents.accept_notice(session, user, country, actor.locale, abroad=False)
    audit.record(session, actor, "privacy.accept-notice", user, {"version": consents.NOTICE})


def choose(session: Session, actor: Actor, purpose: str, given: bool) -> None:
    """Give or withdraw a consent."""
    consents.decide(session, actor, accounts.acting(session, actor), purpose, given)
