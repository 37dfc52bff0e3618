"""The calendar pages of the desk."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import time_machine

from portal.core.db import Database
from portal.service_requests import calendars_keeping as keeping
from tests.support.client import Browser

Open = Callable[..., Browser]
YEAR = "/desk/calendars/base/2026"
DAY = {"day": "2026-03-03", "kind": "own", "hours": "09:00-12:00", "name": "台风"}


def version(page: object) -> str:
    found = re.search(r'name="version" value="(\d+)"', str(getattr(page, "html", "")))
    assert found
    return found[1]


def load(database: Database) -> None:
    with database.transaction() as session:
        keeping.load_years(session)


def test_a_year_shows_holidays_and_make_up_days(browser: Open, database: Database) -> None:
    load(database)
    page = browser("li", "zh-hans").get(YEAR)
    assert "春节" in page and 'id="day-box"' not in page
    assert "Chinese New Year" in browser("zhao", "en").get(YEAR)
    overview = browser("li", "en").get("/desk/calendars")
    assert "Mon–Fri: 09:00–12:00, 13:00–18:00" in overview


def test_a_supervisor_enters_and_removes_a_day(browser: Open, database: Database) -> None:
    load(database)
    zhao = browser("zhao", "en")
    seen = version(zhao.get(YEAR))
    assert zhao.post(YEAR, {**DAY, "version": seen}).status == 303
    page = zhao.get(YEAR)
    assert "台风" in page and "09:00–12:00" in page and "Entered by hand" in page
    stale = zhao.post(YEAR, {**DAY, "name": "again", "version": seen})
    assert stale.status == 409 and 'value="again"' in stale
    assert zhao.post("/desk/calendars/base/days/2026-03-03/remove", {}).status == 303
    assert "台风" not in zhao.get(YEAR)


def test_nonsense_is_refused_at_its_field(browser: Open) -> None:
    zhao = browser("zhao", "en")
    for bad, field in (({"hours": "9 to 5"}, "hours"), ({"hours": "18:00-09:00"}, "hours"),
                       ({"day": "31.02."}, "day"), ({"kind": "x"}, "kind")):  # fmt: skip
        answer = zhao.post(YEAR, {**DAY, **bad})
        assert answer.status == 422 and f'href="#{field}"' in answer
    assert zhao.get("/desk/calendars/base/1066").status == 404


def test_a_missing_year_is_shown_and_can_be_confirmed(browser: Open, database: Database) -> None:
    with time_machine.travel(datetime(2026, 11, 2, 3, 0, tzinfo=UTC)):
        load(database)
        zhao = browser("zhao", "en")
        assert "The holidays of 2027 are missing" in zhao.get("/desk/calendars")
        assert "not announced or not loaded" in zhao.get("/desk/calendars/base/2027")
        assert zhao.post("/desk/calendars/base/2027/confirm", {}).status == 303
        assert "are missing" not in zhao.get("/desk/calendars")


def test_hours_and_names_are_changed_by_supervisors_only(browser: Open, database: Database) -> None:
    load(database)
    hours = "/desk/calendars/base/hours"
    zhao = browser("zhao", "en")
    assert browser("li", "en").get(hours).status == 404
    page = zhao.get(hours)
    assert 'value="09:00-12:00, 13:00-18:00"' in page
    found = re.search(r'name="version"[^>]* value="(\d+)"', page.html)
    seen = found[1] if found else ""
    week = dict.fromkeys(("monday", "tuesday", "wednesday"), "08:30-12:00, 13:00-17:30")
    given = {**week, "thursday": "9-12", "name_zh_Hans": "海外基地", "version": seen}
    assert zhao.post(hours, given).status == 303
    assert "Mon–Wed: 08:30–12:00, 13:00–17:30" in zhao.get("/desk/calendars")
    assert "海外基地" in browser("zhao", "zh-hans").get("/desk/calendars")
    assert zhao.post(hours, given).status == 409
    refused = zhao.post(hours, {"monday": "9 to 5"})
    assert refused.status == 422 and 'href="#monday"' in refused
    assert zhao.post(hours, {}).status == 422


def test_today_is_the_day_where_the_calendar_holds(browser: Open) -> None:
    late = datetime(2026, 3, 3, 17, 0, tzinfo=UTC)  # the next day in China
    with time_machine.travel(late, tick=False):
        page = browser("li", "en").get(YEAR)
    marked = re.findall(r'aria-current="date"[^>]*>(\d+)', page.html)
    assert marked == ["4"]
