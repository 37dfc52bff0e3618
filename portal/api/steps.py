"""The body of a transition: a step's name, with the words that go with it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.listings import checks
from portal.listings.checks import Problems
from portal.listings.records import Fields

MAX_NOTE = 10_000


@dataclass(frozen=True)
class Asked:
    """The step a caller wants to take."""

    transition: str
    note: str = ""


def read_step(body: dict[str, Any], known: Collection[str]) -> Asked:
    """Read the body. Raises Invalid with a message per field."""
    found = Problems()
    fields = Fields(body, "", found)
    asked = Asked(fields.text("transition"), fields.text("note"))
    if not asked.transition:
        found.add("transition", _l("Please name the step."))
    elif asked.transition not in known:
        names = ", ".join(known)
        found.add("transition", gettext("This must be one of: %(values)s.", values=names))
    checks.length(found, "note", asked.note, MAX_NOTE)
    fields.end()
    found.stop()
    return asked
