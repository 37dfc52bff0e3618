"""The lines of a request's timeline in words, for its staff and for its customer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests import catalogue
from portal.service_requests.assignment import wording as assignment_words
from portal.service_requests.models import RequestEntry
from portal.service_requests.rules import STAFF, WORKFLOW

PRIORITY_NAMES = {"P1": _l("Critical"), "P2": _l("Urgent"), "P3": _l("Normal"), "P4": _l("Low")}
# What events say, with the values of their `detail`.
_EVENTS = {
    "created": _l("Request received"),
    "assigned": _l("%(person)s takes care of it"),
    "team": _l("Team is now: %(to)s"),
    "merged": _l("Goes on as part of %(into)s"),
    "absorbed": _l("%(from)s was merged into this request"),
    "split": _l("A part goes on as %(to)s"),
    "followed": _l("A new request goes on from here: %(to)s"),
    "linked": _l("Linked with %(to)s"),
    "unlinked": _l("No longer linked with %(to)s"),
    "barrier_met": _l("A market barrier was noted: %(rule)s"),
    "barrier_taken_back": _l("A market barrier was taken back: %(rule)s"),
    "answer": _l("An answer on which the promise depends was corrected"),
    "undone": _l("A change of several requests was undone"),
}
# Events that say one of several sentences: the key of `detail` that chooses, and the sentences.
_CHOSEN = {
    "plan": (
        "kind",
        {
            "proposal": _l("A proposal was given"),
            "partner": _l("A partner was named"),
        },
    ),
    "escalated": (
        "step",
        {
            "warning": _l("Three quarters of the time for a promise have passed"),
            "breach": _l("The time for a promise has passed"),
            "late": _l("A promise is long overdue"),
        },
    ),
    "mail": (
        "kind",
        {
            "automatic": _l("An automatic answer came from %(address)s"),
            "bounced": _l("A mail to %(address)s could not be delivered"),
            "refused": _l("A mail from %(address)s was not taken in"),
        },
    ),
    "referral": (
        "step",
        {
            "asked": _l("%(partner)s was asked: referral %(number)s"),
            "accept": _l("%(partner)s takes on referral %(number)s"),
            "finish": _l("%(partner)s has answered referral %(number)s"),
            "give_up": _l("%(partner)s cannot help on referral %(number)s"),
            "decline": _l("%(partner)s declined referral %(number)s"),
            "miss": _l("%(partner)s was not reached for referral %(number)s"),
            "withdraw": _l("Referral %(number)s to %(partner)s was withdrawn"),
        },
    ),
    "test": (
        "step",
        {
            "request": _l("Test booking %(number)s was requested"),
            "offer": _l("Weeks were offered for test booking %(number)s"),
            "confirm": _l("Test booking %(number)s was confirmed"),
            "ask_again": _l("Other weeks were asked for: %(number)s"),
            "call_samples": _l("Samples were called for: %(number)s"),
            "announced": _l("Samples were announced for %(number)s"),
            "received": _l("Samples for %(number)s have arrived"),
            "sample": _l("Samples for %(number)s were moved"),
            "start": _l("The tests of %(number)s have begun"),
            "results": _l("Results were entered for %(number)s"),
            "moved": _l("Test booking %(number)s was moved to other weeks"),
            "move_undone": _l("Test booking %(number)s is back in its former weeks"),
            "report": _l("The report of %(number)s is under review"),
            "send_back": _l("%(number)s went back to the tests"),
            "complete": _l("%(number)s is passed; the report is released"),
            "fail": _l("%(number)s is not passed; the report is released"),
            "cancel": _l("Test booking %(number)s was cancelled"),
            "withdraw": _l("The base cancelled test booking %(number)s"),
        },
    ),
    "quote": (
        "step",
        {
            "send": _l("Quote %(number)s was sent"),
            "propose": _l("A partner proposed quote %(number)s"),
            "accept": _l("Quote %(number)s was accepted"),
            "decline": _l("Quote %(number)s was declined"),
            "withdraw": _l("Quote %(number)s was withdrawn"),
            "take_back": _l("The partner took quote %(number)s back"),
            "expire": _l("Quote %(number)s is no longer valid"),
        },
    ),
}
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
    if entry.event in _WORDED:
        return _WORDED[entry.event](detail, staff)
    if entry.event in _CHOSEN:
        key, sentences = _CHOSEN[entry.event]
        sentence = sentences.get(detail.get(key, ""), next(iter(sentences.values())))
        return str(sentence) % _Named(detail)
    return str(_EVENTS.get(entry.event, _EVENTS["created"])) % _Named(detail)


def _moved(detail: dict[str, Any], staff: bool) -> str:
    label = WORKFLOW.state(detail["to"]).shown(staff)
    return gettext("New state: %(state)s", state=str(label))


def _other_service(detail: dict[str, Any], _staff: bool) -> str:
    return gettext("Service is now: %(service)s", service=_service(detail["to"]))


def _other_priority(detail: dict[str, Any], _staff: bool) -> str:
    after = str(PRIORITY_NAMES.get(detail["to"], detail["to"]))
    return gettext("Urgency is now: %(level)s", level=after)


def _chosen(detail: dict[str, Any], _staff: bool) -> str:
    who = detail.get("person") or detail.get("team", "")
    why = assignment_words.reasons(detail.get("reasons", {}))
    if not why:
        return gettext("Chosen: %(who)s", who=who)
    return gettext("Chosen: %(who)s (%(reasons)s)", who=who, reasons=why)


# Events whose sentence needs more than the values of `detail`.
_WORDED: dict[str, Callable[[dict[str, Any], bool], str]] = {
    "moved": _moved,
    "service": _other_service,
    "priority": _other_priority,
    "chosen": _chosen,
}


class _Named(dict[str, Any]):
    """Values of an event; what an old one does not have is left out."""

    def __missing__(self, key: str) -> str:
        return ""


def _service(code: str) -> str:
    known = catalogue.SERVICES.get(code)
    return str(known.title) if known else code


def _message_title(entry: RequestEntry) -> Any:
    if entry.internal:
        return _l("Internal note")
    return _l("Reply to the customer") if entry.party == STAFF else _l("Message of the customer")


def _tone(entry: RequestEntry) -> str:
    if entry.event == "moved":
        return WORKFLOW.state(entry.detail["to"]).tone
    return "warning" if entry.internal else "neutral"
