"""Pages where a company keeps its sustainability figures and references."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.companies import services as companies
from portal.companies.facts import queries, services
from portal.companies.facts.forms import FactsForm, ReferencesForm, SustainabilityForm
from portal.companies.facts.models import CompanyReference, SustainabilityFact
from portal.companies.models import Company
from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.web.app import actor, db
from portal.web.guards import requires
from portal.web.templating import page

blueprint = Blueprint("company_facts", __name__)


@dataclass(frozen=True)
class Kept:
    """One of the two lists: its form, rows, verb and page."""

    form: type[FactsForm]
    model: type[Any]
    save: Callable[..., Company]
    template: str


SUSTAINABILITY = Kept(
    SustainabilityForm,
    SustainabilityFact,
    services.set_sustainability,
    "companies/sustainability.html",
)
REFERENCES = Kept(
    ReferencesForm, CompanyReference, services.set_references, "companies/references.html"
)


@blueprint.route("/company/sustainability", methods=["GET", "POST"])
@requires(Permission.COMPANY_EDIT)
def sustainability() -> ResponseReturnValue:
    return _edited(SUSTAINABILITY)


@blueprint.route("/company/references", methods=["GET", "POST"])
@requires(Permission.COMPANY_EDIT)
def references() -> ResponseReturnValue:
    return _edited(REFERENCES)


def _edited(kept: Kept) -> ResponseReturnValue:
    company = companies.own_or_blank(db(), actor())
    form = kept.form(data=_values(kept, company))
    if not form.reshaped() and form.validate_on_submit() and form.accept(lambda: _save(kept, form)):
        flash(gettext("Saved. Now show the base a document for what is new."), "success")
        return redirect(url_for("evidence.own"), 303)
    status = None
    if request.method == "POST" and form.seen_version() != company.version:
        form.version.data, status = str(company.version), 409
    return page(kept.template, form=form, company=company, status=status)


def _values(kept: Kept, company: Company) -> dict[str, Any]:
    names = [column.key for column in kept.model.__table__.columns]
    rows = queries.rows(db(), kept.model, [company.id])
    listed = [{name: getattr(row, name) for name in names} for row in rows]
    return {"version": str(company.version), kept.form.list_name: listed}


def _save(kept: Kept, form: FactsForm) -> Company:
    companies.ensure_profile(db(), actor().org_id or "")
    return kept.save(db(), actor(), form.inputs(), form.seen_version() or 0)
