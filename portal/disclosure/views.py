"""Pages of disclosure: who looked at what; agreements stand in their own room."""

from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.disclosure import looks
from portal.disclosure.agreements import views as _agreements  # noqa: F401  (registers its routes)
from portal.disclosure.blueprint import blueprint
from portal.disclosure.looking import looks_of
from portal.disclosure.rules import LEVEL_LABELS
from portal.web.app import actor, db, portal
from portal.web.guards import requires
from portal.web.templating import page

__all__ = ["blueprint"]


@blueprint.get("/company/views")
@requires(Permission.COMPANY_VIEW)
def views() -> ResponseReturnValue:
    """Who looked at the pages of the actor's company, week by week."""
    looks_of(portal()).write(portal().database)
    return page(
        "disclosure/views.html",
        weeks=looks.by_week(db(), actor()),
        files=looks.files(db(), actor()),
        levels=LEVEL_LABELS,
    )
