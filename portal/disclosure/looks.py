"""Reads of who looked at what. Organisations are named, people never; visitors are a number."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import Organisation
from portal.core import clock
from portal.core.access import Actor
from portal.core.models import AuditEvent, StoredFile
from portal.disclosure.looking import ANYBODY, BASE
from portal.disclosure.models import PageView
from portal.disclosure.queries import sight
from portal.disclosure.rules import INTEREST, PUBLIC, at_least, highest

WEEKS = 8
FILES = 100
UNNAMED = "unnamed"
# How the audit trail calls the handing out of a confidential file.
_DOWNLOADS = ("file.original", "file.copy", "file.preview")
# Titles of the pages of a kind by id, and which organisations look around without their name.
Titles = Callable[[Session, Iterable[str]], dict[str, tuple[str, str]]]
Unnamed = Callable[[Session, Iterable[str]], set[str]]
_titles: dict[str, Titles] = {}
_unnamed: list[Unnamed] = []


def register_titles(kind: str, provider: Titles) -> None:
    """Let a feature name its pages: (title, language) by id."""
    _titles[kind] = provider


def register_unnamed(provider: Unnamed) -> Unnamed:
    """Let a feature say which of some organisations are on the market under an alias."""
    if provider not in _unnamed:
        _unnamed.append(provider)
    return provider


@dataclass
class Look:
    """What one organisation looked at in a week. `who` is empty for visitors without account."""

    viewer: str
    who: str = ""
    times: int = 0
    depth: str = PUBLIC
    pages: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Week:
    """Looks of one week, the most frequent first."""

    monday: date
    sunday: date
    looks: tuple[Look, ...]


def by_week(session: Session, actor: Actor) -> list[Week]:
    """The last weeks, newest first; those without looks are left out."""
    since = _monday(clock.now().date()) - timedelta(weeks=WEEKS - 1)
    query = select(PageView).where(PageView.company_id == actor.org_id, PageView.day >= since)
    rows = session.scalars(query).all()
    names, titles = _names(session, actor, {row.viewer for row in rows}), _named(session, rows)
    weeks: dict[date, dict[str, Look]] = defaultdict(dict)
    for row in rows:
        viewer, who = names[row.viewer]
        look = weeks[_monday(row.day)].setdefault(viewer, Look(viewer, who))
        look.times += row.count
        look.depth = highest((look.depth, row.depth))
        look.pages[row.kind, row.object_id] = titles.get((row.kind, row.object_id), ("", ""))
    return [
        Week(monday, monday + timedelta(days=6), tuple(sorted(found.values(), key=_order)))
        for monday, found in sorted(weeks.items(), reverse=True)
    ]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _order(look: Look) -> tuple[bool, int, str]:
    return (look.viewer == ANYBODY, -look.times, look.who)


def _names(session: Session, actor: Actor, viewers: set[str]) -> dict[str, tuple[str, str]]:
    """Viewer → (under what it is gathered, its name). Whoever is on the market under an alias
    stays unnamed for those who do not know it yet."""
    known = viewers - {BASE, ANYBODY}
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(known))
    names = {row[0]: (row[0], row[1]) for row in session.execute(query)}
    hidden = {i for provider in _unnamed for i in provider(session, known)} if known else set()
    far = sight(session, actor) if hidden else None
    for viewer in hidden:
        if far is not None and not at_least(far.reach(viewer), INTEREST):
            names[viewer] = (UNNAMED, "")
    gone = dict.fromkeys(known - names.keys(), (UNNAMED, ""))
    return {BASE: (BASE, ""), ANYBODY: (ANYBODY, ""), **gone, **names}


def _named(session: Session, rows: Sequence[Any]) -> dict[tuple[str, str], tuple[str, str]]:
    ids: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        ids[row.kind].add(row.object_id)
    return {
        (kind, row_id): title
        for kind, wanted in ids.items()
        if kind in _titles
        for row_id, title in _titles[kind](session, wanted).items()
    }


@dataclass(frozen=True)
class Download:
    """A confidential file that somebody else got, or looked at in the browser."""

    at: datetime
    file_name: str
    viewer: str
    who: str


def files(session: Session, actor: Actor) -> list[Download]:
    """Every download of the organisation's confidential files, newest first."""
    others = or_(AuditEvent.organisation_id.is_(None), AuditEvent.organisation_id != actor.org_id)
    query = (
        select(AuditEvent.at, StoredFile.name, AuditEvent.organisation_id)
        .join(StoredFile, StoredFile.id == AuditEvent.object_id)
        .where(AuditEvent.action.in_(_DOWNLOADS), StoredFile.owner_id == actor.org_id, others)
        .order_by(AuditEvent.seq.desc())
        .limit(FILES)
    )
    rows = session.execute(query).all()
    names = _names(session, actor, {row[2] or BASE for row in rows}) if rows else {}
    return [Download(at, name, who or BASE, names[who or BASE][1]) for at, name, who in rows]
