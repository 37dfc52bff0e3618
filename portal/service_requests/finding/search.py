"""What the desk finds: requests, each with the passages in which the words stand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.accounts.models import Organisation
from portal.companies.models import Company
from portal.core.access import Actor, Permission
from portal.core.errors import NotFound
from portal.service_requests import queries
from portal.service_requests.filtering import Filters, conditions
from portal.service_requests.finding import grams, index
from portal.service_requests.finding.index import Place
from portal.service_requests.finding.passages import Segment, passage
from portal.service_requests.models import RequestEntry, ServiceRequest

MAX_PLACES = 400
MAX_REQUESTS = 30
PASSAGES_EACH = 3
MAX_COMPANIES = 5
_NUMBER = re.compile(r"\s*(?:SR-?|#)\s*0*(\d{1,9})\s*|\s*0(\d{4})\s*", re.IGNORECASE | re.ASCII)
# Where to look, by name: everywhere, or one kind of text.
SCOPES = {
    "all": index.KINDS,
    "request": (index.REQUEST,),
    "customer": (index.CUSTOMER,),
    "staff": (index.STAFF,),
    "note": (index.NOTE,),
}


@dataclass(frozen=True)
class Line:
    """A passage: whose text it is from and since when; `kind` as in `SCOPES`."""

    kind: str
    at: datetime
    author: str
    lang: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Hit:
    """A request with its first passages; `more` of them are not shown."""

    request: ServiceRequest
    lines: tuple[Line, ...]
    more: int


@dataclass(frozen=True)
class Found:
    """What was found, the last written first; `cut` when there is more than is shown."""

    hits: tuple[Hit, ...] = ()
    companies: tuple[Organisation, ...] = ()
    cut: bool = False


def number(session: Session, actor: Actor, question: str) -> str | None:
    """The id of the request that the question quotes by its number, such as SR-00042."""
    asked = _NUMBER.fullmatch(question)
    if asked is None:
        return None
    digits = int(asked[1] or asked[2])
    query = select(ServiceRequest.id).where(ServiceRequest.number == digits)
    return session.scalar(query.where(queries.visible(actor)))


def search(
    session: Session, actor: Actor, question: str, scope: str = "all", state: str = ""
) -> Found:
    """Requests and messages with all words of the question, for people of the desk."""
    if not actor.may(Permission.DESK_VIEW):
        raise NotFound
    narrow = conditions(actor, Filters(state=state))
    kinds = SCOPES.get(scope, index.KINDS)
    places = index.matching(session, question, kinds, narrow, MAX_PLACES)
    by_request: dict[str, list[Place]] = {}
    for place in places:
        by_request.setdefault(place.request_id, []).append(place)
    shown = dict(list(by_request.items())[:MAX_REQUESTS])
    cut = len(places) == MAX_PLACES or len(by_request) > len(shown)
    return Found(_hits(session, shown, question), _companies(session, question), cut)


def _hits(session: Session, shown: dict[str, list[Place]], question: str) -> tuple[Hit, ...]:
    first = {i: places[:PASSAGES_EACH] for i, places in shown.items()}
    requests = {row.id: row for row in session.scalars(queries.with_people(list(first)))}
    wanted = [place.entry_id for places in first.values() for place in places if place.entry_id]
    entries = _entries(session, wanted)
    pieces = grams.pieces(question)
    return tuple(
        Hit(
            requests[i],
            tuple(_line(requests[i], entries.get(p.entry_id), p, pieces) for p in places),
            len(shown[i]) - len(places),
        )
        for i, places in first.items()
        if i in requests
    )


def _entries(session: Session, ids: Sequence[str]) -> dict[str, RequestEntry]:
    if not ids:
        return {}
    query = select(RequestEntry).where(RequestEntry.id.in_(ids))
    return {row.id: row for row in session.scalars(query.options(joinedload(RequestEntry.author)))}


def _line(
    request: ServiceRequest, entry: RequestEntry | None, place: Place, pieces: list[str]
) -> Line:
    if entry is None:
        text = f"{request.title} – {request.description}"
        who = request.requester.name if request.requester else ""
        found = passage(text, pieces)
        return Line(place.kind, request.created_at, who, request.locale, found)
    who = entry.author.name if entry.author else ""
    return Line(place.kind, entry.created_at, who, entry.locale, passage(entry.body, pieces))


def _companies(session: Session, question: str) -> tuple[Organisation, ...]:
    """Companies whose name holds the question."""
    named = Organisation.name.icontains(question.strip(), autoescape=True)
    query = select(Organisation).join(Company, Company.id == Organisation.id).where(named)
    return tuple(session.scalars(query.order_by(Organisation.name).limit(MAX_COMPANIES)))
