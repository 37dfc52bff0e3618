"""Pages of fact sheets: files to take along for everybody, and the way back in for owners."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.companies.models import Company
from portal.core import audit, i18n
from portal.core.access import Permission
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import gettext, ngettext
from portal.core.locales import LOCALES
from portal.disclosure import reading as disclosure
from portal.disclosure.rules import NDA
from portal.evidence import presentation
from portal.fact_sheets import comparing, making, queries, services
from portal.fact_sheets.answers import Problem
from portal.fact_sheets.forms import ConfirmForm, ImportForm
from portal.fact_sheets.making import PDF
from portal.fact_sheets.models import FactSheetDraft
from portal.fact_sheets.queries import Material
from portal.fact_sheets.services import Taken
from portal.web.app import actor, db, portal
from portal.web.guards import public, requires
from portal.web.templating import page

blueprint = Blueprint("fact_sheets", __name__)
blueprint.app_template_global("fact_sheet_formats")(making.formats)


@blueprint.get("/companies/<company_id>/fact-sheet/<suffix>")
@public
def of_company(company_id: str, suffix: str) -> ResponseReturnValue:
    """A company's file, as far as the reader sees it; the address says the language."""
    company = queries.company_for(db(), actor(), company_id)
    opened = disclosure.opened(company)
    inside = opened.full and not opened.preview
    found = queries.material(db(), company, opened.reach, inside=inside)
    return _file(found, suffix, company_id, capability=False)


@blueprint.get("/capabilities/<capability_id>/fact-sheet/<suffix>")
@public
def of_capability(capability_id: str, suffix: str) -> ResponseReturnValue:
    """The same with one capability only."""
    row = queries.capability_for(db(), actor(), capability_id)
    opened = disclosure.opened(row)
    company = queries.company_for(db(), actor(), row.company_id)
    found = queries.material(db(), company, opened.reach, inside=True, only=row)
    return _file(found, suffix, capability_id, capability=True)


def _file(found: Material, suffix: str, object_id: str, *, capability: bool) -> Response:
    if suffix not in making.formats():
        raise NotFound
    if suffix == PDF:
        portal().limiter.hit("fact-sheet", actor().user_id or request.remote_addr or "")
    app = portal()
    body = making.made(app.jinja_env, app.settings, found, suffix, capability=capability)
    if actor().owns(found.company.id):
        _note(found.company, suffix)
    answer = Response(body, content_type=making.TYPES[suffix])
    name = making.file_name(object_id, suffix)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _note(company: Company, suffix: str) -> None:
    """In a transaction of its own: a page that is read changes nothing else."""
    detail = {"format": suffix, "locale": i18n.current().tag}
    with portal().database.transaction() as session:
        audit.record(session, actor(), queries.MADE, company, detail)


def _own() -> Material:
    company = queries.company_for(db(), actor(), actor().org_id or "")
    return queries.material(db(), company, NDA, inside=True)


@blueprint.route("/company/fact-sheets", methods=["GET", "POST"])
@requires(Permission.COMPANY_EDIT)
def overview() -> ResponseReturnValue:
    """Files in every language, and the import of one of them."""
    company = queries.company_for(db(), actor(), actor().org_id or "")
    form = ImportForm()
    problems: tuple[Problem, ...] = ()
    if form.validate_on_submit():
        taken = form.accept(lambda: services.take(db(), actor(), _own(), form.name, form.content))
        if taken is not None and not taken.problems:
            return _read(taken)
        problems = taken.problems if taken else ()
    return _overview(company, form, problems)


def _read(taken: Taken) -> ResponseReturnValue:
    """Where a file leads in which nothing is wrong."""
    if taken.differs:
        return redirect(url_for("fact_sheets.differences"), 303)
    flash(gettext("No differences: your profile says the same as the file."), "success")
    return redirect(url_for("fact_sheets.overview"), 303)


def _overview(
    company: Company, form: ImportForm, problems: tuple[Problem, ...]
) -> ResponseReturnValue:
    return page(
        "fact_sheets/overview.html",
        company=company,
        form=form,
        problems=problems,
        locales=LOCALES,
        made=queries.last_made(db(), company.id),
        waiting=services.draft_of(db(), company.id),
        status=422 if problems else None,
    )


@blueprint.route("/company/fact-sheets/import", methods=["GET", "POST"])
@requires(Permission.COMPANY_EDIT)
def differences() -> ResponseReturnValue:
    """What a file would change, to be ticked and confirmed."""
    found, form = _own(), ConfirmForm()
    draft = services.draft_of(db(), found.company.id)
    if draft is None:
        return _no_file()
    status = None
    if form.validate_on_submit():
        done, status = _apply(found, form)
        if done is not None:
            return redirect(url_for("companies.overview"), 303)
    return _differences(found, draft, form, status)


def _no_file() -> ResponseReturnValue:
    if request.method == "POST":
        raise NotFound
    flash(gettext("There is no file to confirm."), "warning")
    return redirect(url_for("fact_sheets.overview"), 303)


def _apply(found: Material, form: ConfirmForm) -> tuple[int | None, int | None]:
    """How many changes counted, or the status of the refusal."""
    ticked = set(request.form.getlist("take"))
    try:
        with db().begin_nested():
            state = form.state.data or ""
            count = services.apply(db(), actor(), found, ticked, state)
    except (Conflict, Invalid) as error:
        form.refuse(error)
        db().expire_all()
        return None, error.status
    done = ngettext("%(num)s change is saved.", "%(num)s changes are saved.", count)
    flash(done, "success")
    return count, None


def _differences(
    found: Material, draft: FactSheetDraft, form: ConfirmForm, status: int | None
) -> ResponseReturnValue:
    if status:
        found = _own()
    document = services.waiting(found, draft)
    parts = comparing.parts(document, draft.answers)
    form.state.data = services.state_of(document)
    ticked = set(request.form.getlist("take")) if request.method == "POST" else None
    return page(
        "fact_sheets/differences.html",
        form=form,
        company=found.company,
        parts=parts,
        draft=draft,
        older=any(document.versions.get(k, v) != v for k, v in draft.versions.items()),
        review=services.reviewed(document, found, parts),
        ticked=ticked,
        actions=comparing.ACTIONS,
        title_of=comparing.title_of,
        words=presentation,
        status=status,
    )


@blueprint.post("/company/fact-sheets/import/discard")
@requires(Permission.COMPANY_EDIT)
def discard() -> ResponseReturnValue:
    """Forget the file."""
    company = queries.company_for(db(), actor(), actor().org_id or "")
    if services.draft_of(db(), company.id) is None:
        raise NotFound
    services.forget(db(), company.id)
    audit.record(db(), actor(), "fact_sheet.discard", company)
    flash(gettext("The file is discarded. Nothing was changed."), "success")
    return redirect(url_for("fact_sheets.overview"), 303)
