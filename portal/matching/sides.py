"""The two directions of matching: a need asks for capabilities, a capability for open needs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Select
from sqlalchemy.orm import Session

from portal.capabilities.models import Capability
from portal.core.access import Actor
from portal.disclosure.queries import Sight
from portal.evidence.queries import standings
from portal.matching import queries
from portal.matching.facts import CapabilityFacts, capability_facts, need_facts
from portal.matching.models import Match
from portal.matching.pairs import Pair
from portal.needs.models import Need
from portal.search.documents import Document
from portal.search.sources import capability_document, need_document

Row: TypeAlias = Need | Capability


@dataclass(frozen=True)
class Side:
    """What asks, and how the records are read with which it is matched.

    `name` and `other` are `need` or `capability`; `plural` is where the records of `name` live.
    `facts` are those of the one that asks; `others` those of the matchable ones among ids, by id:
    (session, how far who reads sees, ids, company to leave out, one id to take in any case).
    """

    name: str
    other: str
    plural: str
    column: Any
    read: Callable[[Session, str], Any]
    read_for: Callable[[Session, Actor, str], Any]
    is_open: Callable[[Session, str], bool]
    matched: Callable[..., Select[Any]]
    document: Callable[[Any], Document]
    facts: Callable[[Session, Any], Any]
    nearby: Callable[[Session, str | None], list[str]]
    others: Callable[[Session, Sight, Iterable[str], str, str], Mapping[str, Any]]
    shown: Callable[[Session, Iterable[str]], dict[str, Any]]

    def other_id(self, pair: Pair) -> str:
        return str(getattr(pair, self.other).id)

    def in_order(self, asking: Any, other: Any) -> tuple[Any, Any]:
        """The need first, whichever of the two asks."""
        return (asking, other) if self.name == "need" else (other, asking)


def _offered(session: Session, row: Capability) -> CapabilityFacts:
    """Facts of a loaded capability with its certificates."""
    shown = [*row.certificates, *row.company.certificates]
    answers = queries.answers(session, row.company_id or "")
    known = standings(session, [row.company_id]) if row.company_id else None
    return capability_facts(row, shown, row.company.country, answers, known)


NEED = Side(
    name="need",
    other="capability",
    plural="needs",
    column=Match.need_id,
    read=queries.need,
    read_for=queries.need_for,
    is_open=queries.is_open_need,
    matched=queries.matched_needs,
    document=need_document,
    facts=lambda _session, need: need_facts(need),
    nearby=queries.capabilities_in,
    others=queries.capabilities,
    shown=queries.shown_capabilities,
)
CAPABILITY = Side(
    name="capability",
    other="need",
    plural="capabilities",
    column=Match.capability_id,
    read=queries.capability,
    read_for=queries.capability_for,
    is_open=queries.is_open_capability,
    matched=queries.matched_capabilities,
    document=capability_document,
    facts=_offered,
    nearby=queries.needs_in,
    others=queries.needs,
    shown=queries.shown_needs,
)
OPPOSITE = {NEED.name: CAPABILITY, CAPABILITY.name: NEED}


def of(row: Row) -> Side:
    """The direction in which a record asks."""
    return NEED if row.__tablename__ == "need" else CAPABILITY
