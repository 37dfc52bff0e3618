"""What the reader of this request may see: one look-up for any number of rows."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import g, request, url_for

from portal.core.access import Actor
from portal.disclosure import looking
from portal.disclosure.fields import deepest, label_of, locked, seen
from portal.disclosure.queries import NOBODY, Sight, owner_of, sight
from portal.disclosure.rules import LEVELS, LOCKED_LABELS, NDA, VIEWERS, Reach
from portal.web.app import actor, db, portal

Row = TypeVar("Row")
_LEVELS_AT = {
    "company": ("companies.disclosure", ""),
    "capability": ("capabilities.disclosure", "capability_id"),
    "need": ("needs.disclosure", "need_id"),
}


def sees() -> Sight:
    """How far the reader of this request sees; asked once."""
    who = actor()
    known: tuple[Actor, Sight] | None = g.get("sight")
    if known is None or known[0] != who:
        known = g.sight = (who, sight(db(), who))
    return known[1]


def shown(row: Row) -> Row:
    """A row as the reader of this request sees it. What is the reader's own is asked of nobody."""
    return row if actor().owns(owner_of(row)) else sees().seen(row)


def public(row: Row) -> Row:
    """A row as everybody sees it."""
    return NOBODY.seen(row)


@dataclass(frozen=True)
class Opened(Generic[Row]):
    """A row on its own page: as it is shown, how deep that goes, what is not shown yet, and the
    level as which its owner tries it out."""

    row: Row
    reach: Reach
    later: tuple[tuple[str, str], ...] = ()
    preview: str = ""
    full: bool = False
    viewers: tuple[tuple[str, Any], ...] = VIEWERS

    @property
    def levels_url(self) -> str:
        """Where its owner says who sees what."""
        row: Any = self.row
        endpoint, key = _LEVELS_AT[row.__tablename__]
        return url_for(endpoint, **({key: row.id} if key else {}))


def opened(row: Row) -> Opened[Row]:
    """The row of a page. Owner and staff may look at it as others do, with `?as=` a level."""
    who, owner = actor(), owner_of(row)
    full = who.is_staff or who.owns(owner)
    asked = request.args.get("as", "")
    preview = asked if full and asked in LEVELS else ""
    reach = Reach(preview) if preview else Reach(NDA) if full else sees().reach(owner)
    view = seen(row, reach)
    if not who.owns(owner) and not preview:
        looking.note(portal(), who, row, deepest(row, reach))
    return Opened(view, reach, _later(row, reach), preview, full)


def _later(row: Any, reach: Reach) -> tuple[tuple[str, str], ...]:
    """Label of each field that is filled in but not shown yet, and when it will be."""
    return tuple(
        (label_of(row, name), str(LOCKED_LABELS[level])) for name, level in locked(row, reach)
    )
