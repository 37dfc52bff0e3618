"""What happened lately, as the base's staff see it."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from portal.capabilities.rules import WORKFLOW as CAPABILITY
from portal.companies.rules import WORKFLOW as COMPANY
from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.texts import chosen
from portal.needs.rules import WORKFLOW as NEED
from portal.pages import queries
from portal.service_requests.rules import WORKFLOW as REQUEST


@dataclass(frozen=True)
class Happening:
    """A step somebody took, as staff see it."""

    at: Any
    what: str
    tone: str
    who: str
    url: str | None
    title: str
    lang: str


# Steps that staff may see, by audit action; inquiries are none of their business.
_WATCHED = {
    "company": COMPANY,
    "capability": CAPABILITY,
    "need": NEED,
    "service_request": REQUEST,
}
_PLACES = {
    "company": ("companies.show", "company_id"),
    "capability": ("capabilities.show", "capability_id"),
    "need": ("needs.show", "need_id"),
    "service_request": ("desk.request", "request_id"),
}


def _outcomes() -> dict[str, tuple[str, str]]:
    """What to say about each audit action, and the tone of the state it leads to."""
    kinds = {
        "company": gettext("Company profile"),
        "capability": gettext("Capability"),
        "need": gettext("Need"),
        "service_request": gettext("Service request"),
    }
    outcomes = {}
    for kind, workflow in _WATCHED.items():
        for step in workflow.transitions:
            state = workflow.state(step.target)
            words = gettext("%(kind)s: %(state)s", kind=kinds[kind], state=str(state.shown(True)))
            outcomes[f"{workflow.name}.{step.name}"] = (words, state.tone)
    return outcomes


def latest(session: Session) -> list[Happening]:
    """The newest steps, the last one first."""
    outcomes = _outcomes()
    events = queries.latest_events(session, tuple(outcomes))
    titles: dict[tuple[str, str], list[queries.Title]] = {}
    for row in queries.titles(session, events):
        titles.setdefault((row.kind, row.object_id), []).append(row)
    return [
        _happening(e, outcomes[e.action], titles.get((e.kind, e.object_id), [])) for e in events
    ]


def _happening(
    event: queries.Event, outcome: tuple[str, str], titles: list[queries.Title]
) -> Happening:
    text = chosen(titles, i18n.current().tag)
    by = gettext("%(person)s, %(company)s", person=event.who, company=event.organisation)
    who = by if event.who and event.organisation else event.who or event.organisation
    title = text.title if text and text.title else gettext("Without title")
    return Happening(event.at, *outcome, who, _place(event), title, text.locale if text else "")


def _place(event: queries.Event) -> str | None:
    if event.kind not in _PLACES:
        return None
    endpoint, name = _PLACES[event.kind]
    return url_for(endpoint, **{name: event.object_id})  # type: ignore[arg-type]
