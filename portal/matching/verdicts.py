"""All criteria of a need against a capability, and what a reader may not see of either yet."""

from dataclasses import replace
from datetime import date

from portal.matching.criteria import RULES, UNKNOWN, Criterion
from portal.matching.facts import CapabilityFacts, NeedFacts
from portal.matching.sentences import Attribute, say

# Criterion → the field of a capability, or of a need, that it rests on.
_RESTS_ON = {"capacity": "capacity", "lead_time": "lead_time_days", "market": "markets"}
_UNLISTED = ("certificate.others", "certificate.none")
_ASKED_IN = {
    "criteria": "attribute",
    "quantity": "capacity",
    "sop": "lead_time",
    "destination": "market",
}


def judge(need: NeedFacts, capability: CapabilityFacts, on: date) -> tuple[Criterion, ...]:
    """All criteria of a need, hard ones first, in a fixed order."""
    lines = [
        _undisclosed(line, capability) for rule in RULES for line in rule(need, capability, on)
    ]
    lines += _not_asked_yet(need)
    return tuple(sorted(lines, key=lambda line: not line.hard))


def _undisclosed(line: Criterion, capability: CapabilityFacts) -> Criterion:
    """Says of what is not known that it will be, where the supplier only hides it for now. Who
    hides certificates may hold the one that is not listed: that is no gap, whichever they are."""
    if line.evidence.name in _UNLISTED and "certificates" in capability.hidden:
        told = say("disclosed.capability", level=capability.hidden["certificates"])
        return replace(line, verdict=UNKNOWN, evidence=told)
    attribute = line.wanted.facts.get("name")
    name = _RESTS_ON.get(line.criterion, "")
    if line.criterion == "attribute" and isinstance(attribute, Attribute):
        name = f"attributes.{attribute.id}"
    level = capability.hidden.get(name)
    if line.verdict is not UNKNOWN or level is None:
        return line
    return replace(line, evidence=say("disclosed.capability", level=level))


def _not_asked_yet(need: NeedFacts) -> list[Criterion]:
    """A line for each thing that the buyer asks for, but does not tell this reader."""
    return [
        Criterion(
            _ASKED_IN[name],
            say("disclosed.need", level=level),
            UNKNOWN,
            say("disclosed.asked"),
        )
        for name, level in need.hidden.items()
    ]
