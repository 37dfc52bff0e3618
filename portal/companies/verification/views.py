"""Pages of verification: the company's own, its papers, and the report of a profile."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.companies import queries as companies
from portal.companies.models import Company
from portal.companies.presentation import shown
from portal.companies.verification import queries, rules
from portal.companies.verification.forms import (
    AppealForm,
    AskForm,
    DocumentsForm,
    ReportForm,
    change_form,
)
from portal.companies.verification.services import appeals, changes, reports, requests
from portal.core import clock
from portal.core.access import Permission
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.web.app import actor, db, portal
from portal.web.attachments import download
from portal.web.guards import public_form, requires, signed_in
from portal.web.templating import page

blueprint = Blueprint("verification", __name__)


def _to_overview() -> ResponseReturnValue:
    return redirect(url_for("verification.overview"), 303)


@blueprint.get("/company/verification")
@requires(Permission.COMPANY_VIEW)
def overview() -> ResponseReturnValue:
    if not companies.has_profile(db(), actor()):
        return redirect(url_for("companies.overview"), 303)
    return _overview(DocumentsForm())


def _overview(form: DocumentsForm, status: int | None = None) -> ResponseReturnValue:
    company = queries.own_company(db(), actor())
    checks = queries.checks_of(db(), company.id)
    rows = queries.requests_of(db(), company.id)
    waiting = next((row for row in rows if row.state in queries.WAITING), None)
    if waiting is not None and not form.version.data:
        form.version.data = str(waiting.version)
    return page(
        "companies/verification/overview.html",
        status=status,
        form=form,
        company=company,
        standing=company.standing(),
        counting=queries.current(checks, clock.now().date()),
        checks=checks,
        requests=rows,
        waiting=waiting,
        changes=queries.changes_of(db(), company.id),
        documents=queries.documents_of(db(), company.id),
        may_edit=actor().may(Permission.COMPANY_EDIT),
        rules=rules,
    )


@blueprint.route("/company/verification/request", methods=["GET", "POST"])
@requires(Permission.COMPANY_EDIT)
def ask() -> ResponseReturnValue:
    company = queries.own_company(db(), actor())
    told = gettext("The base has your request. You will be told here and by mail.")
    return _asked(AskForm(company), company, requests.ask, "companies/verification/ask.html", told)


def _asked(
    form: Any, company: Company, verb: Callable[..., Any], template: str, told: str
) -> ResponseReturnValue:
    """A form that asks the base for something."""
    if form.validate_on_submit() and form.accept(lambda: verb(db(), actor(), form.to_input())):
        flash(told, "success")
        return _to_overview()
    return page(template, form=form, company=company, rules=rules, status=form.refused or None)


@blueprint.post("/company/verification/requests/<request_id>/documents")
@requires(Permission.COMPANY_EDIT)
def upload(request_id: str) -> ResponseReturnValue:
    form = DocumentsForm()
    version = form.seen_version() or 0
    if form.validate_on_submit() and form.accept(
        lambda: requests.upload(db(), actor(), request_id, form.documents.store(), version)
    ):
        flash(gettext("The base has your documents."), "success")
        return _to_overview()
    return _overview(form, form.refused or None)


@blueprint.post("/company/verification/requests/<request_id>/withdraw")
@requires(Permission.COMPANY_EDIT)
def withdraw_request(request_id: str) -> ResponseReturnValue:
    requests.withdraw(db(), actor(), request_id, _version())
    flash(gettext("Your request is withdrawn. You can ask again at any time."), "success")
    return _to_overview()


def _version() -> int:
    return request.form.get("version", default=0, type=int)


@blueprint.route("/company/verification/identity", methods=["GET", "POST"])
@requires(Permission.COMPANY_EDIT)
def change() -> ResponseReturnValue:
    company = queries.own_company(db(), actor())
    if company.published_at is None:
        return redirect(url_for("companies.edit"), 303)
    told = gettext("The base has your wish. You will be told here and by mail.")
    template = "companies/verification/change.html"
    return _asked(change_form(company), company, changes.ask, template, told)


@blueprint.post("/company/verification/changes/<change_id>/withdraw")
@requires(Permission.COMPANY_EDIT)
def withdraw_change(change_id: str) -> ResponseReturnValue:
    changes.withdraw(db(), actor(), change_id, _version())
    flash(gettext("Your wish is withdrawn."), "success")
    return _to_overview()


@blueprint.route("/company/verification/appeal", methods=["GET", "POST"])
@requires(Permission.COMPANY_EDIT)
def appeal() -> ResponseReturnValue:
    company = queries.own_company(db(), actor())
    written = queries.appeal_of(db(), company) if company.suspended_at else None
    form = AppealForm()
    if form.validate_on_submit() and form.accept(
        lambda: appeals.write(db(), actor(), form.body.data, form.documents.store())
    ):
        flash(gettext("Your appeal is with the base. Somebody else will decide on it."), "success")
        return redirect(url_for("verification.appeal"), 303)
    context: dict[str, Any] = {"form": form, "company": company, "written": written}
    context["documents"] = queries.documents(db(), written) if written else []
    return page(
        "companies/verification/appeal.html", **context, rules=rules, status=form.refused or None
    )


@blueprint.get("/verification/documents/<document_id>")
@signed_in
def document(document_id: str) -> ResponseReturnValue:
    return download(queries.document_for(db(), actor(), document_id))


@blueprint.route("/companies/<company_id>/report", methods=["GET", "POST"])
@public_form
def report(company_id: str) -> ResponseReturnValue:
    company = companies.company_for(db(), actor(), company_id)
    if actor().owns(company.id):
        raise NotFound
    form = ReportForm()
    if form.validate_on_submit():
        portal().limiter.hit("report", actor().user_id or request.remote_addr or "")
        if form.accept(
            lambda: reports.report(db(), actor(), company.id, form.reason.data, form.body.data)
        ):
            flash(gettext("Thank you. The base will look into it."), "success")
            return redirect(url_for("companies.show", company_id=company.id), 303)
    name = shown(company.texts, "name")
    return page("companies/verification/report.html", form=form, company=company, name=name)
