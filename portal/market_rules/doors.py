"""What rooms further up add to the analysis: where to ask for help, what was asked already, and
which markets the needs that fit are meant for. Each of them registers itself."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.core.access import Actor
from portal.market_rules.rules import Rule

Key = tuple[str, str]


@dataclass(frozen=True)
class Asked:
    """An open request about a rule that a capability does not meet yet."""

    reference: str
    state: str
    url: str


Requests = Callable[[Session, Actor, Sequence[str]], Mapping[Key, Asked]]
Address = Callable[[Actor, Rule, Any, "str | None"], str]
Countries = Callable[[Session, Sequence[str]], Mapping[str, Collection[str]]]
_requests: list[Requests] = []
_addresses: list[Address] = []
_countries: list[Countries] = []


def register_requests(requests: Requests, address: Address) -> None:
    """Let the service desk say what is open about capabilities by (capability id, rule id), and
    at which address the reader may ask about a rule, a capability and a month of SOP."""
    _requests[:], _addresses[:] = [requests], [address]


def register_countries(countries: Countries) -> None:
    """Let matching say to which countries the needs go that fit each capability."""
    _countries[:] = [countries]


def open_requests(session: Session, actor: Actor, ids: Sequence[str]) -> Mapping[Key, Asked]:
    return _requests[0](session, actor, ids) if _requests and ids else {}


def ask_address(actor: Actor, rule: Rule, capability: Any, sop: str | None) -> str:
    """Empty where the reader may not ask."""
    return _addresses[0](actor, rule, capability, sop) if _addresses and rule.service else ""


def countries_wanted(session: Session, ids: Sequence[str]) -> Mapping[str, Collection[str]]:
    return _countries[0](session, ids) if _countries and ids else {}
