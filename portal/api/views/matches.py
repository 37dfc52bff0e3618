"""What fits a need, or a capability, with verdicts and reasons."""

from flask import Response

from portal.api import bodies
from portal.api.answers import as_json
from portal.api.operations import operation
from portal.api.parameters import Param, given
from portal.core import i18n
from portal.core.access import Permission
from portal.disclosure.queries import sight
from portal.matching import records, sides, standing, transient
from portal.matching.sides import Side
from portal.web.app import actor, db, portal

LIMIT = 20
_LIMITED = (
    Param(
        "limit",
        "How many matches at most.",
        {"type": "integer", "minimum": 1, "maximum": 100, "default": LIMIT},
    ),
)


def _limit() -> int:
    return int(given("limit") or LIMIT)


def _matches(side: Side, own_id: str) -> Response:
    own, tag = side.read_for(db(), actor(), own_id), i18n.current().tag
    far = sight(db(), actor())
    return as_json(records.json_for(db(), portal().engine, own, tag, _limit(), far))


def _standing(side: Side, own_id: str, other_id: str) -> Response:
    own = side.read_for(db(), actor(), own_id)
    found = standing.of(db(), portal().engine, actor(), own, other_id)
    return as_json(records.standing_json(found, i18n.current().tag, side.other))


@operation(
    "GET",
    "/needs/<need_id>/matches",
    tag="Matches",
    summary="Capabilities that fit a need",
    description="For the need's owner and the base. Best first; each criterion with its verdict.",
    permissions=(Permission.MATCH_VIEW,),
    query=_LIMITED,
    answer="NeedMatches",
    errors=(404,),
)
def matches_of_need(need_id: str) -> Response:
    return _matches(sides.NEED, need_id)


@operation(
    "GET",
    "/capabilities/<capability_id>/matches",
    tag="Matches",
    summary="Open needs that a capability fits",
    description="For the capability's owner and the base.",
    permissions=(Permission.MATCH_VIEW,),
    query=_LIMITED,
    answer="CapabilityMatches",
    errors=(404,),
)
def matches_of_capability(capability_id: str) -> Response:
    return _matches(sides.CAPABILITY, capability_id)


@operation(
    "GET",
    "/needs/<need_id>/matches/<capability_id>",
    tag="Matches",
    summary="Why a capability is, or is not, among the matches of a need",
    description="For the need's owner and the base; any published capability may be asked about.",
    permissions=(Permission.MATCH_VIEW,),
    answer="NeedStanding",
    errors=(404,),
)
def match_of_need(need_id: str, capability_id: str) -> Response:
    return _standing(sides.NEED, need_id, capability_id)


@operation(
    "GET",
    "/capabilities/<capability_id>/matches/<need_id>",
    tag="Matches",
    summary="Why a need is, or is not, among those that a capability fits",
    description="For the capability's owner and the base; any published need may be asked about.",
    permissions=(Permission.MATCH_VIEW,),
    answer="CapabilityStanding",
    errors=(404,),
)
def match_of_capability(capability_id: str, need_id: str) -> Response:
    return _standing(sides.CAPABILITY, capability_id, need_id)


@operation(
    "POST",
    "/match",
    tag="Matches",
    summary="Capabilities that fit a need that is not stored",
    description="Nothing is kept. Capabilities of your own organisation are left out.",
    permissions=(Permission.MATCH_VIEW,),
    query=_LIMITED,
    body="NeedInput",
    answer="NeedMatches",
    errors=(422,),
    computes=True,
)
def match() -> Response:
    need = transient.need_of(bodies.read(), actor().org_id or "")
    tag = i18n.current().tag
    with portal().database.reading() as session:  # a POST's own session would lock out writers
        far = sight(session, actor())
        return as_json(records.json_for(session, portal().engine, need, tag, _limit(), far))
