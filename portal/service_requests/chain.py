"""What a request hangs on, in the order of the chain: need, match, inquiry, outcome; with what came
of it: marks and barriers. One statement for a page."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from portal.capabilities.models import Capability
from portal.core.access import Actor, Permission
from portal.inquiries import rules as inquiries
from portal.inquiries.models import Inquiry
from portal.matching.models import Match
from portal.needs import rules as needs
from portal.needs.models import Need
from portal.service_requests.models import (
    Barrier,
    RequestBarrier,
    Satisfaction,
    ServiceRequest,
)

# Inquiries and needs that have come to an end, and so tell the outcome.
_ENDS = frozenset(s.name for s in (*inquiries.WORKFLOW.states, *needs.WORKFLOW.states) if s.final)


@dataclass(frozen=True)
class Chain:
    """The neighbours of a request. What of them a reader may see is for `seen` to say."""

    need: Need | None = None
    capability: Capability | None = None
    inquiry: Inquiry | None = None
    match: Match | None = None
    marks: Satisfaction | None = None
    barriers: list[Barrier] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.capability or self.need or self.inquiry)


def of_request(session: Session, request: ServiceRequest, *, barriers: bool = False) -> Chain:
    """The neighbours of a request, whoever owns them; with the barriers it met if asked for. An
    inquiry brings along the need and the capability it is about."""
    rows = session.execute(_query(request, barriers)).unique().all()
    if not rows:
        return Chain()
    first, met = rows[0], {row[-1].id: row[-1] for row in rows if barriers and row[-1]}
    return Chain(first[0], first[1], first[2], first[3], first[4], list(met.values()))


def _query(request: ServiceRequest, barriers: bool) -> Any:
    """One line for each barrier. The request is known already; it only holds the others."""
    holder = aliased(ServiceRequest)
    need_id = func.coalesce(holder.need_id, Inquiry.need_id)
    capability_id = func.coalesce(holder.capability_id, Inquiry.capability_id)
    query = (
        select(Need, Capability, Inquiry, Match, Satisfaction)
        .select_from(holder)
        .outerjoin(Inquiry, Inquiry.id == holder.inquiry_id)
        .outerjoin(Need, Need.id == need_id)
        .outerjoin(Capability, Capability.id == capability_id)
        .outerjoin(Match, (Match.need_id == need_id) & (Match.capability_id == capability_id))
        .outerjoin(Satisfaction, Satisfaction.request_id == holder.id)
        .where(holder.id == request.id)
        .options(
            joinedload(Need.texts),
            joinedload(Capability.texts),
            joinedload(Need.company),
            joinedload(Capability.company),
            joinedload(Satisfaction.followed_up_by),
        )
    )
    if not barriers:
        return query
    return (
        query.add_columns(Barrier)
        .outerjoin(RequestBarrier, RequestBarrier.request_id == holder.id)
        .outerjoin(Barrier, Barrier.id == RequestBarrier.barrier_id)
        .order_by(RequestBarrier.created_at, Barrier.id)
    )


@dataclass(frozen=True)
class Link:
    """A neighbour as one reader sees it: `kind` is need, capability, match, inquiry or outcome.
    `state` is empty where it is not theirs to know; `opens`: they may open its page."""

    kind: str
    row: Any
    state: Any = ""
    tone: str = "neutral"
    opens: bool = False


def seen(chain: Chain, actor: Actor) -> list[Link]:
    """The chain from the need to the outcome, as far as the actor may know of it."""
    found = [
        _need(chain.need, actor) if chain.need else None,
        _capability(chain.capability, actor) if chain.capability else None,
        _match(chain, actor),
        _inquiry(chain.inquiry, actor) if chain.inquiry else None,
        _outcome(chain, actor),
    ]
    return [link for link in found if link is not None]


def _need(need: Need, actor: Actor) -> Link:
    opens = needs.may_see(need, actor)
    state = needs.WORKFLOW.state(needs.shown_state(need))
    return Link("need", need, state.label if opens else "", state.tone, opens)


def _capability(capability: Capability, actor: Actor) -> Link:
    public = capability.state == "published" and capability.company.state == "published"
    return Link("capability", capability, opens=public or _inside(capability.company_id, actor))


def _match(chain: Chain, actor: Actor) -> Link | None:
    """What both sides of the pair, and the base, may look at."""
    need, capability, match = chain.need, chain.capability, chain.match
    if match is None or need is None or capability is None:
        return None
    mine = _inside(need.company_id, actor) or _inside(capability.company_id, actor)
    return Link("match", match, opens=True) if mine else None


def _inquiry(inquiry: Inquiry, actor: Actor) -> Link | None:
    """The base sees that there is one and how it stands; the thread is between the two sides."""
    side = inquiries.side_of(inquiry, actor)
    if side is None and not actor.may(Permission.DESK_VIEW):
        return None
    tone = inquiries.WORKFLOW.state(inquiry.state).tone
    label = inquiries.state_label(inquiry.state, side)
    return Link("inquiry", inquiry, label, tone, opens=side is not None)


def _outcome(chain: Chain, actor: Actor) -> Link | None:
    """How it ended: what the need's owner reported, else how the inquiry ended."""
    for link in (
        _need(chain.need, actor) if chain.need else None,
        _inquiry(chain.inquiry, actor) if chain.inquiry else None,
    ):
        if link is not None and link.state and link.row.state in _ENDS:
            return Link("outcome", link.row, link.state, link.tone)
    return None


def _inside(company_id: str, actor: Actor) -> bool:
    return actor.owns(company_id) or actor.may(Permission.DESK_VIEW)
