"""What a file would change: whole rows of lists, answers that belong together, single answers.

Rows of a list that the profile has already are no difference, wherever they stand in the file.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.core.i18n import lazy_gettext as _l
from portal.evidence.rules import CLAIMED, Standing
from portal.fact_sheets.content import ROWS, find
from portal.fact_sheets.document import COMPANY, Document, Item, Section, subject_of, words
from portal.fact_sheets.questions import LISTS

CHANGED, ADDED, REMOVED = "changed", "added", "removed"
ACTIONS: Mapping[str, Any] = {
    CHANGED: _l("changed"),
    ADDED: _l("added"),
    REMOVED: _l("removed"),
}
Row = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One line to tick. `lines` are (question, old, new); `values` new answers by path, or of a
    row below it; `at` is the row of the list that it replaces, None for a new one. `origin` is
    where the row stands in the file. `lost`: how the fact stood before."""

    id: str
    subject: str
    title: str
    lines: tuple[tuple[str, str, str], ...]
    action: str = CHANGED
    values: Mapping[str, Any] = field(default_factory=dict)
    listed: str = ""
    at: int | None = None
    origin: int | None = None
    lost: Standing | None = None


@dataclass(frozen=True)
class Part:
    """The changes of the company, or of one capability (its id in `capability`)."""

    subject: str
    title: str
    lang: str
    changes: tuple[Change, ...]

    @property
    def capability(self) -> str:
        return "" if self.subject == COMPANY else self.subject.partition(".")[2]


def parts(document: Document, given: Mapping[str, Any]) -> list[Part]:
    """All differences, by subject, in the order of the file."""
    items = document.items()
    answers = {key: value for key, value in given.items() if key in items}
    found = []
    for subject in document.records:
        mine = [item for item in items.values() if item.subject == subject]
        changes = (*_plain(mine, answers), *_listed(document, mine, answers))
        if changes:
            title, lang = _named(document, subject)
            found.append(Part(subject, title, lang, changes))
    return found


def _named(document: Document, subject: str) -> tuple[str, str]:
    if subject == COMPANY:
        return document.name, ""
    section = _offer(document, subject)
    return (section.title, section.lang) if section else (subject, "")


def _offer(document: Document, subject: str) -> Section | None:
    for sheet in document.sheets:
        for section in sheet.sections:
            if sheet.key == "capabilities" and section.items[0].subject == subject:
                return section
    return None


def _plain(items: Iterable[Item], given: Mapping[str, Any]) -> Iterator[Change]:
    groups: dict[str, list[Item]] = {}
    for item in items:
        if _list_of(item.path) is None:
            groups.setdefault(item.group, []).append(item)
    for group, members in groups.items():
        changed = [i for i in members if i.key in given and _differs(given[i.key], i.value)]
        if changed:
            yield Change(
                group,
                changed[0].subject,
                "",
                tuple(_line(i, i.value, given[i.key]) for i in changed),
                values={i.path: given[i.key] for i in changed},
                lost=_lost(changed[0].standing),
            )


def _differs(new: Any, old: Any) -> bool:
    return (new or None) != (old or None) if new != 0 and old != 0 else new != old


def _line(item: Item, old: Any, new: Any) -> tuple[str, str, str]:
    return item.text, _with_unit(item, old), _with_unit(item, new)


def _with_unit(item: Item, value: Any) -> str:
    told = words(item.question, value)
    return f"{told} {item.unit}" if told and item.unit else told


def _lost(standing: Standing | None) -> Standing | None:
    """A standing that the change takes away; what was only stated is lost to nobody."""
    if standing is None or standing.found == CLAIMED or standing.changed:
        return None
    return standing


def _list_of(path: str) -> tuple[str, int] | None:
    """(list, place) of an answer in a list."""
    parts_ = path.split(".")
    if parts_[0] in LISTS and len(parts_) > 2 and parts_[1].isdigit():
        return parts_[0], int(parts_[1])
    return None


def _rows(items: Iterable[Item]) -> dict[str, dict[int, list[Item]]]:
    """The questions of each list by place."""
    found: dict[str, dict[int, list[Item]]] = {}
    for item in items:
        place = _list_of(item.path)
        if place is not None:
            found.setdefault(place[0], {}).setdefault(place[1], []).append(item)
    return found


def _suffix(item: Item) -> str:
    return item.path.split(".", 2)[2]


def _blank(row: Row) -> bool:
    return all(value in (None, "", []) for name, value in row.items() if name != "disclosure")


def _listed(
    document: Document, items: Iterable[Item], given: Mapping[str, Any]
) -> Iterator[Change]:
    for name, blocks in _rows(items).items():
        if any(item.key in given for block in blocks.values() for item in block):
            subject = next(iter(blocks.values()))[0].subject
            present = len(find(document.records[subject], name) or ())
            yield from _list_changes(name, blocks, given, present)


def _list_changes(
    name: str, blocks: Mapping[int, list[Item]], given: Mapping[str, Any], present: int
) -> Iterator[Change]:
    old = {at: {_suffix(i): i.value for i in block} for at, block in blocks.items()}
    new = {
        at: {_suffix(i): given.get(i.key, i.value) for i in block} for at, block in blocks.items()
    }
    kept = {at: _filled(row) for at, row in old.items() if at < present}
    wanted = {at: _filled(row) for at, row in new.items() if not _blank(row)}
    for at in list(wanted):
        same = _same(wanted[at], kept, at)
        if same is not None:
            del wanted[at], kept[same]
    for at in sorted({*wanted, *kept}):
        if at in wanted and at in kept:
            yield _replaced(name, blocks[at], old[at], new[at], at)
        elif at in wanted:
            yield _added(name, blocks[at], new[at], at)
        else:
            yield _removed(name, blocks[at], old[at], at)


def _filled(row: Row) -> Row:
    return {name: value for name, value in row.items() if value not in (None, "", [])}


def _same(row: Row, kept: Mapping[int, Row], at: int) -> int | None:
    """A present row that says the same, the one at the same place first."""
    order = sorted(kept, key=lambda place: place != at)
    return next((place for place in order if kept[place] == row), None)


def _replaced(name: str, block: list[Item], old: Row, new: Row, at: int) -> Change:
    changed = [i for i in block if _differs(new[_suffix(i)], old[_suffix(i)])]
    lines = tuple(_line(i, old[_suffix(i)], new[_suffix(i)]) for i in changed)
    values = {_suffix(i): new[_suffix(i)] for i in changed}
    # Who sees a row is no part of what it says.
    says = any(_suffix(i) != "disclosure" for i in changed)
    lost = _lost(block[0].standing) if says else None
    return _of(name, block, lines, at, CHANGED, values=values, at=at, lost=lost)


def _added(name: str, block: list[Item], new: Row, at: int) -> Change:
    lines = tuple(_line(i, None, new[_suffix(i)]) for i in block if new[_suffix(i)] is not None)
    return _of(name, block, lines, at, ADDED, values=_filled(new))


def _removed(name: str, block: list[Item], old: Row, at: int) -> Change:
    lines = tuple(_line(i, old[_suffix(i)], None) for i in block if old[_suffix(i)] is not None)
    return _of(name, block, lines, at, REMOVED, at=at, lost=_lost(block[0].standing))


def _of(
    name: str,
    block: list[Item],
    lines: tuple[tuple[str, str, str], ...],
    origin: int,
    action: str,
    **more: Any,
) -> Change:
    subject = subject_of(block[0].key)
    identity = f"{subject}.{name}.{origin}"
    return Change(identity, subject, name, lines, action, listed=name, origin=origin, **more)


def title_of(change: Change) -> str:
    """What a line is about: the row of a list, or its question."""
    if change.listed:
        number = (change.origin if change.at is None else change.at) or 0
        return str(ROWS[change.listed]) % {"number": number + 1}
    return change.lines[0][0]
