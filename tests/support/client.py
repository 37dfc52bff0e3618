"""The page client: every fetched page is held against what every page must keep."""

import re
from typing import Any

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.web.app import Portal
from tests.support.people import PASSWORD

_H = "{http://www.w3.org/1999/xhtml}"
_TOKEN = re.compile(r'name="csrf_token" (?:type="hidden" )?value="([^"]+)"')


class Page:
    """A parsed page with the few questions that tests ask."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.html = response.get_data().decode("utf-8", "replace")  # a download is no text
        self.location = response.headers.get("Location", "")

    def __contains__(self, text: str) -> bool:
        return text in self.html

    @property
    def json(self) -> Any:
        return self.response.get_json()


class Browser:
    """A person at a browser: keeps cookies, follows the rules of forms, checks each page."""

    def __init__(self, app: Portal, locale: str = "en") -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.locale = locale

    def path(self, path: str) -> str:
        absolute = path.startswith((f"/{self.locale}/", "/api", "/healthz", "/readyz", "/metrics"))
        return path if absolute or path == "/" else f"/{self.locale}{path}"

    def get(self, path: str, **kwargs: Any) -> Page:
        page = Page(self.client.get(self.path(path), **kwargs))
        if page.response.mimetype == "text/html" and not 300 <= page.status < 400:
            check_page(page)
        return page

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> Page:
        """Send a form with a valid token, as its page would."""
        form = {"csrf_token": self.csrf(), **(data or {})}
        page = Page(self.client.post(self.path(path), data=form, **kwargs))
        if page.response.mimetype == "text/html" and page.status >= 400:
            check_page(page)
        return page

    def csrf(self) -> str:
        html = self.client.get(f"/{self.locale}/sign-in").get_data(as_text=True)
        match = _TOKEN.search(html)
        assert match, "no token on the sign-in page"
        return match[1]

    def sign_in(self, email: str, password: str = PASSWORD) -> "Browser":
        page = self.post("/sign-in", {"email": email, "password": password})
        assert page.status == 303, page.html[:2000]
        return self


def check_page(page: Page) -> None:
    """Valid HTML, language, one h1, unique ids, labels, protected forms, nothing inline."""
    parser = html5lib.HTMLParser(strict=False)
    document = parser.parse(page.html)
    errors = [e for e in parser.errors if e[1] not in ("invalid-character-in-attribute-name",)]
    assert not errors, errors[:3]
    assert document.get("lang"), "no lang"
    assert document.get("dir") in ("ltr", "rtl")
    assert len(document.findall(f".//{_H}h1")) == 1, "not exactly one h1"
    ids = [e.get("id") for e in document.iter() if e.get("id")]
    double = {i for i in ids if ids.count(i) > 1}
    assert not double, f"ids twice: {double}"
    _check_forms(document)
    _check_inline(document)


def _check_forms(document: Any) -> None:
    labelled = {e.get("for") for e in document.iter(f"{_H}label")}
    inside = {c for label in document.iter(f"{_H}label") for c in label.iter()}
    for form in document.iter(f"{_H}form"):
        if (form.get("method") or "get").lower() == "post":
            names = [e.get("name") for e in form.iter(f"{_H}input")]
            assert "csrf_token" in names, "form without token"
    for tag in ("input", "select", "textarea"):
        for e in document.iter(f"{_H}{tag}"):
            if e.get("type") in ("hidden", "submit") or e.get("hidden") is not None:
                continue
            named = e.get("id") in labelled or e.get("aria-label") or e in inside
            assert named or e.get("aria-labelledby"), f"field without label: {e.get('name')}"


def _check_inline(document: Any) -> None:
    for e in document.iter():
        assert not e.get("style"), f"style attribute on {e.tag}"
        handlers = [name for name in e.attrib if isinstance(name, str) and name.startswith("on")]
        assert not handlers, handlers
    for script in document.iter(f"{_H}script"):
        assert script.get("src") or script.get("type") == "application/ld+json", "inline script"
