"""What is not for everybody stays out of pages, structured data, search, feeds and links."""

import html
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.companies.models import Certificate, Company
from portal.core import clock
from portal.core.db import Base, Database
from portal.needs.models import Need
from portal.search import jobs as search_jobs
from portal.web.app import Portal
from tests.support.client import Browser
from tests.support.objects import capability, need
from tests.support.people import Person

Open = Callable[..., Browser]
People = dict[str, Person]


def stored(database: Database, row: Base) -> Any:
    with database.transaction() as session:
        session.add(row)
        session.flush()
        return row.id  # type: ignore[attr-defined]


def organisation(people: People, name: str) -> str:
    found = people[name].org_id
    assert found is not None
    return found


@pytest.fixture
def priced(database: Database, people: People) -> str:
    """A published need with a target price that stands nowhere else."""
    row = need(organisation(people, "meyer"), "published")
    row.target_price, row.target_currency = Decimal("98765.43"), "EUR"
    return str(stored(database, row))


@pytest.mark.parametrize(
    ("who", "sees"),
    [(None, False), ("wang", False), ("smith", False), ("kern", True), ("li", True)],
)
def test_target_price_is_between_the_buyer_and_the_base(
    browser: Open, priced: str, who: str | None, sees: bool
) -> None:
    page = browser(who).get(f"/needs/{priced}")
    assert page.status == 200
    assert ("98,765.43" in page) is sees


@pytest.mark.parametrize(("who", "sees"), [(None, False), ("meyer", False), ("sun", True)])
def test_private_certificate_of_a_capability_stays_private(
    browser: Open, database: Database, people: People, who: str | None, sees: bool
) -> None:
    row = capability(organisation(people, "wang"), "published")
    row.certificates = [
        Certificate(company_id=row.company_id, standard="TISAX", number="T-4711", public=False)
    ]
    page = browser(who).get(f"/capabilities/{stored(database, row)}")
    assert page.status == 200
    assert ("TISAX" in page) is sees
    structured = page.html.split("application/ld+json", 1)[1].split("</script>", 1)[0]
    assert "TISAX" not in structured


def test_listing_of_a_suspended_company_cannot_be_linked(
    browser: Open, database: Database, people: People
) -> None:
    row_id = stored(database, capability(organisation(people, "wang"), "published", "Geheimtitel"))
    address = f"/services/CERT/request?capability={row_id}"
    buyer = browser("meyer")
    assert "Geheimtitel" in buyer.get(address)
    with database.transaction() as session:
        company = session.get(Company, people["wang"].org_id)
        assert company is not None
        company.state = "suspended"
    assert buyer.get(address).status == 404


def test_need_is_not_found_after_its_deadline_though_no_job_has_run(
    app: Portal, browser: Open, database: Database, people: People
) -> None:
    row_id = stored(database, need(organisation(people, "meyer"), "published", "Einzelstück"))
    search_jobs.rebuild(app.engine, database)
    assert f"/needs/{row_id}" in browser().get("/search?q=Einzelstück")
    with database.transaction() as session:
        row = session.get(Need, row_id)
        assert row is not None
        row.deadline = clock.now() - timedelta(minutes=1)
    assert f"/needs/{row_id}" not in browser().get("/search?q=Einzelstück")


def test_user_text_cannot_leave_structured_data_or_the_feed(
    browser: Open, database: Database, people: People
) -> None:
    hostile = '</script><script src="//evil.example"></script>]]>'
    row_id = stored(database, need(organisation(people, "meyer"), "published", hostile))
    pages = [
        browser().get(path).html for path in (f"/needs/{row_id}", "/needs", "/feeds/needs.atom")
    ]
    assert all(html.escape("</script>") in text or "\\u003c/script" in text for text in pages)
    assert not any('<script src="//evil' in text for text in pages)
