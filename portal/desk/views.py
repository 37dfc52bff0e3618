"""Pages of desk."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.web.guards import public, requires
from portal.web.templating import page

blueprint = Blueprint("desk", __name__)


@blueprint.get("/desk")
@requires(Permission.DESK_VIEW)
def queue() -> ResponseReturnValue:
    return page("soon.html")


@blueprint.get("/desk/reviews")
@requires(Permission.REVIEW_VIEW)
def reviews() -> ResponseReturnValue:
    return page("soon.html")


@blueprint.get("/desk/users")
@requires(Permission.USERS_VIEW)
def users() -> ResponseReturnValue:
    return page("soon.html")


@blueprint.get("/desk/jobs")
@requires(Permission.USERS_VIEW)
def jobs() -> ResponseReturnValue:
    return page("soon.html")
