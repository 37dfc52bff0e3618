"""Calendars: what the library knows, what staff enter, and the alarm when a year is missing."""

from datetime import UTC, date, datetime, time

import pytest
import time_machine
from sqlalchemy import func, select

from portal.accounts.models import Notice
from portal.core import jobs as queue
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.service_requests import calendars, jobs
from portal.service_requests import calendars_keeping as keeping
from portal.service_requests import calendars_library as library
from portal.service_requests.calendars_keeping import CalendarInput, DayInput
from portal.service_requests.models import CalendarDay, CalendarYear, ServiceRequest
from tests.web.service_requests.acts import HOUR, MONDAY, desk

NORMAL = ((time(9), time(12)), (time(13), time(18)))
HALF = [["09:00", "12:00"]]
OCTOBER = datetime(2026, 10, 31, 4, 0, tzinfo=UTC)
NOVEMBER = datetime(2026, 10, 31, 17, 0, tzinfo=UTC)  # the first has begun in Shanghai


def test_china_2026_as_it_was_announced() -> None:
    days = library.days("CN", 2026, "zh_CN")
    assert days[date(2026, 2, 17)].name == "春节" and not days[date(2026, 2, 17)].works
    assert [d.isoformat()[5:] for d, it in sorted(days.items()) if it.works] == [
        *("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")
    ]
    assert library.is_known("CN", 2026) and not library.is_known("CN", 2050)
    assert library.is_known("DE", 2050) and library.days("ZZ", 2026) == {}


def test_the_base_works_eight_hours_a_day(database: Database) -> None:
    with desk(database) as d:
        calendar = calendars.load(d.session)
        assert calendar.hours(date(2026, 3, 2)) == NORMAL
        assert calendar.hours(date(2026, 3, 7)) == ()
        assert calendar.hours(date(2026, 2, 14)) == NORMAL
        assert calendar.hours(date(2026, 10, 7)) == ()


def test_loading_twice_changes_nothing(database: Database) -> None:
    with desk(database) as d:
        assert keeping.load_years(d.session) > 0
        count = d.session.scalar(select(func.count()).select_from(CalendarDay))
        assert keeping.load_years(d.session) == 0
        assert d.session.scalar(select(func.count()).select_from(CalendarDay)) == count


def test_what_staff_enter_wins_and_can_be_taken_back(database: Database) -> None:
    day = date(2026, 3, 3)
    with desk(database) as d:
        keeping.load_years(d.session)
        request = d.ask()
        due = request.plan_due
        assert due is not None
        zhao = d.actor("zhao")
        keeping.set_day(d.session, zhao, "base", DayInput(day, HALF, "台风"))
        keeping.set_day(d.session, zhao, "base", DayInput(date(2026, 10, 1), HALF))
        keeping.load_years(d.session)
        assert calendars.load(d.session).hours(day) == NORMAL[:1]
        assert calendars.load(d.session).hours(date(2026, 10, 1)) == NORMAL[:1]
    with time_machine.travel(MONDAY, tick=False):
        queue.run_ready(database)
    with desk(database) as d:
        assert d.session.get_one(ServiceRequest, request.id).plan_due != due
        for taken in (day, date(2026, 10, 1)):
            keeping.remove_day(d.session, d.actor("zhao"), "base", taken)
        assert calendars.load(d.session).hours(day) == NORMAL
        assert calendars.load(d.session).hours(date(2026, 10, 1)) == ()
        with pytest.raises(Invalid):
            keeping.remove_day(d.session, d.actor("zhao"), "base", date(2026, 10, 1))


@pytest.mark.parametrize(
    "hours", [[["18:00", "09:00"]], [["09:00", "12:00"], ["11:00", "13:00"]], [["9", "x"]]]
)
def test_impossible_hours_are_refused(database: Database, hours: list[list[str]]) -> None:
    with desk(database) as d, pytest.raises(Invalid):
        keeping.set_day(d.session, d.actor("zhao"), "base", DayInput(date(2026, 3, 3), hours))


def test_only_supervisors_change_calendars_and_the_slower_is_refused(database: Database) -> None:
    entered = DayInput(date(2026, 3, 3), [])
    with desk(database) as d:
        for name in ("li", "wang"):
            with pytest.raises(Forbidden):
                keeping.set_day(d.session, d.actor(name), "base", entered)
        keeping.set_day(d.session, d.actor("zhao"), "base", entered, version=1)
        with pytest.raises(Conflict):
            keeping.set_day(d.session, d.actor("admin"), "base", entered, version=1)
        with pytest.raises(NotFound):
            keeping.set_day(d.session, d.actor("zhao"), "absent", entered)


def test_the_alarm_rings_from_november_on_until_the_year_is_there(database: Database) -> None:
    with desk(database, OCTOBER) as d:
        keeping.load_years(d.session)
        assert calendars.alarms(d.session) == []
    with desk(database, NOVEMBER) as d:
        (alarm,) = calendars.alarms(d.session)
        assert (alarm.calendar_id, alarm.year) == ("base", 2027)
        for _ in range(2):
            keeping.warn(d.session)
        told = select(func.count()).where(Notice.kind == "calendar.missing")
        assert d.session.scalar(told) == 2  # supervisor and administrator, once a month
        keeping.confirm_year(d.session, d.actor("zhao"), "base", 2027)
        assert calendars.alarms(d.session) == []


def test_a_year_that_is_not_announced_yet_has_at_least_its_fixed_holidays(
    database: Database,
) -> None:
    with desk(database, NOVEMBER) as d:
        assert calendars.load(d.session).hours(date(2027, 10, 1)) == ()
        base = calendars.row_for(d.session, "base")
        shown = calendars.days_of(d.session, base, 2027, "zh-Hans")
        assert shown[date(2027, 10, 1)].source == "foretold"


def test_a_partner_has_the_holidays_of_its_country(database: Database) -> None:
    week = [[["08:00", "16:00"]]] * 5 + [[], []]
    with desk(database) as d:
        data = CalendarInput("TÜV", "Europe/Berlin", "DE", week)
        row = keeping.create(d.session, d.actor("zhao"), data)
        calendar = calendars.load(d.session, row.id)
        assert calendar.hours(date(2026, 10, 1)) and not calendar.hours(date(2026, 12, 25))
        after = calendar.after(datetime(2026, 3, 27, 14, 0, tzinfo=UTC), 2 * HOUR)
        assert after == datetime(2026, 3, 30, 7, 0, tzinfo=UTC)  # the clocks changed on Sunday
        with pytest.raises(Forbidden):
            keeping.create(d.session, d.actor("li"), data)


def test_the_daily_job_loads_and_warns(database: Database) -> None:
    with time_machine.travel(NOVEMBER, tick=False):
        jobs.load_holidays(database)
        queue.run_ready(database)
    with database.reading() as session:
        assert session.get(CalendarYear, ("base", 2026)) is not None
        assert session.scalar(select(func.count()).where(Notice.kind == "calendar.missing"))
