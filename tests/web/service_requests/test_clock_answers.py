"""Answers on which a promise depends: counted from the start, and when they are corrected."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.errors import Conflict, Invalid, NotFound
from portal.service_requests import calendars, clocks, queries, services
from portal.service_requests.models import RequestPause, ServiceRequest
from tests.support.client import Browser
from tests.web.service_requests.acts import HOUR, MONDAY, Desk, desk

Open = Callable[..., Browser]
SAFE, UNSAFE = {"safety": False}, {"safety": True}


def budget(request: ServiceRequest) -> timedelta:
    return next(one.budget for one in clocks.of(request) if one.name == clocks.FIRST_REPLY)


@pytest.mark.parametrize(
    ("priority", "answers", "hours"),
    [("P3", {}, 4), ("P3", SAFE, 4), ("P3", UNSAFE, 2), ("P4", UNSAFE, 2), ("P2", UNSAFE, 2),
     ("P1", UNSAFE, 1), ("P1", SAFE, 1), ("P4", SAFE, 8)],
)  # fmt: skip
def test_a_safety_case_is_answered_sooner_but_never_later(
    database: Database, priority: str, answers: dict[str, bool], hours: int
) -> None:
    with desk(database) as d:
        request = d.ask(priority=priority, answers=answers)
        assert budget(request) == hours * HOUR
        counted = calendars.load(d.session).after(MONDAY, hours * HOUR)
        assert request.first_reply_due == counted


def test_a_corrected_answer_moves_the_promise_and_keeps_the_pauses(database: Database) -> None:
    with desk(database) as d:
        request = d.ask(answers=SAFE)
        d.begin(request)
        d.do("li", request, "ask_customer", "?")
        found = request.id
    with desk(database, MONDAY + HOUR) as d:
        d.do("li", d.find(found), "resume")
    with desk(database, MONDAY + 1.5 * HOUR) as d:
        request, li = d.find(found), d.actor("li")
        pauses = [(p.kind, p.started_at, p.ended_at) for p in _pauses(d.session, request)]
        assert len(pauses) == 1
        request.first_reply_at = None
        clocks.refresh(d.session, request)
        assert request.first_reply_due == MONDAY + 6 * HOUR, "4 h, an hour's pause, lunch"
        plan = request.plan_due
        services.set_answer(d.session, li, found, "safety", "yes", request.version)
        assert request.first_reply_due == MONDAY + 4 * HOUR - HOUR, "2 h and the pause"
        assert [(p.kind, p.started_at, p.ended_at) for p in _pauses(d.session, request)] == pauses
        assert request.plan_due == plan, "promised as before"
        services.set_answer(d.session, li, found, "safety", "no")
        assert request.first_reply_due == MONDAY + 6 * HOUR
        entries = queries.entries(d.session, li, request)
        kept = [entry.detail for entry in entries if entry.event == "answer"]
        # Both stand at the same moment here, so their order says nothing.
        assert {(one["from"], one["to"]) for one in kept} == {(False, True), (True, False)}
        customer = queries.entries(d.session, d.actor("meyer"), request)
        assert not [entry for entry in customer if entry.event == "answer"]


def _pauses(session: Session, request: ServiceRequest) -> list[RequestPause]:
    return clocks.pauses_of(session, [request])[request.id]


def test_only_staff_correct_only_what_the_promise_depends_on(database: Database) -> None:
    with desk(database) as d:
        request, li = d.ask(answers=SAFE), d.actor("li")
        for name, value in (("incident", "x"), ("safety", "maybe"), ("nonsense", "yes")):
            with pytest.raises(Invalid):
                services.set_answer(d.session, li, request.id, name, value)
        with pytest.raises(NotFound):
            services.set_answer(d.session, d.actor("meyer"), request.id, "safety", "yes")
        with pytest.raises(Conflict):
            services.set_answer(d.session, li, request.id, "safety", "yes", request.version + 3)
        assert request.answers == SAFE


def test_the_work_item_offers_it_where_it_matters(browser: Open, database: Database) -> None:
    with database.transaction() as session:
        d = Desk(session)
        found = d.ask(answers=SAFE).id
        version = str(d.find(found).version)
    li = browser("li", "en")
    page = li.get(f"/desk/requests/{found}")
    assert 'value="safety=no" selected' in page and "4 working hours" in page
    path = f"/desk/requests/{found}/handling/answer"
    assert li.post(path, {"answer": "safety=yes", "version": version}).status == 303
    assert "2 working hours" in li.get(f"/desk/requests/{found}")
    assert li.post(path, {"answer": "safety"}).status == 422
