"""The one table-driven engine for state machines.

A feature declares its states and transitions as data; buttons, the API, the generated page
docs/workflows.md and the test matrix are all read from that table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session

from portal.core import audit, clock
from portal.core.access import Actor
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l


class Versioned(Protocol):
    version: Any


Guard = Callable[[Any, Actor], bool]


def check_version(obj: Versioned, version: int | None) -> None:
    """Refuse a change of what the person has not seen as it is. None asks for no check.

    Raises Conflict.
    """
    if version is not None and version != obj.version:
        raise Conflict(_l("Somebody else has changed this in the meantime. Please look again."))


@dataclass(frozen=True)
class State:
    """A state with its label for staff and for everybody else, and a tone for its badge."""

    name: str
    label: Any
    customer_label: Any = None
    tone: str = "neutral"
    final: bool = False

    def shown(self, staff: bool) -> Any:
        return self.label if staff or self.customer_label is None else self.customer_label


@dataclass(frozen=True)
class Transition:
    """One arrow: from `sources` to `target`, by whom (`parties`), under which guard.

    `parties` are names that the workflow's `party` function gives an actor for an object, such as
    "owner", "buyer", "supplier", "staff", "system". `unmet` tells people what the guard waits for.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    parties: tuple[str, ...]
    label: Any
    note_required: bool = False
    guard: Guard | None = None
    unmet: Any = None
    tone: str = "primary"
    shown: bool = True


@dataclass(frozen=True)
class Workflow:
    """States and transitions of one kind of object."""

    name: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    parties: Callable[[Any, Actor], frozenset[str]]

    def state(self, name: str) -> State:
        return next(s for s in self.states if s.name == name)

    def find(self, name: str) -> Transition | None:
        return next((t for t in self.transitions if t.name == name), None)

    def available(self, obj: Any, actor: Actor) -> list[Transition]:
        """Transitions the actor may fire now, in table order: the buttons of the page."""
        parties = self.parties(obj, actor)
        return [t for t in self.transitions if t.shown and self._fits(t, obj, actor, parties)]

    def hindrances(self, obj: Any, actor: Actor) -> list[Any]:
        """In words, what the steps wait for that would be buttons of the page otherwise."""
        parties = self.parties(obj, actor)
        closed = (t for t in self.transitions if t.unmet and not self._met(t, obj, actor))
        return [t.unmet for t in closed if self._open(t, obj, parties)]

    def can(self, name: str, obj: Any, actor: Actor) -> bool:
        transition = self.find(name)
        return transition is not None and self._fits(
            transition, obj, actor, self.parties(obj, actor)
        )

    def _fits(
        self, transition: Transition, obj: Any, actor: Actor, parties: frozenset[str]
    ) -> bool:
        return self._open(transition, obj, parties) and self._met(transition, obj, actor)

    def _open(self, transition: Transition, obj: Any, parties: frozenset[str]) -> bool:
        return obj.state in transition.sources and not parties.isdisjoint(transition.parties)

    def _met(self, transition: Transition, obj: Any, actor: Actor) -> bool:
        return transition.guard is None or transition.guard(obj, actor)

    def fire(
        self,
        session: Session,
        obj: Any,
        name: str,
        actor: Actor,
        *,
        note: str = "",
        version: int | None = None,
    ) -> Transition:
        """Move the object along, with its audit event. The caller adds effects of its feature.

        Raises Forbidden for the wrong party, Conflict for the wrong state or a stale version,
        Invalid (field "note") when a required note is missing.
        """
        transition = self.find(name)
        if transition is None:
            raise Conflict(_l("There is no such step."))
        self._check(transition, obj, actor, note, version)
        before = obj.state
        obj.state = transition.target
        obj.version += 1
        obj.changed_at = clock.now()
        audit.record(
            session, actor, f"{self.name}.{name}", obj, {"from": before, "to": transition.target}
        )
        return transition

    def _check(
        self, transition: Transition, obj: Any, actor: Actor, note: str, version: int | None
    ) -> None:
        if self.parties(obj, actor).isdisjoint(transition.parties):
            raise Forbidden(_l("You may not take this step."))
        check_version(obj, version)
        if obj.state not in transition.sources:
            raise Conflict(
                gettext(
                    "This step is not possible while the state is “%(state)s”.",
                    state=str(self.state(obj.state).shown(actor.is_staff)),
                )
            )
        if not self._met(transition, obj, actor):
            raise Conflict(transition.unmet or _l("The conditions for this step are not met yet."))
        if transition.note_required and not note.strip():
            raise Invalid(_l("Please give a reason."), field="note")
