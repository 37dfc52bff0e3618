"""Every screen, for its person, wide and narrow: nothing for axe to find, nothing cut off."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage

from tests.journeys.conftest import Visitor
from tests.journeys.screens import PEOPLE, SCREENS

pytestmark = pytest.mark.journey
AXE = (Path(__file__).parents[1] / "support" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async (rules) => (await axe.run(document, { runOnly: rules })).violations
  .map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | '))"""
OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.querySelectorAll('body *')]
    .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > wide + 1)
    .slice(0, 5).map((e) => e.tagName + '.' + e.className);
}"""
# A folder to keep the pictures in, to be looked at.
PICTURES = os.environ.get("SCREENSHOTS")


def complaint(message: ConsoleMessage) -> list[str]:
    """An error in the browser's console; the page that is not found says so there, too."""
    wrong = message.type == "error" and "404" not in message.text
    return [message.text] if wrong else []


def look(visitor: Visitor, person: str, width: int) -> list[str]:
    """Visit all screens of a person; returns what is wrong, by screen."""
    found: list[str] = []
    page = visitor.page
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(f"script error: {error}"))
    page.on("console", lambda message: failures.extend(complaint(message)))
    for screen in (s for s in SCREENS if s.person == person):
        page.goto(f"{visitor.site.address}/{visitor.slug}{screen.path}")
        if screen.first:
            link = page.locator(screen.first).first
            if link.count() == 0:
                found.append(f"{screen.name}: no link {screen.first}")
                continue
            page.goto(f"{visitor.site.address}{link.get_attribute('href')}")
        name = f"{screen.name}-{visitor.slug}-{width}"
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)
        page.evaluate(AXE)
        found += [f"{name}: {text}" for text in page.evaluate(RUN, RULES)]
        found += [f"{name}: wider than the window: {e}" for e in page.evaluate(OVERFLOW)]
        found += [f"{name}: {text}" for text in failures]
        failures.clear()
    return found


@pytest.mark.parametrize("person", list(PEOPLE))
@pytest.mark.parametrize(("slug", "width"), [("zh-hans", 1280), ("de", 390), ("en", 1280)])
def test_screens_are_sound(
    visitor: Callable[..., Visitor], person: str, slug: str, width: int
) -> None:
    who = visitor(slug, width)
    email = PEOPLE[person]
    if email:
        who.sign_in(email)
    found = look(who, person, width)
    assert not found, "\n".join(found)
