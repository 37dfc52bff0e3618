"""Partner institutions in the desk: directory with figures, profile, people, working hours."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import queries as accounts
from portal.accounts import services as account_services
from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.desk.blueprint import blueprint
from portal.service_requests import catalogue
from portal.service_requests.models import Partner
from portal.service_requests.partners import (
    figures,
    hours,
    pages,
    presentation,
    queries,
    rules,
    services,
)
from portal.service_requests.partners.forms import InviteForm, PartnerForm
from portal.service_requests.partners.queries import Filters
from portal.web.app import actor, db
from portal.web.forms import asked_line
from portal.web.guards import requires
from portal.web.paging import paginate
from portal.web.templating import page


def _filters() -> Filters:
    given = {name: asked_line(name) for name in ("kind", "service", "country", "q")}
    return Filters(**given, inactive=request.args.get("inactive") == "1")


@blueprint.get("/desk/partners")
@requires(Permission.PARTNER_VIEW)
def partners() -> ResponseReturnValue:
    filters = _filters()
    shown = paginate(db(), queries.directory(filters))
    return page(
        "desk/partners/list.html",
        partners=shown,
        figures=figures.of_partners(db(), [row.id for row in shown]),
        filters=filters,
        edits=actor().may(Permission.PARTNER_EDIT),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "kinds": rules.KINDS,
        "kind_icons": rules.KIND_ICONS,
        "no_figures": figures.NONE,
        "catalogue": catalogue,
        "show": presentation,
        "workflow": rules.WORKFLOW,
    }


@blueprint.get("/desk/partners/figures", endpoint="partner_figures")
@requires(Permission.PARTNER_VIEW)
def partners_compared() -> ResponseReturnValue:
    """Who answers well: all partners side by side."""
    known = figures.of_partners(db())
    rows = [(row, known.get(row.id, figures.NONE)) for row in queries.active(db())]
    ordered = sorted(rows, key=lambda pair: (-pair[1].asked, pair[0].organisation.name))
    return page("desk/partners/figures.html", rows=ordered, **_words())


@blueprint.route("/desk/partners/new", methods=["GET", "POST"])
@requires(Permission.PARTNER_EDIT)
def new_partner() -> ResponseReturnValue:
    form = PartnerForm()
    if form.validate_on_submit():
        made = form.accept(lambda: services.create(db(), actor(), form.to_input()))
        if made:
            flash(gettext("The partner is entered. Now invite its people."), "success")
            return redirect(url_for("desk.partner", partner_id=made.id), 303)
    return page("desk/partners/form.html", form=form, partner=None)


@blueprint.get("/desk/partners/<partner_id>")
@requires(Permission.PARTNER_VIEW)
def partner(partner_id: str) -> ResponseReturnValue:
    return _show(queries.partner(db(), partner_id), InviteForm(formdata=None))


def _show(found: Partner, form: InviteForm, status: int | None = None) -> ResponseReturnValue:
    tab = "done" if request.args.get("tab") == "done" else "open"
    edits = actor().may(Permission.PARTNER_EDIT)
    return page(
        "desk/partners/show.html",
        form=form,
        status=status,
        partner=found,
        services=[catalogue.get(code).title for code in found.services],
        figures=figures.of_partners(db(), [found.id]).get(found.id, figures.NONE),
        referrals=paginate(db(), queries.of_partner(actor(), found.id, tab)),
        tab=tab,
        members=accounts.members(db(), found.id),
        invitations=accounts.open_invitations(db(), found.id) if edits else [],
        role_labels={c.value: c.label for c in form.role.choices},
        ahead=hours.ahead(db(), found.calendar, actor().locale),
        edits=edits,
        **_words(),
    )


@blueprint.route("/desk/partners/<partner_id>/edit", methods=["GET", "POST"])
@requires(Permission.PARTNER_EDIT)
def edit_partner(partner_id: str) -> ResponseReturnValue:
    found = queries.partner(db(), partner_id)
    form = PartnerForm() if request.method == "POST" else PartnerForm.of(found)
    if form.validate_on_submit() and form.accept(
        lambda: services.edit(db(), actor(), found.id, form.to_input(), form.seen_version())
    ):
        flash(gettext("The partner is saved."), "success")
        return redirect(url_for("desk.partner", partner_id=found.id), 303)
    return page("desk/partners/form.html", form=form, partner=found, status=form.refused or None)


@blueprint.route("/desk/partners/<partner_id>/hours", methods=["GET", "POST"])
@requires(Permission.PARTNER_EDIT)
def partner_hours(partner_id: str) -> ResponseReturnValue:
    found = queries.partner(db(), partner_id)
    back = url_for("desk.partner", partner_id=found.id)
    return pages.working_hours(found, back, gettext("The working hours are saved."))


@blueprint.post("/desk/partners/<partner_id>/invitations")
@requires(Permission.PARTNER_EDIT)
def invite_to_partner(partner_id: str) -> ResponseReturnValue:
    found = queries.partner(db(), partner_id)
    form = InviteForm()
    if form.validate_on_submit() and form.accept(
        lambda: account_services.invite_to(db(), actor(), found.id, form.email.data, form.role.data)
    ):
        flash(gettext("The invitation is on its way."), "success")
        return redirect(url_for("desk.partner", partner_id=found.id), 303)
    return _show(found, form, form.refused or 422)


@blueprint.post("/desk/partners/<partner_id>/invitations/<invitation_id>/withdraw")
@requires(Permission.PARTNER_EDIT)
def withdraw_partner_invitation(partner_id: str, invitation_id: str) -> ResponseReturnValue:
    found = queries.partner(db(), partner_id)
    account_services.withdraw_invitation(db(), actor(), invitation_id)
    flash(gettext("The invitation is withdrawn."), "success")
    return redirect(url_for("desk.partner", partner_id=found.id), 303)
