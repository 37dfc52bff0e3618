"""One action on the ticked requests, on those of the page, on all of the view."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.core.db import Database
from portal.service_requests.models import ServiceRequest
from tests.support.client import Browser
from tests.web.service_requests.test_customer import ask

Open = Callable[..., Browser]


def priorities(database: Database) -> dict[str, str]:
    with database.reading() as session:
        query = select(ServiceRequest.id, ServiceRequest.priority)
        return {row[0]: row[1] for row in session.execute(query)}


@pytest.mark.parametrize("scope", ["ticked", "page", "view"])
def test_the_scope_says_which_requests_change(
    browser: Open, database: Database, scope: str
) -> None:
    wang, li = browser("wang"), browser("li", "en")
    first, second, third = (ask(wang, title=title) for title in ("Apfel", "Birne", "Apfelbaum"))
    page = li.get("/desk?q=Apfel")
    shown = re.search(r'name="shown" value="([^"]*)"', page.html)
    assert shown and set(shown[1].split()) == {first, third}
    later = ask(wang, title="Apfelmus")
    sent = {
        "action": "priority",
        "value-priority": "P1",
        "scope": scope,
        "ids": [second],
        "shown": shown[1],
        "back": "q=Apfel",
    }
    answer = li.post("/desk/bulk", sent)
    changed = {i for i, level in priorities(database).items() if level == "P1"}
    wanted = {"ticked": {second}, "page": {first, third}, "view": {first, third, later}}
    assert changed == wanted[scope]
    undo = re.search(r"undo=(\w+)", answer.location)
    assert undo
    assert li.post(f"/desk/bulk/{undo[1]}/undo", {"back": ""}).status == 303
    assert set(priorities(database).values()) == {"P3"}


def test_nothing_ticked_is_said(browser: Open) -> None:
    ask(browser("wang"))
    li = browser("li", "en")
    li.post("/desk/bulk", {"action": "priority", "value-priority": "P1", "scope": "ticked"})
    assert "Please choose between 1 and 200 requests." in li.get("/desk")
