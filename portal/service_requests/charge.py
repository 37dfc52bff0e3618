"""Putting somebody in charge of a request, with what follows from it."""

from sqlalchemy.orm import Session

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.texts import Words
from portal.service_requests import news
from portal.service_requests.entries import write_change
from portal.service_requests.models import ServiceRequest
from portal.service_requests.moving import take
from portal.service_requests.rules import WORKFLOW


def put(session: Session, actor: Actor, request: ServiceRequest, person: User) -> None:
    """From now on this person takes care of it; a request that nobody had looked at counts as
    seen. The portal itself may do so, too."""
    request.assignee_id = person.id
    empty = Words("", actor.locale)
    for name in ("triage", "assign"):
        if WORKFLOW.can(name, request, actor):
            take(session, actor, request, name, empty)
    detail = {"person": person.name, "person_id": person.id}
    entry = write_change(session, actor, request, "assigned", detail)
    news.tell_assigned(session, actor, request, entry, person)
