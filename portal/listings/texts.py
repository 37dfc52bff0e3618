"""Which language of a listing a reader sees, and what is said about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.core import i18n
from portal.core.i18n import gettext, language_name
from portal.thesaurus.words import base_language


@dataclass(frozen=True)
class Shown:
    """A text row as a reader gets it; `label` is None when it is in the reader's own language."""

    text: Any
    lang: str
    label: str | None


def shown(texts: Sequence[Any], locale: str | None = None) -> Shown | None:
    """The row in the reader's language, else English, else the original (the first one)."""
    if not texts:
        return None
    wanted = locale or i18n.current().tag
    by_locale = {row.locale: row for row in reversed(texts)}
    row = by_locale.get(wanted) or _same_language(texts, wanted)
    if row is not None:
        return Shown(row, row.locale, None)
    row = by_locale.get("en", texts[0])
    return Shown(row, row.locale, _label(row, texts[0]))


def _same_language(texts: Sequence[Any], wanted: str) -> Any:
    language = base_language(wanted)
    return next((row for row in texts if base_language(row.locale) == language), None)


def _label(row: Any, original: Any) -> str:
    language = language_name(row.locale)
    if row is original:
        return gettext("Original: %(language)s", language=language)
    return gettext(
        "%(language)s version; original: %(original)s",
        language=language,
        original=language_name(original.locale),
    )
