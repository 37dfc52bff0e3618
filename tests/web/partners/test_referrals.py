"""Asking partners: what each side may do, what the request does meanwhile, how it is measured."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.texts import Words
from portal.service_requests import services
from portal.service_requests.partners import figures, queries, referrals
from portal.service_requests.services import Step
from tests.support import papers
from tests.support.client import Browser
from tests.web.partners.conftest import BRIEF, Stage

Open = Callable[..., Browser]
Asked = Callable[..., tuple[str, str]]


def test_staff_ask_two_partners_and_the_request_waits_for_both(
    browser: Open, stage: Stage, mails: Callable[[], list[str]]
) -> None:
    request, li = stage.request(), browser("li", "en")
    page = li.get(f"/desk/requests/{request}/referrals")
    assert page.html.index("Prüfwerk Rhein") < page.html.index("Lotse Forwarding")
    assert "Offers this service" in page and "CANARY-note" not in page
    ids = [stage.people[name].org_id for name in ("hoffmann", "roth")]
    answer = li.post(f"/desk/requests/{request}/referrals",
                     {"partners": ids, "title": "EMC", "brief": BRIEF, "wait": "y"})  # fmt: skip
    assert answer.status == 303, answer.html
    assert stage.state(request) == "waiting_partner"
    told = [mail for mail in mails() if "hoffmann@" in mail or "roth@" in mail]
    assert len(told) == 2 and not any(BRIEF in mail or "EMC" in mail for mail in told)
    with stage.database.reading() as session:
        first, second = (row.id for row in queries.of_request(session, request))
    stage.act("hoffmann", first, "accept")
    stage.act("hoffmann", first, "finish", "Yes, in week 12.")
    assert stage.state(request) == "waiting_partner"
    stage.act("roth", second, "decline", "We only forward goods.")
    assert stage.state(request) == "in_progress"


def test_a_request_is_not_resolved_while_a_partner_owes_an_answer(
    stage: Stage, asked: Asked
) -> None:
    request, referral = asked()
    done = Step("resolve", None, Words("Solved.", "en"))
    with pytest.raises(Conflict), stage.acting("li") as (session, actor):
        services.move(session, actor, request, done)
    stage.act("li", referral, "withdraw")
    with stage.acting("li") as (session, actor):
        services.move(session, actor, request, done)
    assert stage.state(request) == "resolved"


def test_the_partner_works_on_a_referral_in_its_area(
    browser: Open, stage: Stage, asked: Asked
) -> None:
    _request, referral = asked()
    hoffmann = browser("hoffmann", "en")
    assert "EMC test" in hoffmann.get("/partner")
    path = f"/partner/referrals/{referral}"
    assert BRIEF in hoffmann.get(path)
    accepted = hoffmann.post(path, {"do": "accept", "version": "1"})
    assert accepted.status == 303
    assert "EMC test" in hoffmann.get("/partner?tab=mine")
    refused = hoffmann.post(path, {"do": "finish", "version": "2"})
    assert refused.status == 422 and "Please give a reason" in refused
    report = (io.BytesIO(papers.pdf()), "report.pdf")
    sent = hoffmann.post(path, {"do": "finish", "version": "2", "reply": "Passed.",
                                "attachment": [report]})  # fmt: skip
    assert sent.status == 303, sent.html[:2000]
    page = browser("li", "en").get(f"/desk/referrals/{referral}")
    assert "Passed." in page and "report.pdf" in page
    assert "EMC test" in hoffmann.get("/partner?tab=done")


def test_internal_lines_stay_on_their_side(browser: Open, stage: Stage, asked: Asked) -> None:
    _request, referral = asked()
    stage.say("li", referral, "CANARY-desk", internal=True)
    stage.say("hoffmann", referral, "CANARY-lab", internal=True)
    stage.say("hoffmann", referral, "Hello base")
    partner = browser("keller", "en").get(f"/partner/referrals/{referral}")
    desk = browser("li", "en").get(f"/desk/referrals/{referral}")
    assert "CANARY-lab" in partner and "CANARY-desk" not in partner and "Hello base" in partner
    assert "CANARY-desk" in desk and "CANARY-lab" not in desk and "Hello base" in desk


def test_of_two_who_answer_at_once_the_second_is_told(stage: Stage, asked: Asked) -> None:
    _request, referral = asked()
    stage.act("hoffmann", referral, "accept", version=1)
    with pytest.raises(Conflict):
        stage.act("hoffmann", referral, "decline", "No.", version=1)
    with pytest.raises(Conflict):
        stage.act("li", referral, "withdraw", version=1)


def test_strangers_and_readers_change_nothing(stage: Stage, asked: Asked) -> None:
    _request, referral = asked()
    with pytest.raises(Forbidden):
        stage.act("keller", referral, "accept")
    for name in ("roth", "meyer", "wang"):
        with pytest.raises(NotFound):
            stage.act(name, referral, "accept")


def test_due_times_count_the_partners_own_hours(stage: Stage) -> None:
    # Friday noon in Berlin: 16 working hours of eight a day end on Tuesday at noon.
    with time_machine.travel(datetime(2026, 11, 20, 11, tzinfo=UTC), tick=False):
        first = stage.refer(stage.request())[0]
        wished = stage.refer(stage.request(), desired_date=date(2026, 11, 22))[0]
        assert stage.referral(first).due == datetime(2026, 11, 24, 11, tzinfo=UTC)
        assert stage.referral(wished).due == datetime(2026, 11, 20, 16, tzinfo=UTC)
        stage.act("hoffmann", wished, "accept")
    with time_machine.travel(datetime(2026, 11, 24, 10, tzinfo=UTC), tick=False):
        stage.act("hoffmann", first, "accept")
        stage.act("hoffmann", first, "finish", "Done.")
    kept = stage.referral(first)
    assert (kept.answer_minutes, kept.finish_minutes, kept.in_time) == (900, 900, True)


def test_partners_are_reminded_before_and_once_after(
    stage: Stage, mails: Callable[[], list[str]]
) -> None:
    with time_machine.travel(datetime(2026, 11, 20, 11, tzinfo=UTC), tick=False):
        stage.refer(stage.request())
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC), tick=False):
        mails()
    sent: list[int] = []
    for hour in (8, 9, 10, 12, 13):
        moment = datetime(2026, 11, 24, hour, tzinfo=UTC)
        with time_machine.travel(moment, tick=False), stage.database.transaction() as session:
            sent.append(referrals.remind(session))
        # What waits about one referral goes out as one mail, so each is sent in its time.
        with time_machine.travel(moment + timedelta(minutes=40), tick=False):
            found = mails()
    assert sent == [1, 0, 0, 1, 0]
    subjects = [mail.splitlines()[1] for mail in found if "hoffmann@" in mail]
    assert len(subjects) == len(set(subjects)) == 3  # asked, due soon, overdue


def test_what_an_ended_request_leaves_behind_is_withdrawn(stage: Stage, asked: Asked) -> None:
    request, referral = asked()
    with stage.acting("meyer") as (session, actor):
        services.move(session, actor, request, Step("cancel", None, Words("", "de")))
    with stage.database.transaction() as session:
        assert referrals.withdraw_left_behind(session) == 1
    assert stage.referral(referral).state == "withdrawn"


def test_figures_are_medians_and_shares(stage: Stage, database: Database) -> None:
    lab = stage.people["hoffmann"].org_id or ""
    begin = datetime(2026, 11, 16, 9, tzinfo=UTC)
    for hours, mark in ((1, 5), (2, 4), (5, None)):
        with time_machine.travel(begin, tick=False):
            referral = stage.refer(stage.request())[0]
        with time_machine.travel(begin.replace(hour=9 + hours), tick=False):
            stage.act("hoffmann", referral, "accept")
            stage.act("hoffmann", referral, "finish", "Done.")
            if mark:
                with stage.acting("li") as (session, actor):
                    referrals.mark(session, actor, referral, mark)
    stage.act("li", stage.refer(stage.request())[0], "miss")
    with database.reading() as session:
        found = figures.of_partners(session)[lab]
    assert (found.asked, found.open, found.accepted, found.done) == (4, 0, 3, 3)
    assert (found.answer_minutes, found.finish_minutes) == (120, 120)
    assert (found.in_time, found.mark) == (Decimal("0.75"), Decimal("4.5"))


def test_marks_are_for_answers_and_for_staff(stage: Stage, asked: Asked) -> None:
    _request, referral = asked()
    cases: list[tuple[str, Any, type[Exception]]] = [("li", 5, Conflict), ("hoffmann", 5, NotFound)]
    for who, value, error in cases:
        with pytest.raises(error), stage.acting(who) as (session, actor):
            referrals.mark(session, actor, referral, value)
    stage.act("hoffmann", referral, "decline", "No capacity.")
    with pytest.raises(Invalid), stage.acting("li") as (session, actor):
        referrals.mark(session, actor, referral, 6)
    with stage.acting("li") as (session, actor):
        assert referrals.mark(session, actor, referral, 2).mark == 2


def test_the_timeline_tells_staff_of_referrals_and_customers_nothing(
    browser: Open, asked: Asked
) -> None:
    request, _referral = asked()
    assert "Prüfwerk Rhein GmbH was asked" in browser("li", "en").get(f"/desk/requests/{request}")
    assert "Prüfwerk" not in browser("meyer", "en").get(f"/service-requests/{request}")


def test_a_colleague_is_put_in_charge(browser: Open, stage: Stage, asked: Asked) -> None:
    _request, referral = asked()
    hoffmann = browser("hoffmann", "en")
    keller = stage.people["keller"].id
    path = f"/partner/referrals/{referral}/assignee"
    assert hoffmann.post(path, {"assignee": keller, "version": "1"}).status == 303
    assert stage.referral(referral).assignee_id == keller
    stranger = stage.people["roth"].id
    assert hoffmann.post(path, {"assignee": stranger, "version": "2"}).status == 422
