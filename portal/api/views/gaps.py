"""What the markets ask of a capability, and what it lacks."""

from flask import Response

from portal.api.answers import as_json
from portal.api.operations import operation
from portal.api.parameters import Param, given
from portal.api.problems import ApiError
from portal.core import clock
from portal.core.access import Permission
from portal.core.i18n import lazy_gettext as _l
from portal.market_rules import doors, queries, reports, rules
from portal.market_rules.markets import LABELS
from portal.market_rules.rules import Moment
from portal.web.app import actor, db

_QUERY = (
    Param(
        "market",
        "The markets to look at; those of the capability when none is named.",
        {"type": "string", "enum": list(LABELS)},
        many=True,
    ),
    Param(
        "sop",
        "The month of the start of production, such as 2027-06.",
        {"type": "string", "maxLength": 7},
    ),
)


@operation(
    "GET",
    "/capabilities/<capability_id>/gaps",
    tag="Markets",
    summary="What the markets ask of a capability, and what it lacks",
    description="For the capability's owner and the base. Orientation, not legal advice.",
    permissions=(Permission.GAP_VIEW,),
    query=_QUERY,
    answer="CapabilityGaps",
    errors=(404,),
)
def gaps_of_capability(capability_id: str) -> Response:
    sop = rules.month(given("sop"))
    if given("sop") and sop is None:
        raise ApiError(
            400,
            _l("Please check the parameters."),
            errors={"sop": _l("Please write months as 2027-06.")},
        )
    capability = queries.capability_for(db(), actor(), capability_id)
    wanted = doors.countries_wanted(db(), [capability.id]).get(capability.id, ())
    chosen = given("market") or queries.own_markets(capability, wanted)
    moment = Moment(clock.now().date(), sop)
    return as_json(reports.json_for(db(), actor(), capability, chosen, moment))
