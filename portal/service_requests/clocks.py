"""The clocks of a request: until when the base owes a first reply, a plan, an answer after the
request was opened again. All of them run in the base's working time and stand still while the
customer or a partner is asked. `refresh` is the one place that writes what they show."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.service_requests import calendars, catalogue, facts, rules
from portal.service_requests.models import RequestPause, ServiceRequest
from portal.service_requests.working_time import Calendar, Pause, Reading, read

FIRST_REPLY, PLAN, AGAIN = "first_reply", "plan", "again"
TARGETS = (FIRST_REPLY, PLAN, AGAIN)
# Shares of a clock's time at which somebody is told.
LADDER = (Decimal("0.75"), Decimal(1), Decimal("1.5"))
PAUSED_BY = {"waiting_customer": "customer", "waiting_partner": "partner"}


@dataclass(frozen=True)
class Clock:
    """One target of a request, with the facts it is read from."""

    name: str
    start: datetime
    met_at: datetime | None
    budget: timedelta

    def read(
        self,
        calendar: Calendar,
        pauses: Iterable[RequestPause],
        now: datetime,
        share: Decimal = Decimal(1),
    ) -> Reading:
        """The clock at a moment, against a share of its budget."""
        stood = [Pause(pause.started_at, pause.ended_at) for pause in pauses]
        return read(calendar, self.start, _times(self.budget, share), stood, now)


def _times(length: timedelta, share: Decimal) -> timedelta:
    return timedelta(seconds=int(length.total_seconds() * float(share)))


def of(request: ServiceRequest) -> tuple[Clock, ...]:
    """The clocks that a request has: the third only while it waits after being opened again."""
    service = catalogue.get(request.service)
    factor = catalogue.PRIORITY_FACTORS[request.priority]
    hours = catalogue.reply_hours(service, request.priority, request.answers)
    reply = _times(timedelta(hours=1), hours)
    plan = _times(timedelta(hours=service.plan_days * catalogue.HOURS_A_DAY), factor)
    found = (
        Clock(FIRST_REPLY, request.created_at, request.first_reply_at, reply),
        Clock(PLAN, request.created_at, request.plan_at, plan),
    )
    if request.reopened_at is None:
        return found
    return (*found, Clock(AGAIN, request.reopened_at, None, reply))


def refresh(session: Session, request: ServiceRequest) -> None:
    """Write down where the clocks of a request stand now. To be called after every move, reply,
    plan, and change of service, priority or answers. Pauses begin and end here, with the state."""
    now, calendar = clock.now(), calendars.load(session)
    _keep_pauses(session, request, now)
    pauses = pauses_of(session, [request])[request.id]
    dues = {}
    for one in of(request):
        reading = one.read(calendar, pauses, one.met_at or now)
        dues[one.name] = reading.due if moves(request, one) else None
        _flag(request, one, reading)
    request.first_reply_due, request.plan_due = dues[FIRST_REPLY], dues[PLAN]
    request.next_due = min(filter(None, dues.values()), default=None)
    request.escalate_at = _next_step(request, calendar, pauses, now)
    facts.keep(session, request, calendar, pauses, now)


def _keep_pauses(session: Session, request: ServiceRequest, now: datetime) -> None:
    """A waiting request has one open pause of its kind, any other has none."""
    session.flush()
    wanted = PAUSED_BY.get(request.state)
    query = select(RequestPause).where(
        RequestPause.request_id == request.id, RequestPause.ended_at.is_(None)
    )
    going_on = list(session.scalars(query))
    for pause in going_on:
        if pause.kind != wanted:
            pause.ended_at = max(now, pause.started_at)
    if wanted and not any(pause.kind == wanted for pause in going_on):
        session.add(RequestPause(request_id=request.id, kind=wanted, started_at=now))
    session.flush()


def pauses_of(
    session: Session, requests: Iterable[ServiceRequest]
) -> defaultdict[str, list[RequestPause]]:
    """The pauses of several requests by request id, in order; one statement."""
    found = defaultdict(list)
    ids = [request.id for request in requests]
    query = select(RequestPause).where(RequestPause.request_id.in_(ids))
    for pause in session.scalars(query.order_by(RequestPause.started_at, RequestPause.id)):
        found[pause.request_id].append(pause)
    return found


def runs(request: ServiceRequest, one: Clock) -> bool:
    """Whether the base owes this at present; a paused clock runs, it only stands still."""
    return one.met_at is None and rules.is_open(request)


def moves(request: ServiceRequest, one: Clock) -> bool:
    """Whether the clock runs and does not stand still: then something is due."""
    return runs(request, one) and request.state not in PAUSED_BY


def _flag(request: ServiceRequest, one: Clock, reading: Reading) -> None:
    """A breach is decided while a clock runs and when it is answered; afterwards it stands, even
    when the priority changes."""
    if one.name == AGAIN:
        return
    ran = getattr(request, f"{one.name}_due") is not None
    if runs(request, one) or ran:
        setattr(request, f"{one.name}_breached", is_late(one, reading))


def is_late(one: Clock, reading: Reading) -> bool:
    """An answer in the last moment is in time; none by then is not."""
    left = reading.left
    return left < timedelta() if one.met_at else left <= timedelta()


def _level_name(name: str) -> str:
    return "plan_escalation" if name == PLAN else "escalation"


def taken(request: ServiceRequest, one: Clock) -> int:
    """How many steps of the ladder were taken for this clock."""
    return int(getattr(request, _level_name(one.name)))


def take(request: ServiceRequest, one: Clock, level: int) -> None:
    setattr(request, _level_name(one.name), level)


def reached(one: Clock, reading: Reading) -> int:
    """How many steps of the ladder this much time stands for."""
    return sum(reading.used >= _times(one.budget, share) for share in LADDER)


def _next_step(
    request: ServiceRequest, calendar: Calendar, pauses: Sequence[RequestPause], now: datetime
) -> datetime | None:
    """When the next step of a ladder is due, over all running clocks."""
    moments = [
        one.read(calendar, pauses, now, LADDER[taken(request, one)]).due
        for one in of(request)
        if moves(request, one) and taken(request, one) < len(LADDER)
    ]
    return min(filter(None, moments), default=None)


def retarget(session: Session, request: ServiceRequest) -> None:
    """After a change of service, priority or answers: new budgets, the same pauses. Steps of the
    ladder that the new budget has not come to yet may be taken again; those it has passed are
    not."""
    session.flush()
    calendar, now = calendars.load(session), clock.now()
    pauses = pauses_of(session, [request])[request.id]
    for one in of(request):
        if runs(request, one):
            come = reached(one, one.read(calendar, pauses, now))
            take(request, one, min(taken(request, one), come))
    refresh(session, request)


def reopened(request: ServiceRequest) -> None:
    """A request opened again is owed an answer within the time of a first reply."""
    request.reopened_at = clock.now()
    request.escalation = 0


def due_for_escalation(session: Session, limit: int = 500) -> list[str]:
    """Ids of requests for which a step of the ladder is due, the longest overdue first."""
    query = select(ServiceRequest.id).where(ServiceRequest.escalate_at <= clock.now())
    return list(session.scalars(query.order_by(ServiceRequest.escalate_at).limit(limit)))
