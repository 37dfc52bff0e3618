"""The service desk: the page of one request; the other screens stand in `screens`."""

from flask import request
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.desk import item
from portal.desk import screens as _screens  # noqa: F401  (registers their routes)
from portal.desk.blueprint import blueprint
from portal.service_requests import queries, services
from portal.service_requests.forms import WorkForm
from portal.web.app import actor, db
from portal.web.attachments import download
from portal.web.guards import requires

__all__ = ["blueprint"]


@blueprint.get("/desk/requests/<request_id>", endpoint="request")
@requires(Permission.DESK_VIEW)
def show(request_id: str) -> ResponseReturnValue:
    return item.shown(request_id, WorkForm(formdata=None))


@blueprint.post("/desk/requests/<request_id>/assignee")
@requires(Permission.DESK_WORK)
def assign(request_id: str) -> ResponseReturnValue:
    form = WorkForm()
    person = request.form.get("assignee") or actor().user_id or ""
    return item.tried(
        request_id,
        form,
        lambda: services.assign(db(), actor(), request_id, person, form.seen_version()),
    )


@blueprint.post("/desk/requests/<request_id>/priority")
@requires(Permission.DESK_WORK)
def set_priority(request_id: str) -> ResponseReturnValue:
    form, level = WorkForm(), request.form.get("priority", "")
    return item.tried(
        request_id,
        form,
        lambda: services.set_priority(db(), actor(), request_id, level, form.seen_version()),
    )


@blueprint.get("/desk/requests/<request_id>/files/<file_id>")
@requires(Permission.DESK_VIEW)
def attachment(request_id: str, file_id: str) -> ResponseReturnValue:
    return download(queries.attachment_for(db(), actor(), request_id, file_id))
