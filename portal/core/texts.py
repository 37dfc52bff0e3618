"""What somebody writes, and which language of a text a reader sees."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from portal.config import Settings
from portal.core.i18n import gettext
from portal.core.models import StoredFile


def is_displayable(char: str) -> bool:
    """False for control characters, lone surrogates and code points that are no characters: they
    break HTML, XML, files, logs or terminals. Line ends and tabs are not displayable either."""
    code = ord(char)
    none = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return not none and unicodedata.category(char) not in ("Cc", "Cs")


@dataclass(frozen=True)
class Words:
    """What somebody writes in a thread: the text, its language, and files already stored."""

    body: str
    locale: str
    attachments: Sequence[StoredFile] = ()


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


def site_name(settings: Settings) -> str:
    """The portal's name: the operator's own, else the usual one in the reader's language."""
    own = settings.site_name
    return gettext("Overseas Base") if own == Settings.site_name else own
