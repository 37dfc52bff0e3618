"""Pages of service requests: the public catalogue, and the customer's own requests."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.companies import queries as companies
from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.service_requests import answers, catalogue, prefill, queries, rules, services, timeline
from portal.service_requests.forms import RequestForm, WorkForm, form_for
from portal.service_requests.queries import Filters
from portal.web.app import actor, db, portal
from portal.web.attachments import download
from portal.web.guards import public, requires
from portal.web.paging import paginate
from portal.web.templating import page

blueprint = Blueprint("service_requests", __name__)
LISTS = ("open", "resolved", "done")


@blueprint.get("/services", endpoint="catalogue")
@public
def catalogue_page() -> ResponseReturnValue:
    return page("service_requests/catalogue.html", groups=catalogue.GROUPS, catalogue=catalogue)


@blueprint.get("/services/<code>")
@public
def service(code: str) -> ResponseReturnValue:
    found = catalogue.get(code)
    return page("service_requests/service.html", service=found, catalogue=catalogue)


@blueprint.route("/services/<code>/request", methods=["GET", "POST"])
@requires(Permission.REQUEST_WRITE)
def new(code: str) -> ResponseReturnValue:
    chosen = catalogue.get(code)
    form = form_for(chosen.code)(data=prefill.of_query(db(), actor(), chosen, request.args))
    if form.validate_on_submit():
        portal().limiter.hit("inquiry", "service-request", actor().org_id or "")
        created = form.accept(lambda: _create(form))
        if created:
            flash(gettext("Your request %(number)s is on its way.", number=created.reference))
            return redirect(url_for("service_requests.show", request_id=created.id), 303)
    return _form_page(chosen, form)


def _create(form: RequestForm) -> Any:
    stored = form.attachment.store()
    return services.create(db(), actor(), form.to_input(stored))


def _form_page(chosen: catalogue.Service, form: RequestForm) -> ResponseReturnValue:
    linked = queries.links_for(
        db(), actor(), form.capability.data or "", form.need.data or "", form.inquiry.data or ""
    )
    return page(
        "service_requests/new.html",
        form=form,
        service=chosen,
        links=linked,
        title_of=prefill.title_of,
        sections=prefill.sections(chosen.form),
        has_profile=companies.has_profile(db(), actor()),
        catalogue=catalogue,
    )


@blueprint.get("/service-requests")
@requires(Permission.REQUEST_VIEW)
def overview() -> ResponseReturnValue:
    state = request.args.get("state", "")
    filters = Filters(state=state if state in LISTS else "", q=request.args.get("q", "").strip())
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
    return page(
        "service_requests/show.html",
        form=form,
        status=status,
        item=found,
        service=chosen,
        entries=queries.entries(db(), actor(), found),
        links=queries.links_of(db(), found),
        title_of=prefill.title_of,
        answers=answers.shown(chosen.form_of(found.form_version), found.answers),
        workflow=rules.WORKFLOW,
        steps=rules.WORKFLOW.available(found, actor()),
        next_step=rules.NEXT_STEPS[found.state],
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
    if form.validate_on_submit() and form.accept(lambda: _act(request_id, form)):
        flash(gettext("Done."), "success")
        return redirect(url_for("service_requests.show", request_id=request_id), 303)
    return _show(request_id, form, form.refused or 422)


def _act(request_id: str, form: WorkForm) -> object:
    stored = form.attachment.store()
    if (form.do.data or "reply") == "reply":
        return services.reply(db(), actor(), request_id, form.words("reply", stored))
    return services.move(db(), actor(), request_id, form.step("reply", stored))


@blueprint.get("/service-requests/<request_id>/files/<file_id>")
@requires(Permission.REQUEST_VIEW)
def attachment(request_id: str, file_id: str) -> ResponseReturnValue:
    return download(queries.attachment_for(db(), actor(), request_id, file_id))
