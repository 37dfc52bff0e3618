"""Requests find their people: profiles, rules, the trial, and the queue's buttons."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import select

from portal.accounts.models import Organisation
from portal.core.db import Database
from portal.core.errors import Forbidden
from portal.core.statements import counted
from portal.service_requests import services as requests
from portal.service_requests.assignment import queries, services, staff
from portal.service_requests.assignment.choosing import Rule
from portal.service_requests.assignment.staff import ProfileInput
from portal.service_requests.models import RequestEntry, ServiceRequest
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.desk.test_requests import step, version
from tests.web.service_requests.acts import Desk
from tests.web.service_requests.test_customer import ask

Open = Callable[..., Browser]
People = dict[str, Person]
EMPTY = {"place": "", "service": "", "market": "", "language": "", "company": ""}


def typed(number: int, **given: str) -> dict[str, str]:
    return {f"rules-{number}-{name}": value for name, value in {**EMPTY, **given}.items()}


RULE = {**typed(0, service="CERT", target="team:Lab"), "do": "save"}


def profile(database: Database, people: People, name: str, **given: Any) -> None:
    with database.transaction() as session:
        data = ProfileInput(**{"takes_new": True, "team": "Lab", **given})
        staff.set_profile(session, Desk(session).actor("zhao"), people[name].id, data)


def turn_on(database: Database, *rules: Rule) -> None:
    with database.transaction() as session:
        zhao = Desk(session).actor("zhao")
        services.set_rules(session, zhao, rules)
        services.turn(session, zhao, on=True)


def row(database: Database, found: str) -> ServiceRequest:
    with database.reading() as session:
        return session.get_one(ServiceRequest, found)


def chosen(database: Database, found: str) -> list[dict[str, Any]]:
    with database.reading() as session:
        query = select(RequestEntry).where(RequestEntry.request_id == found)
        return [entry.detail for entry in session.scalars(query) if entry.event == "chosen"]


def test_until_it_is_turned_on_nothing_is_assigned(
    browser: Open, database: Database, people: People
) -> None:
    profile(database, people, "li")
    assert row(database, ask(browser("meyer"))).assignee_id is None
    zhao = browser("zhao", "en")
    assert zhao.post("/desk/assignment/switch", {"on": "1"}).status == 303
    assert "assigned when they come in" in zhao.get("/desk/assignment")
    found = row(database, ask(browser("meyer")))
    assert (found.assignee_id, found.state, found.team) == (people["li"].id, "assigned", "Lab")
    zhao.post("/desk/assignment/switch", {"on": "0"})
    assert row(database, ask(browser("smith"))).assignee_id is None


def test_the_reason_is_shown_to_staff_and_not_to_the_customer(
    browser: Open, database: Database, people: People, mails: Callable[[], list[str]]
) -> None:
    profile(database, people, "zhao", languages=["zh-Hans"])
    profile(database, people, "li", languages=["de"])
    turn_on(database, Rule(1, service="CERT", team="Lab"))
    meyer = browser("meyer", "de")
    found = ask(meyer)
    assert chosen(database, found) == [
        {"person": "Li", "team": "Lab",
         "reasons": {"rule": 1, "language": "de", "open": 0}}
    ]  # fmt: skip
    said = "Chosen: Li (rule 1, speaks German, no open requests)"
    assert said in browser("zhao", "en").get(f"/desk/requests/{found}")
    page = meyer.get(f"/service-requests/{found}")
    assert "Li" in page and "speaks German" not in page and "Lab" not in page
    assert [mail for mail in mails() if "To: Li" in mail]


def test_an_absent_person_is_given_nothing_until_back(
    browser: Open, database: Database, people: People
) -> None:
    today = queries.today()
    profile(database, people, "li", away_from=today, away_until=today + timedelta(days=3))
    profile(database, people, "admin", team="Other", away_from=today + timedelta(days=1))
    turn_on(database, Rule(1, service="CERT", person_id=people["li"].id))
    assert row(database, ask(browser("meyer"))).assignee_id == people["admin"].id
    assert "Absent" in browser("li", "en").get("/desk/staff")
    profile(database, people, "li", away_until=today - timedelta(days=1))
    assert row(database, ask(browser("meyer"))).assignee_id == people["li"].id


def test_another_service_means_another_person(
    browser: Open, database: Database, people: People
) -> None:
    profile(database, people, "li", services=["CERT"])
    profile(database, people, "admin", services=["LOGI"], team="Trade")
    turn_on(database)
    found = ask(browser("meyer"))
    li = browser("li", "en")
    data = {"service": "LOGI", "version": version(li, found)}
    assert li.post(f"/desk/requests/{found}/handling/service", data).status == 303
    assert row(database, found).assignee_id == people["admin"].id
    data = {"service": "CERT", "version": version(li, found)}
    li.post(f"/desk/requests/{found}/handling/service", data)
    step(li, found, "start")
    with database.transaction() as session:
        desk = Desk(session)
        request = session.get_one(ServiceRequest, found)
        requests.set_service(session, desk.actor("li"), found, "CERT")
        assert request.assignee_id == people["li"].id, "the same service moves nothing"


def test_loads_are_counted_right_when_many_come_at_once(database: Database, people: People) -> None:
    for name in ("li", "zhao", "admin"):
        profile(database, people, name)
    turn_on(database)
    gate = threading.Barrier(12)

    def open_one(_number: int) -> None:
        gate.wait()
        with database.transaction() as session:
            Desk(session).ask("meyer")

    unchecked = patch.object(requests.answers, "checked", lambda _form, given, *_: dict(given))
    with unchecked, ThreadPoolExecutor(12) as pool:
        list(pool.map(open_one, range(12)))
    with database.reading() as session:
        counts = {one.user.id: one.count for one in queries.members(session)}
    assert [counts[people[name].id] for name in ("li", "zhao", "admin")] == [4, 4, 4]


def test_ticked_requests_are_suggested_assigned_and_put_back(
    browser: Open, database: Database, people: People
) -> None:
    wang, zhao = browser("wang", "zh-hans"), browser("zhao", "en")
    profile(database, people, "li", languages=["zh-Hans"])
    profile(database, people, "admin")
    ids = [ask(wang), ask(wang)]
    sent = zhao.post("/desk/bulk", {"action": "suggest", "ids": ids, "back": "state=open"})
    assert sent.status == 303
    page = zhao.get(sent.location.removeprefix("/en"))
    assert page.html.count("<strong>Li</strong>") == 2
    assert "no open requests" in page and "1 open request" in page, "each counts for the next"
    assert row(database, ids[0]).assignee_id is None
    done = zhao.post("/desk/bulk", {"action": "choose", "ids": ids, "back": ""})
    assert {row(database, found).assignee_id for found in ids} == {people["li"].id}
    undo = done.location.rsplit("undo=", 1)[1]
    assert zhao.post(f"/desk/bulk/{undo}/undo", {}).status == 303
    assert {row(database, found).assignee_id for found in ids} == {None}


def test_where_nobody_is_free_the_request_stays_and_says_so(browser: Open) -> None:
    found, zhao = ask(browser("wang")), browser("zhao", "en")
    zhao.post("/desk/bulk", {"action": "choose", "ids": [found], "back": ""})
    assert "Nobody is free" in zhao.get("/desk")
    assert "Nobody is free" in zhao.get(f"/desk/suggestions?ids={found}")
    assert "None of these requests is open" in zhao.get("/desk/suggestions?ids=x")


def test_rules_are_tried_before_they_are_saved(
    browser: Open, database: Database, people: People
) -> None:
    profile(database, people, "li")
    profile(database, people, "admin", team="Trade")
    ask(browser("meyer"))
    zhao = browser("zhao", "en")
    assert "rule 1" not in zhao.get("/desk/assignment")
    page = zhao.post("/desk/assignment", {**RULE, "do": "try"})
    assert page.status == 200 and "rule 1" in page and "Nothing has been saved" in page
    assert "rule 1" not in zhao.get("/desk/assignment")
    other = typed(1, place="2", target="team:Trade", company="nordstern fahrzeugwerke ag")
    more = {**other, "rules-0-place": "5"}
    assert zhao.post("/desk/assignment", {**RULE, **more}).status == 303
    with database.reading() as session:
        found = [(rule.team, rule.company_id) for rule in queries.stored_rules(session)]
    assert found == [("Trade", people["meyer"].org_id), ("Lab", None)]
    stale = zhao.post("/desk/assignment", {**RULE, "version": "1"})
    assert stale.status == 409 and "meanwhile" in stale


def test_a_company_is_named_in_any_case_of_any_letter(database: Database, people: People) -> None:
    with database.transaction() as session:
        session.get_one(Organisation, people["meyer"].org_id).name = "ÖKO-Fahrzeuge Ångström"
    with database.reading() as session:
        found = queries.companies_named(session, ["öko-fahrzeuge ångström", "no such"])
    assert found == {"öko-fahrzeuge ångström": people["meyer"].org_id}


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"rules-0-target": ""}, "rules-0-target"),
        ({"rules-0-target": "team:Nowhere"}, "rules-0-target"),
        ({"rules-0-company": "No such company"}, "rules-0-company"),
        ({"rules-0-market": "Atlantis"}, "rules-0-market"),
    ],
)
def test_nonsense_in_a_rule_is_refused_at_its_field(
    browser: Open, database: Database, people: People, bad: dict[str, str], field: str
) -> None:
    profile(database, people, "li")
    answer = browser("zhao", "en").post("/desk/assignment", {**RULE, **bad})
    assert answer.status == 422 and f'href="#{field}"' in answer


def test_rows_are_added_without_script(browser: Open) -> None:
    page = browser("zhao", "en").post("/desk/assignment", {"add-row": "rules"})
    assert page.status == 200 and 'name="rules-0-target"' in page


def test_supervisors_set_everything_others_their_absence(
    browser: Open, database: Database, people: People
) -> None:
    zhao, li = browser("zhao", "en"), browser("li", "en")
    path = f"/desk/staff/{people['li'].id}"
    given = {"team": "Lab", "capacity": "8", "takes_new": "y", "languages": ["de", "en"],
             "services": ["CERT"]}  # fmt: skip
    assert zhao.post(path, given).status == 303
    assert "Lab" in li.get("/desk/staff") and "load 0 of 8" in li.get("/desk/staff")
    away = {"away_from": "2026-12-24", "away_until": "2027-01-03", "languages": ["de"],
            "team": "Boss", "capacity": "500"}  # fmt: skip
    assert li.post(path, away).status == 303
    with database.reading() as session:
        kept = queries.member(session, people["li"].id).profile
    assert (kept.team, kept.capacity, kept.languages) == ("Lab", 8, ["de"])
    assert str(kept.away_until) == "2027-01-03"
    assert li.get(f"/desk/staff/{people['zhao'].id}").status == 404
    back = {"away_from": "2026-12-24", "away_until": "2026-12-01", "capacity": "0"}
    refused = zhao.post(path, {**back, "team": "x" * 21})
    assert refused.status == 422 and 'href="#team"' in refused
    assert 'href="#away_until"' in li.post(path, back)
    with database.transaction() as session, pytest.raises(Forbidden):
        li_actor = Desk(session).actor("li")
        staff.set_profile(session, li_actor, people["zhao"].id, ProfileInput())
    with database.transaction() as session, pytest.raises(Forbidden):
        services.turn(session, Desk(session).actor("li"), on=True)


def test_more_rows_need_no_more_statements(
    browser: Open, database: Database, people: People
) -> None:
    profile(database, people, "li")
    zhao, meyer = browser("zhao", "en"), browser("meyer")
    ids = [ask(meyer)]
    zhao.post("/desk/assignment", RULE)

    def statements(path: str) -> int:
        with counted(database) as seen:
            assert zhao.get(path).status == 200
        return len(seen)

    def all_pages() -> list[int]:
        joined = ",".join(ids)
        pages = ("/desk/staff", "/desk/assignment", f"/desk/suggestions?ids={joined}")
        return [statements(path) for path in pages]

    all_pages()
    few = all_pages()
    ids += [ask(meyer), ask(browser("smith")), ask(browser("wang"))]
    assert all_pages() == few and max(few) <= 12
