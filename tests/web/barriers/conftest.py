"""Barriers recorded, noted and published by their verbs."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.core.db import Database
from portal.service_requests.barriers import services
from portal.service_requests.barriers.services import BarrierInput, PublicInput, PublicText
from portal.service_requests.models import Barrier
from tests.support.people import Person
from tests.web.partners.conftest import Stage

SECRET = "CANARY-effect: the customer lost four months"
REMEDY = "CANARY-remedy: ask Ms Weber at the authority"
PUBLIC = {
    "de": ("Funkanlagen brauchen eine Zulassung", "Vor dem Verkauf ist eine Prüfung nötig."),
    "en": ("Radio equipment needs approval", "A test is needed before the sale."),
}


def given(**more: Any) -> BarrierInput:
    facts: dict[str, Any] = {
        "market": "DE",
        "kind": "approval",
        "category": "traction-inverter",
        "rule": "UN R10, series 06",
        "effect": SECRET,
        "remedy": REMEDY,
        "source": "https://unece.example/r10",
    }
    return BarrierInput(**{**facts, **more})


def public(texts: Any = None, source: str = "https://unece.example/r10") -> PublicInput:
    rows = PUBLIC if texts is None else texts
    return PublicInput({tag: PublicText(*text) for tag, text in rows.items()}, source)


Record = Callable[..., str]


@pytest.fixture
def stage(database: Database, people: dict[str, Person]) -> Stage:
    return Stage(database, people)


@pytest.fixture
def recorded(stage: Stage) -> Record:
    """A barrier recorded by Li, met by the requests named; its id."""

    def make(*met: str, anyway: bool = True, **more: Any) -> str:
        with stage.acting("li") as (session, actor):
            made = services.create(session, actor, given(**more), anyway=anyway)
            for request in met:
                services.attach(session, actor, request, made.id)
            return made.id

    return make


@pytest.fixture
def published(stage: Stage, recorded: Record) -> Record:
    """A barrier whose public text Li wrote and Zhao approved; its id."""

    def make(*met: str, texts: Any = None, **more: Any) -> str:
        found = recorded(*met, **more)
        with stage.acting("li") as (session, actor):
            services.propose(session, actor, found, public(texts))
        with stage.acting("zhao") as (session, actor):
            services.approve(session, actor, found)
        return found

    return make


def row(database: Database, found: str) -> Barrier:
    with database.reading() as session:
        return session.get_one(Barrier, found)
