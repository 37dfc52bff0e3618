"""A request in work at the desk, and doors to the verbs without their pages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.rules import actor_of
from portal.core.access import Actor
from portal.core.db import Database
from portal.core.texts import Words
from portal.service_requests import services
from portal.service_requests.models import Referral, ServiceRequest
from portal.service_requests.partners import referrals
from portal.service_requests.partners.referrals import ReferralInput
from portal.service_requests.services import RequestInput, Step
from tests.support.people import Person

# What only the customer and the base know; a partner may see what is ticked of it.
CANARIES = {
    "title": "CANARY-title inverter for the X9",
    "description": "CANARY-description: the rotor overheats",
    "answers": {"component": "CANARY-component", "regulation": ["UN R10"]},
    "urgency_reason": "CANARY-urgency",
}
BRIEF = "Can you test a 400 V inverter to UN R10 in March?"


@dataclass
class Stage:
    """Everything as one person after another does it."""

    database: Database
    people: dict[str, Person]

    @contextmanager
    def acting(self, name: str) -> Iterator[tuple[Session, Actor]]:
        with self.database.transaction() as session:
            user = accounts.user(session, self.people[name].id)
            assert user is not None
            yield session, actor_of(user)

    def request(self, who: str = "meyer", *, consent: bool = True, started: bool = True) -> str:
        """A new request of this person, in work by Li; its id."""
        data = RequestInput(
            service="CERT",
            title=CANARIES["title"],
            words=Words(CANARIES["description"], "de"),
            priority="P2",
            urgency_reason=CANARIES["urgency_reason"],
            markets=["DE"],
            consent_partners=consent,
            answers=CANARIES["answers"],
        )
        with self.acting(who) as (session, actor):
            made = services.create(session, actor, data).id
        with self.acting("li") as (session, actor):
            services.note(session, actor, made, Words("CANARY-note of the staff", "en"))
            if started:
                services.assign(session, actor, made, actor.user_id or "")
                services.move(session, actor, made, Step("start", None, Words("", "en")))
        return made

    def refer(self, request: str, *partners: str, **more: Any) -> list[str]:
        """Ask partners, by a person of each, about a request; ids of the referrals."""
        ids = [self.people[name].org_id or "" for name in partners or ("hoffmann",)]
        given = {"title": "EMC test", "words": Words(BRIEF, "en"), **more}
        with self.acting("li") as (session, actor):
            data = ReferralInput(partner_ids=ids, **given)
            return [row.id for row in referrals.refer(session, actor, request, data)]

    def act(self, who: str, referral: str, name: str, text: str = "", version: Any = None) -> None:
        with self.acting(who) as (session, actor):
            referrals.act(session, actor, referral, Step(name, version, Words(text, "en")))

    def say(self, who: str, referral: str, text: str, *, internal: bool = False) -> None:
        with self.acting(who) as (session, actor):
            referrals.say(session, actor, referral, Words(text, "en"), internal=internal)

    def state(self, request: str) -> str:
        with self.database.reading() as session:
            query = select(ServiceRequest.state).where(ServiceRequest.id == request)
            return session.execute(query).scalar_one()

    def referral(self, referral: str) -> Referral:
        with self.database.reading() as session:
            return session.get_one(Referral, referral)


@pytest.fixture
def stage(database: Database, people: dict[str, Person]) -> Stage:
    return Stage(database, people)


@pytest.fixture
def asked(stage: Stage) -> Callable[..., tuple[str, str]]:
    """A request and one referral of it to the test laboratory."""

    def make(**more: Any) -> tuple[str, str]:
        request = stage.request()
        return request, stage.refer(request, **more)[0]

    return make
