"""The map of public pages for search engines, each page in every language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.locales import LOCALES
from portal.pages import guides, queries

# The protocol allows 50,000 addresses in a file; each page stands in it once per language.
MAX_PAGES = 50_000 // len(LOCALES)
FIXED = (
    "/",
    "/search",
    "/needs",
    "/services",
    "/barriers",
    *(f"/guides/{slug}" for slug in guides.SLUGS),
)


@dataclass(frozen=True)
class Entry:
    """A page, its path without the language, and when it last changed."""

    path: str
    changed: str = ""


def entries(session: Session) -> Iterator[Entry]:
    """Fixed pages first, then what is published, the newest first."""
    yield from (Entry(path) for path in FIXED)
    for kind, row_id, changed in queries.published_pages(session, MAX_PAGES - len(FIXED)):
        yield Entry(f"/{kind}/{row_id}", _day(changed))


def _day(moment: datetime) -> str:
    return clock.iso_z(moment)[:10]
