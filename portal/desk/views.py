"""The service desk: work item; the other screens register themselves."""

from flask import request
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.desk import administration as _administration  # noqa: F401  (registers its routes)
from portal.desk import assignment as _assignment  # noqa: F401  (registers its routes)
from portal.desk import calendars as _calendars  # noqa: F401  (registers its routes)
from portal.desk import catalogue as _catalogue  # noqa: F401  (registers its routes)
from portal.desk import item
from portal.desk import judgements as _judgements  # noqa: F401  (registers its routes)
from portal.desk import partners as _partners  # noqa: F401  (registers its routes)
from portal.desk import presence as _presence  # noqa: F401  (registers its routes)
from portal.desk import queue as _queue  # noqa: F401  (registers its routes)
from portal.desk import quotes as _quotes  # noqa: F401  (registers its routes)
from portal.desk import ranking as _ranking  # noqa: F401  (registers its routes)
from portal.desk import referrals as _referrals  # noqa: F401  (registers its routes)
from portal.desk import reviews as _reviews  # noqa: F401  (registers its routes)
from portal.desk import satisfaction as _satisfaction  # noqa: F401  (registers its routes)
from portal.desk import saved_views as _saved_views  # noqa: F401  (registers its routes)
from portal.desk import search as _search  # noqa: F401  (registers its routes)
from portal.desk import staff as _staff  # noqa: F401  (registers its routes)
from portal.desk import thesaurus as _thesaurus  # noqa: F401  (registers its routes)
from portal.desk import working as _working  # noqa: F401  (registers its routes)
from portal.desk.blueprint import blueprint
from portal.service_requests import queries, rules, services, writing
from portal.service_requests.forms import WorkForm
from portal.web.app import actor, db
from portal.web.attachments import download
from portal.web.guards import requires

__all__ = ["blueprint"]


@blueprint.get("/desk/requests/<request_id>", endpoint="request")
@requires(Permission.DESK_VIEW)
def show(request_id: str) -> ResponseReturnValue:
    return item.shown(request_id, WorkForm(formdata=None))


@blueprint.post("/desk/requests/<request_id>")
@requires(Permission.DESK_WORK)
def act(request_id: str) -> ResponseReturnValue:
    """A reply, a note, or a step with or without words; the button says which."""
    form = WorkForm()
    if not form.validate_on_submit():
        return item.shown(request_id, form, 422)
    return item.tried(request_id, form, lambda: _act(request_id, form))


def _act(request_id: str, form: WorkForm) -> None:
    stored = form.attachment.store()
    name = form.do.data or "reply"
    internal = name == "note" or name in rules.INTERNAL_NOTE
    field = "note" if internal else "reply"
    writers = {"reply": services.reply, "note": services.note}
    if name in writers:
        writers[name](db(), actor(), request_id, form.words(field, stored))
    elif name in writing.PLANS:
        words = form.words("reply", stored)
        services.give_plan(db(), actor(), request_id, name, words)
    else:
        services.move(db(), actor(), request_id, form.step(field, stored))


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
