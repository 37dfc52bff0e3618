"""Partner institutions: entered by supervisors, joined by invitation, open when they say."""

import re
from collections.abc import Callable

from sqlalchemy import select

from portal.accounts.models import Organisation
from portal.core.db import Database
from portal.service_requests import calendars
from portal.service_requests.models import CalendarDay, Partner
from tests.support.client import Browser
from tests.web.partners.conftest import Stage

Open = Callable[..., Browser]
LAW = {"name": "Anwälte Weiß PartG", "kind": "law", "country": "DE", "languages": ["de", "en"],
       "services": ["LEGAL", "IP"],
       "locale": "de", "zone": "Europe/Berlin", "active": "y"}  # fmt: skip
WEEK = {"monday": "9-12, 13:00–17:30", "tuesday": "9:00-17:00", "wednesday": "", "thursday": "",
        "friday": "", "saturday": "", "sunday": ""}  # fmt: skip


def test_a_supervisor_enters_a_partner_and_its_people_join(
    browser: Open, mails: Callable[[], list[str]], database: Database
) -> None:
    zhao = browser("zhao", "en")
    made = zhao.post("/desk/partners/new", LAW)
    assert made.status == 303, made.html[:3000]
    path = made.location
    invited = zhao.post(f"{path}/invitations", {"email": "weiss@law.example", "role": "owner"})
    assert invited.status == 303
    (mail,) = [mail for mail in mails() if "weiss@law.example" in mail]
    link = re.search(r"http://localhost(/de/account/invitation/\S+)", mail)
    assert link and "Anwälte Weiß PartG" in mail
    guest = Browser(zhao.app, "de")
    assert (
        guest.post(
            link[1], {"name": "Weiß", "password": "a long enough secret", "accepted": "y"}
        ).status
        == 303
    )
    weiss = Browser(zhao.app, "de").sign_in("weiss@law.example", "a long enough secret")
    assert weiss.get("/partner").status == 200
    assert weiss.get("/account/members").status == 200
    assert "Weiß" in zhao.get(path)
    with database.reading() as session:
        kinds = session.scalars(select(Organisation.kind).where(Organisation.name == LAW["name"]))
        assert kinds.all() == ["partner"]


def test_agents_read_partners_and_change_none(browser: Open, stage: Stage) -> None:
    li, lab = browser("li", "en"), stage.people["hoffmann"].org_id
    for path in ("/desk/partners", "/desk/partners/figures", f"/desk/partners/{lab}"):
        assert "Prüfwerk Rhein GmbH" in li.get(path)
    for path in ("new", f"{lab}/edit", f"{lab}/hours"):
        assert li.get(f"/desk/partners/{path}").status == 404


def test_a_partner_is_edited_found_and_no_longer_asked(browser: Open, stage: Stage) -> None:
    zhao, lab = browser("zhao", "en"), stage.people["hoffmann"].org_id
    page = zhao.get(f"/desk/partners/{lab}/edit")
    assert 'value="Prüfwerk Rhein GmbH"' in page
    changed = {**LAW, "name": "Prüfwerk Main GmbH", "kind": "laboratory", "version": "1"}
    del changed["active"]
    assert zhao.post(f"/desk/partners/{lab}/edit", changed).status == 303
    assert zhao.post(f"/desk/partners/{lab}/edit", changed).status == 409
    assert "Prüfwerk Main" not in zhao.get("/desk/partners")
    assert "Prüfwerk Main" in zhao.get("/desk/partners?inactive=1&kind=laboratory&service=IP")
    request = stage.request()
    assert "Prüfwerk" not in zhao.get(f"/desk/requests/{request}/referrals")


def test_a_partner_sets_its_own_hours(browser: Open, stage: Stage, database: Database) -> None:
    hoffmann = browser("hoffmann", "en")
    page = hoffmann.get("/partner/hours")
    version = re.search(r'name="version"[^>]*value="(\d+)"', page.html)
    assert version
    form = {"zone": "Europe/Berlin", "country": "DE", "version": version[1], **WEEK,
            "days-0-day": "2027-03-08", "days-0-name": "Betriebsferien", "days-0-hours": "",
            "days-1-day": "2027-10-03", "days-1-hours": "10-14"}  # fmt: skip
    assert hoffmann.post("/partner/hours", form).status == 303
    assert hoffmann.post("/partner/hours", form).status == 409
    with database.reading() as session:
        partner = session.get_one(Partner, stage.people["hoffmann"].org_id)
        counted = calendars.load(session, partner.calendar_id)
        import datetime as dt

        assert len(counted.hours(dt.date(2027, 3, 1))) == 2
        assert counted.hours(dt.date(2027, 3, 8)) == ()
        assert counted.hours(dt.date(2027, 3, 9)) == ((dt.time(9), dt.time(17)),)
        assert counted.hours(dt.date(2027, 10, 3)) == ((dt.time(10), dt.time(14)),)
        own = session.scalars(select(CalendarDay).where(CalendarDay.source == "staff")).all()
        assert len(own) == 2


def test_hours_that_make_no_sense_are_refused(browser: Open) -> None:
    hoffmann = browser("hoffmann", "en")
    for odd in ("17-9", "9-12, 11-15", "all day", "25-26"):
        form = {"zone": "Europe/Berlin", "country": "DE", **WEEK, "monday": odd}
        page = hoffmann.post("/partner/hours", form)
        assert page.status == 422 and "Please write hours such as" in page, odd


def test_readers_of_a_partner_change_nothing(browser: Open, stage: Stage) -> None:
    keller, referral = browser("keller", "en"), stage.refer(stage.request())[0]
    assert keller.get("/partner/hours").status == 404
    assert keller.post(f"/partner/referrals/{referral}", {"do": "accept"}).status == 404
    assert keller.get("/account/members").status == 404
    assert "Write to the base" not in keller.get(f"/partner/referrals/{referral}")


def test_the_way_back_to_old_library_days(browser: Open, database: Database, stage: Stage) -> None:
    """A holiday on which a partner once worked is a holiday again when that is taken back."""
    hoffmann = browser("hoffmann", "en")
    import datetime as dt

    unity = dt.date(2027, 10, 4 - 1)
    for row in ({"days-0-day": unity.isoformat(), "days-0-hours": "10-14"}, {}):
        page = hoffmann.get("/partner/hours")
        version = re.search(r'name="version"[^>]*value="(\d+)"', page.html)
        assert version
        form = {"zone": "Europe/Berlin", "country": "DE", "version": version[1], **WEEK, **row}
        assert hoffmann.post("/partner/hours", form).status == 303
        with database.reading() as session:
            partner = session.get_one(Partner, stage.people["hoffmann"].org_id)
            counted = calendars.load(session, partner.calendar_id)
            assert bool(counted.hours(unity)) is bool(row)
