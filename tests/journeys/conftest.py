"""A portal served as in `make demo`, and a real browser."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from portal.core import i18n
from portal.core.locales import BY_SLUG

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PASSWORD = "portal-demo"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(instance: Path, port: int) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
    return {**kept, "PORTAL_INSTANCE": str(instance), "PORT": str(port)}


def portal(env: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "portal", *arguments], env=env, check=True, timeout=180)


@dataclass
class Site:
    """The served portal."""

    address: str
    instance: Path
    env: dict[str, str]

    def mails(self) -> list[str]:
        texts = []
        for path in sorted((self.instance / "mail").glob("*.eml")):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            texts.append(f"To: {message['To']}\nSubject: {message['Subject']}\n\n{message.get_content()}")  # type: ignore[attr-defined]
        return texts

    def mail_link(self, to: str, marker: str) -> str:
        """The newest link with `marker` mailed to an address; mails are sent by the worker."""

        def find() -> str | None:
            for text in reversed(self.mails()):
                link = re.search(rf"http://\S*{marker}\S*", text)
                if to in text.splitlines()[0] and link:
                    return link[0]
            return None

        return eventually(find)


def eventually(ask: Callable[[], str | None], seconds: float = 30) -> str:
    """Ask again until there is an answer: the worker is another process."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.2)
    raise AssertionError("it did not happen in time")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Demo data, web workers and job worker as separate processes."""
    instance, port = tmp_path_factory.mktemp("instance"), free_port()
    env = environment(instance, port)
    portal(env, "db", "upgrade")
    portal(env, "demo", "load")
    server = subprocess.Popen(
        [sys.executable, "-m", "portal", "serve", "--port", str(port), "--workers", "1"],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=(instance / "serve.log").open("w"),
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"

    def ready() -> str | None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
                return str(answer.status)
        except (urllib.error.URLError, ConnectionError):
            return None

    eventually(ready, 60)
    yield Site(address, instance, env)
    os.killpg(server.pid, signal.SIGTERM)
    server.wait(20)


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

    def __init__(self, page: Page, site: Site, slug: str) -> None:
        self.page, self.site, self.slug = page, site, slug
        page.set_default_timeout(15_000)

    def t(self, message: str, **values: object) -> str:
        """The interface's own word for something."""
        with i18n.use_locale(BY_SLUG[self.slug].tag):
            return i18n.gettext(message, **values)

    def go(self, path: str) -> None:
        answer = self.page.goto(f"{self.site.address}/{self.slug}{path}")
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(self.t(label)).first.fill(value)

    def press(self, label: str, **values: object) -> None:
        self.page.get_by_role("button", name=self.t(label, **values)).first.click()

    def sign_in(self, email: str, password: str = PASSWORD) -> "Visitor":
        self.go("/sign-in")
        self.fill("E-mail address", email)
        self.fill("Password", password)
        main = self.page.locator("main")
        main.get_by_role("button", name=self.t("Sign in")).click()
        self.page.wait_for_url("**/dashboard")
        return self

    def sees(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for(state="visible")


@pytest.fixture
def visitor(chromium: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """`visitor("de")`, `visitor("zh-hans", width=390)`: each with cookies of its own."""
    contexts = []

    def open_visitor(slug: str, width: int = 1280) -> Visitor:
        context = chromium.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        return Visitor(context.new_page(), site, slug)

    yield open_visitor
    for context in contexts:
        context.close()
