"""The service desk: queue and work item."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import queries as accounts
from portal.core.access import Permission
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.i18n import gettext
from portal.desk import administration as _administration  # noqa: F401  (registers its routes)
from portal.desk import calendars as _calendars  # noqa: F401  (registers its routes)
from portal.desk import catalogue as _catalogue  # noqa: F401  (registers its routes)
from portal.desk import judgements as _judgements  # noqa: F401  (registers its routes)
from portal.desk import partners as _partners  # noqa: F401  (registers its routes)
from portal.desk import quotes as _quotes  # noqa: F401  (registers its routes)
from portal.desk import ranking as _ranking  # noqa: F401  (registers its routes)
from portal.desk import referrals as _referrals  # noqa: F401  (registers its routes)
from portal.desk import reviews as _reviews  # noqa: F401  (registers its routes)
from portal.desk import thesaurus as _thesaurus  # noqa: F401  (registers its routes)
from portal.desk import thesaurus_files as _thesaurus_files  # noqa: F401  (registers its routes)
from portal.desk import thesaurus_releases as _releases  # noqa: F401  (registers its routes)
from portal.desk.blueprint import blueprint
from portal.service_requests import (
    answers,
    catalogue,
    prefill,
    queries,
    rules,
    services,
    timeline,
)
from portal.service_requests.forms import WorkForm
from portal.service_requests.partners import panel
from portal.service_requests.queries import Filters
from portal.web.app import actor, db
from portal.web.attachments import download
from portal.web.guards import requires
from portal.web.paging import paginate
from portal.web.templating import page

__all__ = ["blueprint"]
MAX_QUERY = 200
# Queues as tabs: name, filters.
TABS = {
    "all": Filters(state="open"),
    "mine": Filters(state="open", assignee="mine"),
    "none": Filters(state="open", assignee="none"),
    "waiting": Filters(state="waiting"),
    "resolved": Filters(state="resolved"),
}


def _filters() -> Filters:
    """What the address asks for; open requests unless it says otherwise."""
    given = {name: request.args.get(name, "")[:MAX_QUERY].strip() for name in asdict(Filters())}
    known = {*queries.STATE_GROUPS, *(state.name for state in rules.WORKFLOW.states), "any"}
    state = given["state"] if given["state"] in known else "open"
    return Filters(**{**given, "state": state})


@blueprint.get("/desk")
@requires(Permission.DESK_VIEW)
def queue() -> ResponseReturnValue:
    filters = _filters()
    asked = replace(filters, state="") if filters.state == "any" else filters
    return page(
        "desk/queue.html",
        requests=paginate(db(), queries.queue(actor(), asked)),
        filters=filters,
        counts=queries.queue_counts(db(), actor()),
        tabs=TABS,
        staff=accounts.staff(db()),
        groups=queries.STATE_GROUPS,
        **_tables(),
    )


def _tables() -> dict[str, Any]:
    return {
        "catalogue": catalogue,
        "timeline": timeline,
        "workflow": rules.WORKFLOW,
        "title_of": prefill.title_of,
    }


@blueprint.get("/desk/requests/<request_id>", endpoint="request")
@requires(Permission.DESK_VIEW)
def show(request_id: str) -> ResponseReturnValue:
    return _show(request_id, WorkForm(formdata=None))


def _show(request_id: str, form: WorkForm, status: int | None = None) -> ResponseReturnValue:
    item = queries.request_for(db(), actor(), request_id)
    service = catalogue.get(item.service)
    entries = queries.entries(db(), actor(), item)
    return page(
        "desk/request.html",
        form=form,
        status=status,
        item=item,
        service=service,
        entries=entries,
        events=timeline.events(entries, staff=True),
        links=queries.links_of(db(), item),
        panel=panel.of_request(db(), actor(), item),
        answers=answers.shown(service.form_of(item.form_version), item.answers),
        steps=rules.WORKFLOW.available(item, actor()),
        public_note=rules.PUBLIC_NOTE,
        internal_note=rules.INTERNAL_NOTE,
        staff=accounts.staff(db()) if actor().may(Permission.DESK_ASSIGN) else [],
        **_tables(),
    )


@blueprint.post("/desk/requests/<request_id>")
@requires(Permission.DESK_WORK)
def act(request_id: str) -> ResponseReturnValue:
    """A reply, a note, or a step with or without words; the button says which."""
    form = WorkForm()
    if not form.validate_on_submit():
        return _show(request_id, form, 422)
    return _tried(request_id, form, lambda: _act(request_id, form))


def _tried(request_id: str, form: WorkForm, verb: Callable[[], object]) -> ResponseReturnValue:
    """Back to the request; a refusal shows it as it is now, with what was typed."""
    try:
        verb()
    except (Conflict, Invalid, Forbidden) as error:
        form.refuse(error)
        return _show(request_id, form, error.status)
    flash(gettext("Done."), "success")
    return redirect(url_for("desk.request", request_id=request_id), 303)


def _act(request_id: str, form: WorkForm) -> None:
    stored = form.attachment.store()
    name = form.do.data or "reply"
    internal = name == "note" or name in rules.INTERNAL_NOTE
    field = "note" if internal else "reply"
    writers = {"reply": services.reply, "note": services.note}
    if name in writers:
        writers[name](db(), actor(), request_id, form.words(field, stored))
    else:
        services.move(db(), actor(), request_id, form.step(field, stored))


@blueprint.post("/desk/requests/<request_id>/assignee")
@requires(Permission.DESK_WORK)
def assign(request_id: str) -> ResponseReturnValue:
    form = WorkForm()
    person = request.form.get("assignee") or actor().user_id or ""
    return _tried(
        request_id,
        form,
        lambda: services.assign(db(), actor(), request_id, person, form.seen_version()),
    )


@blueprint.post("/desk/requests/<request_id>/priority")
@requires(Permission.DESK_WORK)
def set_priority(request_id: str) -> ResponseReturnValue:
    form, level = WorkForm(), request.form.get("priority", "")
    return _tried(
        request_id,
        form,
        lambda: services.set_priority(db(), actor(), request_id, level, form.seen_version()),
    )


@blueprint.get("/desk/requests/<request_id>/files/<file_id>")
@requires(Permission.DESK_VIEW)
def attachment(request_id: str, file_id: str) -> ResponseReturnValue:
    return download(queries.attachment_for(db(), actor(), request_id, file_id))
