"""The review queue."""

from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.desk.blueprint import blueprint
from portal.web.guards import requires
from portal.web.templating import page


@blueprint.get("/desk/reviews")
@requires(Permission.REVIEW_VIEW)
def reviews() -> ResponseReturnValue:
    return page("soon.html")
