"""Evidence at the desk: documents that wait, all facts of a company, one finding."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.companies.models import Company
from portal.core import clock
from portal.core.access import Actor, Permission
from portal.core.i18n import gettext
from portal.desk.blueprint import blueprint
from portal.disclosure.rules import NDA
from portal.evidence import presentation, queries, services
from portal.evidence.facts import Fact
from portal.evidence.forms import FindingForm
from portal.evidence.rules import WORKFLOW, Claim
from portal.evidence.views import fact_of, fact_page, listed, unchanged
from portal.web.app import actor, db
from portal.web.attachments import download
from portal.web.guards import requires
from portal.web.templating import page


@dataclass(frozen=True)
class WaitingCompany:
    """A company with documents that nobody has looked at, and since when the first one waits."""

    id: str
    name: Any
    since: Any
    kinds: list[str]


def waiting(session: Session) -> list[WaitingCompany]:
    """The longest waiting first."""
    rows: dict[str, list[Any]] = {}
    for row in session.scalars(queries.documents_waiting()):
        rows.setdefault(row.company_id, []).append(row)
    names = queries.names(session, rows)
    return [
        WaitingCompany(key, names.get(key), found[0].at, [row.kind for row in found])
        for key, found in rows.items()
    ]


@blueprint.get("/desk/evidence", endpoint="evidence")
@requires(Permission.REVIEW_VIEW)
def queue() -> ResponseReturnValue:
    return page("desk/evidence/queue.html", rows=waiting(db()), words=presentation)


@blueprint.get("/desk/evidence/<company_id>", endpoint="evidence_company")
@requires(Permission.REVIEW_VIEW)
def company(company_id: str) -> ResponseReturnValue:
    found = queries.company_for(db(), actor(), company_id)
    rows, headings, _seen = listed(found, NDA, inside=True)
    return page(
        "desk/evidence/company.html",
        company=found,
        name=found.texts[0] if found.texts else None,
        waiting=[row for row in rows if row.standing.waiting is not None],
        groups=presentation.grouped(rows, headings),
        summary=presentation.summary(rows),
        words=presentation,
        today=clock.now().date(),
    )


@blueprint.get("/desk/evidence/<company_id>/<anchor>", endpoint="evidence_fact")
@requires(Permission.REVIEW_VIEW)
def fact(company_id: str, anchor: str) -> ResponseReturnValue:
    found = queries.company_for(db(), actor(), company_id)
    shown, _heading = fact_of(found, anchor)
    return _page(found, shown, FindingForm(formdata=None).offer(shown.subject))


@blueprint.post("/desk/evidence/<company_id>/<anchor>", endpoint="evidence_record")
@requires(Permission.REVIEW_DECIDE)
def record(company_id: str, anchor: str) -> ResponseReturnValue:
    found = queries.company_for(db(), actor(), company_id)
    shown, _heading = fact_of(found, anchor)
    form = FindingForm()
    if form.validate_on_submit() and form.accept(lambda: _record(db(), actor(), shown, form)):
        flash(gettext("Recorded; the company has been told."), "success")
        return redirect(url_for("desk.evidence_company", company_id=company_id), 303)
    form.digest.data = shown.subject.digest
    return _page(found, shown, form, status=form.refused or None)


def _record(session: Session, who: Actor, shown: Fact, form: FindingForm) -> object:
    """The document that waits becomes that of the finding."""
    unchanged(shown, form.digest.data)
    rows = queries.history(session, shown.subject.company_id).get(shown.subject.identity, [])
    latest = rows[0].Evidence.document_id if rows else None
    finding = form.to_input(request.form.get("level", ""), latest)
    return services.record(session, who, shown.subject, finding)


def _page(
    found: Company, shown: Fact, form: FindingForm, status: int | None = None
) -> ResponseReturnValue:
    state = queries.standing(db(), shown.subject).state
    steps = WORKFLOW.available(Claim(found.id, state), actor())
    return fact_page("desk/evidence/fact.html", found, shown, form=form, steps=steps, status=status)


@blueprint.get("/desk/evidence/documents/<evidence_id>", endpoint="evidence_document")
@requires(Permission.REVIEW_VIEW)
def document(evidence_id: str) -> ResponseReturnValue:
    return download(queries.document_for(db(), actor(), evidence_id))
