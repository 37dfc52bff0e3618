"""What came of requests, for the table of who may do what: marks after closing, market barriers."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.config import Settings
from portal.core import clock
from portal.service_requests.models import Barrier, RequestBarrier, Satisfaction, ServiceRequest
from portal.service_requests.satisfaction import links
from tests.support.people import Person

TEXTS = {"en": {"title": "Radio equipment needs approval", "text": "A test is needed."}}


def results(session: Session, settings: Settings, people: dict[str, Person]) -> dict[str, str]:
    """Ids by name: a request somebody was asked about (with the link's token), one with low marks,
    and a barrier that is internal, one that waits for approval, and one that is public."""
    asked, marked = _closed(people, 11), _closed(people, 12)
    rows = {
        "barrier": _barrier("UN R155", people["li"].id),
        "barrier-waiting": _barrier("UN R156", people["zhao"].id),
        "barrier-public": _barrier("UN R10", people["li"].id),
    }
    rows["barrier-waiting"].draft_text = {"texts": TEXTS}
    rows["barrier-waiting"].drafted_at = clock.now()
    rows["barrier-waiting"].draft_author_id = people["zhao"].id
    rows["barrier-public"].public_text = {"texts": TEXTS, "source": "https://unece.example"}
    rows["barrier-public"].state, rows["barrier-public"].approved_at = "public", clock.now()
    session.add_all([asked, marked, *rows.values()])
    session.flush()
    about = {"person_id": people["meyer"].id, "asked_at": clock.now() - timedelta(hours=1)}
    low = {
        "solved": 1,
        "service": 2,
        "answered_at": clock.now(),
        "comment": "Nein.",
        "locale": "de",
    }
    session.add_all(
        [
            Satisfaction(request_id=asked.id, **about),
            Satisfaction(request_id=marked.id, **about, **low),
            RequestBarrier(barrier_id=rows["barrier"].id, request_id=asked.id),
        ]
    )
    return {
        "request-asked": asked.id,
        "request-marked": marked.id,
        "satisfaction-link": links.make(settings, asked.id, people["meyer"].id),
        **{name: row.id for name, row in rows.items()},
    }


def _closed(people: dict[str, Person], number: int) -> ServiceRequest:
    """A request of Meyer that Zhao solved yesterday."""
    return ServiceRequest(
        number=number,
        service="CERT",
        company_id=people["meyer"].org_id,
        requester_id=people["meyer"].id,
        assignee_id=people["zhao"].id,
        locale="de",
        title="E-Kennzeichen",
        description="Welche Pr\u00fcfung fehlt?",
        state="closed",
        resolved_at=clock.now() - timedelta(days=1),
        closed_at=clock.now() - timedelta(days=1),
    )


def _barrier(rule: str, author_id: str) -> Barrier:
    return Barrier(
        market="DE",
        kind="approval",
        rule=rule,
        effect="No sale without it",
        locale="en",
        author_id=author_id,
    )
