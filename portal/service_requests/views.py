"""Pages of service requests."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.web.guards import public, requires
from portal.web.templating import page

blueprint = Blueprint("service_requests", __name__)


@blueprint.get("/services")
@public
def catalogue() -> ResponseReturnValue:
    return page("soon.html")


@blueprint.get("/service-requests")
@requires(Permission.REQUEST_VIEW)
def overview() -> ResponseReturnValue:
    return page("soon.html")
