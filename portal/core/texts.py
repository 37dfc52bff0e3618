"""User texts in several languages: which one a reader sees."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class InLanguage(Protocol):
    locale: str
    position: int


Text = TypeVar("Text", bound=InLanguage)


def chosen(texts: Iterable[Text], tag: str) -> Text | None:
    """The text in the reader's language, else the English one, else the original; None without any.

    A row whose language differs from the reader's is shown with a label that says so.
    """
    rows = sorted(texts, key=lambda row: row.position)
    for wanted in (tag, "en"):
        for row in rows:
            if row.locale == wanted:
                return row
    return rows[0] if rows else None
