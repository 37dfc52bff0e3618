"""Two questions after closing: who is asked, how often, who sees the answer, what follows."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from portal.core.db import Database
from portal.core.models import AuditEvent, Job
from portal.core.statements import counted
from portal.service_requests import bulk, services
from portal.service_requests.bulk import BulkInput
from portal.service_requests.models import Satisfaction, ServiceRequest
from portal.service_requests.satisfaction import queries, rules
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.service_requests.acts import MONDAY, Desk, desk

Open = Callable[..., Browser]
Mails = Callable[[], list[str]]
GOOD = {"solved": "5", "service": "4", "comment": "Schnell und klar."}
BAD = {"solved": "2", "service": "4", "comment": "Das Zollproblem bleibt."}
CLOSED = MONDAY + timedelta(days=1)
LATER = CLOSED + timedelta(hours=1)


def closed(at: Desk, name: str = "meyer", agent: str = "li") -> ServiceRequest:
    """A request that somebody of the staff solved and its requester confirmed."""
    request = at.ask(name)
    at.begin(request, agent)
    at.do(agent, request, "resolve", "Done.")
    at.do(name, request, "confirm")
    return request


def one(database: Database, **more: str) -> str:
    with desk(database, CLOSED) as at:
        return closed(at, **more).id


def asked(mails: Mails, when: object = LATER) -> list[str]:
    with time_machine.travel(when, tick=False):
        return [mail for mail in mails() if "/satisfaction/" in mail]


def link(mail: str) -> str:
    found = re.search(r"http://localhost/[a-z-]+(/satisfaction/\S+)", mail)
    assert found
    return found[1]


def row(database: Database, request: str) -> Satisfaction | None:
    with database.reading() as session:
        return session.get(Satisfaction, request)


def answer(
    browser: Open, request: str, data: dict[str, str], at: object = LATER, name: str = "meyer"
) -> None:
    with time_machine.travel(at, tick=False):
        sent = browser(name, "en").post(f"/service-requests/{request}/satisfaction", data)
    assert sent.status == 303, sent.html[:3000]


def test_the_requester_is_asked_once_in_their_language_a_while_after_closing(
    database: Database, mails: Mails
) -> None:
    one(database)
    assert asked(mails, CLOSED + timedelta(minutes=10)) == []
    (mail,) = asked(mails)
    assert "meyer@test.example" in mail and "/de/satisfaction/" in mail
    assert "Frage?" not in mail and "Zoll" not in mail
    assert len(asked(mails, LATER + timedelta(days=3))) == 1


def test_the_link_works_without_signing_in_and_opening_it_records_nothing(
    database: Database, mails: Mails, browser: Open
) -> None:
    request = one(database)
    path = link(asked(mails)[0])
    guest = browser(None, "de")
    with time_machine.travel(LATER, tick=False):
        for _ in range(2):
            page = guest.get(path)
        found = row(database, request)
        assert found is not None and found.answered_at is None
        assert page.response.headers["Referrer-Policy"] == "no-referrer"
        assert (
            page.response.headers["Cache-Control"] == "no-store" and 'rel="alternate"' not in page
        )
        assert guest.post(path, GOOD).status == 303
        found = row(database, request)
        assert found is not None and (found.solved, found.service) == (5, 4)
        assert found.comment == "Schnell und klar." and found.locale == "de"


def test_the_link_serves_once_and_tells_no_answer(
    database: Database, mails: Mails, browser: Open
) -> None:
    request = one(database)
    path = link(asked(mails)[0])
    guest, other = browser(None, "de"), browser("smith")
    with time_machine.travel(LATER, tick=False):
        assert guest.post(path, GOOD).status == 303
        assert other.post(path, BAD).status == 409
        assert "Schnell" not in other.get(path) and "Schnell" not in guest.get(path)
    found = row(database, request)
    assert found is not None and found.solved == 5


@pytest.mark.parametrize("spoil", ["forged", "late", "left", "reopened"])
def test_a_link_that_is_not_good_takes_no_answer(
    database: Database, mails: Mails, browser: Open, people: dict[str, Person], spoil: str
) -> None:
    request = one(database)
    path = link(asked(mails)[0])
    when, expected = LATER, 409
    if spoil == "forged":
        path, expected = path[:-1] + ("a" if path[-1] != "a" else "b"), 404
    if spoil == "late":
        when = LATER + timedelta(days=31)
    if spoil == "left":
        from portal.accounts.models import Membership

        with database.transaction() as session:
            session.delete(session.get_one(Membership, people["meyer"].id))
        expected = 404
    if spoil == "reopened":
        with desk(database, LATER) as at:
            at.do("meyer", at.find(request), "reopen", "Still broken.")
    with time_machine.travel(when, tick=False):
        assert browser(None, "de").post(path, GOOD).status == expected
    found = row(database, request)
    assert found is not None and found.answered_at is None


def test_missing_marks_are_named(database: Database, mails: Mails, browser: Open) -> None:
    one(database)
    path = link(asked(mails)[0])
    with time_machine.travel(LATER, tick=False):
        refused = browser(None, "en").post(path, {"solved": "9", "comment": "Hm."})
    assert refused.status == 422 and "Hm." in refused and "Please choose an answer." in refused


def test_a_person_is_asked_at_most_once_a_week_but_may_answer_unasked(
    database: Database, mails: Mails, browser: Open
) -> None:
    one(database)
    assert len(asked(mails)) == 1
    with desk(database, CLOSED + timedelta(days=2)) as at:
        second = closed(at).id
    assert len(asked(mails, CLOSED + timedelta(days=3))) == 1
    with time_machine.travel(CLOSED + timedelta(days=3), tick=False):
        page = browser("meyer", "en").get(f"/service-requests/{second}")
        assert "Answer two questions" in page
    answer(browser, second, GOOD, CLOSED + timedelta(days=3))
    with desk(database, CLOSED + timedelta(days=9)) as at:
        closed(at)
    assert len(asked(mails, CLOSED + timedelta(days=10))) == 2


def test_supervisors_change_how_often_people_are_asked(
    database: Database, mails: Mails, browser: Open
) -> None:
    one(database)
    assert len(asked(mails)) == 1
    assert browser("li").post("/desk/satisfaction", {"days": "0"}).status == 404
    zhao = browser("zhao", "en")
    assert zhao.post("/desk/satisfaction", {"days": "400"}).status == 422
    assert zhao.post("/desk/satisfaction", {"days": "0"}).status == 303
    with database.reading() as session:
        query = select(AuditEvent.detail).where(AuditEvent.action == "satisfaction.apart")
        assert session.scalars(query).all() == [{"days": 0}]
    assert 'value="0"' in zhao.get("/desk/satisfaction")
    with desk(database, CLOSED + timedelta(days=2)) as at:
        closed(at)
    assert len(asked(mails, CLOSED + timedelta(days=3))) == 2


def test_what_closes_by_itself_is_asked_about(database: Database, mails: Mails) -> None:
    with desk(database, CLOSED) as at:
        request = at.ask("meyer")
        at.begin(request)
        at.do("li", request, "resolve", "Done.")
    week = CLOSED + timedelta(days=7, minutes=1)
    with desk(database, week) as at:
        assert services.close_solved(at.session) == 1
    assert len(asked(mails, week + timedelta(hours=1))) == 1


def test_merged_cancelled_and_rejected_requests_are_not_asked_about(
    database: Database, mails: Mails
) -> None:
    with desk(database, CLOSED) as at:
        merged, target, cancelled, rejected = (at.ask("meyer") for _ in range(4))
        services.merge(at.session, at.actor("li"), merged.id, target.id)
        at.do("meyer", cancelled, "cancel", "Not needed.")
        at.do("li", rejected, "reject", "Not ours.")
    assert asked(mails) == []
    with database.reading() as session:
        query = select(func.count()).select_from(Job).where(Job.kind == "satisfaction.ask")
        assert session.scalar(query) == 0


def test_somebody_who_joined_the_base_is_not_asked(
    database: Database, mails: Mails, people: dict[str, Person]
) -> None:
    from portal.accounts.models import User

    one(database)
    with database.transaction() as session:
        session.get_one(User, people["meyer"].id).staff_role = "agent"
    assert asked(mails) == []


def test_what_was_closed_by_mistake_and_put_back_is_not_asked_about(
    database: Database, mails: Mails
) -> None:
    with desk(database, CLOSED) as at:
        request = at.ask("meyer")
        at.begin(request)
        at.do("li", request, "resolve", "Done.")
        found = request.id
    late = CLOSED + timedelta(days=8)
    with desk(database, late) as at:
        done = bulk.apply(at.session, at.actor("li"), BulkInput("close", [found]))
        assert done.done
    with desk(database, late + timedelta(minutes=5)) as at:
        bulk.undo(at.session, at.actor("li"), done.change_id or "")
    assert asked(mails, late + timedelta(hours=1)) == []


def test_the_answer_is_changed_for_two_weeks(database: Database, browser: Open) -> None:
    request = one(database)
    answer(browser, request, BAD)
    with time_machine.travel(LATER + timedelta(days=1), tick=False):
        page = browser("meyer", "en").get(f"/service-requests/{request}/satisfaction")
        assert "Das Zollproblem bleibt." in page
    answer(browser, request, GOOD, LATER + timedelta(days=13))
    late = LATER + timedelta(days=15)
    with time_machine.travel(late, tick=False):
        page = browser("meyer", "en").get(f"/service-requests/{request}")
        assert "Schnell und klar." in page and "Change my answer" not in page
    answer(browser, request, BAD, late)  # leads back to the request and changes nothing
    found = row(database, request)
    assert found is not None and found.solved == 5


def test_only_those_who_worked_on_it_and_supervisors_see_the_answer(
    database: Database, browser: Open, people: dict[str, Person]
) -> None:
    from portal.accounts.models import User

    request = one(database, agent="zhao")
    answer(browser, request, BAD)
    words = BAD["comment"]
    for name in ("zhao", "admin"):
        assert words in browser(name, "en").get(f"/desk/requests/{request}")
        assert words in browser(name, "en").get("/desk/satisfaction")
    li = browser("li", "en")
    assert words not in li.get(f"/desk/requests/{request}")
    assert words not in li.get("/desk/satisfaction")
    assert "SR-00001" not in li.get("/desk?marks=low&state=any")
    assert li.post(f"/desk/requests/{request}/satisfaction", {"do": "follow_up"}).status == 404
    with desk(database, LATER) as at:
        services.note(at.session, at.actor("li"), request, at_words())
    assert words in li.get(f"/desk/requests/{request}")
    schulz = browser("schulz", "en")
    assert words not in schulz.get(f"/service-requests/{request}")
    assert schulz.get(f"/service-requests/{request}/satisfaction").status == 404
    assert schulz.post(f"/service-requests/{request}/satisfaction", GOOD).status == 404
    assert browser("smith").get(f"/service-requests/{request}/satisfaction").status == 404
    with database.reading() as session:
        assert session.get_one(User, people["li"].id).staff_role == "agent"


def at_words() -> object:
    from portal.core.texts import Words

    return Words("I called them.", "en")


def test_low_marks_are_told_flagged_and_followed_up_by_a_request(
    database: Database, browser: Open, mails: Mails
) -> None:
    request = one(database)
    answer(browser, request, BAD)
    zhao = browser("zhao", "en")
    assert "Low marks on SR-00001" in zhao.get("/account/notices")
    page = zhao.get("/desk?state=any&marks=low")
    assert "SR-00001" in page and "Low marks" in page
    with time_machine.travel(LATER, tick=False):
        now = browser("zhao", "en")
        sent = now.post(f"/desk/requests/{request}/satisfaction", {"do": "follow_up"})
        assert sent.status == 303 and request not in sent.location
        again = now.post(f"/desk/requests/{request}/satisfaction", {"do": "follow_up"})
        assert again.status == 409
        made = now.get(sent.location)
    assert "SR-00002" in made and "Follows" in made
    assert "SR-00001" not in zhao.get("/desk?state=any&marks=low")
    told = [mail for mail in mails() if "SR-00002" in mail]
    assert len(told) == 1 and "meyer@test.example" in told[0] and "Zollproblem" not in told[0]
    with database.reading() as session:
        new = session.scalars(select(ServiceRequest).where(ServiceRequest.number == 2)).one()
        assert new.follows_id == request and new.assignee_id and new.state == "assigned"


def test_low_marks_are_settled_by_a_note_among_the_staff(database: Database, browser: Open) -> None:
    request = one(database)
    answer(browser, request, BAD)
    zhao = browser("zhao", "en")
    path = f"/desk/requests/{request}/satisfaction"
    assert zhao.post(path, {"do": "settle", "follow_up_note": " "}).status == 422
    done = zhao.post(path, {"do": "settle", "follow_up_note": "CANARY-called on Tuesday"})
    assert done.status == 303
    page = zhao.get(f"/desk/requests/{request}")
    assert "CANARY-called" in page and "Followed up by" in page
    assert "CANARY-called" not in browser("meyer", "en").get(f"/service-requests/{request}")
    assert "SR-00001" not in zhao.get("/desk?state=any&marks=low")


def test_good_marks_are_told_to_the_one_in_charge_and_flag_nothing(
    database: Database, browser: Open
) -> None:
    request = one(database)
    answer(browser, request, GOOD)
    assert "has answered about SR-00001" in browser("li", "en").get("/account/notices")
    zhao = browser("zhao", "en")
    assert "answered about" not in zhao.get("/account/notices")
    assert "SR-00001" not in zhao.get("/desk?state=any&marks=low")


def test_figures_of_a_person_appear_from_five_answers_on(database: Database) -> None:
    with desk(database, CLOSED) as at:
        for number in range(6):
            request = closed(at)
            given = (4, 5) if number else (1, 1)
            at.session.add(
                Satisfaction(
                    request_id=request.id,
                    person_id=request.requester_id,
                    asked_at=CLOSED,
                    answered_at=CLOSED if number < 4 else None,
                    solved=given[0] if number < 4 else None,
                    service=given[1] if number < 4 else None,
                )
            )
        li = request.assignee_id or ""
    period = (CLOSED - timedelta(days=1), CLOSED + timedelta(days=1))
    with database.transaction() as session:
        total = queries.figures(session, *period)[""]
        assert (total.asked, total.answered, total.low) == (6, 4, 1)
        assert str(total.solved) == "3.2" and str(total.share) == "0.67"
        person = queries.figures(session, *period, "assignee")[li]
        assert person.answered == 4 and person.solved is None and person.low is None
        for row in session.scalars(select(Satisfaction).where(Satisfaction.answered_at.is_(None))):
            row.answered_at, row.solved, row.service = CLOSED, 5, 5
        session.flush()
        assert queries.figures(session, *period, "assignee")[li].low == 1
        assert queries.figures(session, CLOSED + timedelta(days=1), period[1]) == {}
    assert rules.LEAST_SHOWN == 5


def test_more_answers_need_no_more_statements(database: Database, browser: Open) -> None:
    zhao = browser("zhao", "en")

    def statements() -> int:
        with counted(database) as seen:
            assert zhao.get("/desk/satisfaction").status == 200
        return len(seen)

    answer(browser, one(database), BAD)
    few = statements()
    for name in ("meyer", "wang", "smith"):
        answer(browser, one(database, name=name), BAD, name=name)
    assert statements() == few <= 12
    with counted(database) as seen:
        assert zhao.get("/desk?state=any&marks=low").status == 200
    assert len(seen) <= 12
