"""From a certificate that is missing for a market to one that the base has checked."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys import acts
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(420)]
PRODUCT = "400V平台IGBT电机逆变器"
RULE = "Electromagnetic compatibility of electronic subassemblies (UN R10)"
NUMBER = "E4*10R06/01*4711*00"


def test_a_missing_certificate_becomes_a_checked_one(visitor: Callable[..., Visitor]) -> None:
    supplier = visitor("en").sign_in("wang@supplier.example")
    agent = visitor("en").sign_in("li@base.example")

    gap = finds_what_is_missing(supplier)
    title = asks_in_one_click(supplier)
    supplier.go(gap)
    expect(line(supplier)).to_contain_text("SR-")
    expect(line(supplier).get_by_role("link", name=supplier.t("Ask the base"))).to_have_count(0)

    acts.takes_over(agent, title)
    request = acts.path_of(agent)
    acts.replies(agent, "The laboratory has the report; please enter the approval.")
    enters_the_certificate(supplier, gap.split("/markets")[0])
    supplier.go(gap)
    expect(line(supplier)).to_contain_text(supplier.t("Stated by the company"))

    checks_with_the_issuer(agent, gap.split("/")[2])
    agent.go(request)
    acts.replies(agent, "The approval is confirmed by the RDW.", "Send as the solution")
    supplier.go(gap)
    expect(line(supplier)).to_contain_text(supplier.t("Have"))
    expect(line(supplier)).to_contain_text(supplier.t("Checked with the issuer"))
    expect(line(supplier)).not_to_contain_text("SR-")


def line(person: Visitor) -> Locator:
    """The line of the rule on the page of the analysis."""
    title = person.page.get_by_role("heading", name=RULE)
    return person.main.locator("li.rule-line", has=title)


def finds_what_is_missing(supplier: Visitor) -> str:
    """From the matrix to the product in the market; returns the path of its analysis."""
    supplier.go("/capabilities/markets?market=EU&sop=2028-06")
    row = supplier.main.get_by_role("row").filter(has_text=PRODUCT)
    row.locator("td a").first.click()
    supplier.page.wait_for_url("**/markets?**")
    expect(line(supplier)).to_contain_text(supplier.t("Missing"))
    return acts.path_of(supplier)


def asks_in_one_click(supplier: Visitor) -> str:
    """The request is filled in; it only needs to be sent."""
    line(supplier).get_by_role("link", name=supplier.t("Ask the base")).click()
    title = supplier.field("Title").input_value()
    assert RULE in title and PRODUCT in title
    assert "June 2028" in supplier.field("Description").input_value()
    expect(supplier.field("Start of production (SOP)")).to_have_value("2028-06-01")
    expect(supplier.main.get_by_label("UN R10", exact=True).first).to_be_checked()
    supplier.press("Send request")
    supplier.page.wait_for_url("**/service-requests/*")
    supplier.sees(title)
    return title


def enters_the_certificate(supplier: Visitor, capability: str) -> None:
    supplier.go(f"{capability}/edit")
    certificates = supplier.group("Certificates")
    supplier.press("Add a certificate", certificates)
    typed = (("Standard", "UN R10"), ("Number", NUMBER), ("Expires on", "2031-05-31"))
    for label, value in typed:
        certificates.get_by_label(supplier.named(label)).last.fill(value)
    supplier.press("Save")
    supplier.page.wait_for_url(lambda address: address.endswith(capability))


def checks_with_the_issuer(agent: Visitor, capability: str) -> None:
    """From the company's evidence to the finding about this capability's certificate."""
    agent.go(f"/capabilities/{capability}")
    companies = agent.main.locator("a[href*='/companies/']")
    company = (companies.first.get_attribute("href") or "").rpartition("/companies/")[2]
    evidence = f"/desk/evidence/{company.partition('/')[0]}"
    agent.go(evidence)
    facts = agent.main.locator(f"a[href*='fact-certificate-{capability}-']")
    fact = facts.filter(has_text="UN R10").first.get_attribute("href") or ""
    agent.go(fact.removeprefix("/en"))
    agent.fill("Who was asked", "RDW")
    agent.fill("Reference of the answer", "Mail of today")
    agent.press("Checked with the issuer")
    agent.page.wait_for_url(f"**{evidence}")
