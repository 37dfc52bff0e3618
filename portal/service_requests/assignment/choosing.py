"""The choice itself: the same facts always give the same person. Knows no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from portal.service_requests.catalogue import PRIORITY_FACTORS

# What one open request weighs: as many times a normal one as its time is shorter.
WEIGHTS = {priority: 1 / factor for priority, factor in PRIORITY_FACTORS.items()}


@dataclass(frozen=True)
class Facts:
    """What of a request decides who takes care of it."""

    service: str
    language: str
    company_id: str
    markets: Sequence[str] = ()
    priority: str = "P3"


@dataclass(frozen=True)
class Rule:
    """Requests that fit go to a team or a person; empty conditions fit all."""

    place: int
    service: str = ""
    market: str = ""
    language: str = ""
    company_id: str = ""
    team: str = ""
    person_id: str = ""

    def fits(self, facts: Facts) -> bool:
        return (
            self.service in ("", facts.service)
            and self.language in ("", facts.language)
            and self.company_id in ("", facts.company_id)
            and (not self.market or self.market in facts.markets)
        )


@dataclass(frozen=True)
class Person:
    """Somebody at the desk: `takes` says that new requests may go there and the person is
    present; `load` is the weight of the open ones, `count` their number. Without services listed
    a person takes all."""

    id: str
    name: str
    team: str = ""
    languages: Sequence[str] = ()
    services: Sequence[str] = ()
    capacity: int = 20
    takes: bool = True
    load: Decimal = Decimal(0)
    count: int = 0

    @property
    def has_room(self) -> bool:
        return self.takes and self.load < self.capacity

    def does(self, service: str) -> bool:
        return not self.services or service in self.services

    def after(self, facts: Facts) -> "Person":
        """The person with one request more."""
        return replace(self, load=self.load + WEIGHTS[facts.priority], count=self.count + 1)


@dataclass(frozen=True)
class Choice:
    """A team, or a person who may be of one, and why. `rule` is the place of the rule that held;
    without a person the request waits for somebody of the team."""

    person: Person | None
    team: str = ""
    rule: int = 0
    speaks: str = ""

    @property
    def reasons(self) -> dict[str, str | int]:
        """What can be kept as plain JSON and put into words later."""
        found: dict[str, str | int] = {"rule": self.rule, "language": self.speaks}
        if self.person:
            found["open"] = self.person.count
        return {name: value for name, value in found.items() if value or name == "open"}


def choose(facts: Facts, rules: Iterable[Rule], people: Sequence[Person]) -> Choice | None:
    """By the first rule that fits, else among everybody. A rule whose person is absent or has no
    room gives way to the next one; a team keeps the request even when nobody there has room.
    None when nobody can take it."""
    for rule in sorted(rules, key=lambda one: one.place):
        if rule.fits(facts):
            found = _by_rule(rule, facts, people)
            if found is not None:
                return found
    person = _least_loaded(facts, (one for one in people if one.does(facts.service)))
    return _of(person, facts, person.team) if person else None


def _by_rule(rule: Rule, facts: Facts, people: Sequence[Person]) -> Choice | None:
    if rule.person_id:
        named = [one for one in people if one.id == rule.person_id and one.has_room]
        return _of(named[0], facts, rule.team or named[0].team, rule.place) if named else None
    members = [one for one in people if one.team == rule.team]
    able = [one for one in members if one.does(facts.service)] or members
    return _of(_least_loaded(facts, able), facts, rule.team, rule.place)


def _of(person: Person | None, facts: Facts, team: str, place: int = 0) -> Choice:
    speaks = facts.language if person and facts.language in person.languages else ""
    return Choice(person, team, place, speaks)


def _least_loaded(facts: Facts, people: Iterable[Person]) -> Person | None:
    """Those who speak the language first, then who has least to do; names and ids decide ties."""
    free = [one for one in people if one.has_room]
    return min(
        free,
        key=lambda one: (
            facts.language not in one.languages,
            one.load,
            one.count,
            one.name,
            one.id,
        ),
        default=None,
    )
