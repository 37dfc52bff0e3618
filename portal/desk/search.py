"""Search over requests and everything said on them, for the base's staff."""

from collections.abc import Mapping

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.i18n import lazy_gettext as _l
from portal.desk import item, people
from portal.desk.blueprint import blueprint
from portal.service_requests.finding import search as finding
from portal.web.app import actor, db
from portal.web.forms import asked_line
from portal.web.guards import requires
from portal.web.templating import page

MAX_QUESTION = 200
SCOPES = {
    "all": _l("Everywhere"),
    "request": _l("Title and description"),
    "customer": _l("Messages of customers"),
    "staff": _l("Replies of the base"),
    "note": _l("Internal notes"),
}
STATES = {
    "": _l("Any state"),
    "open": _l("All open"),
    "waiting": _l("All waiting"),
    "resolved": _l("Resolved"),
    "done": _l("All finished"),
}


def _choice(name: str, known: Mapping[str, object], usual: str) -> str:
    given = request.args.get(name, usual)
    return given if given in known else usual


@blueprint.get("/desk/search")
@requires(Permission.DESK_VIEW)
def search() -> ResponseReturnValue:
    """A number such as SR-00042 leads straight to its request."""
    q = asked_line("q", MAX_QUESTION)
    found = finding.number(db(), actor(), q)
    if found:
        return redirect(url_for("desk.request", request_id=found), 303)
    scope, state = _choice("scope", SCOPES, "all"), _choice("state", STATES, "")
    return page(
        "desk/search.html",
        q=q,
        scope=scope,
        state=state,
        scopes=SCOPES,
        states=STATES,
        people=people.of_desk(db(), actor()),
        found=finding.search(db(), actor(), q, scope, state) if q else None,
        **item.tables(),
    )
