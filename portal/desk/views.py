"""Pages of desk."""

from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.desk import reviews as _reviews  # noqa: F401  (registers its routes)
from portal.desk.blueprint import blueprint
from portal.web.guards import requires
from portal.web.templating import page

__all__ = ["blueprint"]


@blueprint.get("/desk")
@requires(Permission.DESK_VIEW)
def queue() -> ResponseReturnValue:
    return page("soon.html")


@blueprint.get("/desk/users")
@requires(Permission.USERS_VIEW)
def users() -> ResponseReturnValue:
    return page("soon.html")


@blueprint.get("/desk/jobs")
@requires(Permission.USERS_VIEW)
def jobs() -> ResponseReturnValue:
    return page("soon.html")
