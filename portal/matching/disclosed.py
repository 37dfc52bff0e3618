"""Facts as somebody sees them: what is not disclosed to the reader neither counts nor ranks.

Whoever could change a need as they like and watch a capability rise and fall in its list would
read a hidden figure digit by digit. So a hidden fact is the same as one that is not known, with
the one difference that the reader is told when it will be disclosed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from portal.disclosure.fields import ALIAS, ATTRIBUTE, level_of
from portal.disclosure.rules import LEVELS, NDA, Reach, at_least
from portal.matching.facts import CapabilityFacts, NeedFacts, Wish

# Field → what its facts are when it is hidden.
_CAPABILITY: Mapping[str, Mapping[str, Any]] = {
    "capacity": {"capacity": None, "capacity_unit": "", "capacity_per": ""},
    "lead_time_days": {"lead_from": None, "lead_to": None},
    "markets": {"markets": ()},
}
_NEED: Mapping[str, Mapping[str, Any]] = {
    "criteria": {"required": Wish(), "wanted": Wish()},
    "quantity": {"quantity": None, "unit": ""},
    "sop": {"sop": None},
    "destination": {"market": None},
}
# Of these, something may be asked although it is hidden what.
_FILLED = {"capacity": "capacity", "lead_time_days": "lead_from", "markets": "markets"}


class _Levels:
    """A line of columns with as much of a row as levels are read from."""

    def __init__(self, table: str, line: Any) -> None:
        self.__tablename__, self.disclosure = table, line.disclosure
        self.alias = getattr(line, "alias", "")


def capability(
    facts: CapabilityFacts, line: Any, reach: Reach, withheld: Sequence[str] = ()
) -> CapabilityFacts:
    """A capability as a reader with this reach sees it; `line` has its levels, `withheld` are those
    of certificates that are not among its proofs for this reader."""
    if at_least(reach, NDA):
        return facts
    levels = _Levels("capability", line)
    closed = {n: lvl for n in _CAPABILITY if not at_least(reach, lvl := level_of(levels, n))}
    secret = {
        ATTRIBUTE + name: level
        for name in facts.attributes
        if not at_least(reach, level := level_of(levels, ATTRIBUTE + name))
    }
    told = {n: level for n, level in closed.items() if getattr(facts, _FILLED[n]) not in (None, ())}
    blank = {key: value for name in closed for key, value in _CAPABILITY[name].items()}
    open_ones = {n: m for n, m in facts.attributes.items() if ATTRIBUTE + n not in secret}
    if withheld:
        told["certificates"] = min(withheld, key=LEVELS.index)
    return replace(facts, **blank, attributes=open_ones, hidden={**told, **secret})


def need(facts: NeedFacts, line: Any, reach: Reach) -> NeedFacts:
    """A need as a reader with this reach sees it; `line` has its levels and its alias."""
    if at_least(reach, NDA):
        return facts
    levels = _Levels("need", line)
    closed = {n: lvl for n in _NEED if not at_least(reach, lvl := level_of(levels, n))}
    told = {name: level for name, level in closed.items() if _asks(facts, name)}
    blank = {key: value for name in closed for key, value in _NEED[name].items()}
    named = at_least(reach, level_of(levels, ALIAS)) or facts.id in reach.revealed
    company = facts.company_id if named else ""
    return replace(facts, **blank, company_id=company, hidden=told)


def _asks(facts: NeedFacts, name: str) -> bool:
    return any(getattr(facts, key) != empty for key, empty in _NEED[name].items())
