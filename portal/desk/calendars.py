"""Working calendars of the base and its partners: a year at a glance, days entered by staff."""

import calendar as months
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import get_day_names
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from portal.core import clock, i18n
from portal.core.access import Permission
from portal.core.errors import Invalid, NotFound
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES
from portal.desk.blueprint import blueprint
from portal.service_requests import calendars
from portal.service_requests import calendars_keeping as keeping
from portal.service_requests.calendars import DayView, StoredHours
from portal.service_requests.calendars_keeping import DayInput, WeekInput
from portal.service_requests.models import WorkCalendar
from portal.service_requests.partners.forms import WeekForm
from portal.web.app import actor, db
from portal.web.forms import BaseForm, ChoiceField, no_direction_tricks
from portal.web.guards import requires
from portal.web.templating import page

FIRST_YEAR, LAST_YEAR = 2020, 2100
KINDS = {
    "closed": _l("Nobody works"),
    "usual": _l("Usual hours, as on a make-up day"),
    "own": _l("Other hours"),
}
_SPAN = re.compile(r"\s*(\d{1,2}:\d{2})\s*[-–—~至]\s*(\d{1,2}:\d{2})\s*")


class DayForm(BaseForm):
    """A date that differs from its weekday."""

    day = DateField(_l("Date"), [DataRequired()])
    kind = ChoiceField(_l("Work on this day"), default="closed")
    hours = StringField(
        _l("Hours"),
        [Length(max=100)],
        description=_l("Only for other hours, such as 09:00–12:00, 13:00–15:30."),
    )
    name = StringField(_l("Occasion"), [Length(max=100)])
    version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.fill(KINDS.items())

    def to_input(self, row: WorkCalendar) -> DayInput:
        """Raises Invalid for hours that cannot be read."""
        chosen = {"closed": list, "usual": lambda: calendars.usual_hours(row)}
        hours = chosen.get(self.kind.data, self._own_hours)()
        return DayInput(self.day.data, hours, self.name.data or "")

    def _own_hours(self) -> StoredHours:
        found = [_SPAN.fullmatch(part) for part in re.split("[,;，；]", self.hours.data or "")]
        if None in found:
            message = _l("Please enter hours such as 09:00–12:00, 13:00–18:00.")
            raise Invalid(message, field="hours")
        return [[part[1].zfill(5), part[2].zfill(5)] for part in found if part]


class CalendarForm(WeekForm):
    """Opening hours of a calendar, and its name in each language."""

    @classmethod
    def of(cls, row: WorkCalendar) -> "CalendarForm":
        names = {name_field(tag): text for tag, text in row.names.items()}
        return cls(data={**cls.typed(row.week), **names, "version": row.version})

    def names(self) -> dict[str, StringField]:
        """The fields of the names by locale."""
        return {locale.tag: self[name_field(locale.tag)] for locale in LOCALES}

    def to_input(self) -> WeekInput:
        return WeekInput(self.week(), {tag: f.data or "" for tag, f in self.names().items()})


def name_field(tag: str) -> str:
    return f"name_{tag.replace('-', '_')}"


for _locale in LOCALES:
    _name = StringField(_locale.native, [Length(max=100), no_direction_tricks])
    setattr(CalendarForm, name_field(_locale.tag), _name)


@dataclass(frozen=True)
class Cell:
    """A day of the year's grid; without a date it only fills the week."""

    day: date | None
    works: bool = False
    differs: DayView | None = None


@blueprint.get("/desk/calendars")
@requires(Permission.DESK_VIEW)
def calendars_overview() -> ResponseReturnValue:
    rows = calendars.listing(db())
    return page(
        "desk/calendars/overview.html",
        calendars=rows,
        name_of=calendars.name_of,
        alarms=calendars.alarms(db()),
        this_year=clock.now().year,
        weeks={row.id: week_of(row) for row in rows},
    )


@blueprint.get("/desk/calendars/<calendar_id>/<int:year>", endpoint="calendar_year")
@requires(Permission.DESK_VIEW)
def calendar_year(calendar_id: str, year: int) -> ResponseReturnValue:
    return _year(calendar_id, year, DayForm(formdata=None))


def _year(calendar_id: str, year: int, form: DayForm) -> ResponseReturnValue:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound
    row = calendars.row_for(db(), calendar_id)
    days = calendars.days_of(db(), row, year, i18n.current().tag)
    return page(
        "desk/calendars/year.html",
        form=form,
        status=form.refused or None,
        row=row,
        name=calendars.name_of(row),
        year=year,
        days=days.values(),
        known=calendars.years(db(), row.id).get(year),
        missing=[alarm for alarm in calendars.alarms(db()) if alarm.calendar_id == row.id],
        months=[(f"{year}-{m:02}", _month(row, year, m, days)) for m in range(1, 13)],
        week=week_of(row),
        weekdays=weekdays(),
        today=calendars.today(row),
        span=span,
    )


@blueprint.route("/desk/calendars/<calendar_id>/hours", methods=["GET", "POST"])
@requires(Permission.CALENDAR_EDIT)
def calendar_hours(calendar_id: str) -> ResponseReturnValue:
    row = calendars.row_for(db(), calendar_id)
    form = CalendarForm() if request.method == "POST" else CalendarForm.of(row)
    if form.validate_on_submit() and form.accept(
        lambda: keeping.set_week(db(), actor(), row.id, form.to_input(), form.seen_version())
    ):
        flash(gettext("The hours are saved. All due times are worked out again."), "success")
        return _back(calendar_id, calendars.today(row).year)
    return page(
        "desk/calendars/hours.html",
        form=form,
        status=form.refused or None,
        row=row,
        name_of=calendars.name_of,
        this_year=clock.now().year,
    )


def _month(
    row: WorkCalendar, year: int, month: int, days: dict[date, DayView]
) -> Sequence[Sequence[Cell]]:
    weeks = months.Calendar().monthdatescalendar(year, month)
    return [[_cell(row, day, month, days) for day in week] for week in weeks]


def _cell(row: WorkCalendar, day: date, month: int, days: dict[date, DayView]) -> Cell:
    if day.month != month:
        return Cell(None)
    view = days.get(day)
    return Cell(day, view.works if view else bool(row.week[day.weekday()]), view)


def weekdays() -> list[str]:
    """Monday to Sunday in the reader's language, shortened."""
    names = get_day_names("abbreviated", "stand-alone", locale=i18n.current().babel)
    return [names[day] for day in range(7)]


def span(hours: StoredHours) -> str:
    """Hours in words: 09:00–12:00, 13:00–18:00."""
    return gettext(", ").join(f"{begin}–{end}" for begin, end in hours)


def week_of(row: WorkCalendar) -> list[tuple[str, str]]:
    """Weekdays with the same hours together: Mon–Fri, 09:00–12:00, 13:00–18:00."""
    names, found = weekdays(), []
    start = 0
    for day in range(1, 8):
        if day == 7 or row.week[day] != row.week[start]:
            first, last = names[start], names[day - 1]
            found.append((first if start == day - 1 else f"{first}–{last}", span(row.week[start])))
            start = day
    return [(days, hours or gettext("closed")) for days, hours in found]


@blueprint.post("/desk/calendars/<calendar_id>/<int:year>", endpoint="set_calendar_day")
@requires(Permission.CALENDAR_EDIT)
def set_day(calendar_id: str, year: int) -> ResponseReturnValue:
    """Enter a day; the page of its own year follows."""
    row, form = calendars.row_for(db(), calendar_id), DayForm()
    if form.validate_on_submit() and form.accept(lambda: _set(row, form)):
        flash(gettext("The day is entered. All due times are worked out again."), "success")
        return _back(calendar_id, form.day.data.year)
    return _year(calendar_id, year, form)


def _set(row: WorkCalendar, form: DayForm) -> object:
    day = form.to_input(row)
    if not FIRST_YEAR <= day.day.year <= LAST_YEAR:
        raise Invalid(_l("Please check the year."), field="day")
    return keeping.set_day(db(), actor(), row.id, day, form.seen_version())


def _back(calendar_id: str, year: int) -> ResponseReturnValue:
    return redirect(url_for("desk.calendar_year", calendar_id=calendar_id, year=year), 303)


@blueprint.post("/desk/calendars/<calendar_id>/days/<day>/remove")
@requires(Permission.CALENDAR_EDIT)
def remove_calendar_day(calendar_id: str, day: str) -> ResponseReturnValue:
    try:
        when = date.fromisoformat(day)
    except ValueError:
        raise NotFound from None
    keeping.remove_day(db(), actor(), calendar_id, when)
    flash(gettext("The day is as the library has it again."), "success")
    return _back(calendar_id, when.year)


@blueprint.post("/desk/calendars/<calendar_id>/<int:year>/confirm")
@requires(Permission.CALENDAR_EDIT)
def confirm_calendar_year(calendar_id: str, year: int) -> ResponseReturnValue:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound
    keeping.confirm_year(db(), actor(), calendar_id, year)
    flash(gettext("The year is marked as complete."), "success")
    return _back(calendar_id, year)
