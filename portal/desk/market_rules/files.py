"""Files of rules in the desk: a download, and an upload that is looked at first."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock, revisions
from portal.core.access import Permission
from portal.core.errors import DomainError, NotFound
from portal.core.files import Upload, store
from portal.core.i18n import ngettext
from portal.core.models import StoredFile
from portal.desk.blueprint import blueprint
from portal.desk.market_rules.forms import ImportForm, UploadForm
from portal.desk.market_rules.views import filters, words
from portal.market_rules import exchange, queries, services
from portal.market_rules.models import MarketRule
from portal.web.app import actor, db, portal
from portal.web.guards import requires
from portal.web.templating import page

SHOWN = 100
_UPLOADED = "; purpose=rules"


@blueprint.get("/desk/market-rules/export/<suffix>")
@requires(Permission.MARKET_RULE_VIEW)
def export_market_rules(suffix: str) -> ResponseReturnValue:
    """What the list shows, as a file."""
    if suffix not in exchange.MEDIA_TYPES:
        raise NotFound
    body = exchange.write(queries.listed(db(), filters()), suffix)
    answer = Response(body, content_type=f"{exchange.MEDIA_TYPES[suffix]}; charset=utf-8")
    name = f"market-rules-{clock.now():%Y-%m-%d}.{suffix}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.route("/desk/market-rules/import", methods=["GET", "POST"])
@requires(Permission.MARKET_RULE_EDIT)
def import_market_rules() -> ResponseReturnValue:
    form = UploadForm()
    if form.validate_on_submit():
        stored = form.accept(lambda: _kept(form.file.data))
        if stored is not None:
            return redirect(url_for("desk.imported_market_rules", file_id=stored.id), 303)
    return page("desk/market_rules/import.html", form=form, columns=exchange.COLUMNS)


def _kept(sent: Any) -> StoredFile:
    form = exchange.file_format(sent.filename or "")
    upload = Upload(sent.filename, exchange.MEDIA_TYPES[form] + _UPLOADED, sent.read())
    return store(db(), portal().files, upload, None)


@blueprint.route("/desk/market-rules/import/<file_id>", methods=["GET", "POST"])
@requires(Permission.MARKET_RULE_EDIT)
def imported_market_rules(file_id: str) -> ResponseReturnValue:
    """What a file would change, to be looked at; then it is written."""
    stored = _uploaded(file_id)
    rows = {row.id: row for row in queries.all_rows(db())}
    known = {rule_id: row.content for rule_id, row in rows.items()}
    content = portal().files.get(stored.sha256)
    found = exchange.read(content, exchange.file_format(stored.name), known)
    form = ImportForm()
    if not found.faults and form.validate_on_submit():
        done = form.accept(lambda: _import(found, form.why.data or ""))
        if done is not None:
            return _done(done["added"] + done["edited"])
    return _preview(stored, form, found, rows)


def _uploaded(file_id: str) -> StoredFile:
    stored = db().get(StoredFile, file_id)
    if stored is None or not stored.media_type.endswith(_UPLOADED):
        raise NotFound
    return stored


def _done(number: int) -> ResponseReturnValue:
    flash(ngettext("%(num)s rule is written.", "%(num)s rules are written.", number), "success")
    return redirect(url_for("desk.market_rules", status="to_review"), 303)


def _preview(
    stored: StoredFile, form: ImportForm, found: exchange.Read, rows: Mapping[str, MarketRule]
) -> ResponseReturnValue:
    differing = [r for r in found.records if services.change(rows.get(r["id"]), r) != "same"]
    return page(
        "desk/market_rules/imported.html",
        form=form,
        status=422 if request.method == "POST" else None,
        stored=stored,
        read=len(found.records),
        faults=found.faults,
        count=len(differing),
        changes=[(r, _changes(rows.get(r["id"]), r)) for r in differing[:SHOWN]],
        **words(),
    )


def _import(found: exchange.Read, why: str) -> dict[str, int]:
    try:
        return services.import_all(db(), actor(), list(found.records), why)
    except DomainError as error:
        error.field = None
        raise


def _changes(row: MarketRule | None, record: dict[str, Any]) -> list[str]:
    """Names of the fields that differ; none for a new rule."""
    changes = revisions.diff(row.content, services.content_of(record)) if row else []
    return [change.field for change in changes]
