"""The work item shows how to reach the requester; the list of referrals what partners owe."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.core import clock
from portal.core.db import Database
from portal.core.statements import counted
from portal.core.texts import Words
from portal.service_requests import calendars, services
from portal.service_requests.models import ServiceRequest
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.partners.conftest import Stage


@pytest.fixture
def stage(database: Database, people: "People") -> Stage:
    return Stage(database, people)


Open = Callable[..., Browser]
People = dict[str, Person]


def test_the_work_item_tells_how_when_and_about_whom(
    browser: Open, stage: Stage, people: People
) -> None:
    found, li = stage.request(), browser("li", "en")
    plain = li.get(f"/desk/requests/{found}")
    assert "Messages in the portal" in plain and 'id="about"' not in plain
    with stage.database.transaction() as session:
        row = session.get_one(ServiceRequest, found)
        row.contact, row.timezone, row.about_id = "phone", "America/Detroit", people["wang"].org_id
        row.consent_note = "Agreed on the telephone, Ms Meyer, 3 March"
    with time_machine.travel(datetime(2026, 3, 4, 6, 5, tzinfo=UTC), tick=False):
        page = browser("li", "en").get(f"/desk/requests/{found}")
    assert "Telephone" in page and "America/Detroit" in page and "Ms Meyer, 3 March" in page
    assert "Wed, Mar 4" in page and "1:05" in page and "It is night there" in page
    assert "Company it is about" in page and f"/companies/{people['wang'].org_id}" in page


def test_what_partners_owe_stands_in_one_list(browser: Open, stage: Stage, people: People) -> None:
    late, fresh = stage.request(), stage.request("smith")
    stage.refer(late, "hoffmann", title="EMC of the inverter")
    other = stage.refer(fresh, "roth", title="Customs code")[0]
    stage.act("roth", other, "accept")
    li, zhao = browser("li", "en"), browser("zhao", "en")
    page = li.get("/desk/referrals")
    assert "EMC of the inverter" in page and "Customs code" in page and "PR-00001" in page
    assert "Customs code" not in li.get("/desk/referrals?state=asked")
    lab = people["hoffmann"].org_id
    assert "Customs code" not in li.get(f"/desk/referrals?partner={lab}")
    assert "EMC" in li.get("/desk/referrals?q=SR-00001")
    assert "EMC of" not in li.get("/desk/referrals?q=SR-00002")
    assert "EMC of" in li.get("/desk/referrals?mine=1&service=CERT&q=inverter")
    assert "No referrals here" in zhao.get("/desk/referrals?mine=1")
    assert "No referrals here" in li.get("/desk/referrals?state=late&service=LOGI")
    with time_machine.travel(clock.now() + timedelta(days=40), tick=False):
        assert "Overdue" in browser("li", "en").get("/desk/referrals?state=late")
    stage.act("roth", other, "finish", "8504.40")
    assert "Customs code" in li.get("/desk/referrals?state=done")
    assert "Customs code" not in li.get("/desk/referrals")
    assert li.get("/desk/referrals?state=nonsense&partner='--").status == 200
    assert browser("hoffmann", "en").get("/desk/referrals").status == 404


def test_no_page_about_partners_or_the_desk_asks_for_each_row(
    browser: Open, database: Database, stage: Stage, people: People
) -> None:
    found = stage.request()
    referral = stage.refer(found, "hoffmann", shared=["company", "title"])[0]
    with database.transaction() as session:
        session.get_one(ServiceRequest, found).about_id = people["wang"].org_id
    pages = {
        "li": (f"/desk/requests/{found}", "/desk/referrals", f"/desk/referrals/{referral}",
               "/desk/partners", f"/desk/partners/{people['hoffmann'].org_id}",
               "/desk/partners/figures", f"/desk/requests/{found}/referrals"),
        "hoffmann": ("/partner", "/partner?tab=done", f"/partner/referrals/{referral}",
                     "/partner/institution", "/partner/hours",
                     f"/partner/referrals/{referral}/quote"),
    }  # fmt: skip
    readers = {name: browser(name, "en") for name in pages}

    def all_pages() -> dict[str, int]:
        taken = {}
        for name, paths in pages.items():
            for path in paths:
                with counted(database) as seen:
                    assert readers[name].get(path).status == 200
                taken[path] = len(seen)
        return taken

    all_pages()
    few = all_pages()
    stage.refer(found, "roth")
    for who in ("smith", "meyer", "wang"):
        stage.refer(stage.request(who), "hoffmann", "roth")
    for text in ("One.", "Two.", "Three."):
        stage.say("li", referral, text)
        stage.say("hoffmann", referral, text, internal=True)
        with stage.acting("li") as (session, actor):
            services.reply(session, actor, found, Words(text, "en"))
            services.note(session, actor, found, Words(text, "en"))
    many = all_pages()
    assert many == few
    calendars._built.clear()  # opening hours that this process has not read yet
    with counted(database) as seen:
        assert readers["li"].get(f"/desk/requests/{found}").status == 200
    assert max(len(seen), *many.values()) <= 12, many
