"""What staff do with a request besides its steps, and with many at once."""

import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from sqlalchemy import select

from portal.core import clock
from portal.core.db import Database
from portal.core.statements import counted
from portal.desk import queue
from portal.service_requests.models import SavedView, ServiceRequest, StaffProfile
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.desk.test_requests import CANARY, statements, step, take, version
from tests.web.service_requests.test_customer import ask

Open = Callable[..., Browser]


def work(staff: Browser, found: str, name: str, value: str = "") -> int:
    data = {name: value, "version": version(staff, found)}
    return staff.post(f"/desk/requests/{found}/handling/{name}", data).status


def row(database: Database, found: str) -> ServiceRequest:
    with database.reading() as session:
        return session.get_one(ServiceRequest, found)


def in_team(database: Database, person: Person, team: str) -> None:
    with database.transaction() as session:
        session.add(StaffProfile(user_id=person.id, team=team))


def test_clocks_show_how_they_stand_and_when_they_stood_still(browser: Open) -> None:
    found, li = ask(browser("wang")), browser("li", "en")
    assert "On track" in li.get("/desk")
    take(li, found)
    step(li, found, "ask_customer", reply="Which plant?")
    page = li.get(f"/desk/requests/{found}")
    assert "Clock stands still" in page and "still going on" in page
    assert page.html.count('class="clock-used"') == 2
    assert "Clock stands still" in li.get("/desk")


@pytest.mark.parametrize("kind", ["proposal", "partner"])
def test_a_plan_is_given_with_words_or_without(
    browser: Open, database: Database, kind: str
) -> None:
    wang, li = browser("wang"), browser("li", "en")
    found = ask(wang)
    step(li, found, kind, reply="Prüfwerk does it." if kind == "partner" else "")
    assert row(database, found).plan_at is not None
    assert ("Prüfwerk does it." in wang.get(f"/service-requests/{found}")) == (kind == "partner")
    assert "Has the customer a plan already?" not in li.get(f"/desk/requests/{found}")


def test_team_and_service_are_changed_in_the_aside(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    in_team(database, people["li"], "customs")
    found, li, zhao = ask(browser("wang")), browser("li", "en"), browser("zhao", "en")
    assert work(li, found, "team", "customs") == 303
    assert work(li, found, "team", "nobody") == 422
    assert work(li, found, "service", "AFTER") == 303
    assert (row(database, found).team, row(database, found).service) == ("customs", "AFTER")
    assert f"/desk/requests/{found}" in li.get("/desk?team=mine").html
    assert f"/desk/requests/{found}" not in zhao.get("/desk?team=mine").html


def test_requests_are_watched_and_linked(browser: Open) -> None:
    wang, li = browser("wang"), browser("li", "en")
    one, two = ask(wang), ask(wang, title="Second")
    assert work(li, one, "watch") == 303
    assert "Watched by Li" in browser("zhao", "en").get(f"/desk/requests/{one}")
    assert work(li, one, "unwatch") == 303
    assert "Nobody watches" in li.get(f"/desk/requests/{one}")
    assert work(li, one, "link", "SR-00002") == 303
    assert "Linked with" in li.get(f"/desk/requests/{two}")
    assert work(li, one, "unlink", two) == 303
    assert "There is no request with this number." in li.post(
        f"/desk/requests/{one}/handling/link", {"link": "SR-00099"}
    )


def test_merging_shows_the_other_request_first(browser: Open, database: Database) -> None:
    wang, li = browser("wang"), browser("li", "en")
    one, two = ask(wang), ask(wang, title="The other one")
    shown = li.get(f"/desk/requests/{one}/merge?into=sr-00002")
    assert "The other one" in shown and "Merge into SR-00002" in shown
    assert row(database, one).state == "new"
    data = {"into": "SR-00002", "version": version(li, one)}
    answer = li.post(f"/desk/requests/{one}/merge", data)
    assert answer.status == 303 and answer.location.endswith(two)
    assert row(database, one).merged_into_id == two
    assert li.post(f"/desk/requests/{two}/merge", {"into": "SR-00099"}).status == 422
    foreign = ask(browser("meyer"))
    refused = li.get(f"/desk/requests/{two}/merge?into=SR-00003")
    assert "different companies" in refused and 'name="version"' not in refused.html
    assert row(database, foreign).state == "new"


def test_ticked_messages_become_a_request_of_their_own(browser: Open, database: Database) -> None:
    wang, li = browser("wang"), browser("li", "en")
    found = ask(wang)
    wang.post(f"/service-requests/{found}", {"do": "reply", "reply": "And customs?"})
    page = li.get(f"/desk/requests/{found}/split")
    entry = re.search('name="entries" value="([^"]+)"', page.html)
    assert entry and "And customs?" in page
    data = {"title": "Customs", "service": "AFTER", "version": version(li, found)}
    assert li.post(f"/desk/requests/{found}/split", data).status == 422
    made = li.post(f"/desk/requests/{found}/split", {**data, "entries": entry[1]})
    assert made.status == 303
    new = row(database, made.location.rsplit("/", 1)[1])
    assert (new.title, new.service, new.split_from_id) == ("Customs", "AFTER", found)


def test_many_requests_are_changed_at_once_and_put_back(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    wang, li = browser("wang"), browser("li", "en")
    ids = [ask(wang), ask(wang, title="Second")]
    data = {"ids": ids, "action": "priority", "value-priority": "P2", "back": "state=open"}
    answer = li.post("/desk/bulk", data)
    assert {row(database, i).priority for i in ids} == {"P2"}
    page = li.get(answer.location)
    assert "2 requests changed." in page and "taken back for 10 minutes" in page
    undo = re.search(r"/desk/bulk/([^/]+)/undo", page.html)
    assert undo
    assert browser("zhao").post(f"/desk/bulk/{undo[1]}/undo", {}).status == 404
    assert li.post(f"/desk/bulk/{undo[1]}/undo", {}).status == 303
    assert {row(database, i).priority for i in ids} == {"P3"}
    assert li.post(f"/desk/bulk/{undo[1]}/undo", {}).status == 303
    assert "can no longer be undone" in li.get("/desk")


def test_what_a_bulk_action_cannot_change_says_why(browser: Open, database: Database) -> None:
    li, found = browser("li", "en"), ask(browser("wang"))
    li.post("/desk/bulk", {"ids": [found], "action": "close"})
    assert "SR-00001 stayed as it was" in li.get("/desk")
    assert row(database, found).state == "new"
    li.post("/desk/bulk", {"action": "assign"})
    assert "between 1 and 200 requests" in li.get("/desk")


def test_a_search_goes_through_all_states(browser: Open, database: Database) -> None:
    wang, li = browser("wang"), browser("li", "en")
    found = ask(wang, title="Long ago")
    li.post("/desk/requests/" + found, {"do": "reject", "reply": "No.", "version": "1"})
    assert row(database, found).state == "rejected"
    assert found in li.get("/desk?q=long+ago").html
    assert found not in li.get("/desk?q=long+ago&state=open").html


def test_views_are_saved_shared_and_deleted_by_their_owner(
    browser: Open, database: Database
) -> None:
    li, zhao = browser("li", "en"), browser("zhao", "en")
    answer = li.post("/desk/views", {"name": "Urgent", "back": "priority=P1&page=2&x=1"})
    assert answer.location.endswith("/desk?priority=P1")
    with database.reading() as session:
        view = session.scalars(select(SavedView)).one()
    assert view.filters == {"priority": "P1"}
    assert "Urgent</a>" in li.get("/desk").html
    assert "Urgent</a>" not in zhao.get("/desk").html
    assert zhao.post(f"/desk/views/{view.id}/share", {"shared": "1"}).status == 404
    assert li.post(f"/desk/views/{view.id}/share", {"shared": "1"}).status == 303
    assert "Urgent</a>" in zhao.get("/desk").html
    assert zhao.post(f"/desk/views/{view.id}/delete", {}).status == 404
    assert li.post(f"/desk/views/{view.id}/delete", {}).status == 303
    assert "Urgent</a>" not in li.get("/desk").html
    li.post("/desk/views", {"name": "", "back": ""})
    assert "Please enter a name" in li.get("/desk")


def test_a_supervisor_needs_no_more_statements(browser: Open, database: Database) -> None:
    wang, zhao = browser("wang"), browser("zhao", "en")
    found = ask(wang)
    step(zhao, found, "note", note=CANARY)
    for path in ("/desk", f"/desk/requests/{found}"):
        zhao.get(path)
        assert statements(database, zhao, path) <= 12


def test_no_queue_needs_more_statements_for_more_requests(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    in_team(database, people["zhao"], "Lab")
    wang, zhao = browser("wang"), browser("zhao", "en")
    shown = {name: {k: v for k, v in asdict(tab).items() if v} for name, tab in queue.TABS.items()}
    shown |= {"words": {"q": "UN R10"}, "done": {"state": "done"}, "deep": {"page": "2"}}
    shown |= {"late": {"due": "breaching", "team": "Lab"}, "service": {"service": "CERT"}}
    paths = {name: f"/desk?{urlencode(query)}" for name, query in shown.items()}

    def fill(count: int) -> dict[str, int]:
        for number in range(count):
            found = ask(wang, title=f"UN R10 {number}")
            if number % 3:
                take(zhao, found)
                work(zhao, found, "team", "Lab")
                step(zhao, found, ("ask_customer", "resolve")[number % 3 - 1], reply="Well?")
        zhao.get("/desk")
        return {name: statements(database, zhao, path) for name, path in paths.items()}

    few = fill(3)
    assert fill(6) == few
    assert max(few.values()) <= 12, few


def test_the_numbers_on_the_queues_follow_what_comes_in(browser: Open, database: Database) -> None:
    wang, li = browser("wang"), browser("li", "en")
    assert 'data-url="/en/desk/counts"' in li.get("/desk")
    before = li.get("/desk/counts").json
    assert set(before) >= set(queue.TABS) and before["all"] == before["none"] == "0"
    take(li, ask(wang))
    ask(wang)
    after = li.get("/desk/counts").json
    assert (after["all"], after["mine"], after["none"]) == ("2", "1", "1")
    with counted(database) as seen:
        li.get("/desk/counts")
    assert len(seen) <= 2


def test_two_at_one_request_see_each_other(browser: Open) -> None:
    found, li, zhao = ask(browser("wang")), browser("li", "en"), browser("zhao", "en")
    path = f"/desk/requests/{found}/presence"
    assert li.post(path, {"writing": "0"}).status == 200
    assert "Li is also looking" in zhao.get(f"/desk/requests/{found}")
    assert "also looking" not in li.get(f"/desk/requests/{found}")
    li.post(path, {"writing": "1"})
    assert "Li is also writing an answer." in zhao.post(path, {"writing": "0"}).html
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        assert "also writing" not in zhao.get(f"/desk/requests/{found}")


def test_shortcuts_can_be_switched_off(browser: Open) -> None:
    li = browser("li", "en")
    found = ask(browser("wang"))
    assert 'data-keys="on"' in li.get(f"/desk/requests/{found}").html
    assert li.post("/desk/keys", {"keys": "0"}).status == 303
    assert 'data-keys="off"' in li.get(f"/desk/requests/{found}").html
