"""One file that is sent, and what becomes of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

TAKEN = "taken"
LIMIT = 10 * 1024 * 1024


@dataclass(frozen=True)
class Case:
    """One file: its name, how to build it, what becomes of it."""

    name: str
    build: Callable[[], bytes]
    outcome: str
    about: str = ""

    def __str__(self) -> str:
        return self.about or self.name


def each(outcome: str, *files: tuple[str, str, Callable[[], bytes]]) -> Iterator[Case]:
    for about, name, build in files:
        yield Case(name, build, outcome, about)
