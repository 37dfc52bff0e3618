"""An analysis for programs: the same answer for the API and the command."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from portal.capabilities.models import Capability
from portal.core.access import Actor
from portal.market_rules import doors, presentation, queries, wording
from portal.market_rules.presentation import Market
from portal.market_rules.rules import Moment


def of_markets(
    session: Session, actor: Actor, capability: Capability, chosen: Sequence[str], moment: Moment
) -> list[Market]:
    """What this reader sees of each market."""
    gaps = queries.gap(session, capability, chosen, moment.on, moment.sop)
    asked = doors.open_requests(session, actor, [capability.id])
    return [presentation.market(gap, moment, actor, capability, asked) for gap in gaps]


def json_for(
    session: Session, actor: Actor, capability: Capability, chosen: Sequence[str], moment: Moment
) -> dict[str, Any]:
    """The analysis as the API answers it; the names are part of its contract."""
    found = of_markets(session, actor, capability, chosen, moment)
    return {
        "capability": capability.id,
        "on": moment.on.isoformat(),
        "sop": moment.sop,
        "disclaimer": str(wording.DISCLAIMER),
        "markets": [presentation.as_dict(market) for market in found],
    }
