"""The workbench of the desk in a real browser: keys, texts, colleagues, two who answer at once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(420)]
BEAT = "document.dispatchEvent(new Event('visibilitychange'))"


def at_request(staff: Visitor) -> None:
    """The German customer's request that is being worked on."""
    staff.go("/desk?q=Konsortium&state=any")
    staff.page.locator("tr[data-item] a[data-open]").first.click()
    staff.page.wait_for_url("**/desk/requests/*")


def test_keys_lead_through_the_queue(visitor: Callable[..., Visitor]) -> None:
    li = visitor("zh-hans").sign_in("li@base.example")
    li.go("/desk")
    page = li.page
    links = [a.get_attribute("href") for a in page.locator("tr[data-item] a[data-open]").all()]
    for key in "jjk":
        page.keyboard.press(key)
    expect(page.locator("tr.is-at a[data-open]")).to_have_attribute("href", str(links[0]))
    page.keyboard.press("o")
    page.wait_for_url(f"**{links[0]}")
    page.keyboard.press("j")
    page.wait_for_url(f"**{links[1]}")
    page.keyboard.press("r")
    expect(page.locator("#reply-box textarea")).to_be_focused()
    page.keyboard.type("jj")
    assert page.url.endswith(str(links[1]))
    page.locator("#reply-box textarea").fill("")
    page.locator("h1").click()
    page.keyboard.press("n")
    expect(page.locator("#note-box textarea")).to_be_focused()
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_have_attribute("open", "")


def test_a_key_takes_on_the_request_one_is_at(visitor: Callable[..., Visitor]) -> None:
    li = visitor("en").sign_in("li@base.example")
    li.go("/desk?assignee=none")
    rows = li.page.locator("tr[data-item] a[data-open]")
    first = str(rows.first.get_attribute("href"))
    li.page.keyboard.press("j")
    li.page.keyboard.press("a")
    expect(li.page.locator(f'tr[data-item] a[data-open][href="{first}"]')).to_have_count(0)
    li.go(first.removeprefix("/en"))
    expect(li.page.locator('.step-row form[action$="/assignee"]')).to_have_count(0)


def test_the_numbers_on_the_queues_are_kept_up(visitor: Callable[..., Visitor]) -> None:
    li = visitor("de").sign_in("li@base.example")
    li.go("/desk")
    mark = li.page.locator('[data-count="all"]')
    now = mark.inner_text()
    mark.evaluate("mark => { mark.textContent = '–'; }")
    li.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(mark).to_have_text(now)


def test_all_of_a_page_are_chosen_at_once(visitor: Callable[..., Visitor]) -> None:
    li = visitor("de").sign_in("li@base.example")
    li.go("/desk")
    boxes = li.page.locator('input[name="ids"]')
    li.page.locator("[data-choose-all]").check()
    expect(li.page.locator('input[name="ids"]:checked')).to_have_count(boxes.count())
    boxes.first.uncheck()
    assert li.page.locator("[data-choose-all]").evaluate("box => box.indeterminate")


def test_a_text_is_picked_and_a_colleague_mentioned(visitor: Callable[..., Visitor]) -> None:
    li = visitor("en").sign_in("li@base.example")
    at_request(li)
    page = li.page
    reply = page.locator("#reply-box textarea")
    page.locator("[data-texts]").click()
    page.locator("#picker-q").fill("missing inf")
    expect(page.locator("#picker [data-preview]")).to_contain_text("Guten Tag")
    page.keyboard.press("Enter")
    expect(page.locator("#picker")).to_be_hidden()
    expect(reply).to_be_focused()
    assert reply.input_value().startswith("Guten Tag ")
    assert page.locator("#written-in").input_value() == "de"
    expect(page.locator("#macro")).to_be_visible()
    page.locator('#macro [value="drop-macro"]').click()
    expect(page.locator("#macro")).to_be_hidden()
    note = page.locator("#note-box textarea")
    note.press_sequentially("Bitte prüfen, @")
    page.locator("#mention-list [role=option]").first.wait_for()
    name = page.locator("#mention-list [role=option]").first.inner_text()
    note.press("Enter")
    expect(note).to_have_value(f"Bitte prüfen, @{name} ")
    page.locator('#note-box [name="do"][value="note"]').click()
    expect(page.locator(".message.is-internal mark.mention").last).to_have_text(f"@{name}")
    assert reply.input_value().startswith("Guten Tag "), "the reply that was begun is kept"


def test_whoever_answers_second_sees_the_first_answer(visitor: Callable[..., Visitor]) -> None:
    li = visitor("en").sign_in("li@base.example")
    zhao = visitor("en").sign_in("zhao@base.example")
    for person in (li, zhao):
        at_request(person)
    zhao.page.locator("#reply-box textarea").press_sequentially("My own words")
    li.page.evaluate(BEAT)
    expect(li.page.locator("#presence")).to_contain_text("writing")
    li.page.locator("#reply-box textarea").fill("Die Unterlagen sind da.")
    li.press("Send reply", li.page.locator("#reply-box"))
    li.sees("Die Unterlagen sind da.")
    zhao.page.evaluate(BEAT)
    expect(zhao.page.locator("#crossing")).to_contain_text("has just answered")
    zhao.press("Send reply", zhao.page.locator("#reply-box"))
    expect(zhao.page.locator("#reply-box textarea")).to_have_value("My own words")
    zhao.sees("Die Unterlagen sind da.")
    zhao.press("Send reply", zhao.page.locator("#reply-box"))
    zhao.sees("My own words", zhao.page.locator(".message"))
