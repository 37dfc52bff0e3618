"""Who sees what: by reach, on the page, set by the owner, and closed again."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.accounts.queries import user as find_user
from portal.accounts.rules import actor_of
from portal.capabilities.models import Capability, CapabilityText
from portal.companies.models import Certificate, Company
from portal.core import clock
from portal.core.access import ANONYMOUS, Actor
from portal.core.db import Database
from portal.core.models import AuditEvent
from portal.disclosure.agreements import services as agreements
from portal.disclosure.agreements import shipped
from portal.disclosure.agreements.services import TemplateInput
from portal.disclosure.models import Nda, NdaAcceptance
from portal.disclosure.queries import reach
from portal.inquiries.models import Inquiry
from portal.needs.models import Need, NeedText
from tests.support.client import Browser
from tests.support.formfill import form_at
from tests.support.people import Person

Open = Callable[..., Browser]
LOCKED = {
    "summary": "registered",
    "description": "interest",
    "capacity": "nda",
    "attributes.peak_power": "nda",
}


@pytest.fixture
def capability(database: Database, people: dict[str, Person]) -> str:
    with database.transaction() as session:
        row = Capability(
            company_id=people["wang"].org_id,
            category="traction-inverter",
            state="published",
            published_at=clock.now(),
            attributes={"peak_power": {"value": "252", "unit": "kW"}},
            capacity_quantity=Decimal(70123),
            capacity_unit="piece",
            capacity_per="year",
            disclosure=dict(LOCKED),
            texts=[
                CapabilityText(
                    locale="en", title="SiC inverter", summary="Short words", description="Deep"
                )
            ],
            certificates=[
                Certificate(
                    company_id=people["wang"].org_id,
                    standard="VDA 6.3",
                    number="N-77",
                    disclosure="nda",
                )
            ],
        )
        session.add(row)
        session.flush()
        return row.id


def aliased(database: Database, people: dict[str, Person]) -> str:
    with database.transaction() as session:
        row = Need(
            company_id=people["meyer"].org_id,
            category="traction-inverter",
            state="published",
            published_at=clock.now(),
            alias="European passenger-car maker",
            texts=[NeedText(locale="en", title="Inverter wanted", description="For a van")],
        )
        session.add(row)
        session.flush()
        return row.id


def acting(database: Database, person: Person) -> Actor:
    with database.reading() as session:
        user = find_user(session, person.id)
        assert user is not None
        return actor_of(user)


def inquiry(
    database: Database, people: dict[str, Person], state: str, need: str | None = None
) -> str:
    with database.transaction() as session:
        row = Inquiry(
            buyer_id=people["meyer"].org_id,
            supplier_id=people["wang"].org_id,
            need_id=need,
            subject="A question",
            locale="en",
            state=state,
        )
        session.add(row)
        session.flush()
        return row.id


def move(database: Database, inquiry_id: str, state: str) -> None:
    with database.transaction() as session:
        session.get_one(Inquiry, inquiry_id).state = state


def offered(database: Database, people: dict[str, Person]) -> str:
    zhao = acting(database, people["zhao"])
    with database.transaction() as session:
        row = agreements.write(session, zhao, TemplateInput(shipped.texts()))
        agreements.move_template(session, zhao, row.id, "put_into_force")
        return row.id


def agreed(database: Database, people: dict[str, Person]) -> str:
    offered(database, people)
    with database.transaction() as session:
        actor = acting(database, people["meyer"])
        nda = agreements.propose(session, actor, people["wang"].org_id or "", "de")
        nda_id = nda.id
    with database.transaction() as session:
        agreements.move(session, acting(database, people["wang"]), nda_id, "accept")
    return nda_id


def test_a_reader_reaches_further_step_by_step(
    database: Database, people: dict[str, Person], capability: str, browser: Open
) -> None:
    page = f"/capabilities/{capability}"
    public = browser(None).get(page)
    assert "SiC inverter" in public
    assert not any(text in public for text in ("Short words", "Deep", "252", "70,123", "VDA 6.3"))
    assert "Disclosed to registered companies" in public
    meyer = browser("meyer")
    known = meyer.get(page)
    assert "Short words" in known and "Deep" not in known
    opened = inquiry(database, people, "interested")
    assert "Deep" in meyer.get(page) and "70,123" not in meyer.get(page)
    move(database, opened, "declined")
    assert "Deep" not in meyer.get(page)
    nda = agreed(database, people)
    whole = meyer.get(page)
    assert all(text in whole for text in ("Deep", "252", "70,123", "VDA 6.3", "N-77"))
    with database.transaction() as session:
        agreements.move(session, acting(database, people["wang"]), nda, "end")
    closed = meyer.get(page)
    assert not any(text in closed for text in ("252", "70,123", "VDA 6.3"))
    assert "252" in browser("wang").get(page)
    assert "252" in browser("li").get(page)


def test_members_of_a_suspended_company_see_what_everybody_sees(
    database: Database, people: dict[str, Person], capability: str
) -> None:
    agreed(database, people)
    owner, meyer = people["wang"].org_id, acting(database, people["meyer"])
    with database.transaction() as session:
        assert reach(session, meyer, owner) == "nda"
        session.get_one(Company, meyer.org_id).state = "suspended"
        session.flush()
        assert reach(session, meyer, owner) == "public"
        assert reach(session, ANONYMOUS, owner) == "public"
        assert reach(session, acting(database, people["hoffmann"]), owner) == "public"


def test_the_owner_sets_levels_and_tries_the_page_out(
    database: Database, people: dict[str, Person], capability: str, browser: Open
) -> None:
    wang = browser("wang")
    path = f"/capabilities/{capability}/disclosure"
    values = form_at(wang.get(path).html, path).values
    answer = wang.post(path, {**values, "level_0": "public"})
    assert answer.status == 303
    assert "Short words" in browser(None).get(f"/capabilities/{capability}")
    tried = wang.get(f"/capabilities/{capability}?as=registered")
    assert "Short words" in tried and "Deep" not in tried
    assert "Deep" in wang.get(f"/capabilities/{capability}?as=interest")
    with database.reading() as session:
        row = session.get_one(Capability, capability)
        assert row.disclosure["summary"] == "public" and row.disclosure["capacity"] == "nda"
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "capability.disclose")
        ).one()
        assert event.detail == {"fields": ["summary"]}
    values.pop("_once", None)
    assert wang.post(path, values).status in (409, 422)


def test_a_mended_certificate_stays_as_hidden_as_it_was(
    database: Database, people: dict[str, Person], capability: str
) -> None:
    from dataclasses import replace

    from portal.capabilities import records, services

    wang = acting(database, people["wang"])
    with database.transaction() as session:
        row = services.queries.own(session, wang, capability)
        data = records.to_input(row)
        mended = replace(data.certificates[0], number="N-78")
        services.update(session, wang, capability, replace(data, certificates=(mended,)), None)
        assert [c.disclosure for c in row.certificates] == ["nda"]


def test_an_agreement_keeps_who_accepted_which_words(
    database: Database, people: dict[str, Person], browser: Open
) -> None:
    nda = agreed(database, people)
    with database.reading() as session:
        rows = session.scalars(select(NdaAcceptance).where(NdaAcceptance.nda_id == nda)).all()
        assert {row.organisation_id for row in rows} == {
            people["meyer"].org_id,
            people["wang"].org_id,
        }
        assert {(row.template_number, row.locale) for row in rows} == {(1, "de")}
        assert len({row.digest for row in rows}) == 1
    zhao = acting(database, people["zhao"])
    with database.transaction() as session:
        words = {"en": ("New title", "New words")}
        newer = agreements.write(session, zhao, TemplateInput(words))
        agreements.move_template(session, zhao, newer.id, "put_into_force")
    page = browser("meyer").get(f"/agreements/{nda}")
    assert "Geheimhaltungsvereinbarung" in page and "New words" not in page
    assert "In force" in page
    assert browser("smith").get(f"/agreements/{nda}").status == 404
    assert browser("li").get(f"/agreements/{nda}").status == 200


def test_a_proposal_is_made_and_accepted_on_the_pages(
    database: Database,
    people: dict[str, Person],
    browser: Open,
    work: Callable[[], object],
    mails: Callable[[], list[str]],
) -> None:
    offered(database, people)
    opened = inquiry(database, people, "seen")
    meyer, wang = browser("meyer"), browser("wang", "en")
    assert "Propose the base" in meyer.get(f"/inquiries/{opened}")
    answer = meyer.post(f"/inquiries/{opened}/agreement", {"locale": "en"})
    assert answer.status == 303
    with database.reading() as session:
        nda = session.scalars(select(Nda)).one()
    assert "Accept the agreement" not in meyer.get(f"/agreements/{nda.id}")
    assert "Accept the agreement" in wang.get(f"/agreements/{nda.id}")
    assert wang.post(f"/agreements/{nda.id}/steps/accept", {"version": "1"}).status == 303
    assert wang.post(f"/agreements/{nda.id}/steps/accept", {"version": "1"}).status == 409
    assert "In force" in meyer.get(f"/inquiries/{opened}")
    work()
    assert not [text for text in mails() if "Purpose" in text or "Gegenseitige" in text]
    assert [text for text in mails() if "Geheimhaltung" in text or "onfidential" in text]


def test_a_buyer_stays_behind_its_alias_until_it_chooses(
    database: Database,
    people: dict[str, Person],
    browser: Open,
    work: Callable[[], object],
    mails: Callable[[], list[str]],
) -> None:
    need = aliased(database, people)
    opened = inquiry(database, people, "sent", need)
    org = people["meyer"].org_id or ""
    wang = browser("wang", "en")
    for path in (f"/needs/{need}", "/needs", f"/inquiries/{opened}", "/inquiries?box=received"):
        seen = wang.get(path)
        assert seen.status == 200
        assert "European passenger-car maker" in seen, path
        assert "Nordstern" not in seen and org not in seen, path
    offered(database, people)
    assert wang.post(f"/inquiries/{opened}/agreement", {"locale": "en"}).status == 409
    meyer = browser("meyer")
    assert "Show our name" in meyer.get(f"/inquiries/{opened}")
    assert meyer.post(f"/inquiries/{opened}/name", {}).status == 303
    assert "Nordstern" in wang.get(f"/inquiries/{opened}")
    assert "Nordstern" in wang.get(f"/needs/{need}")
    assert "Nordstern" not in browser("chen").get(f"/needs/{need}")
    assert "Nordstern" not in browser(None).get(f"/needs/{need}")


def test_who_signed_is_named_abroad_with_consent_alone(
    database: Database, people: dict[str, Person], browser: Open
) -> None:
    nda = agreed(database, people)
    meyer, wang, path = browser("meyer", "en"), browser("wang", "en"), f"/agreements/{nda}"
    signer = acting(database, people["wang"]).name
    assert signer in wang.get(path) and signer in browser("li").get(path)
    shown = meyer.get(path)
    assert signer not in shown and "A contact of" in shown
    assert wang.post("/account/privacy/consents/abroad", {"given": "1"}).status == 303
    assert signer in meyer.get(path)


def test_talks_show_the_company_behind_an_alias_and_interest_alone_does_not(
    database: Database, people: dict[str, Person], browser: Open
) -> None:
    need = aliased(database, people)
    opened = inquiry(database, people, "seen", need)
    wang = browser("wang", "en")
    assert "Nordstern" not in wang.get(f"/needs/{need}")
    move(database, opened, "interested")
    assert "Nordstern" not in wang.get(f"/needs/{need}")
    assert "Nordstern" not in wang.get(f"/inquiries/{opened}")
    move(database, opened, "in_talks")
    assert "Nordstern" in wang.get(f"/needs/{need}")


def test_the_owner_sees_who_looked_and_how_deep(
    database: Database, people: dict[str, Person], capability: str, browser: Open
) -> None:
    browser("smith").get(f"/capabilities/{capability}")
    browser("smith").get(f"/capabilities/{capability}")
    browser(None).get(f"/capabilities/{capability}")
    browser("li").get(f"/capabilities/{capability}")
    aliased(database, people)
    browser("meyer").get(f"/capabilities/{capability}")
    browser("wang").get(f"/capabilities/{capability}")
    page = browser("wang", "en").get("/company/views")
    assert "Lakeside Motors Inc." in page and "Registered companies" in page
    assert "The base" in page and "Visitors without an account" in page
    assert "Nordstern" not in page and "does not show its name yet" in page
    assert "smith" not in page and "Smith" not in page
    assert "Lakeside" not in browser("chen", "en").get("/company/views")
    with database.transaction() as session:
        session.scalars(select(Need).where(Need.alias != "")).one().state = "closed"
    assert "Nordstern" not in browser("wang", "en").get("/company/views"), "nor afterwards"


def test_a_record_carries_levels_and_alias_to_another_portal(
    database: Database, people: dict[str, Person], capability: str
) -> None:
    from portal.capabilities import services
    from portal.needs import services as needs

    need = aliased(database, people)
    with database.transaction() as session:
        row = services.queries.by_ref(session, capability)
        assert row is not None
        record = services.to_record(row) | {"ref": "copy"}
        assert record["disclosure"] == {**LOCKED, "certificates.0": "nda"}
        company = session.get_one(Company, people["chen"].org_id)
        again = services.import_one(
            session, acting(database, people["admin"]), company, services.from_record(record)
        )
        assert again.disclosure == LOCKED
        assert [c.disclosure for c in again.certificates] == ["nda"]
        asked = needs.queries.by_ref(session, need)
        assert asked is not None
        assert needs.from_record(needs.to_record(asked)).alias == "European passenger-car maker"
