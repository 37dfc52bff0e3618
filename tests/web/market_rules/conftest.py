"""A capability of Huaneng's, and rules about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.rules import actor_of
from portal.capabilities.models import Capability
from portal.companies.models import Certificate
from portal.core.access import Actor
from portal.core.db import Database
from portal.market_rules import shipped
from tests.support import objects
from tests.support.people import Person


def record(rule_id: str = "eu-un-r100", **more: Any) -> dict[str, Any]:
    return {
        "id": rule_id,
        "market": "EU",
        "kind": "requirement",
        "classes": ["traction-inverter"],
        "satisfied_by": ["UN R100"],
        "service": "CERT",
        "title": {"en": "Electrical safety (UN R100)", "de": "Elektrische Sicherheit (UN R100)"},
        "summary": {"en": "The vehicle needs an approval."},
        "valid_from": "2027-02-18",
        "valid_to": None,
        "source": {"name": "UN Regulation No. 100", "publisher": "UNECE",
                   "url": "https://unece.org/"},
        "reviewed_on": None,
        "reviewer": None,
        "status": "to_review",
        **more,
    }  # fmt: skip


RULES = [
    record(),
    record("eu-un-r10", satisfied_by=["UN R10"], title={"en": "EMC (UN R10)"}, valid_from=None),
    record("eu-iatf", kind="market_practice", satisfied_by=["IATF 16949"], service="QMS",
           title={"en": "IATF 16949 of the plant"}, valid_from=None),
    record("eu-notice", kind="notice", satisfied_by=[], service="REG", valid_from="2026-01-01",
           title={"en": "Additional duty on imports"}),
    record("br-inmetro", market="BR", satisfied_by=[], title={"en": "Inmetro seal"}),
]  # fmt: skip


@dataclass
class Stage:
    """What the tests speak of."""

    database: Database
    capability: str
    company: str
    people: dict[str, Person]

    def actor(self, name: str) -> Actor:
        with self.database.reading() as session:
            user = accounts.user(session, self.people[name].id)
            assert user is not None
            return actor_of(user)

    def certify(
        self, standard: str, expires: date | None, level: str = "claimed", **more: Any
    ) -> None:
        row = Certificate(
            company_id=self.company, capability_id=self.capability, standard=standard,
            expires=expires, level=level, **more,
        )  # fmt: skip
        with self.database.transaction() as session:
            session.add(row)

    def write(self, act: Callable[[Session], Any]) -> Any:
        with self.database.transaction() as session:
            return act(session)


@pytest.fixture
def stage(database: Database, people: dict[str, Person]) -> Iterator[Stage]:
    company = people["wang"].org_id
    with database.transaction() as session:
        shipped.load(session, RULES)
        row: Capability = objects.capability(company, "published")
        session.add(row)
        session.flush()
        found = row.id
    yield Stage(database, found, company, people)
