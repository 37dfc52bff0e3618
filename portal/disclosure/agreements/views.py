"""Pages of agreements, for the two sides and for the base."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import i18n, sheet
from portal.core.access import Permission
from portal.core.errors import Conflict, NotFound
from portal.core.i18n import gettext
from portal.core.texts import site_name
from portal.disclosure.agreements import queries, rules, services, shipped
from portal.disclosure.agreements.forms import template_form
from portal.disclosure.blueprint import blueprint
from portal.disclosure.models import Nda, NdaTemplate
from portal.paths import STATIC
from portal.web.app import actor, db, portal
from portal.web.guards import requires, signed_in
from portal.web.templating import page


@blueprint.get("/agreements")
@requires(Permission.INQUIRY_VIEW)
def agreements() -> ResponseReturnValue:
    rows = queries.own(db(), actor())
    ids = {i for nda in rows for i in (nda.proposer_id, nda.other_id)}
    return page(
        "disclosure/agreements.html",
        rows=rows,
        names=queries.names(db(), ids),
        workflow=rules.WORKFLOW,
    )


@blueprint.get("/agreements/<nda_id>")
@signed_in
def agreement(nda_id: str) -> ResponseReturnValue:
    nda = queries.nda_for(db(), actor(), nda_id)
    return page(
        "disclosure/agreement.html",
        steps=rules.WORKFLOW.available(nda, actor()),
        paper=sheet.available(),
        **_shown(nda),
    )


def _shown(nda: Nda) -> dict[str, Any]:
    """The words that were agreed on, and who agreed; an older language reads as it was accepted."""
    sides = (nda.proposer_id, nda.other_id)
    return {
        "nda": nda,
        "text": queries.text_in(nda.template, nda.locale),
        "state": rules.WORKFLOW.state(nda.state),
        "sides": sides,
        "names": queries.names(db(), set(sides)),
        "accepted": {row.organisation_id: row for row in nda.acceptances},
        "signers": queries.signers(db(), actor(), nda),
    }


@blueprint.get("/agreements/<nda_id>/agreement.pdf")
@signed_in
def agreement_copy(nda_id: str) -> ResponseReturnValue:
    """The agreement on paper, with the names of both sides."""
    nda = queries.nda_for(db(), actor(), nda_id)
    if not sheet.available():
        raise NotFound
    html = (
        portal()
        .jinja_env.get_template("disclosure/agreement_copy.html")
        .render(locale=i18n.current(), site_name=site_name(portal().settings), **_shown(nda))
    )
    headers = {
        "Content-Disposition": f'attachment; filename="agreement-{nda.id}.pdf"',
        "Cache-Control": "private, no-store",
    }
    body = sheet.pdf(html, STATIC / "sheet.css")
    return Response(body, mimetype="application/pdf", headers=headers)


@blueprint.post("/agreements/<nda_id>/steps/<name>")
@requires(Permission.INQUIRY_WRITE)
def agreement_step(nda_id: str, name: str) -> ResponseReturnValue:
    version = request.form.get("version", type=int)
    nda = services.move(db(), actor(), nda_id, name, version)
    label = str(rules.WORKFLOW.state(nda.state).label)
    flash(gettext("Done. The state is now: %(state)s.", state=label), "success")
    return redirect(url_for("disclosure.agreement", nda_id=nda_id), 303)


# the base's templates


@blueprint.get("/desk/agreements")
@requires(Permission.TEXT_MODULE_EDIT)
def templates() -> ResponseReturnValue:
    return page("disclosure/templates.html", rows=queries.templates(db()), workflow=rules.TEMPLATES)


@blueprint.route("/desk/agreements/new", methods=["GET", "POST"])
@requires(Permission.TEXT_MODULE_EDIT)
def new_template() -> ResponseReturnValue:
    """A new version begins with the one in force, the first with the text that is shipped."""
    before = queries.current(db())
    return _writing(None, _texts(before) if before else shipped.texts())


def _texts(row: NdaTemplate) -> dict[str, tuple[str, str]]:
    return {text.locale: (text.title, text.body) for text in row.texts}


@blueprint.route("/desk/agreements/<template_id>", methods=["GET", "POST"])
@requires(Permission.TEXT_MODULE_EDIT)
def template(template_id: str) -> ResponseReturnValue:
    row = queries.template(db(), template_id)
    if request.method == "POST" and row.state != "draft":
        raise Conflict(str(services.FIXED))
    return _writing(row, _texts(row))


def _writing(row: NdaTemplate | None, texts: dict[str, tuple[str, str]]) -> ResponseReturnValue:
    form = template_form(row, texts)
    if form.validate_on_submit():
        seen, row_id = form.seen_version(), row.id if row else None
        saved = form.accept(lambda: services.write(db(), actor(), form.to_input(), row_id, seen))
        if saved is not None:
            flash(gettext("The text is saved."), "success")
            return redirect(url_for("disclosure.templates"), 303)
    return page("disclosure/template.html", form=form, row=row, workflow=rules.TEMPLATES)


@blueprint.post("/desk/agreements/<template_id>/steps/<name>")
@requires(Permission.TEXT_MODULE_EDIT)
def template_step(template_id: str, name: str) -> ResponseReturnValue:
    version = request.form.get("version", type=int)
    row = services.move_template(db(), actor(), template_id, name, version)
    label = str(rules.TEMPLATES.state(row.state).label)
    flash(gettext("Done. The state is now: %(state)s.", state=label), "success")
    return redirect(url_for("disclosure.templates"), 303)
