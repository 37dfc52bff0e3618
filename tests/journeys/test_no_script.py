"""Everything that matters works in a browser without script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys import acts
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]


def test_a_visitor_searches_reads_and_registers_without_script(
    visitor: Callable[..., Visitor],
) -> None:
    person = visitor("de", script=False)
    acts.searches(person, "Wechselrichter")
    results = person.main.locator(".result-list h3 a")
    expect(results.nth(3)).to_be_visible()
    before = person.main.locator("#result-count").inner_text()
    person.main.locator(".filter-panel a, .filter-panel button").first.click()
    expect(person.main.locator("#result-count")).not_to_have_text(before)
    person.go("/search?q=Wechselrichter&kind=capability")
    title = results.first.inner_text()
    results.first.click()
    person.main.get_by_role("heading", level=1, name=title).wait_for()
    person.follow("Send inquiry")
    person.page.wait_for_url(re.compile("/sign-in"))
    person.go("/register?kind=buyer")
    person.fill("Legal name of your company", "Werk ohne Skript GmbH")
    person.choose("Country of registration", "DE")
    person.fill("Your name", "Ute Ohm")
    person.fill("E-mail address", "ohm@ohne-skript.example")
    person.fill("Password", "kurz")
    person.press("Register")
    person.sees_word("Please use at least %(count)s characters.", count="10")
    assert person.field("Your name").input_value() == "Ute Ohm", "what was typed is kept"
    person.fill("Password", "lang genug für jeden")
    person.tick("I have read the privacy notice")
    person.press("Register")
    person.page.wait_for_url("**/register/check-mail")


def test_a_need_is_written_without_script(visitor: Callable[..., Visitor]) -> None:
    """Fields of the category and further rows come from the server, and nothing typed is lost."""
    person = visitor("de", script=False).sign_in("meyer@oem.example")
    person.go("/needs/new")
    texts = person.group("Texts")
    person.fill("Title", "Kühlmittelpumpe 12 V", texts)
    person.choose("Category", "electric-coolant-pump")
    person.press("Show the fields of this category")
    flow = person.main.locator("fieldset.measure").first
    person.fill("At least", "25,5", flow)
    asked = person.group("Certificates asked for")
    person.fill("Standard", "IATF 16949", asked)
    person.press("Add a certificate", asked)
    rows = asked.get_by_label(person.named("Standard"))
    expect(rows).to_have_count(2)
    rows.nth(1).fill("VDA 6.3")
    asked.locator("button.row-remove").first.click()
    expect(rows).to_have_count(1)
    assert rows.first.input_value() == "VDA 6.3"
    assert person.field("At least", flow).input_value() == "25,5"
    assert person.field("Title", texts).input_value() == "Kühlmittelpumpe 12 V"
    person.press("Save as draft")
    person.main.get_by_role("heading", level=1, name="Kühlmittelpumpe 12 V").wait_for()
    person.sees("VDA 6.3")
    person.sees("25,5")
