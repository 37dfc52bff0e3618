"""Pages of companies."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.web.guards import public, requires
from portal.web.templating import page

blueprint = Blueprint("companies", __name__)


@blueprint.get("/company")
@requires(Permission.COMPANY_VIEW)
def overview() -> ResponseReturnValue:
    return page("soon.html")
