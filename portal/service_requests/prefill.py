"""What a new request starts with: facts of what it is linked to, and of the address."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.core import i18n
from portal.core.access import Actor
from portal.core.texts import chosen
from portal.service_requests import queries
from portal.service_requests.catalogue import Form, Question, Service
from portal.service_requests.queries import Links

LINKS = ("capability", "need", "inquiry")


def of_query(session: Session, actor: Actor, service: Service, args: Any) -> dict[str, Any]:
    """Form data of an address such as `?need=…&regulation=UN R10`; NotFound for foreign objects."""
    ids = {name: args.get(name, "") for name in LINKS}
    links = queries.links_for(session, actor, *(ids[name] for name in LINKS))
    facts = _facts(links)
    data: dict[str, Any] = {**ids, "markets": facts.pop("markets", [])}
    for question in service.form.questions:
        value = _asked(question, args) or (
            facts.get(question.prefill) if question.prefill else None
        )
        if value:
            data[f"q_{question.id}"] = value
    return data


def _asked(question: Question, args: Any) -> Any:
    if question.type in ("standards", "multichoice", "countries"):
        return args.getlist(question.id)
    return args.get(question.id) if question.type in ("text", "choice") else None


def _facts(links: Links) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if links.inquiry:
        facts["title"] = links.inquiry.subject
    if links.need:
        facts.update(_of_need(links.need))
    if links.capability:
        own = {"title": title_of(links.capability), "markets": list(links.capability.markets)}
        facts.update({key: value for key, value in own.items() if value})
    return facts


def _of_need(need: Any) -> dict[str, Any]:
    incoterm = " ".join(part for part in (need.incoterm, need.incoterm_place) if part)
    return {
        "title": title_of(need),
        "markets": [need.market] if need.market else [],
        "incoterm": incoterm,
    }


def title_of(row: Any) -> str:
    """The title of a need or capability in the reader's language, English, or the original."""
    text = chosen((text for text in row.texts if text.title), i18n.current().tag)
    return text.title if text else ""


@dataclass(frozen=True)
class Section:
    """Questions in a row that are asked under the same condition."""

    when: str | None
    questions: tuple[Question, ...]


def sections(form: Form) -> list[Section]:
    """The questions of a form, those of one condition together and behind what they hang on."""
    plain: list[Section] = []
    for question in (q for q in form.questions if q.when is None):
        plain.append(Section(None, (question,)))
        hanging = tuple(q for q in form.questions if q.when == question.id)
        if hanging:
            plain.append(Section(question.id, hanging))
    return plain
