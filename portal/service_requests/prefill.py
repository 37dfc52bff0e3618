"""What a new request starts with: facts of what it is linked to, and of the address."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.companies import queries as companies
from portal.companies.models import Company
from portal.companies.rules import name_for
from portal.core import i18n
from portal.core.access import Actor
from portal.core.i18n import gettext
from portal.core.texts import chosen
from portal.disclosure.queries import sight
from portal.service_requests import market_gaps, queries
from portal.service_requests.catalogue import STANDARDS, Form, Question, Service
from portal.service_requests.queries import Links
from portal.thesaurus.store import get_thesaurus

LINKS = ("capability", "need", "inquiry")
ABOUT = "about"
GAP = "standard"
RULE, SOP = market_gaps.RULE, market_gaps.SOP
PASSED_ON = (*LINKS, ABOUT, GAP, RULE, SOP)
_LISTS = ("standards", "multichoice", "countries")
_OWN = frozenset({"certificates", "sites", "headcount", "company"})


def of_query(session: Session, asker: Actor, service: Service, args: Any) -> dict[str, Any]:
    """Form data of an address such as `?need=…&standard=UN R10`; NotFound for foreign objects.

    Everything is read with the eyes of the asker: own objects, and what is published.
    """
    ids = {name: args.get(name, "")[:40] for name in (*LINKS, ABOUT)}
    links = _seen(session, asker, queries.links_for(session, asker, *(ids[n] for n in LINKS)))
    about = companies.company_for(session, asker, ids[ABOUT]) if ids[ABOUT] else None
    facts = {**_facts(links), **_of_gap(args.get(GAP, ""))}
    facts |= market_gaps.facts(session, args, facts)
    facts |= {ABOUT: _party(about)} if about else {}
    if any(question.prefill in _OWN for question in service.form.questions):
        facts |= _of_company(session, asker)
    data: dict[str, Any] = {
        **ids,
        "title": facts.get("heading") or _title(facts, about),
        "description": facts.get("description", ""),
        RULE: facts[RULE].id if RULE in facts else "",
        "markets": facts.get("markets", []),
        "timezone": asker.timezone,
        "form_version": service.form.version,
    }
    return data | _answers(service.form, facts, args)


def _seen(session: Session, asker: Actor, links: Links) -> Links:
    """What a request begins with holds no more than its asker may see."""
    far = sight(session, asker)
    capability = links.capability and far.seen(links.capability)
    return Links(capability, links.need and far.seen(links.need), links.inquiry)


def _answers(form: Form, facts: dict[str, Any], args: Any) -> dict[str, Any]:
    found = {}
    for question in form.questions:
        value = _asked(question, args) or facts.get(question.prefill or "")
        if value and (question.type != "choice" or value in dict(question.choices)):
            found[f"q_{question.id}"] = value
    return found


def _asked(question: Question, args: Any) -> Any:
    if question.type in _LISTS:
        return args.getlist(question.id)
    return args.get(question.id) if question.type in ("text", "choice", "hs") else None


def _title(facts: dict[str, Any], about: Company | None) -> str:
    if facts.get(GAP) and facts.get("title"):
        return gettext("%(standard)s for %(title)s", standard=facts["named"], title=facts["title"])[
            :300
        ]
    if about is not None and not facts.get("title"):
        return gettext("Contact with %(company)s", company=facts[ABOUT]["name"])[:300]
    return ""


def _facts(links: Links) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if links.inquiry:
        facts["title"] = links.inquiry.subject
    if links.need:
        facts.update(_of_need(links.need))
    if links.capability:
        own = {
            "title": title_of(links.capability),
            "markets": list(links.capability.markets),
            **_of_category(links.capability.category),
        }
        facts.update({key: value for key, value in own.items() if value})
    return facts


def _of_need(need: Any) -> dict[str, Any]:
    facts = {
        "title": title_of(need),
        "markets": [need.market] if need.market else [],
        "incoterm": " ".join(part for part in (need.incoterm, need.incoterm_place) if part),
        "incoterm_term": need.incoterm,
        "place": need.incoterm_place,
        "standards": [s for s in need.required.get("certificates", []) if s in STANDARDS],
        "sop": _first_day(need.sop),
        "quantity": need.quantity_per_year,
        **_of_category(need.category),
    }
    return {key: value for key, value in facts.items() if value}


def _first_day(month: str | None) -> date | None:
    return date.fromisoformat(f"{month}-01") if month else None


def _of_category(category: str | None) -> dict[str, Any]:
    thesaurus = get_thesaurus()
    chain = [category, *thesaurus.ancestors(category)] if category else []
    concepts = [c for c in map(thesaurus.get, chain) if c is not None]
    if not concepts:
        return {}
    code = next((concept.hs for concept in concepts if concept.hs), "")
    return {"category": concepts[0].label(i18n.current().tag), "hs": code}


def _of_gap(standard: str) -> dict[str, Any]:
    """A certificate that is missing: named in whichever field the service has for it."""
    if standard not in STANDARDS:
        return {}
    return {"standards": [standard], GAP: standard, "named": standard}


def _of_company(session: Session, asker: Actor) -> dict[str, Any]:
    own = companies.own(session, asker)
    if own is None:
        return {}
    certificates = (
        " · ".join(part for part in (c.standard, c.number, c.body) if part)
        for c in own.certificates
    )
    sites = (" · ".join(part for part in (s.city, s.products) if part) for s in own.sites)
    facts = {
        "company": asker.org_name,
        "certificates": "\n".join(certificates),
        "sites": "\n".join(line for line in sites if line),
        "headcount": own.headcount,
    }
    return {key: value for key, value in facts.items() if value}


def _party(company: Company) -> dict[str, str]:
    text = name_for(company.texts, i18n.current().tag)
    return {"name": text.name if text else "", "country": company.country}


def title_of(row: Any) -> str:
    """The title of a need or capability in the reader's language, English, or the original."""
    text = chosen((text for text in row.texts if text.title), i18n.current().tag)
    return text.title if text else ""


@dataclass(frozen=True)
class Section:
    """Questions in a row that are asked under the same condition; `open` when it is met."""

    questions: tuple[Question, ...]
    open: bool = True

    @property
    def when(self) -> Any:
        return self.questions[0].when


def sections(form: Form, is_asked: Callable[[Question], bool]) -> list[Section]:
    """The questions of a form in order, those of one condition together."""
    found: list[Section] = []
    for question in form.questions:
        if found and question.when and found[-1].when == question.when:
            found[-1] = Section((*found[-1].questions, question), found[-1].open)
        else:
            found.append(Section((question,), is_asked(question)))
    return found
