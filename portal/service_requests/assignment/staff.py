"""How work reaches each of the staff: team, languages, services, room, absence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.access import Actor, Permission
from portal.core.errors import Forbidden, Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests import catalogue
from portal.service_requests.assignment import queries
from portal.service_requests.models import StaffProfile

MAX_TEAM = 20
MAX_CAPACITY = 500
_OWN = ("away_from", "away_until", "languages")


@dataclass(frozen=True)
class ProfileInput:
    """What supervisors enter about somebody at the desk; no services means all of them."""

    team: str = ""
    languages: Sequence[str] = ()
    services: Sequence[str] = ()
    capacity: int = 20
    takes_new: bool = False
    away_from: date | None = None
    away_until: date | None = None


def may_edit(actor: Actor, user_id: str) -> bool:
    """Supervisors anybody; everybody at the desk their own languages and absence."""
    own = user_id == actor.user_id and actor.may(Permission.DESK_WORK)
    return own or actor.may(Permission.DESK_ASSIGN)


def set_profile(session: Session, actor: Actor, user_id: str, data: ProfileInput) -> StaffProfile:
    """Change how work reaches somebody. Who is no supervisor changes the own languages and
    absence only. Raises NotFound for people who are not of the staff."""
    if not may_edit(actor, user_id):
        raise Forbidden(_l("Only supervisors change how work reaches others."))
    member = queries.member(session, user_id)
    _check(data)
    profile = session.merge(member.profile)
    values = {
        "team": data.team.strip(),
        "languages": list(data.languages),
        "services": list(data.services),
        "capacity": data.capacity,
        "takes_new": data.takes_new,
        "away_from": data.away_from,
        "away_until": data.away_until,
    }
    names = tuple(values) if actor.may(Permission.DESK_ASSIGN) else _OWN
    for name in names:
        setattr(profile, name, values[name])
    session.flush()
    shown = {name: str(v) if isinstance(v := values[name], date) else v for name in names}
    audit.record(session, actor, "staff.profile", member.user, shown)
    return profile


def _check(data: ProfileInput) -> None:
    if len(data.team.strip()) > MAX_TEAM:
        raise Invalid(_l("The name of a team has at most 20 characters."), field="team")
    if not 0 < data.capacity <= MAX_CAPACITY:
        raise Invalid(_l("Please enter a number from 1 to 500."), field="capacity")
    if any(code not in catalogue.SERVICES for code in data.services):
        raise Invalid(_l("Please choose services of the catalogue."), field="services")
    begin, end = data.away_from, data.away_until
    if begin and end and end < begin:
        raise Invalid(_l("The absence ends before it begins."), field="away_until")
