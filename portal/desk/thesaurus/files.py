"""Files of the thesaurus in the desk: a download, and an upload to be looked at first."""

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired

from portal.core import clock
from portal.core.access import Permission
from portal.core.errors import DomainError, NotFound
from portal.core.files import Upload, store
from portal.core.i18n import lazy_gettext as _l
from portal.core.i18n import ngettext
from portal.core.models import StoredFile
from portal.desk.blueprint import blueprint
from portal.desk.thesaurus.words import tables
from portal.thesaurus import exchange, overlay, queries, rules, services
from portal.thesaurus.forms import ReasonForm
from portal.thesaurus.skos import Read
from portal.thesaurus.store import Thesaurus, get_thesaurus
from portal.web.app import actor, db, portal
from portal.web.forms import BaseForm
from portal.web.guards import requires
from portal.web.templating import page

SHOWN = 100
_UPLOADED = "; purpose=thesaurus"


class UploadForm(BaseForm):
    file = FileField(_l("File"), [FileRequired(_l("Please choose a file."))])


@blueprint.get("/desk/thesaurus/export/<name>")
@requires(Permission.THESAURUS_VIEW)
def export_thesaurus(name: str) -> ResponseReturnValue:
    """The thesaurus in force as a file."""
    if name not in exchange.MEDIA_TYPES:
        raise NotFound
    answer = Response(
        exchange.write(get_thesaurus(), name),
        content_type=f"{exchange.MEDIA_TYPES[name]}; charset=utf-8",
    )
    file = f"thesaurus-{clock.now():%Y-%m-%d}.{name}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.route("/desk/thesaurus/import", methods=["GET", "POST"])
@requires(Permission.THESAURUS_EDIT)
def import_thesaurus() -> ResponseReturnValue:
    form = UploadForm()
    if form.validate_on_submit():
        stored = form.accept(lambda: _kept(form.file.data))
        if stored is not None:
            return redirect(url_for("desk.imported_thesaurus", file_id=stored.id), 303)
    return page("desk/thesaurus/import.html", form=form, **tables(get_thesaurus()))


def _kept(sent: Any) -> StoredFile:
    try:
        form = exchange.file_format(sent.filename or "")
    except DomainError as error:
        error.field = "file"
        raise
    upload = Upload(sent.filename, exchange.MEDIA_TYPES[form] + _UPLOADED, sent.read())
    return store(db(), portal().files, upload, None)


@blueprint.route("/desk/thesaurus/import/<file_id>", methods=["GET", "POST"])
@requires(Permission.THESAURUS_EDIT)
def imported_thesaurus(file_id: str) -> ResponseReturnValue:
    """What a file would change, to be looked at; then it becomes drafts."""
    stored = _uploaded(file_id)
    planned = queries.planned_thesaurus(db(), queries.drafts(db()))
    content = portal().files.get(stored.sha256)
    found = exchange.read(content, exchange.file_format(stored.name), planned)
    states = list(services.differing(found.concepts, planned))
    form = ReasonForm()
    if not found.faults and form.validate_on_submit():
        written = form.accept(
            lambda: services.draft_all(db(), actor(), states, form.reason.data or "")
        )
        if written is not None:
            count = len(written)
            flash(ngettext("%(num)s draft is made.", "%(num)s drafts are made.", count), "success")
            return redirect(url_for("desk.thesaurus_drafts"), 303)
    return _preview(stored, form, found, states, planned)


def _uploaded(file_id: str) -> StoredFile:
    stored = db().get(StoredFile, file_id)
    if stored is None or not stored.media_type.endswith(_UPLOADED):
        raise NotFound
    return stored


def _preview(
    stored: StoredFile,
    form: ReasonForm,
    found: Read,
    states: Sequence[overlay.State],
    planned: Thesaurus,
) -> ResponseReturnValue:
    changes = [
        (s["id"], list(rules.differences(planned.get(s["id"]), overlay.concept_of(s))))
        for s in states[:SHOWN]
    ]
    would_be = planned.changed({s["id"]: overlay.concept_of(s) for s in states}, "draft")
    return page(
        "desk/thesaurus/imported.html",
        form=form,
        status=422 if request.method == "POST" else None,
        stored=stored,
        read=len(found.concepts),
        count=len(states),
        faults=found.faults,
        changes=changes,
        found=rules.problems([s["id"] for s in states[:SHOWN]], would_be),
        **tables(would_be),
    )
