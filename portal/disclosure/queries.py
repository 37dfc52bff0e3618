"""How far an organisation sees into another one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Select, case, literal, or_, select, union_all
from sqlalchemy.orm import Session

from portal.core.access import Actor
from portal.disclosure.fields import raw, seen
from portal.disclosure.models import AliasReveal, Nda
from portal.disclosure.rules import NDA, PUBLIC, REGISTERED, Reach, highest

Row = TypeVar("Row")
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
    named: Any = AliasReveal.need_id
    query = select(named, literal(REVEALED))
    return query.where(AliasReveal.organisation_id == organisation_id)


@dataclass(frozen=True)
class Sight:
    """How far one reader sees: into its own company and, as staff, into all of them, completely;
    into others as far as `opened` says, else to the level `least`."""

    own: str | None = None
    least: str = PUBLIC
    opened: dict[str, str] = field(default_factory=dict)
    revealed: frozenset[str] = frozenset()

    def reach(self, company_id: str | None) -> Reach:
        if self.own is not None and company_id == self.own:
            return Reach(NDA)
        if self.least == PUBLIC:
            return Reach(PUBLIC)
        return Reach(
            highest((self.least, self.opened.get(company_id or "", PUBLIC))), self.revealed
        )

    def seen(self, row: Row) -> Row:
        """A company, capability or need as this reader sees it, for reading only."""
        return seen(row, self.reach(owner_of(row)))


NOBODY, EVERYTHING = Sight(), Sight(least=NDA)
MEMBER = Sight(least=REGISTERED)


def owner_of(row: Any) -> str:
    """The company that decides who sees a row, also where the row itself does not tell."""
    row = raw(row)
    return (row.id if row.__tablename__ == "company" else row.company_id) or ""


def sight(session: Session, actor: Actor) -> Sight:
    """How far a person sees; one statement for members, none for others."""
    if actor.is_staff:
        return EVERYTHING
    if not actor.is_authenticated or not actor.org_id or not (actor.sells or actor.buys):
        return Sight(actor.org_id)
    return sight_of(session, actor.org_id)


def sight_of(session: Session, organisation_id: str) -> Sight:
    """How far an organisation sees: for jobs, which have no actor."""
    found: dict[str, list[str]] = {}
    asked: Any = union_all(*(provider(organisation_id) for provider in _providers))
    for other, level in session.execute(asked):
        found.setdefault(other, []).append(level)
    if found.pop(organisation_id, None):
        return Sight(organisation_id)
    revealed = frozenset(i for i, levels in found.items() if REVEALED in levels)
    opened = {i: highest(levels) for i, levels in found.items() if i not in revealed}
    return Sight(organisation_id, REGISTERED, opened, revealed)


def reach(session: Session, actor: Actor, company_id: str | None) -> Reach:
    """The deepest level of a company's fields that this reader sees; at most one statement."""
    return reaches(session, actor, [company_id])[company_id]


def reaches(session: Session, actor: Actor, ids: Iterable[str | None]) -> dict[str | None, Reach]:
    """The same for several companies, still with one statement at most."""
    wanted = set(ids)
    if wanted <= {actor.org_id} and actor.org_id:
        return {i: Reach(NDA) for i in wanted}
    far = sight(session, actor)
    return {i: far.reach(i) for i in wanted}
