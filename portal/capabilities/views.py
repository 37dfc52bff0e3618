"""Pages of capabilities."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.capabilities import disclosing as _disclosing  # noqa: F401  (names capabilities)
from portal.capabilities import proofs, queries, records, rules, services
from portal.capabilities.forms import CapabilityForm, form_data
from portal.capabilities.inputs import CapabilityInput
from portal.capabilities.models import Capability
from portal.capabilities.panel import published_panel
from portal.capabilities.presentation import capability_page
from portal.companies import listings as presentation
from portal.companies import queries as companies
from portal.core import revisions
from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.disclosure import reading
from portal.disclosure.pages import who_sees_what
from portal.evidence import facts as evidence
from portal.evidence import presentation as evidence_words
from portal.listings import forms, panels
from portal.listings.texts import shown
from portal.web.app import actor, db
from portal.web.guards import public, requires
from portal.web.paging import paginate
from portal.web.templating import page

blueprint = Blueprint("capabilities", __name__)
blueprint.app_template_filter("shown_text")(shown)
blueprint.app_template_filter("company_card")(presentation.card)
panels.register("company", published_panel)
evidence.register(proofs.of_company)


@blueprint.get("/capabilities")
@requires(Permission.CAPABILITY_VIEW)
def overview() -> ResponseReturnValue:
    state = request.args.get("state") or None
    return page(
        "capabilities/overview.html",
        capabilities=paginate(db(), queries.own_list(actor(), state)),
        counts=companies.own_states(db(), actor(), Capability)[0],
        chosen=state,
        workflow=rules.WORKFLOW,
        company_ready=companies.is_published(db(), actor()),
    )


@blueprint.get("/capabilities/<capability_id>")
@public
def show(capability_id: str) -> ResponseReturnValue:
    opened = reading.opened(queries.capability_for(db(), actor(), capability_id))
    own = actor().owns(opened.row.company_id)  # its owner reads the same under evidence
    more = panels.of("capability", db(), actor(), opened.row)
    shown_page = capability_page(opened.row, actor())
    return page(
        "capabilities/show.html",
        panels=more,
        opened=opened,
        proven=None if own and not opened.preview else proofs.proven(db(), opened.row),
        words=evidence_words,
        **shown_page,
    )


@blueprint.route("/capabilities/new", methods=["GET", "POST"])
@requires(Permission.CAPABILITY_EDIT)
def new() -> ResponseReturnValue:
    return _edited(CapabilityForm(), None, _create)


@blueprint.route("/capabilities/<capability_id>/copy", methods=["GET", "POST"])
@requires(Permission.CAPABILITY_EDIT)
def copy(capability_id: str) -> ResponseReturnValue:
    """A new capability that begins with the content of another one."""
    capability = queries.own(db(), actor(), capability_id)
    form = CapabilityForm(data=form_data(records.to_input(capability)))
    return _edited(form, None, _create)


def _create(data: CapabilityInput) -> Capability:
    return services.create(db(), actor(), data)


@blueprint.route("/capabilities/<capability_id>/edit", methods=["GET", "POST"])
@requires(Permission.CAPABILITY_EDIT)
def edit(capability_id: str) -> ResponseReturnValue:
    capability = queries.own(db(), actor(), capability_id)
    data = form_data(records.to_input(capability))
    form = CapabilityForm(data={**data, "version": str(capability.version)})

    def save(changed: CapabilityInput) -> Capability:
        return services.update(db(), actor(), capability_id, changed, form.seen_version())

    return _edited(form, capability, save)


def _edited(
    form: CapabilityForm,
    capability: Capability | None,
    save: Callable[[CapabilityInput], Capability],
) -> ResponseReturnValue:
    """Show a form, or save it and perhaps submit it at once."""
    ready = companies.is_published(db(), actor())
    if form.is_submitted() and not form.reshaped() and form.validate():
        saved = form.accept(lambda: save(form.to_input()))
        if saved is not None:
            _submit_too(saved)
            return redirect(url_for("capabilities.show", capability_id=saved.id), 303)
    return page(
        "capabilities/form.html",
        form=form,
        capability=capability,
        company_ready=ready,
        standards=forms.standards(),
        frequent=forms.FREQUENT_MARKETS,
    )


def _submit_too(capability: Capability) -> None:
    if request.form.get("then") == "submit" and rules.WORKFLOW.can("submit", capability, actor()):
        services.move(db(), actor(), capability.id, "submit")
        flash(gettext("Saved and submitted. The base will look at it and publish it."), "success")
    elif capability.state == "submitted":
        flash(gettext("Saved. The base reviews it before it is on the public pages."), "success")
    else:
        flash(gettext("Saved."), "success")


@blueprint.route("/capabilities/<capability_id>/disclosure", methods=["GET", "POST"])
@requires(Permission.CAPABILITY_EDIT)
def disclosure(capability_id: str) -> ResponseReturnValue:
    capability = queries.own(db(), actor(), capability_id)
    back = url_for("capabilities.show", capability_id=capability_id)
    text = capability.texts[0]
    return who_sees_what(capability, text.title, text.locale, back)


@blueprint.get("/capabilities/<capability_id>/versions")
@requires(Permission.CAPABILITY_VIEW)
def versions(capability_id: str) -> ResponseReturnValue:
    capability = queries.member_view(db(), actor(), capability_id)
    return page(
        "capabilities/versions.html",
        capability=capability,
        text=shown(capability.texts),
        versions=presentation.versions(revisions.history(db(), capability)),
        workflow=rules.WORKFLOW,
    )


@blueprint.post("/capabilities/<capability_id>/steps/<name>")
@requires(Permission.CAPABILITY_EDIT)
def step(capability_id: str, name: str) -> ResponseReturnValue:
    queries.own(db(), actor(), capability_id)
    version = request.form.get("version", type=int)
    note = request.form.get("note", "")
    capability = services.move(db(), actor(), capability_id, name, note, version)
    label = str(rules.WORKFLOW.state(capability.state).label)
    flash(gettext("Done. The state is now: %(state)s.", state=label), "success")
    return redirect(url_for("capabilities.show", capability_id=capability_id), 303)


@blueprint.post("/capabilities/<capability_id>/delete")
@requires(Permission.CAPABILITY_EDIT)
def delete(capability_id: str) -> ResponseReturnValue:
    version = request.form.get("version", type=int)
    services.delete(db(), actor(), capability_id, version)
    flash(gettext("The draft is deleted."), "success")
    return redirect(url_for("capabilities.overview"), 303)
