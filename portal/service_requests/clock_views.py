"""The clocks of requests for those who look at them: words, shares, due times in two zones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.core import clock, i18n
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests import calendars, clocks, promises
from portal.service_requests.clocks import Clock
from portal.service_requests.models import RequestPause, ServiceRequest
from portal.service_requests.working_time import Calendar, Reading

LABELS = {
    clocks.FIRST_REPLY: _l("First reply"),
    clocks.PLAN: _l("Proposal or named partner"),
    clocks.AGAIN: _l("Answer after opening again"),
}
PAUSE_LABELS = {
    "customer": _l("Waiting for the customer"),
    "partner": _l("Waiting for a partner"),
}
WARNING_SHARE = float(clocks.LADDER[0])


@dataclass(frozen=True)
class PauseView:
    """A time in which the clocks stood still; `working` is what the base would have worked in
    it. Without an end it lasts."""

    kind: str
    label: Any
    start: datetime
    end: datetime | None
    working: timedelta


@dataclass(frozen=True)
class ClockView:
    """A clock as screens show it.

    `state` is running, paused, met or stopped; `tone` is ok, warning, breached or paused. `share`
    is what is used of the budget, 1.0 at the due time. `due_yours` is in the requester's zone,
    `due_base` in the base's; `promise` is a whole sentence for the requester. All are in the
    reader's language and empty without a due time.
    """

    name: str
    label: Any
    state: str
    tone: str
    budget: timedelta
    used: timedelta
    share: float
    due: datetime | None
    due_yours: str
    due_base: str
    promise: str
    met_at: datetime | None
    breached: bool
    pauses: tuple[PauseView, ...]

    @property
    def left(self) -> timedelta:
        """Working time left, negative when it is overdrawn."""
        return self.budget - self.used


def views(session: Session, request: ServiceRequest) -> tuple[ClockView, ...]:
    """The clocks of one request: first reply, plan, and perhaps the one after opening again."""
    return views_of(session, [request])[request.id]


def views_of(
    session: Session, requests: Iterable[ServiceRequest]
) -> dict[str, tuple[ClockView, ...]]:
    """The clocks of many requests by id, in two statements. Their requesters must be loaded."""
    rows = list(requests)
    calendar, now = calendars.load(session), clock.now()
    pauses = clocks.pauses_of(session, rows)
    return {row.id: _views(row, calendar, pauses[row.id], now) for row in rows}


def _views(
    request: ServiceRequest, calendar: Calendar, pauses: list[RequestPause], now: datetime
) -> tuple[ClockView, ...]:
    shown = tuple(_pause(pause, calendar, now) for pause in pauses)
    return tuple(
        _view(request, one, one.read(calendar, pauses, _until(request, one, now)), shown)
        for one in clocks.of(request)
    )


def _until(request: ServiceRequest, one: Clock, now: datetime) -> datetime:
    """A clock that was answered or whose request has ended shows where it stopped."""
    if one.met_at is not None:
        return one.met_at
    return now if clocks.runs(request, one) else request.changed_at


def _pause(pause: RequestPause, calendar: Calendar, now: datetime) -> PauseView:
    working = calendar.between(pause.started_at, pause.ended_at or now)
    return PauseView(
        pause.kind, PAUSE_LABELS[pause.kind], pause.started_at, pause.ended_at, working
    )


def _view(
    request: ServiceRequest, one: Clock, reading: Reading, pauses: tuple[PauseView, ...]
) -> ClockView:
    state, breached = _state(request, one), _breached(request, one, reading)
    share = reading.used / one.budget
    due = reading.due if state == "running" else None
    zone = zone_of(request)
    return ClockView(
        name=one.name,
        label=LABELS[one.name],
        state=state,
        tone=_tone(state, share, breached),
        budget=one.budget,
        used=reading.used,
        share=share,
        due=due,
        due_yours=promises.moment(due, zone) if due else "",
        due_base=promises.moment(due, i18n.BASE_ZONE) if due else "",
        promise=promises.sentence(one.name, due, zone) if due else "",
        met_at=one.met_at,
        breached=breached,
        pauses=pauses,
    )


def _state(request: ServiceRequest, one: Clock) -> str:
    if one.met_at is not None:
        return "met"
    if not clocks.runs(request, one):
        return "stopped"
    return "paused" if request.state in clocks.PAUSED_BY else "running"


def _breached(request: ServiceRequest, one: Clock, reading: Reading) -> bool:
    """What was decided stands; a running clock may be past its time before anybody wrote it."""
    decided = bool(getattr(request, f"{one.name}_breached", False))
    return decided or (clocks.runs(request, one) and clocks.is_late(one, reading))


def _tone(state: str, share: float, breached: bool) -> str:
    if breached:
        return "breached"
    if state == "paused":
        return "paused"
    return "warning" if state == "running" and share >= WARNING_SHARE else "ok"


def zone_of(request: ServiceRequest) -> str:
    """The requester's time zone: the one given with the request, else that of the account."""
    own = request.requester.timezone if request.requester else ""
    return next((name for name in (request.timezone, own) if name in i18n.zones()), i18n.BASE_ZONE)
