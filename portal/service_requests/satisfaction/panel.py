"""The cards about satisfaction on a request's pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.core.access import Actor, Permission
from portal.service_requests.models import RequestEntry, Satisfaction, ServiceRequest
from portal.service_requests.satisfaction import rules


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


def of_customer(actor: Actor, request: ServiceRequest, row: Satisfaction | None) -> Own | None:
    """None for colleagues, and while there is nothing to ask or to show."""
    if request.requester_id != actor.user_id:
        return None
    answered = rules.is_answered(row)
    changeable = rules.may_answer(request, row, actor) and actor.may(Permission.REQUEST_WRITE)
    if not changeable and not answered:
        return None
    return Own(row, changeable, rules.SOLVED, rules.SERVICE, rules.TONES)


def of_desk(
    actor: Actor,
    request: ServiceRequest,
    row: Satisfaction | None,
    entries: Iterable[RequestEntry],
) -> Seen | None:
    """None without an answer, and for staff who neither worked on it nor supervise; the same rule
    as `queries.seen_by`, from the lines that the page has anyway."""
    wrote = any(
        entry.author_id == actor.user_id and entry.party == "staff"
        for entry in entries
        if entry.request_id == request.id
    )
    sees = actor.may(Permission.DESK_ASSIGN) or request.assignee_id == actor.user_id or wrote
    if row is None or not sees or not rules.is_answered(row):
        return None
    return Seen(row, rules.needs_follow_up(row), rules.SOLVED, rules.SERVICE, rules.TONES)
