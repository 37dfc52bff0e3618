"""Who is told what about a request. Mails name its number and service, never its words."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.core import i18n, mail
from portal.core.access import Actor
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests import catalogue, promises, queries
from portal.service_requests.mail_in import queries as received
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
    "request.merged": (_l("Your request %(number)s goes on as part of %(into)s"), "git-merge"),
    "desk.new": (_l("New request %(number)s: %(title)s"), "inbox"),
    "desk.reply": (_l("Customer reply on %(number)s: %(title)s"), "message"),
    "desk.reopened": (_l("Reopened: %(number)s, %(title)s"), "arrow-back-up"),
    "desk.cancelled": (_l("Cancelled by the customer: %(number)s, %(title)s"), "ban"),
    "desk.confirmed": (
        _l("The customer confirmed the solution of %(number)s"),
        "thumb-up",
    ),
    "desk.mentioned": (
        _l("%(person)s mentioned you in a note on %(number)s: %(title)s"),
        "note",
    ),
    "desk.assigned": (
        _l("%(person)s assigned %(number)s to you: %(title)s"),
        "user-check",
    ),
}
# What staff hear of who watch a request, by step or other happening.
_WATCHED = {
    "ask_customer": (_l("Waiting for the customer: %(number)s, %(title)s"), "help-circle"),
    "ask_partner": (_l("Waiting for a partner: %(number)s, %(title)s"), "users"),
    "resolve": (_l("Resolved: %(number)s, %(title)s"), "circle-check"),
    "reject": (_l("Rejected: %(number)s, %(title)s"), "circle-x"),
    "close": (_l("Closed: %(number)s, %(title)s"), "circle-check"),
    "reopen": (_l("Opened again: %(number)s, %(title)s"), "arrow-back-up"),
    "reply": (_l("Reply to the customer on %(number)s: %(title)s"), "message"),
    "note": (_l("Internal note on %(number)s: %(title)s"), "note"),
}
_SENTENCES.update({f"desk.watched.{name}": told for name, told in _WATCHED.items()})
notices.declare_all(_SENTENCES)

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
    watching = {user.id for user in queries.watchers(session, request)}
    wanted = {request.requester_id, *watching}
    asked = [user for user in told if user.id in wanted]
    _mail(session, asked or told, request, name, path(request))


def tell_assigned(
    session: Session, actor: Actor, request: ServiceRequest, entry: RequestEntry, person: User
) -> None:
    """The customer learns who takes care, the person that they do unless it was their own doing.
    Who was chosen by the portal when a request came in hears of the request itself."""
    notices.tell_organisation(
        session,
        request.company_id,
        "request.assigned",
        {"number": request.reference, "person": person.name},
        path=path(request),
        dedupe=f"request:{entry.id}",
    )
    if actor.user_id and person.id != actor.user_id:
        _desk_notice(session, request, entry, "assigned", [person], person=actor.name)


def tell_desk(session: Session, request: ServiceRequest, entry: RequestEntry, name: str) -> None:
    """A line for the one in charge and for staff who watch, who also get a mail; for all staff
    while nobody is in charge."""
    everybody = accounts.staff(session)
    concerned = {request.assignee_id, *_watching_staff(session, request)}
    people = [user for user in everybody if user.id in concerned]
    _desk_notice(session, request, entry, name, people if request.assignee_id else everybody)
    _mail(session, people, request, "desk_news", desk_path(request))


def _watching_staff(session: Session, request: ServiceRequest) -> dict[str, User]:
    found = queries.watchers(session, request)
    return {user.id: user for user in found if user.staff_role is not None}


def tell_watching_staff(
    session: Session, actor: Actor, request: ServiceRequest, entry: RequestEntry, name: str
) -> None:
    """What somebody at the desk did, for colleagues who watch. `name` is the step or happening;
    what the customer did, or nobody watches for, is not told here."""
    if name in _WATCHED and actor.is_staff:
        people = [u for i, u in _watching_staff(session, request).items() if i != actor.user_id]
        _desk_notice(session, request, entry, f"watched.{name}", people)


def tell_mentioned(
    session: Session,
    actor: Actor,
    request: ServiceRequest,
    entry: RequestEntry,
    people: Iterable[User],
) -> None:
    """A line and a mail for colleagues named in a note; what it says stays in the portal."""
    people = list(people)
    _desk_notice(session, request, entry, "mentioned", people, person=actor.name)
    _mail(session, people, request, "mentioned", desk_path(request), person=actor.name)


def tell_merged(
    session: Session, source: ServiceRequest, target: ServiceRequest, entry: RequestEntry
) -> None:
    """The company learns under which number its request goes on."""
    notices.tell_organisation(
        session,
        source.company_id,
        "request.merged",
        {"number": source.reference, "into": target.reference},
        path=path(target),
        dedupe=f"request:{entry.id}",
    )


def mail_clock(
    session: Session, people: Iterable[User], request: ServiceRequest, clock: str, step: str
) -> None:
    """A mail about a promise that is due or broken, to people of the base."""
    _mail(session, people, request, "clock", desk_path(request), clock=clock, step=step)


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
    session: Session,
    people: Iterable[User],
    request: ServiceRequest,
    name: str,
    link: str,
    **more: str,
) -> None:
    for user in people:
        context = {"number": request.reference, **_words(request, user), **more}
        template = f"service_requests/{name}"
        hung = thread(session, request, user, first=name == "received")
        mail.enqueue(session, accounts.recipient(user), template, context, link, hung)


def thread(
    session: Session, request: ServiceRequest, user: User, *, first: bool = False
) -> mail.Thread:
    """Where a mail about a request stands among those of its reader, and whose an answer is."""
    return mail.Thread(
        conversation=f"sr{request.number}",
        person=user.id,
        company="" if user.staff_role else request.company_id,
        first=first,
        answers=received.last_from(session, ("request_id", request.id), user),
        urgent=request.priority == "P1",
    )


def _words(request: ServiceRequest, user: User) -> dict[str, Any]:
    """Service and promises in the recipient's language and time zone."""
    service = catalogue.get(request.service)
    with i18n.use_locale(user.locale, user.timezone):
        return {
            "service": str(service.title),
            "first_reply": catalogue.first_reply(service, request.priority, request.answers),
            "plan": catalogue.plan(service, request.priority),
            "promises": promises.sentences(request, user.timezone),
        }
