"""Messages, notes and plans: what is said on a request without a step of the workflow."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import audit, clock
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.service_requests import clocks, joining, mentions, news, rules, thanks
from portal.service_requests.entries import check_words, write, write_change, write_public
from portal.service_requests.models import RequestEntry, ServiceRequest
from portal.service_requests.moving import on_desk, take, writable
from portal.service_requests.rules import WORKFLOW

PLANS = ("proposal", "partner")


def reply(
    session: Session, actor: Actor, request_id: str, words: Words, *, automatic: bool = False
) -> RequestEntry:
    """Write to the other side; a merged request passes the words on to the one it went into.

    A customer's reply resumes the work that waits for it, and opens what was solved again or, too
    late for that, begins a request that follows it, unless it only says thanks or was sent by a
    machine (`automatic`): that is kept and moves nothing. The entry tells where it stands.
    """
    request = _goes_on(session, actor, writable(session, actor, request_id))
    check_words(words, "reply")
    if not automatic and _comes_late(request, actor, words):
        return _follow_up(session, actor, request, words)
    step = None if automatic else _step_of(request, actor, words)
    if step is not None:
        return take(session, actor, request, step, words)
    entry = write_public(
        session, actor, request, words, **({"automatic": True} if automatic else {})
    )
    clocks.refresh(session, request)
    if actor.is_staff:
        news.tell_customer(session, request, entry, "reply")
        news.tell_watching_staff(session, actor, request, entry, "reply")
    elif not automatic:
        news.tell_desk(session, request, entry, "reply")
    return entry


def _goes_on(session: Session, actor: Actor, request: ServiceRequest) -> ServiceRequest:
    if request.merged_into_id is None:
        return request
    return writable(session, actor, request.merged_into_id)


def _comes_late(request: ServiceRequest, actor: Actor, words: Words) -> bool:
    """Something is still missing from what may no longer be opened again."""
    was_solved = request.state in ("resolved", "closed") and not actor.is_staff
    return was_solved and rules.may_follow_up(request, actor) and not thanks.is_mere(words.body)


def _follow_up(
    session: Session, actor: Actor, request: ServiceRequest, words: Words
) -> RequestEntry:
    """The first line of the new request, which has the files."""
    made = joining.go_on(session, actor, request, words)
    begun = RequestEntry.request_id == made.id, RequestEntry.event == "created"
    return session.scalars(select(RequestEntry).where(*begun)).one()


def _step_of(request: ServiceRequest, actor: Actor, words: Words) -> str | None:
    """The step that a message of the customer takes by itself."""
    if actor.is_staff:
        return None
    if WORKFLOW.can("answer", request, actor):
        return "answer"
    opens = WORKFLOW.can("reopen", request, actor) and not thanks.is_mere(words.body)
    return "reopen" if opens else None


def note(session: Session, actor: Actor, request_id: str, words: Words) -> RequestEntry:
    """Write among the staff; the customer never sees it."""
    request = on_desk(session, actor, request_id)
    check_words(words, "note")
    entry = write(session, actor, request, words, internal=True)
    audit.record(session, actor, "service_request.note", request, {"entry": entry.id})
    mentions.tell(session, actor, request, entry)
    news.tell_watching_staff(session, actor, request, entry, "note")
    return entry


def give_plan(
    session: Session, actor: Actor, request_id: str, kind: str, words: Words
) -> ServiceRequest:
    """Mark that the customer has a proposal (`proposal`) or a named partner (`partner`), with the
    message that brings it when there is one. The plan clock is answered by the first."""
    request = on_desk(session, actor, request_id)
    if kind not in PLANS:
        raise Invalid(_l("Please say what was given: a proposal or a partner."), field="plan")
    if not rules.is_open(request):
        raise Conflict(_l("This request is no longer open."))
    if words.body.strip():
        entry = write_public(session, actor, request, words, plan=kind)
        news.tell_customer(session, request, entry, "reply")
    mark_plan(session, actor, request, kind)
    return request


def mark_plan(session: Session, actor: Actor, request: ServiceRequest, kind: str) -> None:
    """The customer has a plan now, by whatever way it came: a message, a referral, a quote."""
    request.plan_at = request.plan_at or clock.now()
    write_change(session, actor, request, "plan", {"kind": kind})
    clocks.refresh(session, request)
