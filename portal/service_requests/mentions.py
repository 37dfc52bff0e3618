"""Colleagues named in internal notes: @Name."""

import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.core.access import Actor
from portal.service_requests import news
from portal.service_requests.models import RequestEntry, RequestWatch, ServiceRequest

MOST = 20


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Names after an @, the longest first: names may hold spaces and begin alike. What goes on as
    a Latin word is another name, and an @ after a Latin letter belongs to an address."""
    known = sorted({name for name in names if name}, key=len, reverse=True)
    if not known:
        return None
    either = "|".join(re.escape(name) for name in known)
    return re.compile(rf"(?<![A-Za-z0-9_.-])[@＠]({either})(?![A-Za-z0-9_])", re.IGNORECASE)


def named(text: str, people: Sequence[User]) -> list[User]:
    """Those of the people who are mentioned in the text."""
    pattern = _pattern(user.name for user in people)
    found = {name.casefold() for name in pattern.findall(text)} if pattern else set()
    return [user for user in people if user.name.casefold() in found][:MOST]


def tell(session: Session, actor: Actor, request: ServiceRequest, entry: RequestEntry) -> None:
    """Who is mentioned in a note hears of it, without its words, and watches from then on."""
    if not ("@" in entry.body or "＠" in entry.body):
        return
    mentioned = named(entry.body, accounts.staff(session))
    if not mentioned:
        return
    entry.detail = {**entry.detail, "mentions": [user.name for user in mentioned]}
    others = [user for user in mentioned if user.id != actor.user_id]
    for user in others:
        if session.get(RequestWatch, (request.id, user.id)) is None:
            session.add(RequestWatch(request_id=request.id, user_id=user.id))
    session.flush()
    news.tell_mentioned(session, actor, request, entry, others)


def marked(entry: RequestEntry) -> str:
    """The words of a note with its mentions highlighted."""
    pattern = _pattern(entry.detail.get("mentions", ()))
    if pattern is None:
        return entry.body
    parts, at = [Markup()], 0
    for found in pattern.finditer(entry.body):
        parts.append(Markup.escape(entry.body[at : found.start()]))
        parts.append(Markup('<mark class="mention">{}</mark>').format(found[0]))
        at = found.end()
    return Markup().join([*parts, Markup.escape(entry.body[at:])])
