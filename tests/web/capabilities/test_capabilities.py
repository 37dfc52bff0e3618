"""Writing, reviewing, publishing and changing capabilities."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import event, select

from portal.capabilities import queries, services
from portal.capabilities.models import Capability
from portal.companies.models import Company
from portal.core import revisions
from portal.core.access import Actor
from portal.core.db import Database
from portal.core.models import Job
from tests.support.client import Browser, Page
from tests.support.people import Person

Open = Callable[..., Browser]
FORM = {
    "texts-0-locale": "zh-Hans",
    "texts-0-title": "800V 碳化硅主驱逆变器",
    "texts-0-summary": "峰值功率280kW。",
    "texts-0-description": "面向800V平台。",
    "category": "traction-inverter",
    "scenarios": ["passenger-car"],
    "attributes-0-attribute": "peak_power",
    "attributes-0-value": "280,5",
    "certificates-0-standard": "IATF 16949",
    "certificates-0-number": "IATF-0512846",
    "certificates-0-body": "TÜV Rheinland",
    "certificates-0-issued": "2024-05-16",
    "certificates-0-expires": "2027-05-15",
    "capacity_quantity": "240000",
    "capacity_unit": "piece",
    "capacity_per": "year",
    "moq_quantity": "500",
    "moq_unit": "piece",
    "lead_sample": "35",
    "lead_from": "50",
    "lead_to": "70",
    "markets": ["DE", "HU"],
    "stage": "series",
}


def staff(people: dict[str, Person]) -> Actor:
    return Actor(user_id=people["li"].id, role="agent")


def created(page: Page) -> str:
    assert page.status == 303, page.html[:3000]
    return page.location.rsplit("/", 1)[1]


def publish(database: Database, people: dict[str, Person], capability_id: str) -> None:
    with database.transaction() as session:
        services.move(session, staff(people), capability_id, "publish")


def state(database: Database, capability_id: str) -> str:
    with database.reading() as session:
        return session.get_one(Capability, capability_id).state


def version(database: Database, capability_id: str) -> int:
    with database.reading() as session:
        return session.get_one(Capability, capability_id).version


def german(**changes: Any) -> dict[str, Any]:
    return {**FORM, **changes}


def test_supplier_writes_and_submits_in_one_go(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    wang = browser("wang", locale="de")
    made = created(wang.post("/capabilities/new", german(then="submit")))
    assert state(database, made) == "submitted"
    with database.reading() as session:
        row = queries.capability_for(session, staff(people), made)
        assert row.attributes == {"peak_power": {"value": "280.5", "unit": "kW"}}
        assert [c.standard for c in row.certificates] == ["IATF 16949"]
        assert (row.lead_series_from_days, row.lead_series_to_days) == (50, 70)


def test_strangers_see_it_only_after_publication(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    made = created(browser("wang", locale="de").post("/capabilities/new", german(then="submit")))
    visitor, rival = browser(locale="de"), browser("chen", locale="zh-hans")
    assert visitor.get(f"/capabilities/{made}").status == 404
    assert rival.get(f"/capabilities/{made}").status == 404
    assert browser("sun").get(f"/capabilities/{made}").status == 200
    assert browser("li", locale="zh-hans").get(f"/capabilities/{made}").status == 200
    publish(database, people, made)
    page = visitor.get(f"/capabilities/{made}")
    assert page.status == 200
    assert 'lang="zh-Hans"' in page
    assert "280,5" in page
    assert "240.000" in page
    assert "application/ld+json" in page


def test_bad_input_is_marked_at_its_field_and_kept(browser: Open, database: Database) -> None:
    wang = browser("wang", locale="de")
    wrong = german(
        **{
            "texts-0-title": "",
            "attributes-0-value": "viel",
            "certificates-0-expires": "2020-01-01",
            "moq_quantity": "-3",
            "lead_to": "10",
        }
    )
    page = wang.post("/capabilities/new", wrong)
    assert page.status == 422
    for field in ("texts-0-title", "attributes-0-value"):
        assert f'id="{field}-error"' in page
    assert "viel" in page
    assert "IATF-0512846" in page
    corrected = {**wrong, "texts-0-title": "Titel", "attributes-0-value": "280"}
    page = wang.post("/capabilities/new", corrected)
    assert page.status == 422
    for field in ("certificates-0-expires", "moq_quantity", "lead_to"):
        assert f'id="{field}-error"' in page
    with database.reading() as session:
        assert session.scalars(select(Capability)).first() is None


def test_fields_of_a_category_come_without_script(browser: Open) -> None:
    wang = browser("wang")
    data = {"texts-0-title": "Half written", "category": "battery-cell", "show-fields": "1"}
    page = wang.post("/capabilities/new", data)
    assert page.status == 200
    assert "Half written" in page
    assert 'value="energy_density"' in page
    assert "Wh/kg" in page
    assert "field-error" not in page


def test_second_language_is_a_new_section(browser: Open) -> None:
    wang = browser("wang", locale="de")
    page = wang.post("/capabilities/new", german(**{"add-row": "texts"}))
    assert page.status == 200
    assert 'name="texts-1-title"' in page
    twice = german(**{"texts-1-locale": "zh-Hans", "texts-1-title": "Again"})
    page = wang.post("/capabilities/new", twice)
    assert page.status == 422
    assert 'id="texts-1-locale-error"' in page


def test_edit_form_brings_everything_back(browser: Open, database: Database) -> None:
    wang = browser("wang", locale="de")
    made = created(wang.post("/capabilities/new", german()))
    page = wang.get(f"/capabilities/{made}/edit")
    assert 'value="280,5"' in page
    assert 'value="2027-05-15"' in page
    fields = dict(re.findall(r'name="(version)" type="hidden" value="(\d+)"', page.html))
    again = wang.post(f"/capabilities/{made}/edit", german(**fields))
    assert again.status == 303
    stale = wang.post(f"/capabilities/{made}/edit", german(version="1"))
    assert stale.status == 422


def test_material_change_returns_to_review_and_others_do_not(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    wang = browser("wang", locale="de")
    made = created(wang.post("/capabilities/new", german(then="submit")))
    publish(database, people, made)
    kept = wang.post(
        f"/capabilities/{made}/edit", german(lead_to="80", version=version(database, made))
    )
    assert kept.status == 303
    assert state(database, made) == "published"
    change = german(**{"certificates-0-number": "X-1", "version": version(database, made)})
    assert wang.post(f"/capabilities/{made}/edit", change).status == 303
    assert state(database, made) == "submitted"
    assert browser().get(f"/capabilities/{made}").status == 404
    with database.reading() as session:
        row = queries.capability_for(session, staff(people), made)
        assert len(revisions.history(session, row)) == 3
    assert wang.get(f"/capabilities/{made}/versions").status == 200


def test_evidence_stays_with_an_unchanged_certificate(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    wang = browser("wang", locale="de")
    made = created(wang.post("/capabilities/new", german()))
    with database.transaction() as session:
        row = queries.capability_for(session, staff(people), made)
        row.certificates[0].level = "document_seen"
    wang.post(f"/capabilities/{made}/edit", german(stage="sample", version="1"))
    with database.reading() as session:
        row = queries.capability_for(session, staff(people), made)
        assert [c.level for c in row.certificates] == ["document_seen"]
    wang.post(
        f"/capabilities/{made}/edit", german(**{"certificates-0-number": "N", "version": "2"})
    )
    with database.reading() as session:
        row = queries.capability_for(session, staff(people), made)
        assert [c.level for c in row.certificates] == ["claimed"]


def test_publication_refreshes_index_and_matches(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    made = created(browser("wang", locale="de").post("/capabilities/new", german(then="submit")))
    publish(database, people, made)
    with database.reading() as session:
        kinds = set(session.scalars(select(Job.kind)))
    assert {"index.update", "matching.capability", "mail.send"} <= kinds


def test_steps_keep_to_the_state_machine(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    wang = browser("wang", locale="de")
    made = created(wang.post("/capabilities/new", german(then="submit")))
    assert wang.post(f"/capabilities/{made}/steps/publish").status == 403
    assert wang.post(f"/capabilities/{made}/steps/unpublish").status == 409
    assert browser("chen").post(f"/capabilities/{made}/steps/submit").status == 404
    assert browser("sun").post(f"/capabilities/{made}/steps/submit").status == 404
    publish(database, people, made)
    assert wang.post(f"/capabilities/{made}/steps/unpublish").status == 303
    assert wang.post(f"/capabilities/{made}/steps/republish").status == 303
    with database.transaction() as session:
        services.move(session, staff(people), made, "take_down", "Falsches Zertifikat")
    assert wang.post(f"/capabilities/{made}/steps/republish").status == 409
    assert "Falsches Zertifikat" in wang.get(f"/capabilities/{made}")
    assert wang.post(f"/capabilities/{made}/delete").status == 409


def test_nothing_is_submitted_before_the_company_profile(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    with database.transaction() as session:
        session.get_one(Company, people["wang"].org_id).state = "draft"
    wang = browser("wang")
    made = created(wang.post("/capabilities/new", german(**{"attributes-0-value": "280.5"})))
    refused = wang.post(f"/capabilities/{made}/steps/submit")
    assert refused.status == 409
    assert "company profile" in refused


def test_overview_copy_and_delete(browser: Open, database: Database) -> None:
    wang = browser("wang", locale="de")
    assert wang.get("/capabilities").status == 200
    made = created(wang.post("/capabilities/new", german()))
    assert "碳化硅" in wang.get("/capabilities")
    assert 'value="IATF-0512846"' in wang.get(f"/capabilities/{made}/copy")
    other = created(wang.post(f"/capabilities/{made}/copy", german()))
    assert other != made
    assert wang.post(f"/capabilities/{other}/delete").status == 303
    assert wang.get(f"/capabilities/{other}").status == 404
    assert browser("meyer").get("/capabilities").status == 404


def test_words_of_users_are_never_markup(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    evil = "</script><script>alert(1)</script><b>\u202e"
    wang = browser("wang", locale="de")
    data = german(**{"texts-0-title": evil, "texts-0-description": evil, "then": "submit"})
    made = created(wang.post("/capabilities/new", data))
    publish(database, people, made)
    page = browser().get(f"/capabilities/{made}")
    assert "<script>alert" not in page
    assert "<b>" not in page


def test_pages_need_few_statements_however_many_rows(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    wang = browser("wang", locale="de")
    made = created(wang.post("/capabilities/new", german(then="submit")))

    def statements(path: str) -> int:
        seen: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        assert wang.get(path).status == 200
        event.remove(database.engine, "before_cursor_execute", note)
        return len(seen)

    paths = ("/capabilities", f"/capabilities/{made}", f"/capabilities/{made}/edit")
    before = [statements(path) for path in paths]
    for _n in range(4):
        created(wang.post("/capabilities/new", german()))
    assert [statements(path) for path in paths] == before
    assert max(before) <= 12


def test_an_imported_capability_has_versions_from_its_first_edit(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    wang = browser("wang", locale="de")
    made = created(wang.post("/capabilities/new", german()))
    record = {"ref": made, "texts": {"zh-Hans": {"title": "电机"}}, "moq": {"quantity": 5}}
    with database.transaction() as session:
        company = session.get_one(Company, people["wang"].org_id)
        again = services.import_one(
            session, staff(people), company, services.from_record({**record, "state": "published"})
        )
        assert again.id == made
    assert wang.get(f"/capabilities/{made}/versions").status == 200
    names = ("texts-0-locale", "category", "capacity_unit", "capacity_per", "moq_unit")
    change = {name: FORM[name] for name in names} | {"stage": "", "version": "2"}
    change |= {"texts-0-title": "电机", "moq_quantity": "7", "category": ""}
    assert wang.post(f"/capabilities/{made}/edit", change).status == 303
    page = wang.get(f"/capabilities/{made}/versions")
    assert page.html.count("<h2>Fassung ") == 2
    assert state(database, made) == "published"
