"""Many at the same moment, over real connections to several processes and one database."""

import html
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.core.models import AuditEvent, Job
from portal.service_requests.models import RequestEntry, ServiceRequest
from tests.drills.conftest import Ground
from tests.support.served import Site, eventually, served
from tests.support.surfing import Answer, Surfer
from tests.web.service_requests.acts import Desk

pytestmark = pytest.mark.timeout(240)
AT_ONCE = 50
ASKED = {
    "title": ["Fünfzigmal geklickt"],
    "description": ["Nur einmal gemeint."],
    "q_component": ["Wechselrichter"],
    "q_regulation": ["UN R10"],
    "markets": ["DE"],
}


@pytest.fixture(scope="module")
def site(ground: Ground) -> Iterator[Site]:
    with served(ground.instance, workers=2) as site:
        visitor = Surfer(site.address)
        together([lambda: visitor.get("/services/CERT")] * 8)  # all processes have begun
        eventually(lambda: at_rest(ground), 120)
        yield site


def at_rest(ground: Ground) -> bool:
    """The worker has done what it does at its start, with long transactions of its own."""
    with ground.database.reading() as session:
        done = select(Job.id).where(Job.kind == "clocks.refresh", Job.finished_at.is_not(None))
        ready = select(Job.id).where(Job.finished_at.is_(None), Job.run_at <= clock.now())
        return bool(session.scalar(done)) and session.scalar(ready) is None


def together(calls: list[Callable[[], Answer]]) -> list[Answer]:
    """All begin at the same moment."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], Answer]) -> Answer:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_a_form_sent_fifty_times_at_once_makes_one_request(ground: Ground, site: Site) -> None:
    meyer = Surfer(site.address, "de").sign_in("meyer")
    form = meyer.form("/services/CERT/request")
    answers = together([lambda: meyer.send(form, ASKED)] * AT_ONCE)
    assert {answer.status for answer in answers} == {303}, answers[0].html[:2000]
    (place,) = {answer.location for answer in answers}
    assert "Nur einmal gemeint." in meyer.get(place.removeprefix("/de")).html
    with ground.database.reading() as session:
        asked = select(ServiceRequest.id).where(ServiceRequest.title == "Fünfzigmal geklickt")
        (made,) = session.scalars(asked)
        assert place.endswith(made)
        for query in (
            select(func.count()).where(RequestEntry.request_id == made),
            select(func.count()).where(
                AuditEvent.action == "service_request.create", AuditEvent.object_id == made
            ),
        ):
            assert session.scalar(query) == 1


@pytest.fixture(scope="module")
def staff(site: Site) -> dict[str, Surfer]:
    return {name: Surfer(site.address).sign_in(name) for name in ("li", "zhao")}


# What each presses, and the field that takes the words; the state it leads to.
STEPS = {"li": ("resolve", "reply"), "zhao": ("ask_partner", "note")}
STATES = {"li": "Resolved", "zhao": "Waiting for a partner"}


def both_move(staff: dict[str, Surfer], path: str, words: dict[str, str]) -> dict[str, Answer]:
    """Both have the page as it was; then both press their button. Returns the answers by name."""
    pages = {name: staff[name].form_with(path, field) for name, (_do, field) in STEPS.items()}

    def press(name: str) -> Answer:
        do, field = STEPS[name]
        # "anyway": though points of the checklist are open
        return staff[name].send(pages[name], {"do": [do], field: [words[name]], "anyway": ["1"]})

    answers = together([partial(press, name) for name in STEPS])
    return dict(zip(STEPS, answers, strict=True))


@pytest.mark.parametrize("round_number", range(3))
def test_of_two_who_move_a_request_one_wins_and_the_other_sees_who(
    ground: Ground, staff: dict[str, Surfer], round_number: int
) -> None:
    with ground.database.transaction() as session:
        desk = Desk(session)
        request = desk.ask(title=f"Runde {round_number}")
        desk.begin(request)
        path = f"/desk/requests/{request.id}"
    words = {name: f"Written by {name}, round {round_number} <&>" for name in STEPS}
    answers = both_move(staff, path, words)
    assert sorted(answer.status for answer in answers.values()) == [303, 409]
    winner, loser = sorted(STEPS, key=lambda name: answers[name].status)
    told = html.unescape(answers[loser].html)
    summary = told.split("error-summary", 1)[1].split("</ul>")[0]
    assert f"{winner.title()} changed this request" in summary
    assert f"“{STATES[winner]}”" in summary
    box = told.split(f'name="{STEPS[loser][1]}"', 1)[1].split("</textarea>")[0]
    assert words[loser] in box, "what was typed is kept"
    page = html.unescape(staff[winner].get(path).html)
    assert words[winner] in page and words[loser] not in page
