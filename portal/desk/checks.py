"""The checklist on the page of a request."""

from flask import request
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.errors import NotFound
from portal.desk import item
from portal.desk.blueprint import blueprint
from portal.service_requests import checks
from portal.service_requests.forms import WorkForm
from portal.web.app import actor, db
from portal.web.forms import sent_line
from portal.web.guards import requires


@blueprint.post("/desk/requests/<request_id>/checks")
@requires(Permission.DESK_WORK)
def add_check(request_id: str) -> ResponseReturnValue:
    required = request.form.get("required") == "1"
    text = sent_line("check")
    return item.tried(
        request_id,
        WorkForm(),
        lambda: checks.add(db(), actor(), request_id, text, required=required),
    )


@blueprint.post("/desk/requests/<request_id>/checks/<int:place>/<step>")
@requires(Permission.DESK_WORK)
def change_check(request_id: str, place: int, step: str) -> ResponseReturnValue:
    """`done` and `open` tick and untick a line, `remove` takes it away."""
    verbs = {
        "done": lambda: checks.tick(db(), actor(), request_id, place, done=True),
        "open": lambda: checks.tick(db(), actor(), request_id, place, done=False),
        "remove": lambda: checks.remove(db(), actor(), request_id, place),
    }
    if step not in verbs:
        raise NotFound
    return item.tried(request_id, WorkForm(), verbs[step])
