"""Where the needs go that fit a capability, for the analysis of markets."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.disclosure.fields import level_of
from portal.disclosure.rules import REGISTERED, at_least
from portal.market_rules import doors
from portal.matching.models import Match
from portal.needs.models import Need


def countries(session: Session, ids: Sequence[str]) -> Mapping[str, Collection[str]]:
    """The destinations of published needs among the stored matches of each capability, as far as
    their buyers tell every company."""
    query = (
        select(Match.capability_id, Need)
        .join(Need, Need.id == Match.need_id)
        .where(Match.capability_id.in_(ids), Need.state == "published", Need.market.is_not(None))
    )
    found: dict[str, set[str]] = {}
    for capability_id, need in session.execute(query):
        if need.market and at_least(REGISTERED, level_of(need, "destination")):
            found.setdefault(capability_id, set()).add(need.market)
    return found


doors.register_countries(countries)
