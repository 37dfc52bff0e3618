"""Why somebody was chosen, in the reader's words."""

from collections.abc import Mapping
from typing import Any

from portal.core import i18n
from portal.core.i18n import gettext, ngettext


def reasons(found: Mapping[str, Any]) -> str:
    """`rule 2, speaks German, 3 open requests`; what is not known is left out."""
    words = []
    if found.get("rule"):
        words.append(gettext("rule %(number)s", number=found["rule"]))
    if found.get("language"):
        language = i18n.language_name(found["language"])
        words.append(gettext("speaks %(language)s", language=language))
    if "open" in found:
        words.append(_open(int(found["open"])))
    return gettext(", ").join(words)


def _open(count: int) -> str:
    if not count:
        return gettext("no open requests")
    return ngettext("%(num)s open request", "%(num)s open requests", count)
