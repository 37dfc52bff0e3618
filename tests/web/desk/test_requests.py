"""The desk: queue, work item, and what the customer must never see."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal.core import clock
from portal.core.db import Database
from portal.core.statements import counted
from portal.needs.models import Need, NeedText
from portal.service_requests import queries, records, services
from portal.service_requests.models import ServiceRequest
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.service_requests.test_customer import ask

Open = Callable[..., Browser]
CANARY = "CANARY-7f3a: laboratory B is cheaper"


def version(staff: Browser, found: str) -> str:
    match = re.search(r'name="version" value="(\d+)"', staff.get(f"/desk/requests/{found}").html)
    assert match
    return match[1]


def step(staff: Browser, found: str, do: str, **words: str) -> None:
    data = {"do": do, "version": version(staff, found), "anyway": "1", **words}
    answer = staff.post(f"/desk/requests/{found}", data)
    assert answer.status == 303, answer.html[:3000]


def take(staff: Browser, found: str) -> None:
    """Assign to oneself and start."""
    answer = staff.post(f"/desk/requests/{found}/assignee", {"version": version(staff, found)})
    assert answer.status == 303
    step(staff, found, "start")


def state(database: Database, found: str) -> str:
    with database.reading() as session:
        return session.execute(
            select(ServiceRequest.state).where(ServiceRequest.id == found)
        ).scalar_one()


def test_the_whole_way_from_new_to_closed(
    browser: Open, database: Database, mails: Callable[[], list[str]]
) -> None:
    wang, li = browser("wang"), browser("li", "en")
    found = ask(wang)
    take(li, found)
    assert state(database, found) == "in_progress"
    step(li, found, "ask_customer", reply="Which amendment?")
    assert "Waiting for your answer" in wang.get(f"/service-requests/{found}")
    answer = wang.post(f"/service-requests/{found}", {"do": "reply", "reply": "Series 06."})
    assert answer.status == 303
    assert state(database, found) == "in_progress"
    step(li, found, "ask_partner", note=CANARY)
    assert "A partner is working on it" in wang.get(f"/service-requests/{found}")
    step(li, found, "resume")
    step(li, found, "resolve", reply="Report attached.")
    assert "Was this solved?" in wang.get(f"/service-requests/{found}")
    confirm = {"do": "confirm", "version": version(li, found)}
    assert wang.post(f"/service-requests/{found}", confirm).status == 303
    assert state(database, found) == "closed"
    customer, desk = mails()
    assert re.findall("^SR-00001：", customer, re.MULTILINE) == ["SR-00001："] * 3, customer
    assert "SR-00001：客户有新消息" in desk


def test_a_thank_you_does_not_reopen_but_the_button_does(browser: Open, database: Database) -> None:
    wang, li = browser("wang"), browser("li", "en")
    found = ask(wang)
    take(li, found)
    step(li, found, "resolve", reply="Done.")
    wang.post(f"/service-requests/{found}", {"do": "reply", "reply": "Thank you!"})
    assert state(database, found) == "resolved"
    without = wang.post(
        f"/service-requests/{found}", {"do": "reopen", "version": version(li, found)}
    )
    assert without.status == 422
    again = {"do": "reopen", "reply": "Wrong report.", "version": version(li, found)}
    assert wang.post(f"/service-requests/{found}", again).status == 303
    assert state(database, found) == "reopened"


def test_a_solution_without_objection_closes_by_itself(browser: Open, database: Database) -> None:
    wang, li = browser("wang"), browser("li", "en")
    found = ask(wang)
    take(li, found)
    step(li, found, "resolve", reply="Done.")
    closed = []
    for days in (0, 6, 8):
        moment = clock.now() + timedelta(days=days)
        with time_machine.travel(moment, tick=False), database.transaction() as session:
            closed.append(services.close_solved(session))
    assert closed == [0, 0, 1]
    assert "This request is closed" in wang.get(f"/service-requests/{found}")


def test_neighbours_in_the_chain_are_linked_and_prefill_the_form(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    with database.transaction() as session:
        texts = [NeedText(locale="de", title="E-Achse für Lkw", description="")]
        row = Need(
            company_id=people["meyer"].org_id,
            market="SE",
            incoterm="DAP",
            incoterm_place="Göteborg",
            state="published",
            texts=texts,
        )
        hidden = Need(company_id=people["chen"].org_id, state="draft")
        session.add_all([row, hidden])
        session.flush()
        need, secret = row.id, hidden.id
    meyer = browser("meyer", "en")
    form = meyer.get(f"/services/CUST/request?need={need}")
    assert 'value="E-Achse für Lkw"' in form and "DAP Göteborg" in form
    assert re.search(r'value="SE" checked', form.html)
    found = ask(meyer, "CUST", need=need, q_product="E-Achse")
    assert "E-Achse für Lkw" in browser("li", "en").get(f"/desk/requests/{found}")
    assert meyer.get(f"/services/CUST/request?need={secret}").status == 404


def test_internal_notes_stay_inside(
    browser: Open, database: Database, mails: Callable[[], list[str]]
) -> None:
    wang, li = browser("wang"), browser("li", "en")
    found = ask(wang)
    take(li, found)
    step(li, found, "note", note=CANARY)
    step(li, found, "reply", reply="We are on it. BODY-CANARY")
    step(li, found, "ask_partner", note=CANARY)
    desk = li.get(f"/desk/requests/{found}")
    assert CANARY in desk and "is-internal" in desk
    for page in (f"/service-requests/{found}", "/service-requests", "/account/notices"):
        assert "CANARY-7f3a" not in wang.get(page)
    assert "Internal note" not in wang.get(f"/service-requests/{found}")
    assert mails()
    assert not any("CANARY" in mail for mail in mails())
    with database.reading() as session:
        exported = [str(records.to_record(row)) for row in queries.for_export(session)]
    assert exported and "CANARY-7f3a" not in exported[0] and "BODY-CANARY" in exported[0]


def test_the_slower_of_two_sees_who_was_faster_and_keeps_the_text(browser: Open) -> None:
    found = ask(browser("wang"))
    li, zhao = browser("li", "en"), browser("zhao", "en")
    take(li, found)
    seen = version(zhao, found)
    step(li, found, "ask_customer", reply="Which plant?")
    late = zhao.post(
        f"/desk/requests/{found}", {"do": "resolve", "version": seen, "reply": "My long answer"}
    )
    assert late.status == 409
    assert "Li changed this request" in late and "My long answer" in late
    assert "Waiting for the customer" in late
    noted = {"do": "ask_partner", "version": seen, "note": "My note to colleagues"}
    refused = zhao.post(f"/desk/requests/{found}", noted)
    assert refused.status == 409
    assert "Li changed this request" in refused and "My note to colleagues" in refused


def test_agents_take_requests_and_supervisors_give_them(
    browser: Open, people: dict[str, Person], database: Database
) -> None:
    found = ask(browser("wang"))
    li, zhao = browser("li", "en"), browser("zhao", "en")
    path = f"/desk/requests/{found}/assignee"
    assert li.post(path, {"assignee": people["zhao"].id}).status == 403
    assert zhao.post(path, {"assignee": people["wang"].id}).status == 422
    assert zhao.post(path, {"assignee": people["li"].id}).status == 303
    assert state(database, found) == "assigned"
    assert "Zhao assigned SR-00001 to you" in li.get("/account/notices")
    assert "Li takes care of your request" in browser("wang").get("/account/notices")


def test_priority_changes_the_order_and_the_promise(browser: Open) -> None:
    wang, li = browser("wang"), browser("li", "en")
    first, second = ask(wang, title="First asked"), ask(wang, title="Second asked")
    html = li.get("/desk").html
    assert html.index("First asked") < html.index("Second asked")
    data = {"priority": "P1", "version": version(li, second)}
    assert li.post(f"/desk/requests/{second}/priority", data).status == 303
    html = li.get("/desk").html
    assert html.index("First asked") > html.index("Second asked")
    assert "2 working hours" in li.get(f"/desk/requests/{second}")
    assert li.post(f"/desk/requests/{first}/priority", {"priority": "P9"}).status == 422


def test_filters_stand_in_the_address(browser: Open, people: dict[str, Person]) -> None:
    wang, meyer, li = browser("wang"), browser("meyer", "en"), browser("li", "en")
    freight = {"q_kind": ["sea"], "q_goods": "Motoren", "q_origin": "Kiel", "q_destination": "Oslo"}
    ours, theirs = ask(wang, title="Ours"), ask(meyer, "LOGI", title="Theirs", **freight)
    take(li, ours)
    cases = {
        "": {ours, theirs},
        "?assignee=mine": {ours},
        "?assignee=none": {theirs},
        f"?assignee={people['zhao'].id}": set(),
        "?service=LOGI": {theirs},
        "?state=in_progress": {ours},
        "?state=done": set(),
        "?priority=P1": set(),
        f"?company={people['wang'].org_id}&state=any": {ours},
        "?q=SR-00002": {theirs},
        "?q=nordstern": {theirs},
        "?q=%25": set(),
    }
    for query, wanted in cases.items():
        html = li.get(f"/desk{query}").html
        assert {i for i in (ours, theirs) if f"/desk/requests/{i}" in html} == wanted, query


@pytest.mark.parametrize(
    "path", ["/desk", "/desk/requests/{0}", "/service-requests", "/service-requests/{0}"]
)
def test_pages_need_few_statements_however_long_the_list(
    browser: Open, database: Database, path: str
) -> None:
    wang, li = browser("wang"), browser("li", "en")
    counts = []
    for _ in range(2):
        for _ in range(3):
            found = ask(wang)
            take(li, found)
            step(li, found, "note", note="x")
        counts.append(statements(database, li if "desk" in path else wang, path.format(found)))
    assert counts[0] == counts[1] <= 12


def statements(database: Database, person: Browser, path: str) -> int:
    with counted(database) as seen:
        assert person.get(path).status == 200
    return len(seen)


@pytest.mark.parametrize("name", ["wang", "meyer", None])
def test_the_desk_is_closed_to_everybody_else(browser: Open, name: str | None) -> None:
    found = ask(browser("wang"))
    person = browser(name)
    wanted = 404 if name else 303
    for path in ("/desk", f"/desk/requests/{found}", "/desk/users", "/desk/jobs"):
        assert person.get(path).status == wanted
    for path in (f"/desk/requests/{found}", f"/desk/requests/{found}/assignee"):
        assert person.post(path, {"do": "note", "note": "x"}).status in (303, 404)
