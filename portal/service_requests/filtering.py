"""What lists of requests are narrowed to, and how that is asked of the database."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select

from portal.accounts.models import Organisation
from portal.core import clock
from portal.core.access import Actor
from portal.service_requests import rules
from portal.service_requests.models import ServiceRequest, StaffProfile
from portal.service_requests.satisfaction.queries import with_low_marks

STATE_GROUPS = {
    "open": rules.OPEN,
    "waiting": rules.WAITING,
    "resolved": ("resolved",),
    "done": ("closed", "cancelled", "rejected"),
}


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty values do not filter. `assignee` is mine, none or an id,
    `team` mine or a name, `due` breaching, `marks` low."""

    state: str = ""
    service: str = ""
    assignee: str = ""
    priority: str = ""
    company: str = ""
    team: str = ""
    due: str = ""
    marks: str = ""
    q: str = ""


def conditions(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    exact = {
        ServiceRequest.service: filters.service,
        ServiceRequest.priority: filters.priority,
        ServiceRequest.company_id: filters.company,
    }
    found: list[ColumnElement[bool]] = [column == value for column, value in exact.items() if value]
    if filters.state:
        found.append(ServiceRequest.state.in_(STATE_GROUPS.get(filters.state, (filters.state,))))
    if filters.assignee:
        found.append(_assigned(actor, filters.assignee))
    if filters.team:
        found.append(of_team(actor, filters.team))
    if filters.due:
        found.append(breaching())
    if filters.marks:
        found.append(with_low_marks(actor))
    if filters.q:
        found.append(_wording(filters.q))
    return found


def _assigned(actor: Actor, assignee: str) -> ColumnElement[bool]:
    if assignee == "none":
        return ServiceRequest.assignee_id.is_(None)
    return ServiceRequest.assignee_id == (actor.user_id if assignee == "mine" else assignee)


def of_team(actor: Actor, team: str) -> ColumnElement[bool]:
    if team != "mine":
        return ServiceRequest.team == team
    own = select(StaffProfile.team).where(StaffProfile.user_id == actor.user_id)
    return (ServiceRequest.team == own.scalar_subquery()) & (ServiceRequest.team != "")


def breaching() -> ColumnElement[bool]:
    """A clock runs that has passed three quarters of its time, or all of it."""
    warned = ServiceRequest.first_reply_due.is_not(None) & (ServiceRequest.escalation > 0)
    planless = ServiceRequest.plan_due.is_not(None) & (ServiceRequest.plan_escalation > 0)
    late = ServiceRequest.next_due <= clock.now()
    return ServiceRequest.state.in_(rules.OPEN) & or_(warned, planless, late)


def _wording(q: str) -> ColumnElement[bool]:
    """Number as quoted, words of the title, or the company's name."""
    digits = q.upper().removeprefix("SR-")
    named = select(Organisation.id).where(Organisation.name.icontains(q, autoescape=True))
    found = or_(
        ServiceRequest.title.icontains(q, autoescape=True), ServiceRequest.company_id.in_(named)
    )
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        found = or_(found, ServiceRequest.number == int(digits))
    return found
