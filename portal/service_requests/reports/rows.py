"""The rows that reports count: one statement over the facts, another over the referrals."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, select
from sqlalchemy.orm import Session

from portal.accounts.models import Organisation, User
from portal.core import clock
from portal.service_requests import calendars
from portal.service_requests.models import (
    Referral,
    RequestFact,
    Satisfaction,
    ServiceRequest,
)
from portal.service_requests.reports.periods import Period
from portal.service_requests.working_time import Calendar

SIDES = ("supplier", "buyer", "both")


class Row(NamedTuple):
    """A request as reports see it; minutes are working time, `base`, `customer` and `partner` by
    whom it was waited for, up to now while it is open."""

    request_id: str
    opened_on: date
    ended_on: date | None
    outcome: str
    reply: int | None
    plan: int | None
    reply_late: bool
    plan_late: bool
    base: int
    customer: int
    partner: int
    phase: str
    counted_until: datetime | None
    reopened: int
    service: str
    markets: tuple[str, ...]
    person: str | None
    team: str
    side: str
    solved: int | None
    mark: int | None


class Asked(NamedTuple):
    """A referral as reports see it; minutes are working time of the partner."""

    request_id: str
    partner: str
    created_at: datetime
    answer: int | None
    finish: int | None
    in_time: bool | None
    mark: int | None


@dataclass(frozen=True)
class Narrowed:
    """What a report is narrowed to; empty values do not narrow."""

    service: str = ""
    market: str = ""
    partner: str = ""
    person: str = ""
    team: str = ""
    side: str = ""


def load(session: Session, period: Period, narrowed: Narrowed) -> list[Row]:
    """Requests that were on the desk on any day of the period; one statement, and one for the
    calendar."""
    calendar, now = calendars.load(session), clock.now()
    found = (_row(values) for values in session.execute(_query(period, narrowed)))
    rows = (row if not row.phase else _until_now(row, calendar, now) for row in found)
    return [row for row in rows if not narrowed.market or narrowed.market in row.markets]


_MARKETS = Row._fields.index("markets")


def _row(values: Any) -> Row:
    """Few lists of markets occur very often, so that each is read once."""
    return Row._make((*values[:_MARKETS], _read(values[_MARKETS]), *values[_MARKETS + 1 :]))


@lru_cache(maxsize=4096)
def _read(markets: str) -> tuple[str, ...]:
    return tuple(json.loads(markets))


def _until_now(row: Row, calendar: Calendar, now: datetime) -> Row:
    """An open request goes on being waited for since its facts were written."""
    since = calendar.between(row.counted_until or now, now)
    minutes = getattr(row, row.phase) + int(since.total_seconds()) // 60
    return row._replace(**{row.phase: minutes})


def _query(period: Period, narrowed: Narrowed) -> Select[Any]:
    fact, request = RequestFact, ServiceRequest
    columns: tuple[Any, ...] = (
        fact.request_id,
        fact.opened_on,
        fact.ended_on,
        fact.outcome,
        fact.reply_minutes,
        fact.plan_minutes,
        fact.reply_late,
        fact.plan_late,
        fact.base_minutes,
        fact.customer_minutes,
        fact.partner_minutes,
        fact.phase,
        case((fact.phase != "", fact.counted_until)),
        fact.reopened,
        request.service,
        cast(request.markets, String),
        request.assignee_id,
        request.team,
        Organisation.kind,
        Satisfaction.solved,
        Satisfaction.service,
    )
    return (
        select(*columns)
        .join(request, request.id == fact.request_id)
        .join(Organisation, Organisation.id == request.company_id)
        .outerjoin(
            Satisfaction,
            and_(Satisfaction.request_id == fact.request_id, Satisfaction.answered_at.is_not(None)),
        )
        .where(_on_desk(period), *_narrowing(narrowed))
    )


def _on_desk(period: Period) -> ColumnElement[bool]:
    fact = RequestFact
    still = fact.ended_on.is_(None) | (fact.ended_on >= period.start)
    return (fact.opened_on <= period.end) & (still | (fact.opened_on >= period.start))


def _narrowing(narrowed: Narrowed) -> Iterator[ColumnElement[bool]]:
    exact = {
        ServiceRequest.service: narrowed.service,
        ServiceRequest.assignee_id: narrowed.person,
        ServiceRequest.team: narrowed.team,
        Organisation.kind: narrowed.side,
    }
    yield from (column == value for column, value in exact.items() if value)
    if narrowed.partner:
        asked = select(Referral.request_id).where(Referral.partner_id == narrowed.partner)
        yield RequestFact.request_id.in_(asked)


def referrals(session: Session, period: Period, narrowed: Narrowed) -> list[Asked]:
    """Referrals of requests that were on the desk in the period; one statement. The market is not
    looked at: `load` has the requests that count."""
    query = (
        select(
            Referral.request_id,
            Referral.partner_id,
            Referral.created_at,
            Referral.answer_minutes,
            Referral.finish_minutes,
            Referral.in_time,
            Referral.mark,
        )
        .join(RequestFact, RequestFact.request_id == Referral.request_id)
        .join(ServiceRequest, ServiceRequest.id == Referral.request_id)
        .join(Organisation, Organisation.id == ServiceRequest.company_id)
        .where(_on_desk(period), *_narrowing(narrowed))
    )
    return [Asked._make(row) for row in session.execute(query)]


@dataclass(frozen=True)
class Names:
    """Names of those a report may be about, by id."""

    people: dict[str, str]
    partners: dict[str, str]
    teams: tuple[str, ...]


def names(session: Session) -> Names:
    """Three statements."""
    staff = select(User.id, User.name).where(User.staff_role.is_not(None)).order_by(User.name)
    partners = select(Organisation.id, Organisation.name).where(Organisation.kind == "partner")
    teams = select(ServiceRequest.team).where(ServiceRequest.team != "").distinct()
    return Names(
        people={row.id: row.name for row in session.execute(staff)},
        partners={
            row.id: row.name for row in session.execute(partners.order_by(Organisation.name))
        },
        teams=tuple(session.scalars(teams.order_by(ServiceRequest.team))),
    )


def oldest(session: Session) -> date | None:
    """The day on which the first request came."""
    return session.scalar(select(RequestFact.opened_on).order_by(RequestFact.opened_on).limit(1))
