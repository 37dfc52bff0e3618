"""Many at the same moment: one form sent fifty times, two people moving one request."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from sqlalchemy import func, select

from portal.core.db import Database
from portal.core.errors import Conflict
from portal.core.models import AuditEvent
from portal.service_requests import services
from portal.service_requests.models import RequestEntry, ServiceRequest
from portal.web.app import Portal
from tests.support.client import Browser
from tests.web.service_requests.acts import Desk, words

ASKED = {"title": "Zoll", "description": "Welche Nummer?", "priority": "P3", "markets": ["DE"]}
AT_ONCE = 50


def test_fifty_identical_submissions_make_one_request(
    app: Portal, browser: Callable[..., Browser], database: Database
) -> None:
    meyer = browser("meyer")
    form = {**ASKED, "_once": "the same form", "csrf_token": meyer.csrf()}
    cookie = meyer.client.get_cookie("portal")
    assert cookie is not None
    gate = threading.Barrier(AT_ONCE)

    def send(_number: int) -> tuple[int, str]:
        client = app.test_client()
        client.set_cookie("portal", cookie.value)
        gate.wait()
        answer = client.post("/en/services/MATCH/request", data=form)
        return answer.status_code, answer.headers.get("Location", "")

    with (
        patch.object(services.answers, "checked", lambda _form, answers, *_: dict(answers)),
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        answers = list(pool.map(send, range(AT_ONCE)))
    # Who had to wait too long for the others is asked to try again, and nothing happens twice.
    assert {status for status, _ in answers} <= {303, 503}
    assert len({place for status, place in answers if status == 303}) == 1
    with database.reading() as session:
        for table in (ServiceRequest, RequestEntry):
            assert session.scalar(select(func.count()).select_from(table)) == 1
        made = select(func.count()).where(AuditEvent.action == "service_request.create")
        assert session.scalar(made) == 1


def test_of_two_people_moving_one_request_one_wins(database: Database) -> None:
    with database.transaction() as session:
        d = Desk(session)
        request = d.ask()
        d.begin(request)
        seen = request.version
    gate = threading.Barrier(2)

    def resolve(name: str) -> str:
        gate.wait()
        try:
            with database.transaction() as session:
                d = Desk(session)
                step = services.Step("resolve", seen, words(f"solved by {name}"))
                services.move(session, d.actor(name), request.id, step)
        except Conflict as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(resolve, ("li", "zhao")))
    assert said[0] == ""
    assert "changed this request" in said[1] and "Resolved" in said[1]
    assert ("Li" in said[1]) != ("Zhao" in said[1])
