"""Requests made and moved by their verbs, at moments of a frozen clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import time_machine
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.rules import actor_of
from portal.core.access import Actor
from portal.core.db import Database
from portal.core.texts import Words
from portal.service_requests import services
from portal.service_requests.models import ServiceRequest
from portal.service_requests.services import RequestInput, Step

# A Monday, 9:00 in Shanghai; no holiday is near.
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def words(body: str = "", locale: str = "en") -> Words:
    return Words(body, locale)


class Desk:
    """A session at a moment, with people by name: `desk.ask("meyer")`, `desk.do("li", …)`."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def actor(self, name: str) -> Actor:
        user = accounts.user_by_email(self.session, f"{name}@test.example")
        assert user is not None
        return actor_of(user)

    def ask(self, name: str = "meyer", **more: Any) -> ServiceRequest:
        """A request of 4 working hours to the first reply and 3 days to the plan. What its form
        asks is nothing to these tests."""
        given = {"service": "AFTER", "title": "Zoll", "words": words("Frage?", "de"), **more}
        urgent = {"urgency_reason": "Zoll"} if given.get("priority") in ("P1", "P2") else {}
        asked = RequestInput(**{**given, **urgent})
        with patch.object(services.answers, "checked", lambda _form, answers, *_: dict(answers)):
            return services.create(self.session, self.actor(name), asked)

    def do(self, name: str, request: ServiceRequest, step: str, body: str = "") -> None:
        services.move(self.session, self.actor(name), request.id, Step(step, None, words(body)))

    def begin(self, request: ServiceRequest, name: str = "li") -> None:
        """Assigned to a person of the staff and begun."""
        actor = self.actor(name)
        services.assign(self.session, actor, request.id, actor.user_id or "")
        self.do(name, request, "start")

    def find(self, request_id: str) -> ServiceRequest:
        return self.session.get_one(ServiceRequest, request_id)


@contextmanager
def desk(database: Database, at: datetime = MONDAY) -> Iterator[Desk]:
    """One transaction at one moment."""
    with time_machine.travel(at, tick=False), database.transaction() as session:
        yield Desk(session)
