"""The analysis on pages: who sees it, what it says, and the way to a request and back."""

import csv
import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from portal.core import sheet
from portal.core.db import Database
from portal.core.statements import counted
from portal.market_rules.services import step
from portal.service_requests.models import ServiceRequest
from tests.support import objects
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.market_rules.conftest import Stage

Open = Callable[..., Browser]


def main_of(page: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", str(page).partition("<main")[2]))


def words(browser: Browser, path: str) -> str:
    page = browser.get(path)
    assert page.status == 200, path
    return main_of(page.html)


def test_the_owner_sees_what_is_missing_for_the_markets_of_the_capability(
    browser: Open, stage: Stage
) -> None:
    stage.certify("UN R10", date(2099, 1, 1), site="Suzhou")
    text = words(browser("wang"), f"/capabilities/{stage.capability}/markets?sop=2027-06")
    assert "1 Missing" in text or "2 Missing" in text
    assert "before your SOP in June 2027" in text
    assert "UN R10 is valid until" in text and "Stated by the company" in text
    assert "Site: Suzhou" in text
    assert "Additional duty on imports" in text
    assert "To be reviewed by the base" in text and "not legal advice" in text
    assert "Inmetro" not in text


def test_markets_and_month_are_chosen_in_the_address(browser: Open, stage: Stage) -> None:
    wang = browser("wang")
    text = words(wang, f"/capabilities/{stage.capability}/markets?market=BR&market=%00&sop=%00")
    assert "Inmetro seal" in text and "UN R100" not in text


def test_the_analysis_is_the_owners_and_the_bases(browser: Open, stage: Stage) -> None:
    path = f"/capabilities/{stage.capability}/markets"
    for name, status in {"wang": 200, "sun": 200, "li": 200, "chen": 404, "meyer": 404}.items():
        assert browser(name).get(path).status == status, name
    assert browser().get(path).status == 303


def test_a_missing_line_becomes_a_request_and_is_then_shown_as_open(
    browser: Open, stage: Stage
) -> None:
    wang = browser("wang")
    path = f"/capabilities/{stage.capability}/markets?sop=2027-06"
    html = wang.get(path).html
    ask = re.findall(r'href="(/en/services/CERT/request[^"]*rule=eu-un-r100[^"]*)"', html)[0]
    form = wang.get(ask.replace("&amp;", "&").removeprefix("/en"))
    assert "Electrical safety (UN R100) for 800V" in form
    assert 'value="2027-06-01"' in form
    assert re.search(r'value="UN R100"[^>]*checked|checked[^>]*value="UN R100"', form.html)
    assert "Planned start of production: June 2027" in form
    sent = wang.post(
        "/services/CERT/request",
        {
            "title": "UN R100 please",
            "description": "As on the page.",
            "priority": "P3",
            "contact": "portal",
            "timezone": "Asia/Shanghai",
            "capability": stage.capability,
            "rule": "eu-un-r100",
            "form_version": "1",
            "q_component": "Inverter",
            "q_regulation": ["UN R100"],
        },
    )
    assert sent.status == 303, sent.html[:3000]
    text = words(wang, path)
    assert "SR-00001" in text
    assert "rule=eu-un-r100" not in wang.get(path).html
    assert "SR-00001" in words(browser("li"), path)


def test_a_forged_rule_is_forgotten(browser: Open, stage: Stage, database: Database) -> None:
    browser("wang").post(
        "/services/CERT/request",
        {"title": "x", "description": "y", "priority": "P3", "contact": "portal",
         "timezone": "UTC", "rule": "no-such-rule", "form_version": "1", "q_component": "x",
         "q_regulation": ["UN R10"]},
    )  # fmt: skip
    with database.reading() as session:
        assert [r.rule_id for r in session.scalars(select(ServiceRequest))] == [None]


def test_staff_are_led_to_a_request_on_behalf(browser: Open, stage: Stage) -> None:
    html = browser("li").get(f"/capabilities/{stage.capability}/markets").html
    assert f"company={stage.company}" in html and "/desk/services/CERT/request" in html


def test_evidence_that_arrives_turns_the_line(browser: Open, stage: Stage) -> None:
    path = f"/capabilities/{stage.capability}/markets?sop=2027-06"
    assert "UN R100 is not among the certificates" in words(browser("wang"), path)
    stage.certify("UN R100", date(2027, 3, 1))
    assert "it is needed from Jun 1, 2027 on" in words(browser("wang"), path)
    stage.certify("UN R100", date(2029, 3, 1))
    assert "UN R100 is valid until Mar 1, 2029" in words(browser("wang"), path)


def test_a_buyer_sees_public_certificates_only(browser: Open, stage: Stage) -> None:
    stage.certify("UN R10", date(2099, 1, 1))
    stage.certify("IATF 16949", date(2098, 1, 1), disclosure="nda")
    text = words(browser("meyer"), f"/capabilities/{stage.capability}")
    assert "Certificates for this market: European Union" in text
    assert "UN R10 is valid until" in text
    assert "2 rules without a certificate shown" in text
    assert "Notice · Since Jan 1, 2026" in text
    assert "2098" not in text and "missing" not in text.lower()


def test_the_owner_is_led_from_the_capability_to_the_analysis(browser: Open, stage: Stage) -> None:
    text = words(browser("wang"), f"/capabilities/{stage.capability}")
    assert "What is missing for each market" in text and "Missing: 3" in text


def test_the_matrix_has_every_product_and_market(browser: Open, stage: Stage) -> None:
    stage.certify("UN R10", date(2099, 1, 1))
    text = words(browser("wang"), "/capabilities/markets?market=EU&market=BR&sop=2027-06")
    assert (
        "European Union" in text
        and "Brazil" in text
        and "Japan" not in text.split("Capability")[-1]
    )
    assert "2 Missing" in text and "1 Have" in text and "1 Unclear" in text
    assert "1 notice" in text


def test_the_matrix_as_a_table_and_on_paper(browser: Open, stage: Stage) -> None:
    wang = browser("wang")
    answer = wang.client.get("/en/capabilities/markets/export/csv?market=EU&sop=2027-06")
    rows = list(csv.reader(answer.data.decode("utf-8-sig").splitlines()))
    assert [row[4] for row in rows[1:]] == ["Missing", "Missing", "Missing", "Notice"]
    assert wang.get("/capabilities/markets/export/exe").status == 404
    table = wang.client.get("/en/capabilities/markets/export/xlsx")
    assert table.data.startswith(b"PK")
    if sheet.available():
        paper = wang.client.get("/en/capabilities/markets/export/pdf?market=EU")
        assert paper.data.startswith(b"%PDF")


def test_one_without_products_is_told_what_to_do(browser: Open) -> None:
    assert "No capability yet" in words(browser("chen"), "/capabilities/markets")


def test_a_rule_has_a_public_page_until_it_is_retired(browser: Open, stage: Stage) -> None:
    page = browser().get("/market-rules/eu-un-r100")
    assert "To be reviewed by the base" in page and 'rel="noopener external"' in page
    assert browser(None, "de").get("/market-rules/eu-un-r100").html.count("Elektrische") >= 1
    stage.write(lambda s: step(s, stage.actor("li"), "eu-un-r100", "retired"))
    assert browser().get("/market-rules/eu-un-r100").status == 404


def test_everybody_may_read_what_a_market_asks_for(browser: Open, stage: Stage) -> None:
    text = words(browser(), "/market-rules?market=EU&category=traction-inverter")
    assert "Electrical safety (UN R100)" in text and "Additional duty on imports" in text
    assert "Electrical" not in words(browser(), "/market-rules?market=EU&category=lidar")
    assert "Inmetro seal" in words(browser(), "/market-rules?market=BR&category=%00")


def test_a_need_shows_the_notices_of_its_market(
    browser: Open, stage: Stage, people: dict[str, Person]
) -> None:
    need = objects.need(people["meyer"].org_id, "published")
    need_id = stage.write(lambda s: (s.add(need), s.flush(), need.id)[-1])
    text = words(browser("wang"), f"/needs/{need_id}")
    assert "Legal access to the market" in text and "Additional duty on imports" in text


@pytest.mark.parametrize("path", ["/capabilities/{id}/markets", "/capabilities/markets",
                                  "/capabilities/{id}", "/desk/market-rules"])  # fmt: skip
def test_pages_need_few_statements_however_many_rows(
    browser: Open, stage: Stage, database: Database, path: str
) -> None:
    reader = browser("li" if "desk" in path else "wang")
    reader.get("/")
    with counted(database) as before:
        reader.get(path.format(id=stage.capability))
    for number in range(6):
        stage.certify("UN R10", date(2099, 1, number + 1))
        row = objects.capability(stage.company, "published", f"No. {number}")
        stage.write(lambda s, row=row: s.add(row))
    with counted(database) as after:
        reader.get(path.format(id=stage.capability))
    assert len(after) == len(before) and len(after) <= 12, after
