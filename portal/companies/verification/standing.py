"""Where a company stands today, from what was checked and until when it counts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

LISTED = "listed"
DOCUMENTS = "documents_checked"
VISITED = "site_visited"
# Lowest first.
LEVELS = (LISTED, DOCUMENTS, VISITED)
Span = tuple[date | None, date | None]


@dataclass(frozen=True)
class Standing:
    """A level with the days on which it was reached and on which it ends."""

    level: str = LISTED
    since: date | None = None
    until: date | None = None

    @property
    def rank(self) -> int:
        """0 for the lowest level."""
        return LEVELS.index(self.level)


def standing_of(documents: Span, visit: Span, today: date) -> Standing:
    """The highest level that is still valid: what has expired falls back to what has not."""
    for level, (since, until) in ((VISITED, visit), (DOCUMENTS, documents)):
        if since is not None and until is not None and until >= today:
            return Standing(level, since, until)
    return Standing()


def told(company: Any) -> dict[str, Any]:
    """Level, dates and what was not checked, as programs read it."""
    standing: Standing = company.standing()
    return {
        "level": standing.level,
        "since": standing.since.isoformat() if standing.since else None,
        "until": standing.until.isoformat() if standing.until else None,
        "not_checked": list((company.not_checked or {}).get(standing.level, ())),
    }
