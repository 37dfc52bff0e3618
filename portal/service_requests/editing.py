"""Editing a service: a working copy of one's own, published as a new version.

Versions are never changed: withdrawing one publishes an earlier state under a new number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import User
from portal.core import audit, clock
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests import catalogue
from portal.service_requests.catalogue import Service, check, definition
from portal.service_requests.catalogue.definition import Record
from portal.service_requests.catalogue.live import composed
from portal.service_requests.models import RequestDraft, ServiceRevision

PREFIX = "service"
MAX_REASON = 500


@dataclass(frozen=True)
class Copy:
    """A service as it is being edited. `base` is the version it began from."""

    code: str
    record: Record
    base: int
    is_changed: bool


@dataclass(frozen=True)
class Version:
    """One published state; the first is the one that was shipped."""

    number: int
    record: Record
    reason: str = ""
    author: str = ""
    at: Any = None


def revisions(session: Session, code: str) -> list[ServiceRevision]:
    """What administrators published for a service, in order."""
    query = select(ServiceRevision).where(ServiceRevision.code == code)
    return list(session.scalars(query.order_by(ServiceRevision.version)))


def newest(session: Session) -> dict[str, ServiceRevision]:
    """Code → the revision in force, for services that were edited at all."""
    query = select(ServiceRevision).order_by(ServiceRevision.version)
    return {revision.code: revision for revision in session.scalars(query)}


def present(session: Session, code: str) -> Service:
    """The service as it stands in the database, also what this transaction published."""
    return composed(_shipped(code), revisions(session, code))


def _shipped(code: str) -> Service:
    if code.upper() not in catalogue.SHIPPED:
        raise NotFound
    return catalogue.SHIPPED[code.upper()]


def versions(session: Session, code: str) -> list[Version]:
    """The history of a service, latest first."""
    shipped = _shipped(code)
    rows = revisions(session, shipped.code)
    names = _names(session, {row.author_id for row in rows if row.author_id})
    first = Version(shipped.form.version, definition.to_record(shipped))
    later = [
        Version(
            row.version,
            row.definition,
            row.reason,
            names.get(row.author_id or "", ""),
            row.created_at,
        )
        for row in rows
    ]
    return [first, *later][::-1]


def _names(session: Session, ids: set[str]) -> dict[str, str]:
    query = select(User.id, User.name).where(User.id.in_(ids))
    return {row.id: row.name for row in session.execute(query)}


def version_of(session: Session, code: str, number: int) -> tuple[Version, Version | None]:
    """A version and the one before it. Raises NotFound."""
    history = versions(session, code)
    for place, version in enumerate(history):
        if version.number == number:
            return version, next(iter(history[place + 1 :]), None)
    raise NotFound


# The working copy


def copy_of(session: Session, actor: Actor, code: str) -> Copy:
    """What this administrator is editing; the present state until something was changed."""
    service = present(session, code)
    row = session.get(RequestDraft, (actor.user_id, f"{PREFIX}:{service.code}"))
    if row is None:
        return Copy(service.code, definition.to_record(service), service.form.version, False)
    return Copy(service.code, row.data["record"], int(row.data["base"]), True)


def keep(session: Session, actor: Actor, code: str, record: Record) -> None:
    """Keep a changed working copy; it may still have faults."""
    _check_right(actor)
    copy = copy_of(session, actor, code)
    key = (actor.user_id, f"{PREFIX}:{copy.code}")
    row = session.get(RequestDraft, key)
    if row is None:
        row = RequestDraft(user_id=key[0], key=key[1])
        session.add(row)
    row.data = {"base": copy.base, "record": record}
    row.changed_at = clock.now()
    session.flush()


def discard(session: Session, actor: Actor, code: str) -> None:
    """Drop the working copy."""
    row = session.get(RequestDraft, (actor.user_id, f"{PREFIX}:{_shipped(code).code}"))
    if row is not None:
        session.delete(row)


def _check_right(actor: Actor) -> None:
    if not actor.may(Permission.CATALOGUE_EDIT):
        raise Forbidden(_l("Only administrators edit services."))


# Questions of the working copy


def place_of(record: Record, question_id: str) -> int:
    """Where a question stands. Raises NotFound."""
    for place, question in enumerate(record["questions"]):
        if question["id"] == question_id:
            return place
    raise NotFound


def with_question(record: Record, question: Record, place: int | None) -> Record:
    """The record with a question put in place of another one, or added at the end."""
    questions = list(record["questions"])
    if place is None:
        questions.append(question)
    else:
        questions[place] = question
    return {**record, "questions": questions}


def without_question(record: Record, question_id: str) -> Record:
    place = place_of(record, question_id)
    return {**record, "questions": [q for n, q in enumerate(record["questions"]) if n != place]}


def moved_question(record: Record, question_id: str, step: int) -> Record:
    """The record with a question `step` places further down, as far as there is room."""
    questions = list(record["questions"])
    place = place_of(record, question_id)
    target = min(max(place + step, 0), len(questions) - 1)
    questions.insert(target, questions.pop(place))
    return {**record, "questions": questions}


# Publishing


def publish(session: Session, actor: Actor, code: str, reason: str) -> ServiceRevision:
    """Put the working copy into force. Raises Conflict when a colleague was faster, Invalid with
    the checker's findings."""
    copy = copy_of(session, actor, code)
    if not copy.is_changed:
        raise Conflict(_l("There is nothing to publish: nothing was changed."))
    service = present(session, code)
    if copy.base != service.form.version:
        raise Conflict(
            gettext(
                "Version %(number)s was published while you were editing. Please compare it with "
                "your copy, then start again from it.",
                number=service.form.version,
            )
        )
    revision = _publish(session, actor, service, copy.record, reason)
    discard(session, actor, code)
    return revision


def withdraw(
    session: Session, actor: Actor, code: str, number: int, reason: str
) -> ServiceRevision:
    """Go back to an earlier version by publishing its state as a new one."""
    service = present(session, code)
    version, _before = version_of(session, code, number)
    if number == service.form.version:
        raise Conflict(_l("This version is in force already."))
    return _publish(session, actor, service, version.record, reason, back_to=number)


def _publish(
    session: Session,
    actor: Actor,
    service: Service,
    record: Record,
    reason: str,
    **detail: int,
) -> ServiceRevision:
    _check_right(actor)
    if not reason.strip():
        raise Invalid(_l("Please give the reason."), field="reason")
    found = check.findings(record)
    if found:
        raise Invalid(_l("The service cannot be published yet."), errors=_told(found))
    revision = ServiceRevision(
        code=service.code,
        version=service.form.version + 1,
        definition=record,
        reason=reason.strip()[:MAX_REASON],
        author_id=actor.user_id,
    )
    session.add(revision)
    session.flush()
    told = {"service": service.code, "version": revision.version, **detail}
    audit.record(session, actor, "service.publish", revision, told)
    return revision


def _told(found: Sequence[check.Finding]) -> dict[str, object]:
    return {finding.path: finding.message for finding in found}
