"""Who is told what about a request. Mails name its number and service, never its words."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.core import i18n, mail
from portal.core.access import Actor
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests import catalogue
from portal.service_requests.models import RequestEntry, ServiceRequest

_SENTENCES = {
    "request.received": (_l("We have received your request %(number)s"), "mail-check"),
    "request.assigned": (
        _l("%(person)s takes care of your request %(number)s"),
        "user-check",
    ),
    "request.reply": (_l("The base has answered on your request %(number)s"), "message"),
    "request.waiting": (
        _l("We have a question about your request %(number)s"),
        "help-circle",
    ),
    "request.resolved": (
        _l("Your request %(number)s is resolved: please check"),
        "circle-check",
    ),
    "request.rejected": (_l("We cannot take on your request %(number)s"), "circle-x"),
    "desk.new": (_l("New request %(number)s: %(title)s"), "inbox"),
    "desk.reply": (_l("Customer reply on %(number)s: %(title)s"), "message"),
    "desk.reopened": (_l("Reopened: %(number)s, %(title)s"), "arrow-back-up"),
    "desk.cancelled": (_l("Cancelled by the customer: %(number)s, %(title)s"), "ban"),
    "desk.confirmed": (
        _l("The customer confirmed the solution of %(number)s"),
        "thumb-up",
    ),
    "desk.assigned": (
        _l("%(person)s assigned %(number)s to you: %(title)s"),
        "user-check",
    ),
}
for _kind, (_sentence, _icon) in _SENTENCES.items():
    notices.declare(_kind, _sentence, _icon)

# Steps the customer hears of, and steps the desk hears of.
CUSTOMER_NEWS = {"ask_customer": "waiting", "resolve": "resolved", "reject": "rejected"}
DESK_NEWS = {
    "answer": "reply",
    "reopen": "reopened",
    "cancel": "cancelled",
    "confirm": "confirmed",
}


def path(request: ServiceRequest) -> str:
    return f"/service-requests/{request.id}"


def desk_path(request: ServiceRequest) -> str:
    return f"/desk/requests/{request.id}"


def tell_customer(
    session: Session, request: ServiceRequest, entry: RequestEntry, name: str
) -> None:
    """A line for every member, and a mail `service_requests/<name>` to the one who asked."""
    told = notices.tell_organisation(
        session,
        request.company_id,
        f"request.{name}",
        {"number": request.reference},
        path=path(request),
        dedupe=f"request:{entry.id}",
    )
    asked = [user for user in told if user.id == request.requester_id]
    _mail(session, asked or told, request, name, path(request))


def tell_assigned(
    session: Session, actor: Actor, request: ServiceRequest, entry: RequestEntry, person: User
) -> None:
    """The customer learns who takes care, the person that they do unless it was their own doing."""
    notices.tell_organisation(
        session,
        request.company_id,
        "request.assigned",
        {"number": request.reference, "person": person.name},
        path=path(request),
        dedupe=f"request:{entry.id}",
    )
    if person.id != actor.user_id:
        _desk_notice(session, request, entry, "assigned", [person], person=actor.name)


def tell_desk(session: Session, request: ServiceRequest, entry: RequestEntry, name: str) -> None:
    """A line for the one in charge, who also gets a mail, or for all staff while nobody is."""
    everybody = accounts.staff(session)
    in_charge = [user for user in everybody if user.id == request.assignee_id]
    _desk_notice(session, request, entry, name, in_charge or everybody)
    _mail(session, in_charge, request, "desk_news", desk_path(request))


def _desk_notice(
    session: Session,
    request: ServiceRequest,
    entry: RequestEntry,
    name: str,
    people: Iterable[User],
    **more: str,
) -> None:
    params = {"number": request.reference, "title": request.title, **more}
    notices.tell_users(
        session,
        people,
        f"desk.{name}",
        params,
        path=desk_path(request),
        dedupe=f"desk:{entry.id}",
    )


def _mail(
    session: Session, people: Iterable[User], request: ServiceRequest, name: str, link: str
) -> None:
    for user in people:
        context = {"number": request.reference, **_words(request, user)}
        template = f"service_requests/{name}"
        mail.enqueue(session, accounts.recipient(user), template, context, link)


def _words(request: ServiceRequest, user: User) -> dict[str, str]:
    """Service and promise in the recipient's language."""
    service = catalogue.get(request.service)
    with i18n.use_locale(user.locale, user.timezone):
        return {
            "service": str(service.title),
            "first_reply": catalogue.first_reply(service, request.priority),
            "plan": catalogue.plan(service, request.priority),
        }
