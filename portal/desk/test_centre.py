"""The test centre in the desk: board and weeks, the page of a booking, samples in the store."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.desk.blueprint import blueprint
from portal.test_centre import (
    presentation,
    programmes,
    queries,
    results,
    rules,
    samples,
    services,
    views,
)
from portal.test_centre.forms import (
    CustodyForm,
    MoveForm,
    OfferForm,
    ReportForm,
    ResultsForm,
    StepForm,
    start_of,
    starts,
)
from portal.test_centre.models import Booking
from portal.web.app import actor, db
from portal.web.attachments import download
from portal.web.forms import BaseForm
from portal.web.guards import requires
from portal.web.paging import paginate
from portal.web.templating import page

BEFORE = 2


@blueprint.get("/desk/test-centre")
@requires(Permission.TEST_CENTRE_WORK)
def test_centre() -> ResponseReturnValue:
    """Bookings by state, and how full the lines are week by week."""
    first = rules.monday(rules.today()) - timedelta(weeks=BEFORE)
    columns = queries.board(db())
    return page(
        "desk/test_centre/board.html",
        columns=columns,
        finished=queries.finished(db()),
        rows=queries.calendar(db(), first, queries.AHEAD + BEFORE),
        by_week=queries.by_week(db(), first, queries.AHEAD + BEFORE),
        mondays=rules.weeks_from(first, queries.AHEAD + BEFORE),
        known=programmes.every(db()),
        today=rules.today(),
        this_week=rules.monday(rules.today()),
        late={row.id for rows in columns.values() for row in rows if _is_late(row)},
        samples=queries.sample_counts(db()),
        **presentation.words(),
    )


def _is_late(booking: Booking) -> bool:
    return rules.is_late(booking, rules.today())


@blueprint.get("/desk/test-centre/bookings/<booking_id>")
@requires(Permission.TEST_CENTRE_WORK)
def test_booking(booking_id: str) -> ResponseReturnValue:
    return _show(booking_id)


def _show(booking_id: str, **typed: BaseForm) -> ResponseReturnValue:
    """The page of a booking; `typed` are forms that were refused, by name."""
    found = queries.booking_for(db(), actor(), booking_id, *queries.whole())
    refused = next(iter(typed.values()), None)
    forms: dict[str, Any] = {**_forms(found, typed), **typed}
    return page(
        "desk/test_centre/booking.html",
        form=refused or forms["step_form"],
        status=(refused.refused or 422) if refused else None,
        item=found,
        may_release=rules.may_pass(found, actor()) or rules.may_fail(found, actor()),
        former=date.fromisoformat(found.moved_from["week"]) if found.moved_from else None,
        **forms,
        **views.about(found),
    )


def _forms(found: Booking, typed: dict[str, BaseForm]) -> dict[str, Any]:
    """The forms that the state asks for."""
    forms: dict[str, Any] = {"step_form": StepForm(formdata=None)}
    if found.state in ("requested", "offered") and "offer_form" not in typed:
        forms["offer_form"] = _offer_form(found)
    if found.state in rules.TAKEN:
        forms["move_form"] = MoveForm(formdata=None, data={"version": found.version})
        forms["move_form"].start.fill(_starts(found))
    if found.state == "in_test":
        forms["results_form"] = ResultsForm.of(found)
        forms["report_form"] = ReportForm(formdata=None, data=_report_data(found))
    return forms


def _starts(found: Booking) -> list[tuple[str, str]]:
    monday = rules.monday(rules.today())
    return starts(queries.calendar(db(), monday, queries.AHEAD), found.programme)


def _report_data(found: Booking) -> dict[str, Any]:
    programme = programmes.get(db(), found.programme)
    return {
        "number": found.report_number or f"{found.reference}-R1",
        "scope": found.scope or " · ".join(part for part in (found.device, found.package) if part),
        "not_checked": found.not_checked or "\n".join(programme.lines("limits")),
        "findings": found.findings,
        "version": found.version,
    }


def _offer_form(found: Booking, *, sent: bool = False) -> OfferForm:
    programme = programmes.get(db(), found.programme)
    items = [(group, item) for group in programme.groups for item in group.items(found.grade)]
    data = {
        "weeks": found.weeks or programme.weeks[0],
        "price": found.price,
        "plan": found.plan,
        "valid_until": found.valid_until or rules.today() + timedelta(days=14),
        "tests": [str(place) for place, _pair in enumerate(items)],
        "version": found.version,
    }
    form = OfferForm() if sent else OfferForm(formdata=None, data=data)
    labels = [
        (str(place), f"{group.id} · {item.test.code}: {item.test.name}")
        for place, (group, item) in enumerate(items)
    ]
    form.offer(_starts(found), labels)
    return form


def _done(booking_id: str, message: str = "", anchor: str | None = None) -> ResponseReturnValue:
    flash(message or gettext("Done."), "success")
    return redirect(url_for("desk.test_booking", booking_id=booking_id, _anchor=anchor), 303)


def _tried(
    booking_id: str, name: str, form: Any, verb: Callable[[], object], message: str = ""
) -> ResponseReturnValue:
    """Run a verb; what it had done when it was refused is undone before the page shows why."""

    def safely() -> object:
        with db().begin_nested():
            return verb()

    if form.validate_on_submit() and form.accept(safely) is not None:
        return _done(booking_id, message)
    return _show(booking_id, **{name: form})


@blueprint.post("/desk/test-centre/bookings/<booking_id>/offer")
@requires(Permission.TEST_CENTRE_WORK)
def test_offer(booking_id: str) -> ResponseReturnValue:
    form = _offer_form(queries.booking_for(db(), actor(), booking_id), sent=True)
    return _tried(
        booking_id,
        "offer_form",
        form,
        lambda: services.offer(db(), actor(), booking_id, form.to_input(), form.seen_version()),
        gettext("The offer is with the supplier."),
    )


@blueprint.post("/desk/test-centre/bookings/<booking_id>/steps/<name>")
@requires(Permission.TEST_CENTRE_WORK)
def test_step(booking_id: str, name: str) -> ResponseReturnValue:
    """A step of the workflow, or `release`: whoever did not write the report releases it."""
    queries.booking_for(db(), actor(), booking_id)
    form = StepForm()
    note, version = form.note.data or "", form.seen_version()

    def verb() -> Booking:
        if name == "release":
            return results.release(db(), actor(), booking_id, version)
        return services.step(db(), actor(), booking_id, name, note, version)

    return _tried(booking_id, "step_form", form, verb)


@blueprint.post("/desk/test-centre/bookings/<booking_id>/move")
@requires(Permission.TEST_CENTRE_WORK)
def test_move(booking_id: str) -> ResponseReturnValue:
    form = MoveForm()
    form.start.fill(_starts(queries.booking_for(db(), actor(), booking_id)))

    def verb() -> Booking:
        line, first = start_of(form.start.data)
        return services.move(db(), actor(), booking_id, line, first, form.seen_version())

    return _tried(
        booking_id, "move_form", form, verb, gettext("Moved. The supplier has been told.")
    )


@blueprint.post("/desk/test-centre/bookings/<booking_id>/move/undo")
@requires(Permission.TEST_CENTRE_WORK)
def test_move_undo(booking_id: str) -> ResponseReturnValue:
    queries.booking_for(db(), actor(), booking_id)
    form = StepForm()
    return _tried(
        booking_id,
        "step_form",
        form,
        lambda: services.undo_move(db(), actor(), booking_id, form.seen_version()),
        gettext("The booking is back in its former weeks."),
    )


@blueprint.post("/desk/test-centre/bookings/<booking_id>/results")
@requires(Permission.TEST_CENTRE_WORK)
def test_results(booking_id: str) -> ResponseReturnValue:
    queries.booking_for(db(), actor(), booking_id)
    form = ResultsForm()
    return _tried(
        booking_id,
        "results_form",
        form,
        lambda: results.enter(db(), actor(), booking_id, form.to_input(), form.seen_version()),
        gettext("Saved."),
    )


@blueprint.post("/desk/test-centre/bookings/<booking_id>/report")
@requires(Permission.TEST_CENTRE_WORK)
def test_report(booking_id: str) -> ResponseReturnValue:
    queries.booking_for(db(), actor(), booking_id)
    form = ReportForm()
    return _tried(
        booking_id,
        "report_form",
        form,
        lambda: results.report(db(), actor(), booking_id, form.to_input(), form.seen_version()),
        gettext("The report waits for a second person."),
    )


@blueprint.get("/desk/test-centre/bookings/<booking_id>/report")
@requires(Permission.TEST_CENTRE_WORK)
def test_report_file(booking_id: str) -> ResponseReturnValue:
    return download(queries.report_for(db(), actor(), booking_id))


@blueprint.get("/desk/test-centre/bookings/<booking_id>/labels")
@requires(Permission.TEST_CENTRE_WORK)
def test_labels(booking_id: str) -> ResponseReturnValue:
    return views.labels_page(booking_id)


@blueprint.get("/desk/test-centre/samples")
@requires(Permission.TEST_CENTRE_WORK)
def test_samples() -> ResponseReturnValue:
    """The store: what is here, on the way or missing; other states when asked for."""
    state = request.args.get("state", "")
    number = request.args.get("number", "").strip()
    if number:
        found = queries.sample_numbered(db(), number)
        if found is not None:
            return redirect(url_for("desk.test_sample", sample_id=found.id), 303)
    return page(
        "desk/test_centre/samples.html",
        rows=paginate(db(), queries.store(state)),
        state=state if state in rules.PLACES else "",
        counts=queries.sample_counts(db()),
        number=number,
        **presentation.words(),
    )


@blueprint.route("/desk/test-centre/samples/<sample_id>", methods=["GET", "POST"])
@requires(Permission.TEST_CENTRE_WORK)
def test_sample(sample_id: str) -> ResponseReturnValue:
    found = queries.sample_for(db(), actor(), sample_id)
    data = {"quantity": found.left, "place": found.place, "version": found.version}
    form = CustodyForm() if request.method == "POST" else CustodyForm(data=data)
    form.follow(found.state)
    if form.validate_on_submit():
        told = form.to_input()
        if form.accept(lambda: samples.record(db(), actor(), sample_id, told, form.seen_version())):
            flash(gettext("Saved."), "success")
            return redirect(url_for("desk.test_sample", sample_id=sample_id), 303)
    return page(
        "desk/test_centre/sample.html",
        form=form,
        status=form.refused or None,
        sample=found,
        item=found.booking,
        programme=programmes.every(db())[found.booking.programme],
        moves=bool(rules.NEXT_PLACES[found.state]),
        **presentation.words(),
    )
