"""“Who sees what”: the levels of a row and of what hangs on it, read and set as one list."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.core import audit, clock, jobs
from portal.core.access import Actor
from portal.core.errors import Invalid
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import check_version
from portal.disclosure import fields
from portal.disclosure.fields import ALIAS
from portal.disclosure.rules import LEVELS, PUBLIC, highest

# Rows that carry their level themselves: where they hang, and what each is called.
_HANGING: Mapping[str, tuple[Any, Any]] = {
    "sites": (
        _l("Addresses of sites"),
        lambda row: " · ".join(filter(None, (row.city, row.address))),
    ),
    "certificates": (_l("Certificates"), lambda row: row.standard),
    "sustainability": (_l("Sustainability"), lambda row: row.kind),
    "references": (_l("References"), lambda row: row.customer),
}
MAX_ALIAS = 120


@dataclass(frozen=True)
class Entry:
    """One line of the list. `group` gathers lines, `name` is the field's or `<rows>.<id>`."""

    group: str
    name: str
    label: str
    level: str


@dataclass(frozen=True)
class Levels:
    """What the owner chose; `alias` None where there is none to choose."""

    levels: Mapping[str, str]
    alias: str | None = None


def entries(row: Any) -> list[Entry]:
    """Every line for a row that is loaded with what hangs on it."""
    return [*_own(row), *_hanging(row)]


def _own(row: Any) -> Iterator[Entry]:
    for name in fields.names(row):
        if name != ALIAS:
            group = gettext("Technical data") if name.startswith(fields.ATTRIBUTE) else ""
            yield Entry(group, name, fields.label_of(row, name), fields.level_of(row, name))


def _rows(row: Any) -> Iterator[tuple[str, Any]]:
    """Loaded rows with the name of the list they hang in."""
    for name in _HANGING:
        for part in row.__dict__.get(name) or ():
            yield name, part


def _hanging(row: Any) -> Iterator[Entry]:
    for name, part in _rows(row):
        label, called = _HANGING[name]
        yield Entry(str(label), f"{name}.{part.id}", str(called(part)), part.disclosure or PUBLIC)


def set_levels(
    session: Session, actor: Actor, row: Any, chosen: Levels, version: int | None
) -> list[str]:
    """Set who sees what of a row of the actor's organisation; returns the names that changed.

    Raises Conflict on a stale version, Invalid for an unknown name or level.
    """
    check_version(row, version)
    before = {entry.name: entry.level for entry in entries(row)} | {ALIAS: _alias_of(row)}
    wanted = dict(chosen.levels)
    named = wanted.pop(ALIAS, None)
    if set(wanted) - set(before) or set(wanted.values()) - set(LEVELS):
        raise Invalid(_l("Please check the marked fields."))
    for name, part in _rows(row):
        part.disclosure = wanted.pop(f"{name}.{part.id}", part.disclosure or PUBLIC)
    row.disclosure = {**(row.disclosure or {}), **wanted}
    if chosen.alias is not None:
        _set_alias(row, chosen.alias, named)
    after = {entry.name: entry.level for entry in entries(row)} | {ALIAS: _alias_of(row)}
    changed = sorted(name for name in after if after[name] != before.get(name))
    if changed:
        _saved(session, actor, row, changed)
    return changed


def _alias_of(row: Any) -> str:
    return f"{row.alias}/{fields.level_of(row, ALIAS)}" if hasattr(row, "alias") else ""


def _set_alias(row: Any, alias: str, level: str | None) -> None:
    row.alias = " ".join(alias.split())[:MAX_ALIAS]
    if level in LEVELS and level != PUBLIC:
        row.disclosure = {**row.disclosure, ALIAS: level}


def _saved(session: Session, actor: Actor, row: Any, changed: list[str]) -> None:
    """Index and matches follow after the commit."""
    kind = row.__tablename__
    row.version += 1
    row.changed_at = clock.now()
    session.flush()
    audit.record(session, actor, f"{kind}.disclose", row, {"fields": changed})
    payload = {"kind": kind, "id": row.id}
    jobs.enqueue(session, "index.update", payload, dedupe=f"{kind}:{row.id}")
    if kind != "company" and row.state == "published":
        jobs.enqueue(session, f"matching.{kind}", {"id": row.id}, dedupe=f"{kind}:{row.id}")


def written(row: Any) -> dict[str, str]:
    """Levels of a row for its record: by field, and by `<rows>.<place>` for what hangs on it."""
    own = dict(row.disclosure or {})
    if own.get(ALIAS) and not getattr(row, "alias", ""):
        del own[ALIAS]
    hanging = {
        f"{name}.{place}": part.disclosure
        for name in ("sites", "certificates")
        for place, part in enumerate(row.__dict__.get(name) or ())
        if part.disclosure not in (None, PUBLIC)
    }
    return own | hanging


def read_back(row: Any, levels: Mapping[str, str] | None) -> None:
    """Set levels as a record has them; a record that does not speak of them changes none."""
    if levels is None:
        return
    for name in ("sites", "certificates"):
        for place, part in enumerate(row.__dict__.get(name) or ()):
            part.disclosure = levels.get(f"{name}.{place}", PUBLIC)
    hanging = ("sites.", "certificates.")
    row.disclosure = {n: level for n, level in levels.items() if not n.startswith(hanging)}


def inherit(before: Iterable[Any], after: Iterable[Any]) -> None:
    """New rows take the strictest level of those they may have replaced, so that mending a typing
    error in a confidential certificate does not publish it."""
    kept = list(after)
    gone = [row for row in before if row not in kept]
    strictest = highest(row.disclosure or PUBLIC for row in gone)
    for row in kept:
        if row.disclosure is None:
            row.disclosure = strictest
