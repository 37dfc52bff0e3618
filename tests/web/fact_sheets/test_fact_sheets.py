"""Fact sheets: one page, a self-assessment in three languages, and the way back in."""

import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pypdf
import pytest
import python_calamine
import xlsxwriter
from sqlalchemy import select

from portal.capabilities.models import Capability
from portal.companies.facts.models import CompanyReference, SustainabilityFact
from portal.companies.models import Certificate, Company, CompanyText, Site
from portal.core import clock, sheet
from portal.core.access import SYSTEM
from portal.core.db import Database
from portal.core.models import AuditEvent
from portal.core.statements import counted
from portal.evidence import queries as evidence
from portal.evidence import services as findings
from portal.evidence import subjects
from portal.evidence.services import Finding
from portal.web.forms import has_control_characters
from tests.support.client import Browser, Page
from tests.support.formfill import form_at
from tests.support.naughty import OWN
from tests.support.objects import capability
from tests.support.people import Person

Open = Callable[..., Browser]
SECRETS = ("Geheimkunde AG", "7777", "Nebenstraße 99", "SECRET-CERT-1")
LOCALES = ("zh-hans", "en", "de")


@pytest.fixture
def company(database: Database, people: dict[str, Person]) -> str:
    """Huaneng with everything that can be said; some of it behind an agreement."""
    huaneng = people["wang"].org_id or ""
    with database.transaction() as session:
        row = session.get_one(Company, huaneng)
        row.founded, row.headcount, row.disclosure = 2009, 7777, {"headcount": "nda"}
        session.add(
            CompanyText(
                company_id=huaneng,
                locale="en",
                position=1,
                name="Huaneng Drives Co., Ltd.",
                description="Makes inverters.",
            )
        )
        session.add_all([*_sites(huaneng), *_certificates(huaneng), *_figures(huaneng)])
        offered = capability(huaneng, "published")
        offered.attributes["efficiency"] = {"value": "97.25", "unit": "%"}
        offered.capacity_quantity, offered.capacity_unit = Decimal(240000), "piece"
        offered.capacity_per, offered.lead_series_from_days = "year", 60
        offered.scenarios, offered.stage = ["passenger-car"], "series"
        session.add_all([offered, capability(huaneng, "draft", "Noch geheim")])
    return huaneng


def _sites(huaneng: str) -> list[Site]:
    return [
        Site(company_id=huaneng, role="HQ", country="CN", city="苏州", headcount=300),
        Site(company_id=huaneng, position=1, role="plant", country="HU", city="Debrecen",
             address="Nebenstraße 99", disclosure="nda", products="=1+1"),
    ]  # fmt: skip


def _certificates(huaneng: str) -> list[Certificate]:
    later = clock.now().date() + timedelta(days=400)
    return [
        Certificate(company_id=huaneng, standard="IATF 16949", number="0543219", body="TÜV Süd",
                    issued=date(2025, 1, 1), expires=later, details={"usi": "A1B2C3"}),
        Certificate(company_id=huaneng, position=1, standard="TISAX", number="SECRET-CERT-1",
                    details={"labels": ["Info High", "Data"]}, disclosure="nda"),
    ]  # fmt: skip


def _figures(huaneng: str) -> list[Any]:
    return [
        SustainabilityFact(company_id=huaneng, kind="carbon_footprint", product="Wechselrichter",
                           value=Decimal("41.5"), unit="kg CO2e/piece", method="iso-14067",
                           boundary="cradle-to-gate", year=2025),
        CompanyReference(company_id=huaneng, customer="Geheimkunde AG", disclosure="nda"),
        CompanyReference(company_id=huaneng, position=1, customer="Nordwagen", market="DE",
                         since=2021, disclosure="public"),
    ]  # fmt: skip


def taken(reader: Browser, company: str, form: str) -> bytes:
    return bytes(reader.client.get(f"/{reader.locale}/companies/{company}/fact-sheet/{form}").data)


def words(body: bytes, form: str) -> str:
    if form == "pdf":
        return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages)
    if form == "json":
        return body.decode()
    book = python_calamine.load_workbook(io.BytesIO(body))
    return str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])


def sent(owner: Browser, body: bytes, name: str = "file.xlsx") -> Page:
    data = {"file": (io.BytesIO(body), name)}
    return owner.post("/company/fact-sheets", data, follow_redirects=True)


def edited(body: bytes, **answers: Any) -> bytes:
    """A JSON file with other answers, by key with `__` for dots."""
    tree = json.loads(body)
    wanted = {key.replace("__", "."): value for key, value in answers.items()}
    for each in tree["sheets"]:
        for row in each["questions"]:
            row["answer"] = wanted.pop(row["key"], row["answer"])
    assert not wanted, wanted
    return json.dumps(tree).encode()


def needs_paper(form: str) -> None:
    if form == "pdf" and not sheet.available():
        pytest.skip("Pango is missing")


@pytest.mark.parametrize("form", ["pdf", "xlsx", "json"])
def test_a_reader_gets_what_is_disclosed_and_nothing_else(
    browser: Open, company: str, form: str
) -> None:
    needs_paper(form)
    for who in (None, "meyer", "chen"):
        told = words(taken(browser(who), company, form), form)
        assert "Nordwagen" in told
        for secret in (*SECRETS, "Noch geheim"):
            assert secret not in told, (who, secret)
    own = words(taken(browser("wang"), company, form), form)
    plain = own.replace("7,777", "7777")
    assert all(secret in plain for secret in SECRETS)


def test_the_files_are_named_by_number(browser: Open, company: str) -> None:
    reader = browser("meyer")
    answer = reader.client.get(f"/en/companies/{company}/fact-sheet/json")
    assert company in answer.headers["Content-Disposition"]
    assert "Huaneng" not in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("form", ["xlsx", "json"])
@pytest.mark.parametrize("locale", LOCALES)
def test_what_was_exported_comes_back_as_no_difference(
    browser: Open, company: str, form: str, locale: str
) -> None:
    body = taken(browser("wang", locale=locale), company, form)
    page = sent(browser("wang"), body, f"file.{form}")
    assert page.status == 200, page.html[-3000:]
    assert "No differences" in page.html


def test_naughty_texts_come_back_as_they_were(
    browser: Open, database: Database, company: str
) -> None:
    shown = [text for text in OWN if text.strip() and not has_control_characters(text)]
    with database.transaction() as session:
        for place, text in enumerate(shown[:40], start=2):
            site = Site(company_id=company, position=place, role="plant", country="CN")
            site.city, site.products = text[:120], text[:300]
            session.add(site)
    for form in ("xlsx", "json"):
        page = sent(browser("wang"), taken(browser("wang"), company, form), f"file.{form}")
        assert "No differences" in page.html, form
    if sheet.available():
        assert len(pypdf.PdfReader(io.BytesIO(taken(browser(), company, "pdf"))).pages) == 1


def test_differences_are_shown_ticked_and_taken_over(
    browser: Open, database: Database, company: str
) -> None:
    with database.transaction() as session:
        row = session.get_one(Company, company)
        findings.record(
            session, SYSTEM, subjects.figure(row, "headcount"), Finding(level="document_seen")
        )
    owner = browser("wang")
    body = edited(
        taken(browser("wang", locale="de"), company, "json"),
        company__headcount=8000,
        company__website="https://huaneng.example",
        company__sites__2__role="warehouse",
        company__sites__2__country="DE",
        company__sites__2__city="Hamburg",
        company__references__0__customer=None,
    )
    assert sent(owner, body, "file.json").status == 200
    page = owner.get("/company/fact-sheets/import")
    for told in ("7,777", "8,000", "Hamburg", "Geheimkunde AG", "added", "removed"):
        assert told in page.html, told
    assert "Loses its evidence: Document seen by the base" in page.html
    form = form_at(page.html, "/en/company/fact-sheets/import")
    take = [c for c in re.findall(r'name="take" value="([^"]+)"', page.html) if "website" not in c]
    done = owner.post("/company/fact-sheets/import", {**form.values, "take": take})
    assert done.status == 303
    with database.reading() as session:
        row = session.get_one(Company, company)
        cities = session.scalars(select(Site.city).where(Site.company_id == company)).all()
        customers = session.scalars(
            select(CompanyReference.customer).where(CompanyReference.company_id == company)
        ).all()
        standing = evidence.standing(session, subjects.figure(row, "headcount"))
    assert row.headcount == 8000
    assert row.website is None
    assert set(cities) == {"苏州", "Debrecen", "Hamburg"}
    assert customers == ["Nordwagen"]
    assert standing.state == "claimed"


def test_the_same_file_twice_changes_nothing_more(
    browser: Open, database: Database, company: str
) -> None:
    owner = browser("wang")
    body = edited(
        taken(owner, company, "json"), company__sites__0__city=None, company__sites__0__role=None,
        company__sites__0__country=None, company__sites__0__headcount=None, company__headcount=1,
    )  # fmt: skip
    sent(owner, body, "file.json")
    confirm(owner)
    assert "No differences" in sent(owner, body, "file.json").html


def confirm(owner: Browser) -> Page:
    page = owner.get("/company/fact-sheets/import")
    form = form_at(page.html, "/en/company/fact-sheets/import")
    take = re.findall(r'name="take" value="([^"]+)"', page.html)
    return owner.post("/company/fact-sheets/import", {**form.values, "take": take})


def test_claims_of_a_published_capability_go_to_review(
    browser: Open, database: Database, company: str
) -> None:
    owner = browser("wang")
    with database.reading() as session:
        query = select(Capability.id).where(Capability.state == "published")
        offered = session.scalars(query.where(Capability.company_id == company)).one()
    key = f"capability__{offered}__attributes__peak_power__value"
    sent(owner, edited(taken(owner, company, "json"), **{key: 260}), "file.json")
    assert "go to the base for review" in owner.get("/company/fact-sheets/import").html
    confirm(owner)
    with database.reading() as session:
        row = session.get_one(Capability, offered)
        assert row.attributes["peak_power"]["value"] == "260"
        assert row.state != "published"


def test_every_wrong_cell_is_told_with_its_place(browser: Open, company: str) -> None:
    owner = browser("wang")
    body = edited(
        taken(owner, company, "json"),
        company__headcount="many",
        company__sites__0__role="palace",
        company__certificates__0__expires="2001-02-30",
    )
    page = sent(owner, body, "file.json")
    assert page.status == 422
    for told in (
        "Please give a number.",
        "“palace” is not possible here.",
        "Employees",
        "This must be a date such as 2027-06-30.",
        "Sites and capacities",
    ):
        assert told in page.html, told
    ruled = edited(taken(owner, company, "json"), company__certificates__0__usi="!")
    page = sent(owner, ruled, "file.json")
    assert page.status == 422
    assert "The USI has six characters" in page.html
    assert "IATF USI" in page.html


def test_who_a_company_is_never_changes_by_import(
    browser: Open, database: Database, company: str
) -> None:
    owner = browser("wang")
    body = edited(taken(owner, company, "json"), company__country="DE", company__founded=2010)
    sent(owner, body, "file.json")
    page = owner.get("/company/fact-sheets/import")
    assert "an import never changes who you are: Country of registration" in page.html
    confirm(owner)
    with database.reading() as session:
        row = session.get_one(Company, company)
    assert (row.country, row.founded) == ("CN", 2010)


def test_what_was_saved_in_between_is_not_overwritten(
    browser: Open, database: Database, company: str
) -> None:
    owner = browser("wang")
    sent(owner, edited(taken(owner, company, "json"), company__founded=2010), "file.json")
    page = owner.get("/company/fact-sheets/import")
    form = form_at(page.html, "/en/company/fact-sheets/import")
    with database.transaction() as session:
        session.get_one(Company, company).version += 1
    refused = owner.post("/company/fact-sheets/import", {**form.values, "take": "company.founded"})
    assert refused.status == 409
    assert "in the meantime" in refused.html
    assert "changed after this file was made" in refused.html
    with database.reading() as session:
        assert session.get_one(Company, company).founded == 2009


def _book(build: Callable[[Any], None]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        build(book)
    return out.getvalue()


def _foreign(book: Any) -> None:
    book.add_worksheet().write(0, 0, "company.headcount")


def _formula(book: Any) -> None:
    book.add_worksheet().write_formula(0, 3, "=1+1")


def _tall(book: Any) -> None:
    book.add_worksheet().write(1_000_000, 0, "x")


@pytest.mark.parametrize(
    ("body", "name", "reason"),
    [
        (_book(_foreign), "a.xlsx", "not a self-assessment from this portal"),
        (_book(_formula), "a.xlsx", "holds formulas"),
        (_book(_tall), "a.xlsx", "more rows or text"),
        (b"PK\x03\x04 nothing", "a.xlsx", "damaged"),
        (b'{"format": "other"}', "a.json", "not a self-assessment from this portal"),
        (b"[" * 100_000, "a.json", "does not fit its name"),
        (b'{"a": ' + b"[" * 100_000, "a.json", "not a self-assessment from this portal"),
        (b"x" * (2 * 1024 * 1024 + 1), "a.xlsx", "larger than 2 MB"),
    ],
)
def test_foreign_and_hostile_files_are_refused(
    browser: Open, company: str, body: bytes, name: str, reason: str
) -> None:
    page = sent(browser("wang"), body, name)
    assert page.status == 422
    assert reason in page.html


def test_files_of_others_and_copies_for_others_are_refused(browser: Open, company: str) -> None:
    owner = browser("wang")
    assert "about another company" in sent(browser("chen"), taken(owner, company, "json")).html
    copy = taken(browser("meyer"), company, "json")
    assert "shows only what others may see" in sent(owner, copy).html


@pytest.mark.parametrize("locale", LOCALES)
def test_the_fullest_company_has_one_page(
    browser: Open, database: Database, company: str, locale: str
) -> None:
    needs_paper("pdf")
    with database.transaction() as session:
        for n in range(30):
            session.add(capability(company, "published", f"碳化硅主驱逆变器 {n} 号平台，" * 4))
            session.add(
                Site(
                    company_id=company,
                    position=9 + n,
                    role="plant",
                    country="DE",
                    city=f"Donaudampfschifffahrtsstadt {n}",
                    products="Welle " * 40,
                )
            )
            session.add(
                Certificate(
                    company_id=company,
                    position=9 + n,
                    standard="ISO 9001",
                    number="X" * 80,
                    body="Y" * 120,
                    scope="Zertifizierung " * 20,
                )
            )
        text = session.get_one(CompanyText, (company, "en"))
        text.description = "We make inverters and e-axles for passenger cars. " * 300
    document = pypdf.PdfReader(io.BytesIO(taken(browser(locale=locale), company, "pdf")))
    assert len(document.pages) == 1
    told = document.pages[0].extract_text()
    assert f"/companies/{company}" in told.replace("\n", "")


def test_a_capability_has_a_sheet_of_its_own(
    browser: Open, database: Database, company: str
) -> None:
    with database.reading() as session:
        rows = session.execute(
            select(Capability.state, Capability.id).where(Capability.company_id == company)
        ).all()
    ids = {row[0]: row[1] for row in rows}
    reader = browser("meyer")
    assert reader.get(f"/capabilities/{ids['draft']}/fact-sheet/json").status == 404
    answer = reader.client.get(f"/en/capabilities/{ids['published']}/fact-sheet/json")
    assert list(answer.json["versions"]) == ["company", ids["published"]]
    if sheet.available():
        body = reader.client.get(f"/en/capabilities/{ids['published']}/fact-sheet/pdf").data
        pages = pypdf.PdfReader(io.BytesIO(body)).pages
        assert len(pages) == 1
        assert "97.25%" in pages[0].extract_text()


def test_files_take_few_statements(browser: Open, database: Database, company: str) -> None:
    for who in (None, "meyer"):
        reader = browser(who)
        with counted(database) as statements:
            taken(reader, company, "json")
        assert len(statements) <= 12, statements
    owner = browser("wang")
    for path in ("/company/fact-sheets", "/company/fact-sheets/import"):
        with counted(database) as statements:
            owner.client.get(f"/en{path}")
        assert len(statements) <= 12, statements


def test_a_discarded_file_is_forgotten(browser: Open, database: Database, company: str) -> None:
    owner = browser("wang")
    sent(owner, edited(taken(owner, company, "json"), company__founded=2010), "file.json")
    owner.post("/company/fact-sheets/import/discard", {})
    page = owner.get("/company/fact-sheets/import", follow_redirects=True)
    assert "There is no file to confirm" in page.html
    with database.reading() as session:
        assert session.scalars(
            select(AuditEvent).where(AuditEvent.action == "fact_sheet.discard")
        ).all()
