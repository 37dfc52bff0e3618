"""Pages of needs."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.companies import listings as presentation
from portal.companies import queries as companies
from portal.core import clock, revisions
from portal.core.access import Permission
from portal.core.errors import Conflict
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.disclosure import reading
from portal.disclosure.pages import who_sees_what
from portal.listings import forms, panels
from portal.listings.texts import shown
from portal.needs import disclosing as _disclosing  # noqa: F401  (names needs to their readers)
from portal.needs import queries, records, rules, services
from portal.needs.forms import DeadlineForm, NeedForm, deadline_data, form_data
from portal.needs.inputs import NeedInput
from portal.needs.models import Need
from portal.needs.presentation import (
    days_left,
    deadline_words,
    filter_fields,
    filters_of,
    need_page,
    state_of,
)
from portal.web.app import actor, db
from portal.web.guards import public, requires
from portal.web.paging import paginate
from portal.web.templating import page

blueprint = Blueprint("needs", __name__)
blueprint.app_template_filter("deadline_words")(deadline_words)
blueprint.app_template_filter("days_left")(days_left)
blueprint.app_template_filter("need_state")(state_of)
FEED_LENGTH = 50


@blueprint.get("/needs")
@public
def directory() -> ResponseReturnValue:
    filters = filters_of(request.args)
    return page(
        "needs/directory.html",
        needs=paginate(db(), queries.published(filters)),
        filters=filters,
        fields=filter_fields(filters, queries.public_facets(db())),
        kinds=rules.KINDS,
    )


@blueprint.get("/feeds/needs.atom")
@public
def feed() -> ResponseReturnValue:
    query = queries.published(filters_of(request.args)).limit(FEED_LENGTH)
    needs = [reading.public(need) for need in db().scalars(query).unique()]
    newest = max((need.changed_at for need in needs), default=clock.now())
    xml = render_template("needs/feed.xml", needs=needs, newest=newest, iso=clock.iso_z)
    return Response(xml, mimetype="application/atom+xml")


@blueprint.get("/needs/own")
@requires(Permission.NEED_VIEW)
def overview() -> ResponseReturnValue:
    state = request.args.get("state") or None
    return page(
        "needs/overview.html",
        needs=paginate(db(), queries.own_list(actor(), state)),
        counts=companies.own_states(db(), actor(), Need)[0],
        chosen=state,
        workflow=rules.WORKFLOW,
        company_ready=companies.is_published(db(), actor()),
    )


@blueprint.get("/needs/<need_id>")
@public
def show(need_id: str) -> ResponseReturnValue:
    opened = reading.opened(queries.need_for(db(), actor(), need_id))
    more = panels.of("need", db(), actor(), opened.row)
    return page("needs/show.html", panels=more, opened=opened, **need_page(opened.row, actor()))


@blueprint.route("/needs/new", methods=["GET", "POST"])
@requires(Permission.NEED_EDIT)
def new() -> ResponseReturnValue:
    return _edited(NeedForm(actor(), data={"deadline_zone": actor().timezone}), None, _create)


@blueprint.route("/needs/<need_id>/copy", methods=["GET", "POST"])
@requires(Permission.NEED_EDIT)
def copy(need_id: str) -> ResponseReturnValue:
    """A new need that begins with the content of another one, without its deadline."""
    need = queries.own(db(), actor(), need_id)
    data = {**form_data(records.to_input(need)), **deadline_data(None, need.deadline_zone)}
    return _edited(NeedForm(actor(), data=data, kinds=(need.kind,)), None, _create)


def _create(data: NeedInput) -> Need:
    return services.create(db(), actor(), data)


@blueprint.route("/needs/<need_id>/edit", methods=["GET", "POST"])
@requires(Permission.NEED_EDIT)
def edit(need_id: str) -> ResponseReturnValue:
    need = queries.own(db(), actor(), need_id)
    if not rules.may_edit(need):
        raise Conflict(_l("A need that is closed can no longer be changed."))
    data = {**form_data(records.to_input(need)), "version": str(need.version)}
    form = NeedForm(actor(), data=data, kinds=(need.kind,))

    def save(changed: NeedInput) -> Need:
        return services.update(db(), actor(), need_id, changed, form.seen_version())

    return _edited(form, need, save)


def _edited(
    form: NeedForm, need: Need | None, save: Callable[[NeedInput], Need]
) -> ResponseReturnValue:
    """Show a form, or save it and perhaps submit it at once."""
    ready = companies.is_published(db(), actor())
    if form.is_submitted() and not form.reshaped() and form.validate():
        saved = form.accept(lambda: save(form.to_input()))
        if saved is not None:
            _submit_too(saved)
            return redirect(url_for("needs.show", need_id=saved.id), 303)
    return page(
        "needs/form.html",
        form=form,
        need=need,
        company_ready=ready,
        standards=forms.standards(),
    )


def _submit_too(need: Need) -> None:
    if request.form.get("then") == "submit" and rules.WORKFLOW.can("submit", need, actor()):
        services.move(db(), actor(), need.id, "submit")
        flash(gettext("Saved and submitted. The base will look at it and publish it."), "success")
    elif need.state == "submitted":
        flash(gettext("Saved. The base reviews it before it is on the public pages."), "success")
    else:
        flash(gettext("Saved."), "success")


@blueprint.route("/needs/<need_id>/disclosure", methods=["GET", "POST"])
@requires(Permission.NEED_EDIT)
def disclosure(need_id: str) -> ResponseReturnValue:
    need = queries.own(db(), actor(), need_id)
    back = url_for("needs.show", need_id=need_id)
    text = need.texts[0]
    return who_sees_what(need, text.title, text.locale, back)


@blueprint.get("/needs/<need_id>/versions")
@requires(Permission.NEED_VIEW)
def versions(need_id: str) -> ResponseReturnValue:
    need = queries.member_view(db(), actor(), need_id)
    return page(
        "needs/versions.html",
        need=need,
        text=shown(need.texts),
        versions=presentation.versions(revisions.history(db(), need)),
        workflow=rules.WORKFLOW,
    )


@blueprint.post("/needs/<need_id>/steps/<name>")
@requires(Permission.NEED_EDIT)
def step(need_id: str, name: str) -> ResponseReturnValue:
    queries.own(db(), actor(), need_id)
    version = request.form.get("version", type=int)
    need = services.move(db(), actor(), need_id, name, request.form.get("note", ""), version)
    label = str(rules.WORKFLOW.state(need.state).label)
    flash(gettext("Done. The state is now: %(state)s.", state=label), "success")
    return redirect(url_for("needs.show", need_id=need_id), 303)


@blueprint.route("/needs/<need_id>/extend", methods=["GET", "POST"])
@requires(Permission.NEED_EDIT)
def extend(need_id: str) -> ResponseReturnValue:
    return _new_deadline(queries.own(db(), actor(), need_id), "extend")


@blueprint.route("/needs/<need_id>/reopen", methods=["GET", "POST"])
@requires(Permission.REVIEW_DECIDE)
def reopen(need_id: str) -> ResponseReturnValue:
    return _new_deadline(queries.need_for(db(), actor(), need_id), "reopen")


def _new_deadline(need: Need, name: str) -> ResponseReturnValue:
    """A step that moves the deadline: `extend` or `reopen`."""
    verb = getattr(services, name)
    later = (need.deadline or clock.now()) + rules.LIFE if name == "extend" else None
    data = deadline_data(later, need.deadline_zone)
    form = DeadlineForm(data={**data, "version": str(need.version)})
    if form.validate_on_submit() and form.accept(
        lambda: verb(db(), actor(), need.id, form.moment(), form.seen_version())
    ):
        flash(gettext("The new deadline is set."), "success")
        return redirect(url_for("needs.show", need_id=need.id), 303)
    possible = rules.WORKFLOW.can(name, need, actor())
    text = shown(need.texts)
    return page(
        "needs/deadline.html", form=form, need=need, name=name, possible=possible, text=text
    )


@blueprint.post("/needs/<need_id>/delete")
@requires(Permission.NEED_EDIT)
def delete(need_id: str) -> ResponseReturnValue:
    services.delete(db(), actor(), need_id, request.form.get("version", type=int))
    flash(gettext("The draft is deleted."), "success")
    return redirect(url_for("needs.overview"), 303)
