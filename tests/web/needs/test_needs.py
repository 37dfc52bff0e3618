"""Posting, publishing, extending, closing and reopening needs; the public list and its feed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from sqlalchemy import event, select

from portal.accounts.models import Notice
from portal.core import jobs
from portal.core.access import Actor
from portal.core.db import Database
from portal.inquiries.models import Inquiry
from portal.needs import queries, services
from portal.needs.models import Need
from tests.support.client import Browser, Page
from tests.support.people import Person

Open = Callable[..., Browser]
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FORM = {
    "kind": "whole-to-part",
    "texts-0-locale": "de",
    "texts-0-title": "Festkörperzellen für Erprobungsträger",
    "texts-0-description": "Gesucht werden Zellen mit mindestens 350 Wh/kg.",
    "category": "solid-state-battery",
    "attributes-0-attribute": "energy_density",
    "attributes-0-minimum": "350",
    "attributes-0-maximum": "",
    "attributes-0-weight": "required",
    "criteria-0-standard": "UN38.3",
    "criteria-0-weight": "required",
    "criteria-1-standard": "TISAX",
    "criteria-1-weight": "wanted",
    "standards": "IEC 62660-2\nUN R100",
    "quantity": "4.800",
    "quantity_unit": "piece",
    "sop": "10/2027",
    "market": "DE",
    "incoterm": "DAP",
    "incoterm_place": "Böblingen",
    "target_price": "310,50",
    "target_currency": "EUR",
    "target_price_per": "piece",
    "deadline": "2027-01-29",
    "deadline_time": "17:00",
    "deadline_zone": "Europe/Berlin",
}


def need_form(**changes: Any) -> dict[str, Any]:
    return {**FORM, **changes}


def staff(people: dict[str, Person]) -> Actor:
    return Actor(user_id=people["li"].id, role="agent")


def created(page: Page) -> str:
    assert page.status == 303, page.html[:3000]
    return page.location.rsplit("/", 1)[1]


def posted(browser: Open, database: Database, people: dict[str, Person], **changes: Any) -> str:
    """A published need of the German buyer."""
    made = created(
        browser("meyer", locale="de").post("/needs/new", need_form(then="submit", **changes))
    )
    with database.transaction() as session:
        services.move(session, staff(people), made, "publish")
    return made


def read(database: Database, need_id: str) -> Need:
    with database.reading() as session:
        return session.get_one(Need, need_id)


@time_machine.travel(NOW, tick=False)
def test_buyer_posts_a_need_with_every_field(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    need = read(database, posted(browser, database, people))
    assert need.state == "published"
    assert need.required == {
        "certificates": ["UN38.3"],
        "attributes": {"energy_density": {"min": "350", "unit": "Wh/kg"}},
    }
    assert need.wanted == {"certificates": ["TISAX"]}
    assert need.sop == "2027-10"
    assert need.deadline == datetime(2027, 1, 29, 16, 0, tzinfo=UTC)
    assert str(need.target_price) == "310.50"


@time_machine.travel(NOW, tick=False)
def test_deadline_is_shown_in_both_zones(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    made = posted(browser, database, people)
    page = browser("chen", locale="en").get(f"/needs/{made}")
    assert page.status == 200
    assert "4:00" in page
    assert "5:00" in page
    assert "350 Wh/kg" in page


@time_machine.travel(NOW, tick=False)
def test_a_place_belongs_to_an_incoterm(browser: Open) -> None:
    meyer = browser("meyer", locale="de")
    wrong = {
        "incoterm_place": "",
        "deadline": "2026-01-01",
        "target_currency": "",
        "attributes-0-maximum": "100",
        "sop": "bald",
    }
    page = meyer.post("/needs/new", need_form(**wrong))
    assert page.status == 422
    for field in ("incoterm_place", "target_currency", "attributes-0-maximum", "sop"):
        assert f'id="{field}-error"' in page, field
    page = meyer.post("/needs/new", need_form(deadline="2026-01-01"))
    assert page.status == 422
    assert 'id="deadline-error"' in page
    assert "Böblingen" in page


@time_machine.travel(NOW, tick=False)
def test_suppliers_post_part_to_part_needs_only(browser: Open) -> None:
    wang = browser("wang", locale="de")
    assert wang.post("/needs/new", need_form()).status == 422
    assert wang.post("/needs/new", need_form(kind="part-to-part")).status == 303


def test_deadline_closes_without_any_job(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    with time_machine.travel(NOW, tick=False):
        made = posted(browser, database, people)
        assert browser().get(f"/needs/{made}").status == 200
        assert "Festkörperzellen" in browser().get("/needs")
    with time_machine.travel(datetime(2027, 1, 29, 16, 0, tzinfo=UTC), tick=False):
        assert browser().get(f"/needs/{made}").status == 404
        assert "Festkörperzellen" not in browser().get("/needs")
        assert "Festkörperzellen" not in browser().get("/feeds/needs.atom")
        meyer = browser("meyer", locale="de")
        assert meyer.post(f"/needs/{made}/edit", need_form(version="3")).status == 409
        with database.reading() as session:
            assert queries.public_by_ids(session, [made]) == {}
        jobs.run_ready(database)
        assert read(database, made).state == "closed"
        assert meyer.post(f"/needs/{made}/steps/fulfil").status == 303
        assert read(database, made).state == "fulfilled"
        with database.reading() as session:
            kinds = set(session.scalars(select(Notice.kind)))
        assert "need.expire" in kinds


@time_machine.travel(NOW, tick=False)
def test_deadline_is_extended_once_by_90_days_at_most(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    made = posted(browser, database, people)
    meyer = browser("meyer", locale="de")
    assert meyer.get(f"/needs/{made}/extend").status == 200
    form = {"deadline_time": "17:00", "deadline_zone": "Europe/Berlin"}
    too_far = meyer.post(f"/needs/{made}/extend", {**form, "deadline": "2027-06-30"})
    assert too_far.status == 422
    assert meyer.post(f"/needs/{made}/extend", {**form, "deadline": "2027-03-31"}).status == 303
    assert read(database, made).deadline == datetime(2027, 3, 31, 15, 0, tzinfo=UTC)
    assert meyer.post(f"/needs/{made}/extend", {**form, "deadline": "2027-04-30"}).status == 422
    assert browser("schulz").get(f"/needs/{made}/reopen").status == 404


@time_machine.travel(NOW, tick=False)
def test_staff_reopen_and_responders_are_told(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    made = posted(browser, database, people)
    meyer, li = browser("meyer", locale="de"), browser("li", locale="zh-hans")
    assert meyer.post(f"/needs/{made}/steps/close").status == 303
    with database.transaction() as session:
        session.add(
            Inquiry(buyer_id=people["meyer"].org_id, supplier_id=people["chen"].org_id,
                    need_id=made, subject="x", locale="de", created_by=people["chen"].id)
        )  # fmt: skip
    form = {"deadline": "2027-02-28", "deadline_time": "12:00", "deadline_zone": "Asia/Shanghai"}
    assert meyer.post(f"/needs/{made}/reopen", form).status == 404
    assert li.get(f"/needs/{made}/reopen").status == 200
    assert li.post(f"/needs/{made}/reopen", form).status == 303
    need = read(database, made)
    assert (need.state, need.deadline) == ("published", datetime(2027, 2, 28, 4, 0, tzinfo=UTC))
    with database.reading() as session:
        told = set(session.scalars(select(Notice.user_id).where(Notice.kind == "need.reopen")))
    assert people["chen"].id in told


@time_machine.travel(NOW, tick=False)
def test_default_life_is_90_days_from_publication(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    made = posted(browser, database, people, deadline="")
    assert read(database, made).deadline == NOW + timedelta(days=90)


@time_machine.travel(NOW, tick=False)
def test_published_deadline_does_not_move_by_editing(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    made = posted(browser, database, people)
    meyer, now = browser("meyer", locale="de"), str(read(database, made).version)
    page = meyer.post(f"/needs/{made}/edit", need_form(deadline="2027-02-20", version=now))
    assert page.status == 422
    assert 'id="deadline-error"' in page
    saved = meyer.post(f"/needs/{made}/edit", need_form(target_price="300", version=now))
    assert saved.status == 303
    assert read(database, made).state == "published"
    now = str(read(database, made).version)
    changed = need_form(**{"criteria-0-standard": "ISO 26262", "version": now})
    assert meyer.post(f"/needs/{made}/edit", changed).status == 303
    assert read(database, made).state == "submitted"
    assert meyer.get(f"/needs/{made}/versions").status == 200


@time_machine.travel(NOW, tick=False)
def test_public_list_filters_and_feed(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    posted(browser, database, people)
    visitor = browser(locale="zh-hans")
    for query in ("category=battery", "country=DE", "kind=whole-to-part", "sort=deadline"):
        assert "Festkörperzellen" in visitor.get(f"/needs?{query}"), query
    for query in ("category=lidar", "country=FR", "kind=part-to-part", "scenario=robotaxi"):
        assert "Festkörperzellen" not in visitor.get(f"/needs?{query}"), query
    assert visitor.get("/needs?category=%00'&country=<b>&page=99999999999&sort=x").status == 200
    feed = visitor.get("/feeds/needs.atom")
    assert feed.response.mimetype == "application/atom+xml"
    assert "<entry>" in feed


@time_machine.travel(NOW, tick=False)
def test_own_needs_stay_own(browser: Open, database: Database) -> None:
    meyer = browser("meyer", locale="de")
    assert meyer.get("/needs/own").status == 200
    made = created(meyer.post("/needs/new", need_form()))
    assert "Festkörperzellen" in meyer.get("/needs/own")
    assert browser("kern", locale="de").get(f"/needs/{made}").status == 200
    assert browser("smith").get(f"/needs/{made}").status == 404
    assert browser("smith").post(f"/needs/{made}/steps/submit").status == 404
    assert browser("kern").get(f"/needs/{made}/edit").status == 404
    assert meyer.get(f"/needs/{made}/edit").status == 200
    assert meyer.get(f"/needs/{made}/copy").status == 200
    assert meyer.post(f"/needs/{made}/delete").status == 303


def test_concepts_are_suggested_across_languages(browser: Open) -> None:
    found = browser(locale="zh-hans").get("/concepts/suggest?q=Wechselricht&kind=category").json
    assert any(line["id"] == "traction-inverter" and "逆变器" in line["label"] for line in found)
    assert browser().get("/concepts/suggest?q=&kind=category").json == []
    assert browser().get("/concepts/suggest?q=x&kind=nonsense").json == []


@time_machine.travel(NOW, tick=False)
def test_odd_input_never_breaks_the_form(browser: Open) -> None:
    meyer = browser("meyer", locale="de")
    for field, value in (
        ("deadline", "0001-01-01"),
        ("deadline", "9999-12-31"),
        ("deadline_zone", "Mars/Olympus"),
        ("quantity", "1e99999"),
        ("sop", "\U0001f697" * 5),
        ("attributes-0-attribute", "../etc"),
        ("criteria-0-weight", "<b>"),
        ("category", "lidar' OR 1=1"),
        ("market", "ZZ"),
        ("texts-0-title", "x" * 5000),
        ("texts-0-locale", "tlh"),
        ("target_price", "NaN"),
        ("version", "²"),
    ):
        page = meyer.post("/needs/new", need_form(**{field: value}))
        assert page.status in (422, 303), (field, value, page.status)
        if field not in ("version", "texts-0-locale"):
            assert page.status == 422, (field, value)


@time_machine.travel(NOW, tick=False)
def test_pages_need_few_statements_however_many_rows(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    meyer = browser("meyer", locale="de")
    made = posted(browser, database, people)

    def statements(path: str) -> int:
        seen: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        assert meyer.get(path).status == 200
        event.remove(database.engine, "before_cursor_execute", note)
        return len(seen)

    paths = ("/needs", "/needs/own", f"/needs/{made}", f"/needs/{made}/edit")
    before = [statements(path) for path in paths]
    for _n in range(4):
        posted(browser, database, people)
    assert [statements(path) for path in paths] == before
    assert max(before) <= 12
