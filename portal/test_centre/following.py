"""The service request of a booking goes along with it, so that the desk's clocks are right."""

from typing import Any

from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.core.access import Actor
from portal.core.texts import Words
from portal.service_requests import catalogue, charge, clocks, services
from portal.service_requests.entries import write, write_public
from portal.service_requests.models import ServiceRequest
from portal.service_requests.moving import take
from portal.service_requests.rules import WORKFLOW
from portal.service_requests.services import RequestInput
from portal.test_centre.models import Booking, BookingEvent
from portal.test_centre.programmes import Programme
from portal.test_centre.rules import REQUESTER, STAFF

SERVICE = "CERT"
GOING_ON = ("triage", "assign", "start", "resume")
_STANDARDS = catalogue.STANDARDS


def ask(session: Session, actor: Actor, programme: Programme, data: Any) -> ServiceRequest:
    """The request that a booking hangs on."""
    asked = RequestInput(
        service=SERVICE,
        title=programme.name,
        words=Words(data.words, data.locale),
        answers=_answers(programme, data),
        desired_date=data.wanted_by,
        capability_id=data.capability_id,
        confidential=True,
        asked_elsewhere=True,
    )
    return services.create(session, actor, asked)


def _answers(programme: Programme, data: Any) -> dict[str, Any]:
    """What the service's form asks, as far as the booking tells it."""
    form = catalogue.get(SERVICE).form
    named = [name for name in _STANDARDS if programme.standard.startswith(name)]
    given = {
        "component": data.device,
        "regulation": named,
        "chip": True,
        "chip_type": data.chip_type,
        "node_nm": data.node_nm,
        "aec_q_grade": data.grade,
        "package": data.package,
        "asil": data.asil,
    }
    return {key: value for key, value in given.items() if value and key in form.by_id}


def happened(
    session: Session,
    actor: Actor,
    booking: Booking,
    kind: str,
    note: str = "",
    **detail: Any,
) -> BookingEvent:
    """A line in the history of the booking, and one on the timeline of its request."""
    row = BookingEvent(
        booking_id=booking.id,
        kind=kind,
        party=STAFF if actor.is_staff else REQUESTER,
        author_id=actor.user_id,
        detail=detail,
        note=note.strip(),
        locale=actor.locale,
    )
    session.add(row)
    session.flush()
    about = {"step": kind, "number": booking.reference}
    write(session, actor, booking.request, event="test", detail=about)
    return row


def take_up(session: Session, actor: Actor, request: ServiceRequest) -> None:
    """Whoever works on the booking works on the request, unless a colleague does already."""
    person = accounts.user(session, actor.user_id or "")
    if request.assignee_id is None and person is not None:
        charge.put(session, actor, request, person)
    _go(session, actor, request, *GOING_ON)


def _go(session: Session, actor: Actor, request: ServiceRequest, *steps: str) -> None:
    for name in steps:
        if WORKFLOW.can(name, request, actor):
            take(session, actor, request, name, Words("", actor.locale))


def propose(session: Session, actor: Actor, request: ServiceRequest, words: Words) -> None:
    """The customer has a proposal: the desk's clock for the plan is answered."""
    take_up(session, actor, request)
    write_public(session, actor, request, words, plan="proposal")
    services.mark_plan(session, actor, request, "proposal")


def wait(session: Session, actor: Actor, request: ServiceRequest, words: Words) -> None:
    """Nothing goes on before the customer has done something."""
    take_up(session, actor, request)
    if WORKFLOW.can("ask_customer", request, actor):
        take(session, actor, request, "ask_customer", words)


def settle(session: Session, actor: Actor, request: ServiceRequest, words: Words) -> bool:
    """The request is solved by a released result; whether that was possible."""
    take_up(session, actor, request)
    if not WORKFLOW.can("resolve", request, actor):
        return False
    take(session, actor, request, "resolve", words)
    return True


def end(session: Session, actor: Actor, request: ServiceRequest, words: Words) -> None:
    """The booking was cancelled: its request ends with it."""
    name = "reject" if actor.is_staff else "cancel"
    if WORKFLOW.can(name, request, actor):
        take(session, actor, request, name, words)
    clocks.refresh(session, request)
