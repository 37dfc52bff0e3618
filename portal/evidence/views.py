"""Pages of evidence: what is proven of a company, and where its owner proves more."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.companies.models import Company
from portal.companies.presentation import shown as shown_text
from portal.core import clock
from portal.core.access import Permission
from portal.core.errors import Conflict, NotFound
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.disclosure import reading
from portal.disclosure.rules import NDA
from portal.evidence import facts, presentation, queries, services
from portal.evidence.facts import Fact, Heading, Line
from portal.evidence.forms import DocumentForm
from portal.web.app import actor, db
from portal.web.attachments import download
from portal.web.guards import public, requires
from portal.web.templating import page

blueprint = Blueprint("evidence", __name__)


def listed(
    company: Company, reach: str, *, inside: bool
) -> tuple[list[Line], list[Heading], list[Fact]]:
    """The lines a reader sees of a company, with the headings they stand under."""
    headings, found = facts.of_company(db(), company, inside=inside)
    seen = facts.visible(found, reach)
    return presentation.lines(seen, queries.standings(db(), [company.id])), headings, seen


@blueprint.get("/companies/<company_id>/evidence")
@public
def show(company_id: str) -> ResponseReturnValue:
    company = queries.company_for(db(), actor(), company_id)
    opened = reading.opened(company)
    rows, headings, _seen = listed(company, opened.reach, inside=False)
    return page(
        "evidence/show.html",
        company=company,
        name=shown_text(company.texts, "name"),
        opened=opened,
        groups=presentation.grouped(rows, headings),
        summary=presentation.summary(rows),
        words=presentation,
        today=clock.now().date(),
    )


@blueprint.get("/company/evidence")
@requires(Permission.COMPANY_VIEW)
def own() -> ResponseReturnValue:
    company = _own()
    rows, headings, _seen = listed(company, NDA, inside=True)
    urgent = presentation.urgent(rows)
    return page(
        "evidence/own.html",
        company=company,
        urgent=urgent,
        groups=presentation.grouped([row for row in rows if row not in urgent], headings),
        summary=presentation.summary(rows),
        words=presentation,
        may_edit=actor().may(Permission.COMPANY_EDIT),
        today=clock.now().date(),
    )


def _own() -> Company:
    return queries.company_for(db(), actor(), actor().org_id or "")


def fact_of(company: Company, anchor: str) -> tuple[Fact, Heading]:
    """The fact that a line of the page stands for. Raises NotFound."""
    headings, found = facts.of_company(db(), company, inside=True)
    fact = next((each for each in found if each.anchor == anchor), None)
    if fact is None:
        raise NotFound
    return fact, next(h for h in headings if h.key == fact.group)


def fact_page(template: str, company: Company, fact: Fact, **more: Any) -> ResponseReturnValue:
    """The page of one fact with its history."""
    rows = queries.history(db(), company.id).get(fact.subject.identity, [])
    standing = queries.standing(db(), fact.subject)
    return page(
        template,
        company=company,
        fact=fact,
        standing=standing,
        history=rows,
        words=presentation,
        **more,
    )


def unchanged(fact: Fact, digest: str | None) -> None:
    """Refuse what was meant for another value of the fact. Raises Conflict."""
    if digest != fact.subject.digest:
        raise Conflict(_l("Somebody else has changed this in the meantime. Please look again."))


@blueprint.route("/company/evidence/<anchor>", methods=["GET", "POST"])
@requires(Permission.COMPANY_EDIT)
def prove(anchor: str) -> ResponseReturnValue:
    company = _own()
    fact, heading = fact_of(company, anchor)
    form = DocumentForm()
    if form.validate_on_submit() and form.accept(lambda: _shown(fact, form)):
        flash(gettext("Thank you. The base looks at the document and tells you."), "success")
        return redirect(url_for("evidence.own"), 303)
    form.digest.data = fact.subject.digest
    return fact_page("evidence/prove.html", company, fact, form=form, heading=heading)


def _shown(fact: Fact, form: DocumentForm) -> object:
    unchanged(fact, form.digest.data)
    (document,) = form.document.store(confidential=True)
    return services.show(db(), actor(), fact.subject, document)


@blueprint.get("/company/evidence/documents/<evidence_id>")
@requires(Permission.COMPANY_VIEW)
def document(evidence_id: str) -> ResponseReturnValue:
    return download(queries.document_for(db(), actor(), evidence_id))
