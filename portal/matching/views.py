"""Pages of matching."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.web.guards import public, requires
from portal.web.templating import page

blueprint = Blueprint("matching", __name__)


@blueprint.get("/matches")
@requires(Permission.MATCH_VIEW)
def overview() -> ResponseReturnValue:
    return page("soon.html")
