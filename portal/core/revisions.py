"""Versions of published items: snapshots, numbered per object."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.access import SYSTEM, Actor
from portal.core.models import Revision


@dataclass(frozen=True)
class Change:
    """One field that differs between two snapshots."""

    field: str
    before: Any
    after: Any


def keep(
    session: Session, actor: Actor, obj: Any, snapshot: Mapping[str, Any], note: str = ""
) -> Revision:
    """Store the object's present content as its next version."""
    where = (Revision.object_kind == obj.__tablename__, Revision.object_id == obj.id)
    last = session.execute(select(func.max(Revision.number)).where(*where)).scalar() or 0
    revision = Revision(
        object_kind=obj.__tablename__,
        object_id=obj.id,
        number=last + 1,
        state=obj.state,
        snapshot=dict(snapshot),
        actor_id=actor.user_id,
        note=note,
    )
    session.add(revision)
    return revision


def keep_change(
    session: Session, actor: Actor, obj: Any, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Revision:
    """Store an edit of something public.

    What was imported as published has no version yet: `before` becomes its first one.
    """
    if not history(session, obj):
        keep(session, SYSTEM, obj, before)
        session.flush()
    return keep(session, actor, obj, after)


def history(session: Session, obj: Any) -> list[Revision]:
    """All versions, newest first."""
    query = (
        select(Revision)
        .where(Revision.object_kind == obj.__tablename__, Revision.object_id == obj.id)
        .order_by(Revision.number.desc())
    )
    return list(session.scalars(query))


def flatten(value: Any, prefix: str = "") -> dict[str, Any]:
    """Nested mappings as dotted names; lists stay whole."""
    if not isinstance(value, Mapping):
        return {prefix: value}
    flat: dict[str, Any] = {}
    for key, item in value.items():
        flat.update(flatten(item, f"{prefix}.{key}" if prefix else str(key)))
    return flat


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Fields that differ, in the order of the newer snapshot."""
    old, new = flatten(before), flatten(after)
    names = [*new, *(name for name in old if name not in new)]
    return [Change(n, old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n)]
