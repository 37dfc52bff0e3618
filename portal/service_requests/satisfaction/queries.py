"""Reads of what people thought after closing: who may see which answer, and figures of many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from portal.accounts.models import Membership, User
from portal.companies.models import Company
from portal.core.access import Actor, Permission
from portal.core.errors import NotFound
from portal.core.models import State
from portal.service_requests.models import RequestEntry, Satisfaction, ServiceRequest
from portal.service_requests.satisfaction import rules

STATE = "satisfaction"
SHOWN = ("open", "low", "all")


def closed_request(session: Session, request_id: str) -> ServiceRequest:
    """A request with the person who asked, whoever looks. Raises NotFound."""
    query = (
        select(ServiceRequest)
        .where(ServiceRequest.id == request_id)
        .options(
            joinedload(ServiceRequest.requester)
            .joinedload(User.membership)
            .joinedload(Membership.organisation),
            joinedload(ServiceRequest.assignee),
        )
    )
    found = session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def of_request(session: Session, request_id: str) -> Satisfaction | None:
    query = select(Satisfaction).where(Satisfaction.request_id == request_id)
    return session.scalars(query.options(joinedload(Satisfaction.followed_up_by))).first()


def own(session: Session, actor: Actor, request: ServiceRequest) -> Satisfaction | None:
    """What the actor was asked or has answered about a request of their own."""
    if actor.user_id is None or request.requester_id != actor.user_id:
        return None
    row = of_request(session, request.id)
    return row if row is not None and row.person_id == actor.user_id else None


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Requests whose answers the actor may see: supervisors all, others those they worked on."""
    if actor.may(Permission.DESK_ASSIGN):
        return ServiceRequest.id.is_not(None)
    if not actor.may(Permission.DESK_VIEW):
        return ServiceRequest.id.is_(None)
    wrote = exists().where(
        RequestEntry.request_id == ServiceRequest.id,
        RequestEntry.author_id == actor.user_id,
        RequestEntry.party == "staff",
    )
    return or_(ServiceRequest.assignee_id == actor.user_id, wrote)


def is_low() -> ColumnElement[bool]:
    return or_(Satisfaction.solved <= rules.LOW, Satisfaction.service <= rules.LOW)


def waits() -> ColumnElement[bool]:
    """Low marks that nobody has followed up yet."""
    return is_low() & Satisfaction.followed_up_at.is_(None)


def with_low_marks(actor: Actor) -> ColumnElement[bool]:
    """Requests with low marks that wait for a follow-up, as far as the actor may see them."""
    rated = select(Satisfaction.request_id).where(waits())
    return ServiceRequest.id.in_(rated) & seen_by(actor)


def seen(session: Session, actor: Actor, request_id: str) -> Satisfaction | None:
    """The answer about a request, if there is one and the actor may see it."""
    query = (
        select(Satisfaction)
        .join(ServiceRequest, ServiceRequest.id == Satisfaction.request_id)
        .where(
            Satisfaction.request_id == request_id,
            Satisfaction.answered_at.is_not(None),
            seen_by(actor),
        )
        .options(joinedload(Satisfaction.person), joinedload(Satisfaction.followed_up_by))
    )
    return session.scalars(query).first()


def marks_of(session: Session, actor: Actor, request_ids: Iterable[str]) -> dict[str, Satisfaction]:
    """The answers about these requests that the actor may see, by request, in one statement."""
    query = (
        select(Satisfaction)
        .join(ServiceRequest, ServiceRequest.id == Satisfaction.request_id)
        .where(
            Satisfaction.request_id.in_(list(request_ids)),
            Satisfaction.answered_at.is_not(None),
            seen_by(actor),
        )
    )
    return {row.request_id: row for row in session.scalars(query)}


def listing(actor: Actor, shown: str) -> Select[Any]:
    """Answers with their requests, newest first: low ones to follow up (`open`), low ones, or
    `all`."""
    query = (
        select(Satisfaction)
        .join(Satisfaction.request)
        .join(ServiceRequest.company)
        .where(Satisfaction.answered_at.is_not(None), seen_by(actor))
        .options(
            contains_eager(Satisfaction.request).options(
                contains_eager(ServiceRequest.company).joinedload(Company.organisation),
                joinedload(ServiceRequest.assignee),
            ),
            joinedload(Satisfaction.person),
            joinedload(Satisfaction.followed_up_by),
        )
    )
    narrowed = {"open": waits(), "low": is_low()}
    if shown in narrowed:
        query = query.where(narrowed[shown])
    return query.order_by(Satisfaction.answered_at.desc(), Satisfaction.request_id)


def asked_since(session: Session, person_id: str, moment: datetime) -> bool:
    """Whether a person was asked about any request after this moment."""
    query = select(Satisfaction.request_id).where(
        Satisfaction.person_id == person_id, Satisfaction.asked_at > moment
    )
    return session.scalars(query.limit(1)).first() is not None


def apart(session: Session) -> timedelta:
    """How long a person is left in peace between two mails with questions."""
    row = session.get(State, STATE)
    return timedelta(days=row.value["apart_days"] if row else rules.DEFAULT_APART)


@dataclass(frozen=True)
class Figures:
    """Answers of a period. `solved` and `service` are means of 1 to 5, `low` the number of answers
    with a low mark; they are None where too few answers would point at single people."""

    asked: int = 0
    answered: int = 0
    solved: Decimal | None = None
    service: Decimal | None = None
    low: int | None = None

    @property
    def share(self) -> Decimal | None:
        """Answers per question, 0 to 1; more than asked may answer."""
        return round(Decimal(self.answered) / self.asked, 2) if self.asked else None


NONE = Figures()
GROUPS: dict[str, Any] = {
    "": func.coalesce("", ""),
    "service": ServiceRequest.service,
    "assignee": func.coalesce(ServiceRequest.assignee_id, ""),
    "team": ServiceRequest.team,
    "company": ServiceRequest.company_id,
    "priority": ServiceRequest.priority,
}
# Of single people nothing is shown before enough have answered.
_PERSONAL = frozenset({"assignee"})


def figures(
    session: Session,
    since: datetime,
    until: datetime,
    by: str = "",
    *where: ColumnElement[bool],
) -> dict[str, Figures]:
    """Figures of the questions asked (or, unasked, answered) from `since` to before `until`, in
    one statement: by group of `by`, one of GROUPS; the empty one has everything under "".

    `where` are more conditions on ServiceRequest.
    """
    moment = func.coalesce(Satisfaction.asked_at, Satisfaction.answered_at)
    query = (
        select(
            GROUPS[by],
            func.count(Satisfaction.asked_at),
            func.count(Satisfaction.answered_at),
            func.avg(Satisfaction.solved),
            func.avg(Satisfaction.service),
            func.sum(case((is_low(), 1), else_=0)),
        )
        .join(ServiceRequest, ServiceRequest.id == Satisfaction.request_id)
        .where(moment >= since, moment < until, *where)
        .group_by(GROUPS[by])
    )
    least = rules.LEAST_SHOWN if by in _PERSONAL else 1
    return {row[0]: _figures(least, *row[1:]) for row in session.execute(query)}


def _figures(least: int, asked: int, answered: int, solved: Any, service: Any, low: Any) -> Figures:
    if answered < least:
        return Figures(asked, answered)
    return Figures(asked, answered, _mean(solved), _mean(service), int(low or 0))


def _mean(value: Any) -> Decimal | None:
    return None if value is None else round(Decimal(str(value)), 1)
