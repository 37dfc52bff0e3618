"""What supervisors keep of the test centre: lines, published weeks, programmes."""

from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.core.locales import LOCALES
from portal.desk.blueprint import blueprint
from portal.test_centre import keeping, presentation, programmes, queries, rules, weeks
from portal.test_centre.forms import LineForm, ProgrammeForm, PublishForm
from portal.test_centre.keeping import ProgrammeInput
from portal.test_centre.programmes import Programme
from portal.web.app import actor, db
from portal.web.guards import requires
from portal.web.templating import page


@blueprint.route("/desk/test-centre/weeks", methods=["GET", "POST"])
@requires(Permission.TEST_CENTRE_EDIT)
def test_weeks() -> ResponseReturnValue:
    """The lines with their weeks, and the form that publishes more of them."""
    monday = rules.monday(rules.today())
    lines = queries.lines(db(), all_of_them=True)
    form = PublishForm()
    form.offer(
        [line for line in lines if not line.retired], rules.weeks_from(monday, 2 * queries.AHEAD)
    )
    if form.validate_on_submit() and _publish(form):
        return redirect(url_for("desk.test_weeks"), 303)
    return page(
        "desk/test_centre/weeks.html",
        form=form,
        lines=lines,
        local=programmes.local,
        known=programmes.every(db()),
        **_weeks(monday),
    )


def _publish(form: PublishForm) -> bool:
    first = date.fromisoformat(form.first.data)
    given = (form.line.data, first, form.count.data, form.places.data)
    changed = form.accept(lambda: weeks.publish(db(), actor(), *given))
    if changed is None:
        return False
    none = gettext("These weeks were published like that already.")
    flash(gettext("Weeks changed: %(num)s.", num=changed) if changed else none, "success")
    return True


def _weeks(monday: date) -> dict[str, Any]:
    """The lines with the weeks from a Monday on."""
    return {
        "rows": queries.calendar(db(), monday, queries.AHEAD),
        "mondays": rules.weeks_from(monday, queries.AHEAD),
        "this_week": monday,
        **presentation.words(),
    }


@blueprint.route("/desk/test-centre/lines/new", methods=["GET", "POST"])
@requires(Permission.TEST_CENTRE_EDIT)
def new_test_line() -> ResponseReturnValue:
    return _edited_line(LineForm(), None)


@blueprint.route("/desk/test-centre/lines/<line_id>", methods=["GET", "POST"])
@requires(Permission.TEST_CENTRE_EDIT)
def test_line(line_id: str) -> ResponseReturnValue:
    line = queries.line(db(), line_id)
    sent = request.method == "POST"
    return _edited_line(LineForm() if sent else LineForm(data=LineForm.data_of(line)), line_id)


def _edited_line(form: LineForm, line_id: str | None) -> ResponseReturnValue:
    known = programmes.every(db())
    form.programmes.choices = [(one.id, one.name) for one in known.values()]
    names = form.name_fields()
    if form.validate_on_submit():
        version = form.seen_version()
        given = form.to_input()
        if form.accept(lambda: weeks.save_line(db(), actor(), line_id, given, version)):
            flash(gettext("Saved."), "success")
            return redirect(url_for("desk.test_weeks"), 303)
    return page("desk/test_centre/line.html", form=form, names=names, line_id=line_id)


@blueprint.get("/desk/test-centre/programmes")
@requires(Permission.TEST_CENTRE_EDIT)
def test_programmes() -> ResponseReturnValue:
    known = programmes.every(db())
    return page(
        "desk/test_centre/programmes.html", programmes=known.values(), **presentation.words()
    )


@blueprint.route("/desk/test-centre/programmes/<programme_id>", methods=["GET", "POST"])
@requires(Permission.TEST_CENTRE_EDIT)
def test_programme(programme_id: str) -> ResponseReturnValue:
    found = programmes.get(db(), programme_id)
    sent = request.method == "POST"
    form = ProgrammeForm() if sent else ProgrammeForm(data=ProgrammeForm.data_of(found))
    if form.validate_on_submit() and form.accept(lambda: _save(found, form)):
        flash(gettext("Saved."), "success")
        return redirect(url_for("desk.test_programmes"), 303)
    return page(
        "desk/test_centre/programme.html",
        form=form,
        status=form.refused or None,
        programme=found,
        languages=_languages(form),
    )


def _save(found: Programme, form: ProgrammeForm) -> Programme:
    span = (form.weeks_from.data, form.weeks_to.data)
    data = ProgrammeInput(form.offered.data, span, form.texts_by_name())
    return keeping.save(db(), actor(), found.id, data, form.seen_version())


def _languages(form: ProgrammeForm) -> list[tuple[str, Any]]:
    """The rows of texts with the tags of their languages."""
    return [(one.tag, row) for one, row in zip(LOCALES, form.texts.entries, strict=False)]
