"""The lines of a request's timeline in words, for its staff and for its customer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.models import RequestEntry
from portal.service_requests.rules import STAFF, WORKFLOW

PRIORITY_NAMES = {"P1": _l("Critical"), "P2": _l("Urgent"), "P3": _l("Normal"), "P4": _l("Low")}
PRIORITY_TONES = {"P1": "danger", "P2": "warning"}


@dataclass(frozen=True)
class Event:
    """One line: when, what, by whom; `tone` colours its dot."""

    at: datetime
    title: str
    who: str
    tone: str = "neutral"
    text: str = ""
    internal: bool = False


def events(entries: list[RequestEntry], *, staff: bool) -> list[Event]:
    """Everything that happened, newest first; messages only say that they were written."""
    return [_event(entry, staff) for entry in reversed(entries)]


def _event(entry: RequestEntry, staff: bool) -> Event:
    who = entry.author.name if entry.author else ""
    return Event(entry.created_at, title(entry, staff=staff), who, _tone(entry), "", entry.internal)


def title(entry: RequestEntry, *, staff: bool) -> str:
    """What an entry says in one line."""
    if entry.event is None:
        return str(_message_title(entry))
    detail: dict[str, Any] = entry.detail
    match entry.event:
        case "moved":
            label = WORKFLOW.state(detail["to"]).shown(staff)
            return gettext("New state: %(state)s", state=str(label))
        case "assigned":
            return gettext("%(person)s takes care of it", person=detail.get("person", ""))
        case "priority":
            after = str(PRIORITY_NAMES.get(detail["to"], detail["to"]))
            return gettext("Urgency is now: %(level)s", level=after)
    return gettext("Request received")


def _message_title(entry: RequestEntry) -> Any:
    if entry.internal:
        return _l("Internal note")
    return _l("Reply to the customer") if entry.party == STAFF else _l("Message of the customer")


def _tone(entry: RequestEntry) -> str:
    if entry.event == "moved":
        return WORKFLOW.state(entry.detail["to"]).tone
    return "warning" if entry.internal else "neutral"
