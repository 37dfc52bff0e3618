"""A portal served as in `make demo`, and a real browser."""

import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from portal.core import i18n
from portal.core.locales import BY_SLUG
from tests.support.served import Site, demo_instance, served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PASSWORD = "portal-demo"
# Machines may be slow and busy.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Demo data, web worker and job worker as separate processes."""
    with served(demo_instance(tmp_path_factory)) as site:
        yield site


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visitor:
    """A person at the browser, in one interface language; speaks in labels of that language."""

    def __init__(self, page: Page, site: Site, slug: str, sessions: dict[str, Any]) -> None:
        self.page, self.site, self.slug = page, site, slug
        self._sessions = sessions
        page.set_default_timeout(PATIENCE_MS)

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def t(self, message: str, **values: object) -> str:
        """The interface's own word for something."""
        with i18n.use_locale(BY_SLUG[self.slug].tag):
            return str(i18n.gettext(message, **values))

    def meant(self, context: str, message: str) -> str:
        """A word that has several translations."""
        with i18n.use_locale(BY_SLUG[self.slug].tag):
            return str(i18n.pgettext(context, message))

    def named(self, message: str) -> re.Pattern[str]:
        """A label as it begins: a note that it is optional or hidden words may follow."""
        return re.compile(rf"^\s*{re.escape(self.t(message))}\s*([(（:：]|$)")

    def go(self, path: str) -> None:
        answer = self.page.goto(f"{self.site.address}/{self.slug}{path}")
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"

    def group(self, legend: str) -> Locator:
        """The fields that stand together under a heading."""
        return self.main.get_by_role("group", name=self.t(legend), exact=True).first

    def field(self, label: str, within: Locator | None = None) -> Locator:
        return (within or self.main).get_by_label(self.named(label)).first

    def fill(self, label: str, value: str, within: Locator | None = None) -> None:
        self.field(label, within).fill(value)

    def choose(self, label: str, value: str, within: Locator | None = None) -> None:
        """Choose in a list by the value that a record would hold."""
        self.field(label, within).select_option(value)

    def type_ahead(self, label: str, words: str, within: Locator | None = None) -> None:
        """Type into a searchable list and take the first entry."""
        box = self.field(label, within)
        box.fill(words)
        box.press("Enter")

    def tick(self, label: str, within: Locator | None = None) -> None:
        self.field(label, within).check()

    def press(self, label: str, within: Locator | None = None) -> None:
        (within or self.main).get_by_role("button", name=self.named(label)).first.click()

    def follow(self, label: str, within: Locator | None = None) -> None:
        (within or self.main).get_by_role("link", name=self.named(label)).first.click()

    def sees(self, text: str, within: Locator | None = None) -> None:
        (within or self.main).get_by_text(text).first.wait_for(state="visible")

    def sees_word(self, message: str, **values: object) -> None:
        """Sees a text of the interface."""
        self.sees(self.t(message, **values))

    def reads(self) -> str:
        """Everything on the page, whether opened out or not."""
        return self.page.locator("body").text_content() or ""

    def open(self, url: str) -> None:
        self.page.goto(url)

    def sign_in(self, email: str, password: str = PASSWORD) -> "Visitor":
        """Sign in, or go on in the session that this person already has in another window."""
        kept = self._sessions.get(email)
        if kept:
            self.page.context.add_cookies(kept)
            return self
        self.go("/sign-in")
        self.fill("E-mail address", email)
        self.fill("Password", password)
        self.press("Sign in")
        # People of a partner institution start in their own queue.
        self.page.wait_for_url(re.compile("/(dashboard|partner)$"))
        cookies = self.page.context.cookies()
        self._sessions[email] = [c for c in cookies if c["name"] == "portal"]
        return self


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """Cookies by e-mail address: signing in is slow, and limited per address."""
    return {}


@pytest.fixture
def visitor(
    chromium: Browser, site: Site, sessions: dict[str, Any]
) -> Iterator[Callable[..., Visitor]]:
    """`visitor("de")`, `visitor("zh-hans", width=390)`: each with cookies of its own."""
    contexts = []

    def open_visitor(slug: str, width: int = 1280, script: bool = True) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script
        )
        contexts.append(context)
        return Visitor(context.new_page(), site, slug, sessions)

    yield open_visitor
    for context in contexts:
        context.close()
