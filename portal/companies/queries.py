"""Reads of company profiles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, union_all
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.companies import rules
from portal.companies.models import Company, CompanyText
from portal.companies.registration import WARNINGS
from portal.companies.verification.models import Lookalike
from portal.companies.verification.rules import LIKENESS
from portal.core import clock
from portal.core.access import Actor
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.disclosure.queries import BARRED, register_reach


@register_reach
def _barred(organisation_id: str) -> Select[Any]:
    """Members of a suspended company see what everybody sees."""
    own: Any = Company.id
    query = select(own, literal(BARRED))
    return query.where(Company.id == organisation_id, Company.state == "suspended")


def _whole() -> Select[Company]:
    return select(Company).options(
        joinedload(Company.logo),
        selectinload(Company.texts),
        selectinload(Company.sites),
        selectinload(Company.certificates),
    )


def find(session: Session, company_id: str) -> Company | None:
    """The whole profile, whoever asks: for jobs and for verbs that check by themselves."""
    return session.scalars(_whole().where(Company.id == company_id)).first()


def company_for(session: Session, actor: Actor, company_id: str) -> Company:
    """The whole profile if this reader may know of it, else NotFound."""
    company = find(session, company_id)
    if company is None or not rules.may_view(company, actor):
        raise NotFound
    return company


def own(session: Session, actor: Actor) -> Company | None:
    """The profile of the actor's organisation, None before it was first saved."""
    return find(session, actor.org_id) if actor.org_id else None


def has_profile(session: Session, actor: Actor) -> bool:
    """Whether the actor's organisation has a profile that others could look at."""
    return actor.org_id is not None and session.get(Company, actor.org_id) is not None


def is_suspended(session: Session, actor: Actor) -> bool:
    """Whether the base has suspended the actor's own company."""
    company = session.get(Company, actor.org_id) if actor.org_id else None
    return company is not None and company.state == "suspended"


def is_published(session: Session, actor: Actor) -> bool:
    """Whether the actor's organisation has a published profile."""
    company = session.get(Company, actor.org_id) if actor.org_id else None
    return company is not None and company.state == "published"


def own_states(session: Session, actor: Actor, *models: Any) -> list[dict[str, int]]:
    """How many of the organisation's own rows are in which state, per model; one statement."""
    parts = [
        select(literal(number), model.state, func.count())
        .where(model.company_id == actor.org_id)
        .group_by(model.state)
        for number, model in enumerate(models)
    ]
    counts: list[dict[str, int]] = [{} for _ in models]
    for number, state, count in session.execute(union_all(*parts)):
        counts[number][state] = count
    return counts


def awaiting_review(session: Session) -> list[Company]:
    """Submitted profiles, the longest waiting first."""
    query = (
        select(Company)
        .options(selectinload(Company.texts), joinedload(Company.organisation))
        .where(Company.state == "submitted")
        .order_by(Company.changed_at)
    )
    return list(session.scalars(query))


def lookalikes(session: Session, companies: Iterable[Company]) -> dict[str, list[CompanyText]]:
    """By company id: names of other companies that fold to the same key as one of its own."""
    keys: dict[str, set[str]] = {}
    for company in companies:
        for text in company.texts:
            if text.name_key:
                keys.setdefault(text.name_key, set()).add(company.id)
    found: dict[str, list[CompanyText]] = {}
    query = select(CompanyText).where(CompanyText.name_key.in_(keys))
    for text in session.scalars(query.order_by(CompanyText.company_id)) if keys else ():
        for company_id in keys[text.name_key] - {text.company_id}:
            found.setdefault(company_id, []).append(text)
    return found


def _same_registration(session: Session, companies: Sequence[Company]) -> list[Company]:
    numbers = {company.registration_id for company in companies if company.registration_id}
    query = select(Company).where(Company.registration_id.in_(numbers))
    return list(session.scalars(query)) if numbers else []


@dataclass(frozen=True)
class Flag:
    """What staff should look at before they publish; `company_id` is the other company."""

    message: str
    company_id: str | None = None


def review_flags(session: Session, companies: Sequence[Company]) -> dict[str, list[Flag]]:
    """By company id: look-alike names, a number used twice, a check digit that does not fit."""
    flags: dict[str, list[Flag]] = {company.id: [] for company in companies}
    for pair in session.scalars(_weaker_likeness(flags)):
        flags[pair.organisation_id].append(Flag(str(LIKENESS[pair.reason]), _other(pair)))
    for company_id, texts in lookalikes(session, companies).items():
        for text in texts:
            message = gettext(
                "The name looks like that of another company: %(name)s", name=text.name
            )
            flags[company_id].append(Flag(message, text.company_id))
    taken = _same_registration(session, companies)
    for company in companies:
        flags[company.id] += [
            Flag(gettext("Another company gave the same registration number."), other.id)
            for other in taken
            if other.id != company.id and other.registration_id == company.registration_id
        ]
        if company.registration_warning:
            flags[company.id].append(Flag(str(WARNINGS[company.registration_warning])))
    return flags


def _weaker_likeness(ids: Iterable[str]) -> Select[Lookalike]:
    """What is alike beside names and numbers, which are looked up as they are now."""
    return select(Lookalike).where(
        Lookalike.organisation_id.in_(list(ids)),
        Lookalike.state == "open",
        Lookalike.reason.not_in(("name", "number")),
    )


def _other(pair: Lookalike) -> str | None:
    return pair.other_id if pair.other_id != pair.organisation_id else None


def is_current() -> ColumnElement[bool]:
    """SQL condition: published and confirmed within the last year, so that it may be matched."""
    since = rules.confirmed_since(clock.now())
    confirmed = func.coalesce(Company.confirmed_at, Company.published_at)
    return and_(Company.state == "published", confirmed >= since)
