"""The cards about satisfaction on a request's pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.core.access import Actor
from portal.service_requests.models import Satisfaction, ServiceRequest
from portal.service_requests.satisfaction import queries, rules


@dataclass(frozen=True)
class Own:
    """The requester's card: the answer given, or the invitation to give one."""

    row: Satisfaction | None
    changeable: bool
    solved: Mapping[int, Any]
    service: Mapping[int, Any]
    tones: Mapping[int, str]

    @property
    def answered(self) -> bool:
        return rules.is_answered(self.row)

    @property
    def until(self) -> datetime | None:
        given = self.row.answered_at if self.row else None
        return given + rules.CHANGE_FOR if given else None


@dataclass(frozen=True)
class Seen:
    """The desk's card: what the customer said, and whether somebody has to follow up."""

    row: Satisfaction
    waits: bool
    solved: Mapping[int, Any]
    service: Mapping[int, Any]
    tones: Mapping[int, str]


def of_customer(session: Session, actor: Actor, request: ServiceRequest) -> Own | None:
    """None for colleagues, and while there is nothing to ask or to show."""
    if request.state != "closed" or request.requester_id != actor.user_id:
        return None
    row = queries.own(session, actor, request)
    asked = queries.closed_request(session, request.id)
    changeable = rules.may_answer(asked, row, actor)
    if not changeable and not rules.is_answered(row):
        return None
    return Own(row, changeable, rules.SOLVED, rules.SERVICE, rules.TONES)


def of_desk(session: Session, actor: Actor, request: ServiceRequest) -> Seen | None:
    """None without an answer, and for staff who neither worked on it nor supervise."""
    row = queries.seen(session, actor, request.id)
    if row is None:
        return None
    return Seen(row, rules.needs_follow_up(row), rules.SOLVED, rules.SERVICE, rules.TONES)
