"""Programmes as the staff keep them: each change is a version that lies over the shipped one."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.core import audit, clock
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import lazy_gettext as _l
from portal.test_centre import programmes
from portal.test_centre.models import ProgrammeRecord
from portal.test_centre.programmes import Programme

NEEDED = ("names", "summary", "limits")


@dataclass(frozen=True)
class ProgrammeInput:
    """What staff change: whether it takes bookings, usual weeks, and its texts by language."""

    offered: bool
    weeks: tuple[int, int]
    texts: Mapping[str, Mapping[str, str]]


def save(
    session: Session,
    actor: Actor,
    programme_id: str,
    data: ProgrammeInput,
    version: int | None = None,
) -> Programme:
    """Raises NotFound, Conflict for an old view, Invalid."""
    if not actor.may(Permission.TEST_CENTRE_EDIT):
        raise NotFound
    now = programmes.get(session, programme_id)
    if version is not None and version != now.version:
        raise Conflict(_l("Somebody else has changed this in the meantime. Please look again."))
    _check(data)
    texts = {
        name: {tag: text for tag, text in by_tag.items() if text}
        for name, by_tag in data.texts.items()
    }
    content = {**now.content, **texts, "offered": data.offered, "weeks": list(data.weeks)}
    row = session.get(ProgrammeRecord, programme_id) or ProgrammeRecord(id=programme_id)
    row.content, row.version = content, now.version + 1
    row.author_id, row.changed_at = actor.user_id, clock.now()
    session.add(row)
    session.flush()
    audit.record(session, actor, "test_programme.save", row, {"version": row.version})
    return programmes.of_record(content, row.version)


def _check(data: ProgrammeInput) -> None:
    first, last = data.weeks
    if last < first:
        raise Invalid(_l("The longest duration is shorter than the shortest."), field="weeks_to")
    for name in NEEDED:
        if not data.texts.get(name, {}).get("en"):
            raise Invalid(_l("The English text is what everybody else falls back on."))
