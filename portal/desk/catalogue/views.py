"""Services and forms in the desk: looking at them, editing, previewing, publishing."""

from typing import Any, cast

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.errors import DomainError, NotFound
from portal.core.i18n import gettext
from portal.desk.blueprint import blueprint
from portal.desk.catalogue.forms import TYPES, QuestionForm, ServiceForm, language_names
from portal.service_requests import catalogue as services
from portal.service_requests import editing, prefill
from portal.service_requests.catalogue import Live, Service, check, definition
from portal.service_requests.catalogue.diff import differences, label_in
from portal.service_requests.fields import COMPOSITE
from portal.service_requests.forms import built
from portal.thesaurus.forms import ReasonForm
from portal.web.app import actor, db, portal
from portal.web.guards import requires
from portal.web.templating import page

STEPS = {"up": -1, "down": 1}


@blueprint.get("/desk/catalogue")
@requires(Permission.CATALOGUE_VIEW)
def catalogue() -> ResponseReturnValue:
    return page(
        "desk/catalogue/list.html",
        groups=services.groups(),
        newest=editing.newest(db()),
        catalogue=services,
    )


@blueprint.get("/desk/catalogue/<code>")
@requires(Permission.CATALOGUE_VIEW)
def catalogue_service(code: str) -> ResponseReturnValue:
    return _service_page(code, ReasonForm(formdata=None))


def _service_page(code: str, form: ReasonForm, status: int | None = None) -> ResponseReturnValue:
    history = editing.versions(db(), code)
    copy = editing.copy_of(db(), actor(), code)
    return page(
        "desk/catalogue/service.html",
        form=form,
        status=status,
        copy=copy,
        service=_as_service(copy.code, copy.record),
        present=history[0],
        history=history,
        changes=differences(history[0].record, copy.record) if copy.is_changed else [],
        findings=check.findings(copy.record),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "types": TYPES,
        "label_in": label_in,
        "languages": language_names(),
        "catalogue": services,
        "may_edit": actor().may(Permission.CATALOGUE_EDIT),
    }


def _as_service(code: str, record: definition.Record, version: int = 0) -> Service:
    """A service made of a record that may still have faults."""
    shipped = services.SHIPPED[code]
    return definition.from_record(record, version, shipped)


# Texts and promise


@blueprint.route("/desk/catalogue/<code>/texts", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_EDIT)
def catalogue_texts(code: str) -> ResponseReturnValue:
    copy = editing.copy_of(db(), actor(), code)
    form = ServiceForm.of(copy.record) if request.method == "GET" else ServiceForm()
    if form.validate_on_submit():
        editing.keep(db(), actor(), code, form.to_record(copy.record))
        flash(gettext("Kept in your working copy."), "success")
        return redirect(url_for("desk.catalogue_service", code=copy.code), 303)
    return page("desk/catalogue/texts.html", form=form, copy=copy, **_words())


# Questions


@blueprint.route("/desk/catalogue/<code>/questions/new", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_EDIT)
def new_question(code: str) -> ResponseReturnValue:
    return _edited(editing.copy_of(db(), actor(), code), None)


@blueprint.route("/desk/catalogue/<code>/questions/<name>", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_EDIT)
def edit_question(code: str, name: str) -> ResponseReturnValue:
    copy = editing.copy_of(db(), actor(), code)
    return _edited(copy, editing.place_of(copy.record, name))


def _edited(copy: editing.Copy, place: int | None) -> ResponseReturnValue:
    questions = copy.record["questions"]
    shown = None if place is None else questions[place]
    form = QuestionForm.of(shown) if request.method == "GET" else QuestionForm()
    form.prepare(questions[:place])
    if shown is not None:
        form.id.data = shown["id"]
    if not form.choices.entries:
        form.choices.append_entry({})
    if form.rows_changed():
        return _question_page(copy, form, shown, 200)
    if form.validate_on_submit() and _question_fits(copy, form, place):
        record = editing.with_question(copy.record, form.to_question(), place)
        editing.keep(db(), actor(), copy.code, record)
        flash(gettext("Kept in your working copy."), "success")
        return redirect(url_for("desk.catalogue_service", code=copy.code) + "#questions", 303)
    return _question_page(copy, form, shown)


def _question_fits(copy: editing.Copy, form: QuestionForm, place: int | None) -> bool:
    """Whether the checker has nothing against this question; its findings go to the fields."""
    record = editing.with_question(copy.record, form.to_question(), place)
    at = len(record["questions"]) - 1 if place is None else place
    prefix = f"questions.{at}."
    found = [f for f in check.findings(record) if f.path.startswith(prefix)]
    for finding in found:
        form.show(finding.path.removeprefix(prefix), finding.message)
    return not found


def _question_page(
    copy: editing.Copy, form: QuestionForm, shown: Any, status: int | None = None
) -> ResponseReturnValue:
    return page(
        "desk/catalogue/question.html", form=form, status=status, copy=copy, shown=shown, **_words()
    )


@blueprint.post("/desk/catalogue/<code>/questions/<name>/<step>")
@requires(Permission.CATALOGUE_EDIT)
def change_question(code: str, name: str, step: str) -> ResponseReturnValue:
    """Move a question up or down, or remove it."""
    copy = editing.copy_of(db(), actor(), code)
    if step in STEPS:
        record = editing.moved_question(copy.record, name, STEPS[step])
    elif step == "remove":
        record = editing.without_question(copy.record, name)
    else:
        raise NotFound
    editing.keep(db(), actor(), code, record)
    return redirect(url_for("desk.catalogue_service", code=copy.code) + "#questions", 303)


# Preview, publishing, history


@blueprint.get("/desk/catalogue/<code>/preview")
@requires(Permission.CATALOGUE_VIEW)
def preview_service(code: str) -> ResponseReturnValue:
    """The form as requesters would see it, in the language of the page."""
    copy = editing.copy_of(db(), actor(), code)
    service = _as_service(copy.code, copy.record)
    cls = built(copy.code, service.form)
    form = cls(formdata=request.args) if request.args else cls(formdata=None)
    asked = {question.id for question in form.asked()}
    return page(
        "desk/catalogue/preview.html",
        form=form,
        status=200,
        copy=copy,
        service=service,
        sections=prefill.sections(service.form, lambda question: question.id in asked),
        steering=frozenset(q.when.question for q in service.form.questions if q.when),
        composite=COMPOSITE,
        **_words(),
    )


@blueprint.post("/desk/catalogue/<code>/publish")
@requires(Permission.CATALOGUE_EDIT)
def publish_service(code: str) -> ResponseReturnValue:
    form = ReasonForm()
    return _published(
        code, form, lambda: editing.publish(db(), actor(), code, form.reason.data or "")
    )


@blueprint.post("/desk/catalogue/<code>/versions/<int:number>/restore")
@requires(Permission.CATALOGUE_EDIT)
def restore_service(code: str, number: int) -> ResponseReturnValue:
    form = ReasonForm()
    editing.version_of(db(), code, number)
    return _published(
        code, form, lambda: editing.withdraw(db(), actor(), code, number, form.reason.data or "")
    )


def _published(code: str, form: ReasonForm, verb: Any) -> ResponseReturnValue:
    if not form.validate_on_submit():
        return _service_page(code, form)
    try:
        revision = verb()
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        _show_refusal(form, error)
        return _service_page(code, form, error.status)
    cast(Live, portal().extensions["catalogue"]).expect_change()
    flash(gettext("Version %(number)s is in force.", number=revision.version), "success")
    return redirect(url_for("desk.catalogue_service", code=revision.code), 303)


def _show_refusal(form: ReasonForm, error: DomainError) -> None:
    """The checker's findings stand beside; a missing reason is said at its field."""
    if error.field:
        form.refuse(error)
    else:
        form.form_errors.append(str(error.message))


@blueprint.post("/desk/catalogue/<code>/discard")
@requires(Permission.CATALOGUE_EDIT)
def discard_service(code: str) -> ResponseReturnValue:
    editing.discard(db(), actor(), code)
    flash(gettext("The working copy is discarded."), "success")
    return redirect(url_for("desk.catalogue_service", code=code), 303)


@blueprint.get("/desk/catalogue/<code>/versions/<int:number>")
@requires(Permission.CATALOGUE_VIEW)
def service_version(code: str, number: int) -> ResponseReturnValue:
    version, before = editing.version_of(db(), code, number)
    return page(
        "desk/catalogue/version.html",
        form=ReasonForm(formdata=None),
        code=code.upper(),
        version=version,
        service=_as_service(code.upper(), version.record, version.number),
        changes=differences(before.record, version.record) if before else [],
        present=editing.present(db(), code).form.version,
        **_words(),
    )
