"""Public pages of the test centre, and the bookings of a supplier."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.test_centre import (
    barcode,
    presentation,
    programmes,
    queries,
    rules,
    samples,
    services,
)
from portal.test_centre import panel as _panel  # noqa: F401  (registers its panels)
from portal.test_centre.forms import BookingForm, SampleForm, StepForm
from portal.test_centre.models import Booking, Sample
from portal.test_centre.presentation import title_of
from portal.test_centre.programmes import CHIPS, GRADES
from portal.web.app import actor, db
from portal.web.attachments import download
from portal.web.guards import public, requires
from portal.web.paging import paginate
from portal.web.templating import page

blueprint = Blueprint("test_centre", __name__)


@blueprint.get("/test-centre")
@public
def overview() -> ResponseReturnValue:
    wish = _wish()
    known = programmes.offered(programmes.every(db()).values())
    fitting = [one for one in known if one.fits(wish["chip"], wish["grade"])]
    rows = queries.calendar(db(), _next_monday())
    return page(
        "test_centre/overview.html",
        programmes=fitting,
        total=len(known),
        wish=wish,
        grades=sorted(GRADES),
        next_free={one.id: queries.free_weeks(rows, one.id)[:1] for one in fitting},
        **presentation.words(),
    )


def _wish() -> dict[str, Any]:
    """What the address asks for; a range of temperatures stands for a grade."""
    chip, grade = request.args.get("chip", ""), request.args.get("grade", "")
    low, high = (request.args.get(name, type=int) for name in ("low", "high"))
    grade = grade if grade in GRADES else ""
    needed = programmes.grade_for(low, high)
    return {
        "chip": chip if chip in CHIPS else "",
        "grade": grade or needed,
        "low": low,
        "high": high,
        "beyond": high is not None and not needed,
    }


def _next_monday() -> Any:
    return rules.monday(rules.today()) + timedelta(weeks=1)


@blueprint.get("/test-centre/programmes/<programme_id>")
@public
def programme(programme_id: str) -> ResponseReturnValue:
    found = programmes.get(db(), programme_id)
    asked = request.args.get("grade", "")
    grade = asked if asked in found.grades else "1" if "1" in found.grades else ""
    rows = queries.calendar(db(), _next_monday())
    return page(
        "test_centre/programme.html",
        programme=found,
        grade=grade,
        free=queries.free_weeks(rows, found.id),
        capability=request.args.get("capability", "")[:20],
        **presentation.words(),
    )


@blueprint.get("/test-centre/bookings")
@requires(Permission.TEST_CENTRE_VIEW)
def bookings() -> ResponseReturnValue:
    return page(
        "test_centre/bookings.html",
        bookings=paginate(db(), queries.listing(actor())),
        known=programmes.every(db()),
        next_steps=rules.NEXT_STEPS,
        **presentation.words(),
    )


@blueprint.route("/test-centre/bookings/new", methods=["GET", "POST"])
@requires(Permission.TEST_CENTRE_BOOK)
def new() -> ResponseReturnValue:
    """Ask for a programme; the address may name programme, capability and week."""
    chips = queries.own_chips(db(), actor())
    form = BookingForm(data=_beginning(chips)) if request.method == "GET" else BookingForm()
    known = programmes.offered(programmes.every(db()).values())
    rows = queries.calendar(db(), _next_monday())
    mondays = sorted({day for row in rows for day in row.starts()})
    form.offer([(chip.id, title_of(chip)[0]) for chip in chips], known, mondays)
    if form.validate_on_submit():
        made = form.accept(lambda: services.request(db(), actor(), form.to_input()))
        if made is not None:
            flash(gettext("Your wish is with the base, which sends you an offer."), "success")
            return redirect(url_for("test_centre.booking", booking_id=made.id), 303)
    return page("test_centre/new.html", form=form, chips_known=bool(chips), programmes=known)


def _beginning(chips: Sequence[Any]) -> dict[str, Any]:
    """What the form begins with: the facts of the capability that the address names."""
    names = {key: request.args.get(key, "")[:30] for key in ("capability", "programme")}
    found = next((chip for chip in chips if chip.id == names["capability"]), None)
    if found is None and len(chips) == 1:
        found = chips[0]
    if found is None:
        return {**names, "wished_week": request.args.get("week", "")}
    facts = found.attributes
    return {
        **names,
        "capability": found.id,
        "wished_week": request.args.get("week", ""),
        "chip_type": programmes.CHIP_OF.get(found.category or "", ""),
        "node_nm": facts.get("process_node", {}).get("value"),
        "grade": str(facts.get("aec_q_grade", {}).get("value", "")),
        "asil": str(facts.get("asil", {}).get("value", "")),
    }


@blueprint.get("/test-centre/bookings/<booking_id>")
@requires(Permission.TEST_CENTRE_VIEW)
def booking(booking_id: str) -> ResponseReturnValue:
    return _show(booking_id, StepForm(formdata=None), SampleForm(formdata=None))


def _show(booking_id: str, form: StepForm, sample_form: SampleForm) -> ResponseReturnValue:
    found = queries.booking_for(db(), actor(), booking_id, *queries.whole())
    refused = form.refused or sample_form.refused or (422 if sample_form.errors else 0)
    return page(
        "test_centre/booking.html",
        form=sample_form if sample_form.errors or sample_form.refused else form,
        step_form=form,
        sample_form=sample_form,
        status=refused or None,
        item=found,
        **about(found),
    )


def about(found: Booking) -> dict[str, Any]:
    """What the page of a booking shows to either side."""
    return {
        "programme": programmes.every(db())[found.programme],
        "stages": presentation.stages(found),
        "timeline": presentation.happenings(found.happenings),
        "steps": rules.WORKFLOW.available(found, actor()),
        "hindrances": rules.WORKFLOW.hindrances(found, actor()),
        "next_step": rules.NEXT_STEPS[found.state],
        "released": queries.released(found),
        "takes_samples": found.state in samples.TAKEN_IN,
        "writes": bool(rules.parties(found, actor())),
        "late": rules.is_late(found, rules.today()),
        **presentation.words(),
    }


@blueprint.post("/test-centre/bookings/<booking_id>/steps/<name>")
@requires(Permission.TEST_CENTRE_BOOK)
def step(booking_id: str, name: str) -> ResponseReturnValue:
    queries.booking_for(db(), actor(), booking_id)
    form = StepForm()
    if form.validate_on_submit() and form.accept(lambda: _step(booking_id, name, form)):
        flash(gettext("Done."), "success")
        return redirect(url_for("test_centre.booking", booking_id=booking_id), 303)
    return _show(booking_id, form, SampleForm(formdata=None))


def _step(booking_id: str, name: str, form: StepForm) -> Booking:
    note = form.note.data or ""
    return services.step(db(), actor(), booking_id, name, note, form.seen_version())


@blueprint.post("/test-centre/bookings/<booking_id>/samples")
@requires(Permission.TEST_CENTRE_BOOK)
def announce(booking_id: str) -> ResponseReturnValue:
    queries.booking_for(db(), actor(), booking_id)
    form = SampleForm()
    if form.validate_on_submit():
        made: Sample | None = form.accept(
            lambda: samples.announce(db(), actor(), booking_id, form.to_input())
        )
        if made is not None:
            flash(gettext("Announced. Please print the label for the parcel."), "success")
            return redirect(
                url_for("test_centre.booking", booking_id=booking_id, _anchor="samples"), 303
            )
    return _show(booking_id, StepForm(formdata=None), form)


@blueprint.get("/test-centre/bookings/<booking_id>/labels")
@requires(Permission.TEST_CENTRE_VIEW)
def labels(booking_id: str) -> ResponseReturnValue:
    return labels_page(booking_id)


def labels_page(booking_id: str) -> ResponseReturnValue:
    """Labels of all parcels of a booking, to be printed."""
    found = queries.booking_for(db(), actor(), booking_id, *queries.whole())
    if not found.samples:
        raise NotFound
    bars = {row.id: barcode.code39(f"{found.reference} {row.reference}") for row in found.samples}
    return page("test_centre/labels.html", item=found, bars=bars, **presentation.words())


@blueprint.get("/test-centre/bookings/<booking_id>/report")
@requires(Permission.TEST_CENTRE_VIEW)
def report(booking_id: str) -> ResponseReturnValue:
    return download(queries.report_for(db(), actor(), booking_id))
