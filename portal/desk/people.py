"""Who works at the desk: names with their teams, and who follows or has open a request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import User
from portal.core import clock
from portal.core.access import Actor
from portal.core.i18n import format_list, ngettext
from portal.service_requests.models import (
    RequestPresence,
    RequestWatch,
    ServiceRequest,
    StaffProfile,
)

PRESENT_FOR = timedelta(seconds=60)


@dataclass(frozen=True)
class People:
    """The staff by name with the teams there are; what concerns one request is empty in lists."""

    staff: tuple[User, ...]
    teams: tuple[str, ...]
    keys: bool = True
    watchers: tuple[User, ...] = ()
    looking: tuple[User, ...] = ()
    writing: tuple[User, ...] = ()

    @property
    def presence(self) -> str:
        """Who else has the request open, in a sentence; empty when nobody has."""
        here = self.writing or self.looking
        if not here:
            return ""
        names = format_list(user.name for user in here)
        if self.writing:
            return ngettext(
                "%(names)s is also writing an answer.",
                "%(names)s are also writing an answer.",
                len(here),
                names=names,
            )
        return ngettext(
            "%(names)s is also looking at this request.",
            "%(names)s are also looking at this request.",
            len(here),
            names=names,
        )


def _query() -> Any:
    query = select(User, StaffProfile.team, StaffProfile.keys)
    return query.outerjoin(StaffProfile, StaffProfile.user_id == User.id).order_by(User.name)


def of_desk(session: Session, actor: Actor) -> People:
    """One statement."""
    query = _query().where(User.staff_role.is_not(None), User.disabled_at.is_(None))
    rows = session.execute(query).all()
    return People(
        staff=tuple(user for user, _team, _keys in rows),
        teams=_teams(team for _user, team, _keys in rows),
        keys=_keys({user.id: keys for user, _team, keys in rows}, actor),
    )


def of_request(session: Session, actor: Actor, request: ServiceRequest) -> People:
    """The same with those who watch the request and, of the others, who has it open; one
    statement."""
    watch, seen = RequestWatch, RequestPresence
    query = (
        _query()
        .add_columns(watch.user_id, seen.seen_at, seen.writing)
        .outerjoin(watch, and_(watch.user_id == User.id, watch.request_id == request.id))
        .outerjoin(seen, and_(seen.user_id == User.id, seen.request_id == request.id))
        .where(
            User.disabled_at.is_(None),
            or_(User.staff_role.is_not(None), watch.user_id.is_not(None)),
        )
    )
    rows = session.execute(query).all()
    since = clock.now() - PRESENT_FOR
    here = [
        (row.User, row.writing)
        for row in rows
        if row.seen_at and row.seen_at >= since and row.User.id != actor.user_id
    ]
    return People(
        staff=tuple(row.User for row in rows if row.User.staff_role),
        teams=_teams(row.team for row in rows),
        keys=_keys({row.User.id: row.keys for row in rows}, actor),
        watchers=tuple(row.User for row in rows if row.user_id),
        looking=tuple(user for user, writing in here if not writing),
        writing=tuple(user for user, writing in here if writing),
    )


def _teams(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}))


def _keys(found: Mapping[str, bool | None], actor: Actor) -> bool:
    return found.get(actor.user_id or "") is not False
