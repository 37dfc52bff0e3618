"""Verbs of satisfaction: ask, answer, follow up on low marks."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.accounts.rules import actor_of
from portal.config import Settings
from portal.core import audit, clock, i18n
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import State
from portal.core.texts import Words
from portal.service_requests import handling, joining, writing
from portal.service_requests import queries as requests
from portal.service_requests.models import Satisfaction, ServiceRequest
from portal.service_requests.satisfaction import links, news, queries, rules

MAX_COMMENT = 2000


@dataclass(frozen=True)
class AnswerInput:
    """Two marks from 1 to 5 and a word in the language it is written in."""

    solved: int | None
    service: int | None
    comment: str = ""
    locale: str = "en"


def ask(session: Session, settings: Settings, request_id: str) -> bool:
    """Ask the requester of a closed request, once, and not soon after another question; for the
    portal itself. Returns whether a question went out."""
    request = queries.closed_request(session, request_id)
    row, person = queries.of_request(session, request_id), request.requester
    if row is not None or person is None or not rules.may_be_asked(request):
        return False
    if queries.asked_since(session, person.id, clock.now() - queries.apart(session)):
        return False
    session.add(Satisfaction(request_id=request.id, person_id=person.id, asked_at=clock.now()))
    news.ask(session, request, person, links.make(settings, request.id, person.id))
    return True


def linked(session: Session, settings: Settings, token: str) -> tuple[ServiceRequest, Satisfaction]:
    """The request and the question that a link of a mail stands for, answered or not. Raises
    NotFound for a forged link, and when the person no longer belongs to the company."""
    named = links.read(settings, token)
    if named is None:
        raise NotFound
    request, row = queries.closed_request(session, named[0]), queries.of_request(session, named[0])
    person = request.requester
    if row is None or row.person_id != named[1] or person is None or person.id != row.person_id:
        raise NotFound
    if not rules.belongs(person, request):
        raise NotFound
    return request, row


def answer_by_link(
    session: Session, settings: Settings, token: str, data: AnswerInput
) -> Satisfaction:
    """The answer of the person whose link it is; it serves once."""
    request, row = linked(session, settings, token)
    if not rules.link_is_good(row) or not rules.may_be_asked(request):
        raise Conflict(_l("This link has been used or is no longer valid."))
    person = request.requester
    assert person is not None  # noqa: S101  (`linked` has looked)
    return _answer(session, actor_of(person), request, row, data)


def answer(session: Session, actor: Actor, request_id: str, data: AnswerInput) -> Satisfaction:
    """The answer given, or changed, on the page of one's own request."""
    request = requests.request_for(session, actor, request_id)
    row = queries.of_request(session, request_id)
    if actor.user_id is None or request.requester_id != actor.user_id:
        raise NotFound
    if not rules.may_answer(request, row, actor):
        raise Conflict(_l("The time for this answer is over."))
    if row is None:
        row = Satisfaction(request_id=request.id, person_id=actor.user_id, comment="", locale="")
        session.add(row)
    return _answer(session, actor, request, row, data)


def _answer(
    session: Session, actor: Actor, request: ServiceRequest, row: Satisfaction, data: AnswerInput
) -> Satisfaction:
    _check(data)
    before = (row.solved, row.service)
    row.solved, row.service = data.solved, data.service
    row.comment, row.locale = data.comment.strip(), data.locale
    row.changed_at = clock.now()
    first, row.answered_at = row.answered_at is None, row.answered_at or row.changed_at
    low = rules.is_low(row)
    worse = low and (first or before != (row.solved, row.service))
    if worse:
        row.followed_up_at = row.followed_up_by_id = None
    session.flush()
    detail = {"solved": data.solved, "service": data.service}
    audit.record(session, actor, "service_request.satisfaction", request, detail)
    if first or worse:
        news.tell_answered(session, request, row, low=low)
    return row


def _check(data: AnswerInput) -> None:
    missing = {
        name: _l("Please choose an answer.")
        for name, scale in (("solved", rules.SOLVED), ("service", rules.SERVICE))
        if getattr(data, name) not in scale
    }
    if missing:
        raise Invalid(_l("Please choose an answer."), errors=missing)
    if len(data.comment) > MAX_COMMENT:
        raise Invalid(_l("Please write at most 2,000 characters."), field="comment")


def follow_up(session: Session, actor: Actor, request_id: str) -> ServiceRequest:
    """A new request that goes on from one with low marks, in the hands of whoever starts it."""
    request, row = _to_follow_up(session, actor, request_id)
    person = request.requester
    locale = person.locale if person else request.locale
    with i18n.use_locale(locale):
        text = gettext(
            "Your answer about %(number)s told us that something is still missing. We look into "
            "it again here.",
            number=request.reference,
        )
    made = joining.go_on(session, actor, request, Words(text, locale), told=True)
    handling.assign(session, actor, made.id, actor.user_id or "")
    news.tell_follow_up(session, made, request)
    _followed(session, actor, request, row, {"to": made.reference})
    return made


def settle(session: Session, actor: Actor, request_id: str, note: str) -> Satisfaction:
    """Low marks that were followed up without a request, such as by telephone; the note says how
    and stays among the staff."""
    if not note.strip():
        raise Invalid(_l("Please note what was done."), field="follow_up_note")
    request, row = _to_follow_up(session, actor, request_id)
    writing.note(session, actor, request.id, Words(note, actor.locale))
    return _followed(session, actor, request, row, {})


def _to_follow_up(
    session: Session, actor: Actor, request_id: str
) -> tuple[ServiceRequest, Satisfaction]:
    if not actor.may(Permission.DESK_WORK):
        raise NotFound
    requests.request_for(session, actor, request_id)
    row = queries.seen(session, actor, request_id)
    if row is None:
        raise NotFound
    if not rules.needs_follow_up(row):
        raise Conflict(_l("Somebody has followed this up already."))
    return queries.closed_request(session, request_id), row


def _followed(
    session: Session,
    actor: Actor,
    request: ServiceRequest,
    row: Satisfaction,
    detail: dict[str, str],
) -> Satisfaction:
    row.followed_up_at, row.followed_up_by_id = clock.now(), actor.user_id
    session.flush()
    audit.record(session, actor, "service_request.marks_followed_up", request, detail)
    return row


class _Apart:
    """What audit events about how often people are asked are about."""

    __tablename__ = State.__tablename__
    id = queries.STATE


def set_apart(session: Session, actor: Actor, days: int | None) -> State:
    """How many days pass between two questions to the same person; 0: after every request."""
    if not actor.may(Permission.DESK_ASSIGN):
        raise Forbidden(_l("Only supervisors change how often people are asked."))
    if days is None or not 0 <= days <= rules.MOST_APART:
        raise Invalid(_l("Please enter a number of days from 0 to 365."), field="days")
    state = session.get(State, queries.STATE)
    if state is None:
        state = State(name=queries.STATE, value={})
        session.add(state)
    state.value = {**state.value, "apart_days": days}
    session.flush()
    audit.record(session, actor, "satisfaction.apart", _Apart, {"days": days})
    return state
