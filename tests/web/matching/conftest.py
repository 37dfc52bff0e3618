"""A Chinese-only capability and a German need that fit, and makers of more."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.capabilities.models import Capability, CapabilityText
from portal.companies.models import Certificate
from portal.core import clock, jobs
from portal.core.db import Database
from portal.needs.models import Need, NeedText
from tests.support.people import Person

Make = Callable[..., str]


def announce(session: Any, kind: str, row_id: str) -> None:
    """What the verbs of needs and capabilities put into the outbox."""
    jobs.enqueue(session, "index.update", {"kind": kind, "id": row_id})
    jobs.enqueue(session, f"matching.{kind}", {"id": row_id})


@pytest.fixture
def make_capability(database: Database, people: dict[str, Person]) -> Make:
    def make(owner: str = "wang", title: str = "800 V 碳化硅主驱逆变器", **values: Any) -> str:
        company = people[owner].org_id
        tomorrow = clock.now().date() + timedelta(days=900)
        fields: dict[str, Any] = {
            "category": "traction-inverter",
            "attributes": {"peak_power": {"value": "260", "unit": "kW"}},
            "markets": ["DE", "HU"],
            "capacity_quantity": Decimal(120_000),
            "capacity_unit": "piece",
            "capacity_per": "year",
            "state": "published",
            "published_at": clock.now(),
            "certificates": [
                Certificate(company_id=company, standard="IATF 16949", expires=tomorrow)
            ],
            "texts": [
                CapabilityText(
                    locale="zh-Hans",
                    title=title,
                    summary="面向乘用车的主驱逆变器",
                    description="峰值功率260kW,采用碳化硅功率模块,电压平台800V。",
                )
            ],
        }
        with database.transaction() as session:
            row = Capability(company_id=company, **(fields | values))
            session.add(row)
            session.flush()
            announce(session, "capability", row.id)
            return row.id

    return make


@pytest.fixture
def make_need(database: Database, people: dict[str, Person]) -> Make:
    def make(
        owner: str = "meyer", title: str = "Traktionswechselrichter 800 V", **values: Any
    ) -> str:
        fields: dict[str, Any] = {
            "category": "traction-inverter",
            "market": "DE",
            "required": {
                "certificates": ["IATF 16949"],
                "attributes": {"peak_power": {"min": "250", "unit": "kW"}},
            },
            "quantity_per_year": Decimal(60_000),
            "quantity_unit": "piece",
            "sop": f"{date.today().year + 2}-06",  # noqa: DTZ011
            "deadline": clock.now() + timedelta(days=30),
            "state": "published",
            "published_at": clock.now(),
            "texts": [
                NeedText(
                    locale="de",
                    title=title,
                    description="Gesucht wird ein Traktionswechselrichter mit Siliziumkarbid.",
                )
            ],
        }
        with database.transaction() as session:
            row = Need(company_id=people[owner].org_id, **(fields | values))
            session.add(row)
            session.flush()
            announce(session, "need", row.id)
            return row.id

    return make


@pytest.fixture
def capability(make_capability: Make) -> str:
    return make_capability()


@pytest.fixture
def need(make_need: Make) -> str:
    return make_need()
