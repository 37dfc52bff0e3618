"""Pages of needs."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.web.guards import public, requires
from portal.web.templating import page

blueprint = Blueprint("needs", __name__)


@blueprint.get("/needs")
@public
def directory() -> ResponseReturnValue:
    return page("soon.html")


@blueprint.get("/feeds/needs.atom")
@public
def feed() -> ResponseReturnValue:
    return page("soon.html")


@blueprint.get("/needs/own")
@requires(Permission.NEED_VIEW)
def overview() -> ResponseReturnValue:
    return page("soon.html")
