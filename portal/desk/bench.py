"""What the page of a request needs besides the request: checklist, texts, who writes what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from portal.core.access import Actor
from portal.core.i18n import gettext, language_name
from portal.core.locales import LOCALES
from portal.service_requests import checks, collisions, timeline
from portal.service_requests.models import RequestEntry, ServiceRequest, TextModule
from portal.service_requests.text_modules import placeholders, queries
from portal.service_requests.text_modules.services import ME, STEPS

CHOOSING = ("texts", "insert")


@dataclass(frozen=True)
class Macro:
    """A chosen text that also does something: what, in words."""

    id: str
    name: str
    effects: tuple[str, ...]


@dataclass(frozen=True)
class Bench:
    """`texts` are offered once they were asked for; `written_in` is the language of the reply;
    `seen` the last message of others that the page shows."""

    checks: list[checks.Line]
    open_checks: int
    texts: Sequence[tuple[str, list[TextModule]]]
    macro: Macro | None
    used: str
    languages: list[tuple[str, str]]
    written_in: str
    seen: str


def of(
    session: Session, actor: Actor, item: ServiceRequest, entries: Sequence[RequestEntry]
) -> Bench:
    """No statement, but one each while a text is being chosen or a macro prepared."""
    lines = checks.lines(item)
    return Bench(
        checks=lines,
        open_checks=checks.still_open(lines),
        texts=_texts(session, actor, item),
        macro=_macro(session, actor),
        used=request.form.get("used", "")[:500],
        languages=_languages(item),
        written_in=written_in(item),
        seen=collisions.newest(item.id, entries, actor),
    )


def written_in(item: ServiceRequest) -> str:
    """The language chosen for the reply; the requester's own to begin with."""
    given = request.form.get("language", "")
    known = {tag for tag, _name in _languages(item)}
    return given if given in known else placeholders.language_of(item)


def _languages(item: ServiceRequest) -> list[tuple[str, str]]:
    own = {locale.tag: locale.native for locale in LOCALES}
    for tag in (item.locale, placeholders.language_of(item)):
        own.setdefault(tag, language_name(tag))
    return list(own.items())


def _texts(
    session: Session, actor: Actor, item: ServiceRequest
) -> list[tuple[str, list[TextModule]]]:
    if request.form.get("do") not in CHOOSING:
        return []
    return grouped(queries.offered(session, actor, item.service))


def grouped(rows: Sequence[TextModule]) -> list[tuple[str, list[TextModule]]]:
    """Texts under the headings of a list, in order; headings without any are left out."""
    groups = (
        (gettext("For this service"), [row for row in rows if row.service]),
        (gettext("My own"), [r for r in rows if not r.service and r.author_id is not None]),
        (gettext("For all services"), [r for r in rows if not r.service and r.author_id is None]),
    )
    return [(heading, found) for heading, found in groups if found]


def _macro(session: Session, actor: Actor) -> Macro | None:
    """A macro that was chosen before, so that a refused form still has it."""
    module_id = request.form.get("macro", "")
    if not module_id or request.form.get("do") == "drop-macro":
        return None
    return macro_of(queries.module_for(session, actor, module_id), {})


def macro_of(module: TextModule, names: Mapping[str, str]) -> Macro | None:
    """The macro with its effects in words; None for a mere text. `names` of people by id."""
    found = effects(module.actions, names)
    return Macro(module.id, placeholders.name(module), found) if found else None


def effects(actions: Mapping[str, str], names: Mapping[str, str]) -> tuple[str, ...]:
    """What a macro does, in words."""
    found = []
    if step := STEPS.get(actions.get("step", "")):
        found.append(str(step.label))
    if level := actions.get("priority"):
        word = str(timeline.PRIORITY_NAMES.get(level, level))
        found.append(gettext("Urgency: %(level)s", level=f"{level} {word}"))
    if person := actions.get("assignee"):
        who = gettext("Me") if person == ME else names.get(person, gettext("a colleague"))
        found.append(gettext("In charge: %(person)s", person=who))
    if team := actions.get("team"):
        found.append(gettext("Team: %(team)s", team=team))
    return tuple(found)
