"""A published capability of the supplier and a published need of the buyer."""

from datetime import timedelta

import pytest

from portal.capabilities.models import Capability, CapabilityText
from portal.core import clock
from portal.core.db import Database
from portal.needs.models import Need, NeedText
from tests.support.people import Person


@pytest.fixture
def capability(database: Database, people: dict[str, Person]) -> str:
    with database.transaction() as session:
        row = Capability(
            company_id=people["wang"].org_id,
            category="traction-inverter",
            state="published",
            published_at=clock.now(),
            texts=[
                CapabilityText(locale="zh-Hans", title="800V 碳化硅逆变器", summary="峰值功率250kW")
            ],
        )
        session.add(row)
        session.flush()
        return row.id


@pytest.fixture
def need(database: Database, people: dict[str, Person]) -> str:
    with database.transaction() as session:
        row = Need(
            company_id=people["meyer"].org_id,
            category="traction-inverter",
            market="DE",
            deadline=clock.now() + timedelta(days=30),
            state="published",
            published_at=clock.now(),
            texts=[NeedText(locale="de", title="Traktionswechselrichter 800 V")],
        )
        session.add(row)
        session.flush()
        return row.id
