"""Pages of inquiries."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.web.guards import public, requires
from portal.web.templating import page

blueprint = Blueprint("inquiries", __name__)


@blueprint.get("/inquiries")
@requires(Permission.INQUIRY_VIEW)
def overview() -> ResponseReturnValue:
    return page("soon.html")
