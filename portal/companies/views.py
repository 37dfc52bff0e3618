"""Pages of companies."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.companies import queries, rules, services
from portal.companies.forms import ProfileForm
from portal.companies.models import Company
from portal.companies.presentation import profile_page, structured_data, versions
from portal.companies.verification import queries as verification
from portal.companies.verification import rules as verification_rules
from portal.core import clock, files, revisions
from portal.core.access import Permission
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.disclosure import reading
from portal.disclosure.pages import who_sees_what
from portal.listings import panels
from portal.web.app import actor, db, portal
from portal.web.guards import public, requires
from portal.web.templating import page

blueprint = Blueprint("companies", __name__)


@blueprint.get("/companies/<company_id>")
@public
def show(company_id: str) -> ResponseReturnValue:
    found = queries.company_for(db(), actor(), company_id)
    opened = reading.opened(found)
    company = opened.row
    return page(
        "companies/show.html",
        company=company,
        opened=opened,
        panels=panels.of("company", db(), actor(), company),
        structured=structured_data(reading.public(company)),
        verified={"rows": verification.public(db(), found), "rules": verification_rules},
        **profile_page(company, actor()),
    )


@blueprint.get("/companies/<company_id>/logo")
@public
def logo(company_id: str) -> ResponseReturnValue:
    company = reading.shown(queries.company_for(db(), actor(), company_id))
    if company.logo is None:
        raise NotFound
    response = Response(portal().files.get(company.logo.sha256), mimetype=company.logo.media_type)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, max-age=300"
    response.set_etag(company.logo.sha256)
    return response.make_conditional(request)


@blueprint.get("/company")
@requires(Permission.COMPANY_VIEW)
def overview() -> ResponseReturnValue:
    company = services.own_or_blank(db(), actor())
    return page(
        "companies/overview.html",
        company=company,
        rules=rules,
        state=rules.WORKFLOW.state(company.state),
        steps=rules.WORKFLOW.available(company, actor()),
        may_edit=rules.may_edit(company, actor()),
        stale=rules.is_stale(company, clock.now()),
        versions=versions(revisions.history(db(), company)),
    )


@blueprint.route("/company/edit", methods=["GET", "POST"])
@requires(Permission.COMPANY_EDIT)
def edit() -> ResponseReturnValue:
    company = services.own_or_blank(db(), actor())
    form = ProfileForm(company)
    stale = request.method == "POST" and form.is_stale
    if form.rows_changed():
        return _edit_page(form, company)
    if form.validate_on_submit() and form.accept(lambda: _save(form)):
        flash(gettext("Your profile is saved."), "success")
        return redirect(url_for("companies.overview"), 303)
    if stale:
        form.version.data = str(company.version)
    return _edit_page(form, company, 409 if stale else None)


def _edit_page(
    form: ProfileForm, company: Company, status: int | None = None
) -> ResponseReturnValue:
    kind = rules.KIND_LABELS[company.kind]
    return page("companies/edit.html", form=form, company=company, kind_label=kind, status=status)


def _save(form: ProfileForm) -> object:
    stored = None
    if form.upload:
        stored = files.store(db(), portal().files, form.upload, actor().org_id)
    return services.update(db(), actor(), form.to_input(stored), form.seen_version() or 0)


@blueprint.route("/company/disclosure", methods=["GET", "POST"])
@requires(Permission.COMPANY_EDIT)
def disclosure() -> ResponseReturnValue:
    company = services.own_or_blank(db(), actor())
    if request.method == "POST":
        company = services.ensure_profile(db(), company.id)
    name = rules.original(company.texts)
    back = url_for("companies.overview")
    return who_sees_what(company, name.name if name else "", name.locale if name else "", back)


@blueprint.post("/company/confirm")
@requires(Permission.COMPANY_EDIT)
def confirm() -> ResponseReturnValue:
    services.confirm(db(), actor())
    flash(gettext("Thank you. Your profile counts as up to date for another year."), "success")
    return redirect(url_for("companies.overview"), 303)


@blueprint.post("/company/steps/<transition>")
@requires(Permission.COMPANY_EDIT)
def move(transition: str) -> ResponseReturnValue:
    version = request.form.get("version", default=0, type=int)
    services.move(db(), actor(), actor().org_id or "", transition, version=version)
    flash(gettext("Your profile is with the base for review."), "success")
    return redirect(url_for("companies.overview"), 303)
