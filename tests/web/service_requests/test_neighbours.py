"""A request on the pages of what it concerns, and those on its page: who sees which."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from portal.core.db import Database
from portal.core.statements import counted
from portal.inquiries.models import Inquiry
from portal.matching.models import Match
from portal.needs.models import Need
from portal.service_requests.models import ServiceRequest
from tests.support import objects
from tests.support.client import Browser
from tests.support.formfill import form_at
from tests.support.people import Person

Open = Callable[..., Browser]
# What each side asked the base for; the other side must not know of it.
BUYERS, SUPPLIERS = "CANARY-buyer: check this supplier", "CANARY-supplier: who is this buyer"


@dataclass
class Ids:
    need: str
    capability: str
    inquiry: str
    buyers: str
    suppliers: str


@pytest.fixture
def ids(database: Database, people: dict[str, Person]) -> Ids:
    """A need and a capability that match, an inquiry about both, and a request of either side."""
    huaneng, nordstern = people["wang"].org_id or "", people["meyer"].org_id or ""
    with database.transaction() as session:
        need = objects.need(nordstern, "published")
        capability = objects.capability(huaneng, "published")
        session.add_all([need, capability])
        session.flush()
        asked = objects.inquiry(nordstern, huaneng, capability_id=capability.id, need_id=need.id)
        pair = {"need_id": need.id, "capability_id": capability.id}
        session.add_all([asked, Match(score=1.0, met=3, gaps=1, unknown=2, **pair)])
        session.flush()
        rows = [
            objects.service_request(nordstern, 1, people["meyer"].id),
            objects.service_request(huaneng, 2, people["wang"].id),
        ]
        for row, title in zip(rows, (BUYERS, SUPPLIERS), strict=True):
            row.title, row.inquiry_id = title, asked.id
            row.need_id, row.capability_id = need.id, capability.id
        session.add_all(rows)
        session.flush()
        return Ids(need.id, capability.id, asked.id, rows[0].id, rows[1].id)


def test_either_side_asks_about_an_inquiry(browser: Open, ids: Ids) -> None:
    path = f"/services/MATCH/request?inquiry={ids.inquiry}"
    for name in ("wang", "meyer"):
        assert f"/en/services?inquiry={ids.inquiry}" in browser(name, "en").get(
            f"/inquiries/{ids.inquiry}"
        )
        form = form_at(browser(name, "en").get(path).html, f"/en{path}")
        assert form.values["inquiry"] == [ids.inquiry]


def test_staff_ask_about_an_inquiry_that_came_before_the_base(
    browser: Open, database: Database, ids: Ids, people: dict[str, Person]
) -> None:
    """In the name of either side, from the chain of a request; of no other inquiry."""
    li, path = browser("li", "en"), f"/desk/services/MATCH/request?inquiry={ids.inquiry}"
    assert f"/en/services?inquiry={ids.inquiry}" in li.get(f"/desk/requests/{ids.buyers}")
    choice = li.get(path)
    sides = [people["wang"].org_id, people["meyer"].org_id]
    for company in sides:
        assert f"company={company}" in choice
        form = form_at(li.get(f"{path}&company={company}").html, "/en/desk/services/MATCH/request")
        assert form.values["inquiry"] == [ids.inquiry]
    other = people["smith"].org_id
    assert f"company={other}" not in choice
    assert li.get(f"{path}&company={other}").status == 404
    with database.transaction() as session:
        for row in session.scalars(select(ServiceRequest)):
            row.inquiry_id = None
    assert li.get(f"{path}&company={sides[0]}").status == 404


@pytest.mark.parametrize("place", ["need", "capability"])
def test_each_side_sees_its_own_request_where_it_belongs(
    browser: Open, ids: Ids, place: str
) -> None:
    path = {"need": f"/needs/{ids.need}", "capability": f"/capabilities/{ids.capability}"}[place]
    for name in ("meyer", "kern"):
        page = browser(name, "en").get(path)
        assert BUYERS in page and SUPPLIERS not in page
        assert f"/en/service-requests/{ids.buyers}" in page
    for name in ("wang", "sun"):
        page = browser(name, "en").get(path)
        assert SUPPLIERS in page and BUYERS not in page
    page = browser("li", "en").get(path)
    assert BUYERS in page and SUPPLIERS in page and f"/en/desk/requests/{ids.buyers}" in page
    for name in (None, "chen", "smith", "hoffmann"):
        page = browser(name, "en").get(path)
        assert page.status == 200 and "CANARY" not in page


def test_an_inquiry_shows_a_side_its_own_requests_only(browser: Open, ids: Ids) -> None:
    path = f"/inquiries/{ids.inquiry}"
    page = browser("meyer", "en").get(path)
    assert BUYERS in page and SUPPLIERS not in page
    page = browser("wang", "en").get(path)
    assert SUPPLIERS in page and BUYERS not in page
    for name in ("chen", "smith", "li"):
        assert browser(name, "en").get(path).status == 404


def test_a_company_page_shows_requests_to_its_own_people_and_the_base(
    browser: Open, ids: Ids, database: Database, people: dict[str, Person]
) -> None:
    huaneng = people["wang"].org_id
    with database.transaction() as session:
        session.get_one(ServiceRequest, ids.buyers).about_id = huaneng
    page = browser("wang", "en").get(f"/companies/{huaneng}")
    assert SUPPLIERS in page and BUYERS not in page  # what others ask about it stays with them
    page = browser("meyer", "en").get(f"/companies/{huaneng}")
    assert BUYERS in page and SUPPLIERS not in page
    page = browser("li", "en").get(f"/companies/{huaneng}")
    assert BUYERS in page and SUPPLIERS in page
    for name in (None, "chen", "smith"):
        assert "CANARY" not in browser(name, "en").get(f"/companies/{huaneng}")


def test_the_work_item_shows_the_chain_both_ways(
    browser: Open, ids: Ids, database: Database
) -> None:
    page = browser("li", "en").get(f"/desk/requests/{ids.buyers}")
    for words in ("Traktionswechselrichter", "碳化硅逆变器", "3 criteria met", "Muster?",
                  "On the same inquiry", SUPPLIERS):  # fmt: skip
        assert words in page, words
    assert f"/inquiries/{ids.inquiry}" not in page
    assert "Outcome" not in page
    with database.transaction() as session:
        session.get_one(Need, ids.need).state = "fulfilled"
    page = browser("li", "en").get(f"/desk/requests/{ids.buyers}")
    assert "Outcome" in page and "Fulfilled" in page


def test_a_customer_sees_of_the_chain_what_is_theirs_to_see(
    browser: Open, ids: Ids, database: Database, people: dict[str, Person]
) -> None:
    page = browser("wang", "en").get(f"/service-requests/{ids.suppliers}")
    assert f"/inquiries/{ids.inquiry}" in page and f"/needs/{ids.need}" in page
    assert BUYERS not in page and "3 criteria met" in page
    with database.transaction() as session:
        session.get_one(Need, ids.need).state = "cancelled"
    page = browser("wang", "en").get(f"/service-requests/{ids.suppliers}")
    assert f"/needs/{ids.need}" not in page and "Cancelled" not in page


def test_an_inquiry_alone_brings_its_need_and_capability(
    browser: Open, ids: Ids, database: Database
) -> None:
    with database.transaction() as session:
        row = session.get_one(ServiceRequest, ids.buyers)
        row.need_id = row.capability_id = None
    page = browser("li", "en").get(f"/desk/requests/{ids.buyers}")
    assert "Traktionswechselrichter" in page and "3 criteria met" in page


def test_an_inquiry_that_was_declined_is_the_outcome(
    browser: Open, ids: Ids, database: Database
) -> None:
    with database.transaction() as session:
        session.get_one(Inquiry, ids.inquiry).state = "declined"
    page = browser("li", "en").get(f"/desk/requests/{ids.buyers}")
    assert "Outcome" in page and "Declined" in page


def test_more_requests_need_no_more_statements(
    browser: Open, ids: Ids, database: Database, people: dict[str, Person]
) -> None:
    li, meyer = browser("li", "en"), browser("meyer", "en")
    pages = (
        (li, f"/needs/{ids.need}"),
        (li, f"/capabilities/{ids.capability}"),
        (li, f"/companies/{people['wang'].org_id}"),
        (meyer, f"/inquiries/{ids.inquiry}"),
        (meyer, f"/service-requests/{ids.buyers}"),
        (li, f"/desk/requests/{ids.buyers}"),
    )

    def statements() -> list[int]:
        counts = []
        for person, path in pages:
            person.get(path)
            with counted(database) as seen:
                assert person.get(path).status == 200
            counts.append(len(seen))
        return counts

    few = statements()
    with database.transaction() as session:
        for number in range(3, 9):
            row = objects.service_request(people["meyer"].org_id or "", number, people["meyer"].id)
            row.need_id, row.capability_id = ids.need, ids.capability
            row.inquiry_id = ids.inquiry
            session.add(row)
    assert statements() == few
    assert max(few) <= 12, few
