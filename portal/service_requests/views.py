"""Pages of a customer's own service requests."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.listings import panels
from portal.service_requests import (
    answers,
    catalogue,
    chain,
    clock_views,
    prefill,
    promises,
    queries,
    rules,
    services,
    timeline,
)
from portal.service_requests import asking_views as _asking  # noqa: F401  (registers its routes)
from portal.service_requests import neighbours as _neighbours  # noqa: F401  (registers panels)
from portal.service_requests.blueprint import blueprint
from portal.service_requests.filtering import Filters
from portal.service_requests.forms import WorkForm
from portal.service_requests.partners import panel
from portal.service_requests.satisfaction import panel as satisfaction
from portal.web.app import actor, db
from portal.web.attachments import download
from portal.web.forms import asked_line
from portal.web.guards import requires
from portal.web.paging import paginate
from portal.web.templating import page

__all__ = ["blueprint"]
LISTS = ("open", "resolved", "done")


@blueprint.get("/service-requests")
@requires(Permission.REQUEST_VIEW)
def overview() -> ResponseReturnValue:
    state = request.args.get("state", "")
    filters = Filters(state=state if state in LISTS else "", q=asked_line("q"))
    return page(
        "service_requests/overview.html",
        requests=paginate(db(), queries.listing(actor(), filters)),
        filters=filters,
        workflow=rules.WORKFLOW,
        catalogue=catalogue,
        timeline=timeline,
    )


@blueprint.get("/service-requests/<request_id>")
@requires(Permission.REQUEST_VIEW)
def show(request_id: str) -> ResponseReturnValue:
    return _show(request_id, WorkForm(formdata=None))


def _show(request_id: str, form: WorkForm, status: int | None = None) -> ResponseReturnValue:
    found = queries.request_for(db(), actor(), request_id)
    chosen = catalogue.get(found.service)
    around = chain.of_request(db(), found)
    return page(
        "service_requests/show.html",
        form=form,
        status=status,
        item=found,
        service=chosen,
        entries=queries.entries(db(), actor(), found),
        links=chain.seen(around, actor()),
        panel=panel.of_request(db(), actor(), found),
        marks=satisfaction.of_customer(actor(), found, around.marks),
        title_of=prefill.title_of,
        answers=answers.shown(chosen.form_of(found.form_version), found.answers),
        workflow=rules.WORKFLOW,
        steps=rules.WORKFLOW.available(found, actor()),
        next_step=rules.NEXT_STEPS[found.state],
        follows=rules.may_follow_up(found, actor()),
        related=queries.related(db(), actor(), found),
        panels=panels.of("service_request", db(), actor(), found),
        promised=promises.sentences(found, clock_views.zone_of(found)),
        writes=bool(rules.parties(found, actor())),
        catalogue=catalogue,
        timeline=timeline,
    )


@blueprint.post("/service-requests/<request_id>")
@requires(Permission.REQUEST_WRITE)
def act(request_id: str) -> ResponseReturnValue:
    """A reply, or a step with or without words; the button says which."""
    queries.request_for(db(), actor(), request_id)
    form = WorkForm()
    done = form.accept(lambda: _act(request_id, form)) if form.validate_on_submit() else None
    if done is None:
        return _show(request_id, form, form.refused or 422)
    flash(gettext("Done."), "success")
    return redirect(url_for("service_requests.show", request_id=done), 303)


def _act(request_id: str, form: WorkForm) -> str:
    """The id of the request that it goes on with: a merged or ended one goes on in another."""
    words, do = form.words("reply", form.attachment.store()), form.do.data or "reply"
    if do == "reply":
        return services.reply(db(), actor(), request_id, words).request_id
    if do == "follow_up":
        return services.follow_up(db(), actor(), request_id, words).id
    step = services.Step(do, form.seen_version(), words)
    return services.move(db(), actor(), request_id, step).id


@blueprint.get("/service-requests/<request_id>/files/<file_id>")
@requires(Permission.REQUEST_VIEW)
def attachment(request_id: str, file_id: str) -> ResponseReturnValue:
    return download(queries.attachment_for(db(), actor(), request_id, file_id))
