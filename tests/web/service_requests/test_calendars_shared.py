"""What the base enters holds for the other calendars of its country, unless they say otherwise."""

from datetime import date, datetime, time

import pytest
import time_machine
from sqlalchemy import select

from portal.accounts.models import Notice
from portal.core import i18n
from portal.core import jobs as queue
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.service_requests import calendars
from portal.service_requests import calendars_keeping as keeping
from portal.service_requests.calendars_keeping import CalendarInput, DayInput, WeekInput
from portal.service_requests.models import ServiceRequest, WorkCalendar
from tests.web.service_requests.acts import MONDAY, Desk, desk
from tests.web.service_requests.test_calendars import NOVEMBER

EARLY = [["08:00", "11:30"], ["13:00", "17:00"]]
HALF = [["09:00", "12:00"]]
USUAL = [["09:00", "12:00"], ["13:00", "18:00"]]
SATURDAY, WEDNESDAY = date(2026, 3, 7), date(2026, 3, 4)
WEEK = [EARLY] * 5 + [[], []]


def partner(d: Desk, country: str = "CN") -> str:
    zone = {"CN": "Asia/Shanghai", "DE": "Europe/Berlin"}[country]
    data = CalendarInput("Lab", zone, country, WEEK)
    return keeping.create(d.session, d.actor("zhao"), data).id


def enter(d: Desk, calendar: str, day: date, hours: calendars.StoredHours, name: str = "") -> None:
    keeping.set_day(d.session, d.actor("zhao"), calendar, DayInput(day, hours, name))


def hours(d: Desk, calendar: str, day: date) -> calendars.StoredHours:
    return calendars.stored(calendars.load(d.session, calendar).hours(day))


def test_days_of_the_base_hold_for_its_country_in_the_hours_of_each(database: Database) -> None:
    with desk(database) as d:
        keeping.load_years(d.session)
        lab, german = partner(d), partner(d, "DE")
        enter(d, "base", WEDNESDAY, [], "台风")
        enter(d, "base", SATURDAY, USUAL)
        enter(d, "base", date(2026, 3, 5), HALF, "Betriebsversammlung")
        assert hours(d, lab, WEDNESDAY) == [] and hours(d, lab, SATURDAY) == EARLY
        assert hours(d, lab, date(2026, 3, 5)) == EARLY, "half a day is the base's own affair"
        assert hours(d, german, WEDNESDAY) == EARLY and hours(d, german, SATURDAY) == []
        assert hours(d, partner(d), WEDNESDAY) == [], "a new one has them, too"
        keeping.remove_day(d.session, d.actor("zhao"), "base", WEDNESDAY)
        assert hours(d, lab, WEDNESDAY) == EARLY


def test_a_calendar_that_says_otherwise_keeps_its_word(database: Database) -> None:
    with desk(database) as d:
        keeping.load_years(d.session)
        lab = partner(d)
        enter(d, lab, WEDNESDAY, HALF)
        enter(d, "base", WEDNESDAY, [])
        assert hours(d, lab, WEDNESDAY) == HALF
        keeping.load_years(d.session)
        assert keeping.load_years(d.session) == 0
        keeping.remove_day(d.session, d.actor("zhao"), lab, WEDNESDAY)
        assert hours(d, lab, WEDNESDAY) == []
        view = calendars.days_of(d.session, calendars.row_for(d.session, lab), 2026, "en")
        assert view[WEDNESDAY].source == "base"


def test_a_year_that_the_base_completed_is_known_to_its_country(database: Database) -> None:
    with desk(database, datetime(2049, 12, 1, tzinfo=NOVEMBER.tzinfo)) as d:
        keeping.load_years(d.session)
        lab = partner(d)
        day = date(2050, 5, 4)
        enter(d, "base", day, [], "青年节")
        assert hours(d, lab, day) == [], "before the year is complete"
        missing = {(alarm.calendar_id, alarm.year) for alarm in calendars.alarms(d.session)}
        assert {("base", 2050), (lab, 2050)} <= missing
        for year in (2049, 2050):
            keeping.confirm_year(d.session, d.actor("zhao"), "base", year)
        assert {alarm.calendar_id for alarm in calendars.alarms(d.session)} & {"base", lab} == set()
        assert hours(d, lab, day) == []


def test_other_hours_of_the_week_move_due_times_and_make_up_days(database: Database) -> None:
    with desk(database) as d:
        keeping.load_years(d.session)
        request = d.ask()
        due, lab = request.first_reply_due, partner(d)
        zhao, row = d.actor("zhao"), calendars.row_for(d.session, "base")
        week = [[["10:00", "12:00"]]] * 5 + [[], []]
        with pytest.raises(Conflict):
            keeping.set_week(d.session, zhao, "base", WeekInput(week), row.version + 5)
        keeping.set_week(d.session, zhao, "base", WeekInput(week), row.version)
        assert hours(d, "base", date(2026, 2, 14)) == week[0], "a make-up day"
        assert hours(d, lab, date(2026, 2, 14)) == EARLY
    with time_machine.travel(MONDAY, tick=False):
        queue.run_ready(database)
    with desk(database) as d:
        assert d.session.get_one(ServiceRequest, request.id).first_reply_due != due
        assert calendars.load(d.session).hours(date(2026, 3, 3)) == ((time(10), time(12)),)


def test_only_supervisors_set_hours_that_make_sense(database: Database) -> None:
    with desk(database) as d:
        good, zhao = [USUAL] * 5 + [[], []], d.actor("zhao")
        with pytest.raises(Forbidden):
            keeping.set_week(d.session, d.actor("li"), "base", WeekInput(good))
        for bad in ([[]] * 7, good[:6], [[["18:00", "09:00"]]] * 7):
            with pytest.raises(Invalid):
                keeping.set_week(d.session, zhao, "base", WeekInput(bad))


def test_the_name_is_told_in_the_language_of_the_reader(database: Database) -> None:
    with desk(database, datetime(2049, 12, 1, tzinfo=NOVEMBER.tzinfo)) as d:
        row = d.session.get_one(WorkCalendar, "base")
        with i18n.use_locale("de"):
            assert calendars.name_of(row) == i18n.gettext("Overseas Base") != ""
        names = {"zh-Hans": "海外基地", "en": "Shanghai Base", "de": " "}
        keeping.set_week(d.session, d.actor("zhao"), "base", WeekInput(row.week, names))
        for tag, name in {
            "zh-Hans": "海外基地",
            "en": "Shanghai Base",
            "de": "Shanghai Base",
        }.items():
            with i18n.use_locale(tag):
                assert calendars.name_of(row) == name
        keeping.warn(d.session)
        told = {notice.params["calendar"] for notice in d.session.scalars(select(Notice))}
        assert told == {"海外基地", "Shanghai Base"}, "each in the own language"
