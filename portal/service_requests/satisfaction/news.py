"""Who is told what about marks. Mails name number and service of a request, never its words."""

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.core import clock, i18n, mail
from portal.core.access import STAFF_ROLES
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests import catalogue
from portal.service_requests.models import Satisfaction, ServiceRequest
from portal.service_requests.news import desk_path, path, thread

SUPERVISORS = tuple(role for role in STAFF_ROLES if role != "agent")
notices.declare(
    "request.satisfaction", _l("How was it? Two questions about %(number)s"), "mood-smile"
)
notices.declare(
    "request.follow_up", _l("We follow up on your answer: request %(number)s"), "lifebuoy"
)
notices.declare("desk.low_mark", _l("Low marks on %(number)s: please follow up"), "thumb-down")
notices.declare("desk.marks", _l("The customer has answered about %(number)s"), "mood-smile")


def ask(session: Session, request: ServiceRequest, person: User, token: str) -> None:
    """A mail with the link, and a line that leads to the request's page."""
    number = request.reference
    notices.tell_users(
        session,
        [person],
        "request.satisfaction",
        {"number": number},
        path=f"{path(request)}#satisfaction",
        dedupe=f"satisfaction:{request.id}",
    )
    context = {"number": number, "service": _service(request, person)}
    recipient = accounts.recipient(person)
    mail.enqueue(session, recipient, "satisfaction/ask", context, f"/satisfaction/{token}")


def tell_answered(
    session: Session, request: ServiceRequest, row: Satisfaction, *, low: bool
) -> None:
    """The one in charge hears of every answer, supervisors of low marks."""
    in_charge = {request.assignee_id}
    people = [
        user
        for user in accounts.staff(session)
        if user.id in in_charge or (low and user.staff_role in SUPERVISORS)
    ]
    moment = clock.iso_z(row.changed_at or clock.now())
    notices.tell_users(
        session,
        people,
        "desk.low_mark" if low else "desk.marks",
        {"number": request.reference},
        path=f"{desk_path(request)}#satisfaction",
        dedupe=f"marks:{request.id}:{moment}",
    )


def tell_follow_up(session: Session, made: ServiceRequest, source: ServiceRequest) -> None:
    """The person who gave the marks learns that somebody takes care, and where to write."""
    person = source.requester
    if person is None:
        return
    notices.tell_users(
        session,
        [person],
        "request.follow_up",
        {"number": made.reference},
        path=path(made),
        dedupe=f"follow-up:{made.id}",
    )
    context = {
        "number": made.reference,
        "earlier": source.reference,
        "service": _service(made, person),
    }
    hung = thread(session, made, person, first=True)
    recipient = accounts.recipient(person)
    mail.enqueue(session, recipient, "satisfaction/follow_up", context, path(made), hung)


def _service(request: ServiceRequest, person: User) -> str:
    with i18n.use_locale(person.locale, person.timezone):
        return str(catalogue.get(request.service).title)
