"""Something published on both sides."""

from datetime import timedelta

import pytest

from portal.capabilities.models import Capability, CapabilityText
from portal.core import clock
from portal.core.db import Database
from portal.needs.models import Need, NeedText
from tests.support.people import Person

Listed = dict[str, str]


@pytest.fixture
def listed(database: Database, people: dict[str, Person]) -> Listed:
    """Ids of a published and a draft capability, an open need, one past its deadline, a draft."""
    now = clock.now()
    wang, meyer = people["wang"].org_id, people["meyer"].org_id
    rows = {
        "capability": _capability(wang, "published", "扁线电机定子", "stator"),
        "draft capability": _capability(wang, "draft", "保密新品", "rotor"),
        "need": _need(meyer, "published", "Stator für Hinterachse", now + timedelta(days=9)),
        "past need": _need(meyer, "published", "Alter Bedarf", now - timedelta(days=1)),
        "draft need": _need(meyer, "draft", "Geheimer Bedarf", None),
    }
    with database.transaction() as session:
        session.add_all(rows.values())
        session.flush()
        return {name: row.id for name, row in rows.items()}


def _capability(company: object, state: str, title: str, category: str) -> Capability:
    texts = [CapabilityText(locale="zh-Hans", title=title)]
    published = clock.now() if state == "published" else None
    return Capability(
        company_id=company, state=state, category=category, texts=texts, published_at=published
    )


def _need(company: object, state: str, title: str, deadline: object) -> Need:
    texts = [NeedText(locale="de", title=title)]
    published = clock.now() if state == "published" else None
    return Need(
        company_id=company, state=state, deadline=deadline, texts=texts, published_at=published
    )
