"""Telling people before and after a promise is broken, each step of the ladder once."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.core import audit, clock
from portal.core.access import SYSTEM
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests import calendars, clocks, news
from portal.service_requests.clocks import Clock
from portal.service_requests.entries import write
from portal.service_requests.models import ServiceRequest

# By step of the ladder: roles that are told besides the person in charge.
TOLD = {1: (), 2: ("supervisor",), 3: ("supervisor", "administrator")}
STEP_NAMES = {1: "warning", 2: "breach", 3: "late"}
_REPLY = {
    1: _l("Reply due soon: %(number)s, %(title)s"),
    2: _l("Reply overdue: %(number)s, %(title)s"),
    3: _l("Reply long overdue: %(number)s, %(title)s"),
}
_PLAN = {
    1: _l("Proposal due soon: %(number)s, %(title)s"),
    2: _l("Proposal overdue: %(number)s, %(title)s"),
    3: _l("Proposal long overdue: %(number)s, %(title)s"),
}
_SENTENCES = {clocks.FIRST_REPLY: _REPLY, clocks.AGAIN: _REPLY, clocks.PLAN: _PLAN}
_ICONS = {1: "clock", 2: "alert-triangle", 3: "alert-triangle"}
for _clock, _steps in _SENTENCES.items():
    for _step, _sentence in _steps.items():
        notices.declare(f"clock.{_clock}.{STEP_NAMES[_step]}", _sentence, _ICONS[_step])


def escalate(session: Session, request_id: str) -> bool:
    """Take the steps of the ladder that are due for a request; several at once make one notice,
    that of the highest. True when one was taken."""
    request = session.get(ServiceRequest, request_id)
    if request is None:
        return False
    calendar, now = calendars.load(session), clock.now()
    pauses = clocks.pauses_of(session, [request])[request.id]
    steps = {}
    for one in clocks.of(request):
        level = clocks.reached(one, one.read(calendar, pauses, now))
        if clocks.runs(request, one) and level > clocks.taken(request, one):
            clocks.take(request, one, level)
            steps[one.name] = level
            _tell(session, request, one, level)
    clocks.refresh(session, request)
    return bool(steps)


def _tell(session: Session, request: ServiceRequest, one: Clock, level: int) -> None:
    detail = {"clock": one.name, "step": STEP_NAMES[level]}
    write(session, SYSTEM, request, event="escalated", internal=True, detail=detail)
    audit.record(session, SYSTEM, "service_request.escalate", request, detail)
    people = list(_people(session, request, level))
    told = notices.tell_users(
        session,
        people,
        f"clock.{one.name}.{STEP_NAMES[level]}",
        {"number": request.reference, "title": request.title},
        path=news.desk_path(request),
        dedupe=_dedupe(one, request, level),
    )
    news.mail_clock(session, told, request, one.name, STEP_NAMES[level])


def _dedupe(one: Clock, request: ServiceRequest, level: int) -> str:
    """The same step is told again only for another budget or another opening."""
    key: tuple[Any, ...] = (
        request.id,
        one.name,
        level,
        int(one.budget.total_seconds() // 60),
        int(one.start.timestamp()),
    )
    return "clock:" + ":".join(map(str, key))


def _people(session: Session, request: ServiceRequest, level: int) -> Iterable[User]:
    """The one in charge and the roles of the step; while nobody is in charge, supervisors."""
    roles = TOLD[level] if request.assignee_id else (*TOLD[level], "supervisor")
    for user in accounts.staff(session):
        if user.id == request.assignee_id or user.staff_role in roles:
            yield user
