"""Lists that features further up add to the page of a company, need, capability or inquiry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.core.access import Actor


@dataclass(frozen=True)
class Item:
    """A line: a title in its language, where it leads, and a short fact."""

    title: str
    lang: str
    url: str
    fact: str = ""


@dataclass(frozen=True)
class Panel:
    """A list with a heading; `more` leads to all of them, `empty` stands where there are none."""

    title: str
    items: list[Item]
    more: str = ""
    more_label: str = ""
    empty: str = ""


Provider = Callable[[Session, Actor, Any], Panel | None]
_providers: dict[str, list[Provider]] = {}


def register(kind: str, provider: Provider) -> None:
    """Let a feature show what it holds about a company, need, capability or inquiry on its page."""
    known = _providers.setdefault(kind, [])
    if provider not in known:
        known.append(provider)


def of(kind: str, session: Session, actor: Actor, row: Any) -> list[Panel]:
    """What this reader sees of it; a panel with neither lines nor words for none is left out."""
    made = [provider(session, actor, row) for provider in _providers.get(kind, ())]
    return [panel for panel in made if panel is not None and (panel.items or panel.empty)]
