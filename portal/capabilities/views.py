"""Pages of capabilities."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.web.guards import requires
from portal.web.templating import page

blueprint = Blueprint("capabilities", __name__)


@blueprint.get("/capabilities")
@requires(Permission.CAPABILITY_VIEW)
def overview() -> ResponseReturnValue:
    return page("soon.html")
