"""The privacy notice, and what people decide about their own data."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import consents
from portal.accounts import queries as accounts
from portal.core import clock, i18n
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.privacy import exporting, person, queries, services, texts
from portal.privacy.forms import CopyForm, ErasureForm
from portal.privacy.models import EXPORT
from portal.web.app import actor, db, portal
from portal.web.guards import public, signed_in
from portal.web.templating import page

blueprint = Blueprint("privacy", __name__)
STATES = {
    "waiting": _l("Being made"),
    "done": _l("Ready"),
    "expired": _l("Deleted after seven days"),
    "failed": _l("Failed"),
}
KINDS = {
    "service_request": _l("Service requests"),
    "request_file": _l("Files of service requests"),
    "company": _l("Company profile before publication"),
    "capability": _l("Capabilities before publication"),
    "need": _l("Needs before publication"),
    "evidence": _l("Documents of evidence"),
    "verification_document": _l("Documents of the verification"),
}
ROLES = {
    "agent": _l("Agent"),
    "supervisor": _l("Supervisor"),
    "administrator": _l("Administrator"),
}
REASONS = {
    "assigned": _l("In charge of the request"),
    "viewed": _l("Other work of the base"),
    "": _l("Other work of the base"),
}


@blueprint.get("/privacy")
@public
def notice() -> ResponseReturnValue:
    """The notice in force, or the version that the address asks for."""
    version = request.args.get("version", "") or consents.NOTICE
    markdown, language = texts.notice(i18n.current().tag, version)
    return page(
        "privacy/notice.html",
        text=texts.html(markdown),
        language=language,
        version=version,
        in_force=consents.NOTICE,
        versions=texts.versions(),
    )


@blueprint.get("/account/privacy")
@signed_in
def overview() -> ResponseReturnValue:
    user_id, journal = actor().user_id or "", portal().journal
    asked = queries.requests_of(db(), user_id)
    return page(
        "privacy/overview.html",
        **_said(consents.history(db(), user_id)),
        copies=[row for row in asked if row.kind == EXPORT],
        erasure=next((r for r in asked if r.kind != EXPORT and r.state == "waiting"), None),
        sign_ins=queries.sign_ins(db(), user_id),
        failures=journal.events_of(user_id, 10),
        looks=queries.by_day(journal.views_of(actor().org_id or "")),
        words={"states": STATES, "kinds": KINDS, "roles": ROLES, "reasons": REASONS},
    )


def _said(rows: list[consents.Consent]) -> dict[str, Any]:
    """What a person agreed to, from a history that begins with the newest row."""
    newest = {row.purpose: row for row in reversed(rows)}
    return {
        "purposes": [p for p in consents.PURPOSES if p.name != "abroad" or _is_home()],
        "holds": consents.latest(rows),
        "history": [row for row in rows if row.purpose in consents.BY_NAME],
        "labels": consents.BY_NAME,
        "accepted": newest.get("notice"),
        "transfer": newest.get("transfer"),
        "is_abroad": not _is_home(),
        "notice_version": consents.NOTICE,
    }


def _is_home() -> bool:
    return (actor().org_country or consents.HOME) == consents.HOME


@blueprint.post("/account/privacy/consents/<purpose>")
@signed_in
def choose(purpose: str) -> ResponseReturnValue:
    if purpose not in consents.BY_NAME:
        raise NotFound
    given = request.form.get("given") == "1"
    services.choose(db(), actor(), purpose, given)
    flash(gettext("Agreed.") if given else gettext("Withdrawn. It holds from now on."), "success")
    return redirect(url_for("privacy.overview", _anchor="consents"), 303)


@blueprint.post("/account/privacy/notice")
@signed_in
def accept() -> ResponseReturnValue:
    services.accept_notice(db(), actor())
    flash(gettext("Noted."), "success")
    return redirect(url_for("privacy.overview", _anchor="consents"), 303)


@blueprint.route("/account/privacy/copy", methods=["GET", "POST"])
@signed_in
def copy() -> ResponseReturnValue:
    form = CopyForm()
    if form.validate_on_submit():
        portal().limiter.hit("sign-in", actor().email)
        if form.accept(lambda: services.ask_copy(db(), actor(), form.password.data)):
            flash(gettext("The copy is being made. You get a mail when it is ready."), "success")
            return redirect(url_for("privacy.overview", _anchor="copies"), 303)
    return page("privacy/copy_form.html", form=form)


@blueprint.post("/account/privacy/copies/<request_id>")
@signed_in
def take(request_id: str) -> ResponseReturnValue:
    """The archive itself; a form, so that nothing but the person's own click fetches it."""
    row = services.take_copy(db(), actor(), request_id)
    path = portal().settings.instance / exporting.FOLDER / row.file
    answer = Response(path.read_bytes(), mimetype="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.route("/account/privacy/erase", methods=["GET", "POST"])
@signed_in
def erase() -> ResponseReturnValue:
    form = ErasureForm()
    if form.validate_on_submit():
        portal().limiter.hit("sign-in", actor().email)
        wish = (form.password.data, bool(form.close.data))
        if form.accept(lambda: services.ask_erasure(db(), actor(), wish[0], close=wish[1])):
            flash(gettext("Your account will be erased. Until then you can undo it."), "success")
            return redirect(url_for("privacy.overview"), 303)
    user = accounts.acting(db(), actor())
    last = person.is_last_owner(db(), user)
    others = person.colleagues(db(), user) if last else []
    due = clock.now() + services.GRACE
    return page("privacy/erase_form.html", form=form, last=last, others=others, due=due)


@blueprint.post("/account/privacy/erasure/<request_id>/undo")
@signed_in
def keep(request_id: str) -> ResponseReturnValue:
    services.keep_account(db(), actor(), request_id)
    flash(gettext("Your account stays."), "success")
    return redirect(url_for("privacy.overview"), 303)
