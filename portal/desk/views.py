"""The service desk: work item; the other screens register themselves."""

from flask import request
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.desk import administration as _administration  # noqa: F401  (registers its routes)
from portal.desk import assignment as _assignment  # noqa: F401  (registers its routes)
from portal.desk import barriers as _barriers  # noqa: F401  (registers its routes)
from portal.desk import calendars as _calendars  # noqa: F401  (registers its routes)
from portal.desk import catalogue as _catalogue  # noqa: F401  (registers its routes)
from portal.desk import checks as _checks  # noqa: F401  (registers its routes)
from portal.desk import item
from portal.desk import judgements as _judgements  # noqa: F401  (registers its routes)
from portal.desk import monthly_reports as _monthly_reports  # noqa: F401  (registers its routes)
from portal.desk import partners as _partners  # noqa: F401  (registers its routes)
from portal.desk import presence as _presence  # noqa: F401  (registers its routes)
from portal.desk import queue as _queue  # noqa: F401  (registers its routes)
from portal.desk import quotes as _quotes  # noqa: F401  (registers its routes)
from portal.desk import ranking as _ranking  # noqa: F401  (registers its routes)
from portal.desk import referrals as _referrals  # noqa: F401  (registers its routes)
from portal.desk import replies as _replies  # noqa: F401  (registers its routes)
from portal.desk import reports as _reports  # noqa: F401  (registers its routes)
from portal.desk import reviews as _reviews  # noqa: F401  (registers its routes)
from portal.desk import satisfaction as _satisfaction  # noqa: F401  (registers its routes)
from portal.desk import saved_views as _saved_views  # noqa: F401  (registers its routes)
from portal.desk import search as _search  # noqa: F401  (registers its routes)
from portal.desk import staff as _staff  # noqa: F401  (registers its routes)
from portal.desk import texts as _texts  # noqa: F401  (registers its routes)
from portal.desk import thesaurus as _thesaurus  # noqa: F401  (registers its routes)
from portal.desk import working as _working  # noqa: F401  (registers its routes)
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
