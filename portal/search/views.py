"""Pages of search."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.web.guards import public
from portal.web.templating import page

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
@public
def results() -> ResponseReturnValue:
    return page("soon.html")
