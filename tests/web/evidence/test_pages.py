"""Pages of evidence: what buyers read, what the owner does, what staff record."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.companies.facts.models import CompanyReference
from portal.companies.models import Certificate, Company
from portal.core import clock
from portal.core.access import SYSTEM
from portal.core.db import Database
from portal.core.statements import counted
from portal.evidence import queries, services, subjects
from portal.evidence.models import Evidence
from portal.evidence.services import Finding
from tests.support.client import Browser, Page
from tests.support.objects import capability
from tests.support.people import Person

Open = Callable[..., Browser]
TEXT = b"Zertifikat 0543219"


@pytest.fixture
def company(database: Database, people: dict[str, Person]) -> str:
    """Huaneng with a certificate, a capability and a confidential reference."""
    huaneng = people["wang"].org_id or ""
    with database.transaction() as session:
        session.add(
            Certificate(
                company_id=huaneng,
                standard="IATF 16949",
                number="0543219",
                body="TÜV Süd",
                issued=date(2025, 1, 1),
                expires=clock.now().date() + timedelta(days=400),
                details={"usi": "A1B2C3"},
            )
        )
        session.add(CompanyReference(company_id=huaneng, customer="Geheimkunde", disclosure="nda"))
        session.add(capability(huaneng, "published"))
    return huaneng


def certificate(database: Database, company: str) -> Any:
    with database.reading() as session:
        query = select(Certificate).where(Certificate.company_id == company)
        return subjects.certificate(session.scalars(query).one())


def find(database: Database, subject: Any, **finding: Any) -> None:
    with database.transaction() as session:
        services.record(session, SYSTEM, subject, Finding(**finding))


def test_a_buyer_reads_what_is_proven_and_what_was_not_checked(
    browser: Open, database: Database, company: str
) -> None:
    subject = certificate(database, company)
    find(database, subject, level="issuer_checked", not_checked="Second plant")
    seen = browser("meyer").get(f"/companies/{company}/evidence")
    assert "Checked with the issuer" in seen.html
    assert "Second plant" in seen.html
    assert "A1B2C3" in seen.html
    assert "Nobody was on site" in seen.html
    assert "Geheimkunde" not in seen.html


def test_the_page_takes_few_statements(browser: Open, database: Database, company: str) -> None:
    for who in (None, "meyer"):
        reader = browser(who)
        with counted(database) as statements:
            reader.get(f"/companies/{company}/evidence")
        assert len(statements) <= 12, statements


def test_own_page_takes_few_statements(browser: Open, database: Database, company: str) -> None:
    owner, staff = browser("wang"), browser("li")
    for reader, path in (
        (owner, "/company/evidence"),
        (staff, f"/desk/evidence/{company}"),
        (staff, "/desk/evidence"),
    ):
        with counted(database) as statements:
            reader.get(path)
        assert len(statements) <= 12, (path, statements)


def digest(page: Page) -> str:
    found = re.search(r'name="digest" type="hidden" value="([0-9a-f]{64})"', page.html)
    assert found, page.html[:3000]
    return found[1]


def shown(owner: Browser, anchor: str) -> Page:
    path = f"/company/evidence/{anchor}"
    document = (io.BytesIO(TEXT), "zertifikat.txt")
    return owner.post(path, {"digest": digest(owner.get(path)), "document": document})


def test_a_document_is_shown_and_its_finding_recorded(
    browser: Open, database: Database, company: str
) -> None:
    owner, staff = browser("wang"), browser("li")
    anchor = f"fact-certificate-{certificate(database, company).key}"
    assert shown(owner, anchor).status == 303
    assert "waits since" in staff.get(f"/desk/evidence/{company}").html
    assert company in staff.get("/desk/evidence").html
    path = f"/desk/evidence/{company}/{anchor}"
    data = {"digest": digest(staff.get(path)), "level": "document_seen", "not_checked": "Seite 2"}
    assert staff.post(path, data).status == 303
    with database.reading() as session:
        standing = queries.standing(session, certificate(database, company))
        assert (standing.state, standing.not_checked) == ("document_seen", "Seite 2")
        assert standing.document_id is not None
        assert session.scalars(select(Certificate.level)).one() == "document_seen"
    assert "Document seen by the base" in owner.get("/company/evidence").html


def test_a_rejection_tells_the_owner_why_and_nobody_else(
    browser: Open, database: Database, company: str, mails: Callable[[], list[str]]
) -> None:
    subject = certificate(database, company)
    find(database, subject, level="rejected", reason="Nummer unbekannt")
    assert "Nummer unbekannt" in browser("wang").get("/company/evidence").html
    public = browser("meyer").get(f"/companies/{company}/evidence").html
    assert "Nummer unbekannt" not in public
    assert "Not confirmed" not in public
    sent = [m for m in mails() if "could not confirm" in m or "未能" in m]
    assert sent or mails()
    assert not any("Nummer unbekannt" in m or "0543219" in m for m in mails())


def test_a_finding_for_another_value_is_refused(
    browser: Open, database: Database, company: str
) -> None:
    staff = browser("li")
    path = f"/desk/evidence/{company}/fact-certificate-{certificate(database, company).key}"
    old = digest(staff.get(path))
    with database.transaction() as session:
        session.scalars(select(Certificate)).one().number = "999"
    answer = staff.post(path, {"digest": old, "level": "issuer_checked"})
    assert answer.status == 409
    with database.reading() as session:
        assert session.scalars(select(Evidence)).all() == []


def test_others_documents_are_unknown(browser: Open, database: Database, company: str) -> None:
    owner = browser("wang")
    shown(owner, f"fact-certificate-{certificate(database, company).key}")
    with database.reading() as session:
        row = session.scalars(select(Evidence)).one()
    assert owner.get(f"/company/evidence/documents/{row.id}").status == 200
    assert browser("chen").get(f"/company/evidence/documents/{row.id}").status == 404
    assert browser("li").get(f"/desk/evidence/documents/{row.id}").status == 200


def test_figures_and_references_are_kept(browser: Open, database: Database, company: str) -> None:
    owner = browser("wang")
    kind = {"sustainability-0-kind": "carbon_footprint", "version": "1"}
    form = owner.post("/company/sustainability", kind | {"show-fields": "1"})
    assert "sustainability-0-boundary" in form
    answer = owner.post(
        "/company/sustainability",
        kind
        | {
            "sustainability-0-product": "Inverter 800 V",
            "sustainability-0-value": "41.5",
            "sustainability-0-unit": "kg CO2e/piece",
            "sustainability-0-method": "iso-14067",
            "sustainability-0-boundary": "cradle-to-gate",
            "sustainability-0-year": "2025",
        },
    )
    assert answer.status == 303
    assert "41.5" in owner.get("/company/evidence").html
    with database.reading() as session:
        row = session.get_one(Company, company)
        assert row.version == 2


def test_programs_read_no_more_than_people(browser: Open, database: Database, company: str) -> None:
    with database.transaction() as session:
        session.add(CompanyReference(company_id=company, customer="Bekannt", disclosure="public"))
    stranger = browser().get(f"/api/v1/companies/{company}").json
    assert [row["customer"] for row in stranger["references"]] == ["Bekannt"]
    assert stranger["certificates"][0]["usi"] == "A1B2C3"
