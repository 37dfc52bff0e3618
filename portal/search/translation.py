"""Word translations where the thesaurus is silent."""

from dataclasses import dataclass
from typing import Protocol

from portal.search.analysis import Analysed


@dataclass(frozen=True)
class Translation:
    """A word of a query with what it may be called elsewhere: terms and how sure they are."""

    text: str
    forms: tuple[tuple[tuple[str, ...], float], ...]
    slots: tuple[int, ...]


class Translator(Protocol):
    """Anything that knows words of several languages."""

    def translate(self, analysed: Analysed) -> list[Translation]:
        """Translations of the words of a text that are known."""
        ...


def dictionaries() -> Translator | None:
    """The general dictionaries that are installed, if any."""
    return None
