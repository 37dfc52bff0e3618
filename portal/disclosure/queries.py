"""How far an organisation sees into another one."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Select, case, literal, or_, select, union_all
from sqlalchemy.orm import Session

from portal.core.access import Actor
from portal.disclosure.models import AliasReveal, Nda
from portal.disclosure.rules import NDA, PUBLIC, REGISTERED, Reach, highest

# A provider selects (id, level) for what one organisation has reached: the id of another
# organisation with a level, that of a need with REVEALED, or its own with BARRED.
Provider = Callable[[str], Select[Any]]
BARRED, REVEALED = "barred", "revealed"
_providers: list[Provider] = []


def register_reach(provider: Provider) -> Provider:
    """Let a feature say what opens the fields of organisations for each other."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


@register_reach
def _agreed(organisation_id: str) -> Select[Any]:
    """Organisations with which an agreement is in force."""
    other = case((Nda.proposer_id == organisation_id, Nda.other_id), else_=Nda.proposer_id)
    mine = or_(Nda.proposer_id == organisation_id, Nda.other_id == organisation_id)
    return select(other, literal(NDA)).where(mine, Nda.state == "in_force")


@register_reach
def _named(organisation_id: str) -> Select[Any]:
    """Needs whose company was named to the organisation."""
    query = select(AliasReveal.need_id, literal(REVEALED))
    return query.where(AliasReveal.organisation_id == organisation_id)


def reach(session: Session, actor: Actor, company_id: str | None) -> Reach:
    """The deepest level of a company's fields that this reader sees; at most one statement."""
    return reaches(session, actor, [company_id])[company_id]


def reaches(session: Session, actor: Actor, ids: Iterable[str | None]) -> dict[str | None, Reach]:
    """The same for several companies, still with one statement."""
    wanted = set(ids)
    if actor.is_staff or wanted <= {actor.org_id}:
        return {i: Reach(NDA if actor.is_staff or actor.owns(i) else PUBLIC) for i in wanted}
    if actor.is_authenticated and actor.org_id and (actor.sells or actor.buys):
        return between(session, actor.org_id, wanted)
    return {i: Reach(NDA if actor.owns(i) else PUBLIC) for i in wanted}


def between(
    session: Session, organisation_id: str, ids: Iterable[str | None]
) -> dict[str | None, Reach]:
    """How far one organisation sees into others: for jobs, which have no actor."""
    found: dict[str, list[str]] = {}
    rows = union_all(*(provider(organisation_id) for provider in _providers))
    for other, level in session.execute(rows) if _providers else ():
        found.setdefault(other, []).append(level)
    if found.pop(organisation_id, None):
        return {i: Reach(NDA if i == organisation_id else PUBLIC) for i in ids}
    revealed = frozenset(i for i, levels in found.items() if REVEALED in levels)
    levels = {i: [REGISTERED, *found.get(i or "", ())] for i in ids}
    levels[organisation_id] = [NDA]
    return {i: Reach(highest(levels[i]), revealed) for i in ids}
