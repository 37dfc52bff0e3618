"""Awkward strings in every text field of every form: no fault, nothing unescaped, nothing lost."""

from collections.abc import Callable

import pytest

from portal.web.app import Portal
from tests.support.client import Browser
from tests.support.formfill import Form, forms
from tests.support.naughty import OWN, strings

Open = Callable[..., Browser]
# Form pages by the person who may open them; a form that is added to one of these joins by itself.
PAGES = (
    (None, "/register"),
    (None, "/sign-in"),
    (None, "/account/forgotten"),
    (None, "/account/confirm"),
    ("wang", "/account"),
    ("wang", "/account/password"),
    ("wang", "/account/members"),
    ("wang", "/account/tokens"),
    ("wang", "/company/edit"),
    ("wang", "/capabilities/new"),
    ("wang", "/service-requests/new/CERT"),
    ("wang", "/service-requests/new/LOGI"),
    ("meyer", "/needs/new"),
    ("meyer", "/service-requests/new/CUST"),
    ("meyer", "/service-requests/new/MATCH"),
)
FORBIDDEN = ("<script>alert", "<img src=x", "<svg onload", "<iframe", "<body onload")


def sent(person: Browser, form: Form, text: str) -> None:
    answer = person.client.post(form.action, data=form.filled(text))
    assert answer.status_code < 500, f"{form.action} {text[:60]!r}: {answer.status_code}"
    pages = [answer]
    if 300 <= answer.status_code < 400:
        pages.append(person.client.get(answer.headers["Location"]))
    for page in pages:
        assert page.status_code < 500, f"{form.action} {text[:60]!r} -> {page.status_code}"
        html = page.get_data(as_text=True)
        for sign in FORBIDDEN:
            assert sign not in html, f"{form.action}: {sign} unescaped"


def text_forms(person: Browser, path: str) -> list[Form]:
    page = person.get(path)
    assert page.status == 200, path
    return [f for f in forms(page.html, page.response.request.path) if f.free]


@pytest.mark.parametrize(("name", "path"), PAGES)
def test_awkward_strings_are_taken_or_refused(
    app: Portal, browser: Open, name: str | None, path: str
) -> None:
    person = browser(name)
    found = text_forms(person, path)
    assert found, f"no form with text fields at {path}"
    for text in strings():
        for form in found:
            form.values.pop("_once", None)
            sent(person, form, text)


@pytest.mark.parametrize("text", OWN)
def test_awkward_searches_are_answered(browser: Open, work: Callable[[], int], text: str) -> None:
    for path in ("/search", "/needs"):
        answer = browser().client.get(f"/en{path}", query_string={"q": text, "category": text, "page": text})
        assert answer.status_code < 500
        assert not any(sign in answer.get_data(as_text=True) for sign in FORBIDDEN)
