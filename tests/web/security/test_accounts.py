"""What ends access, and mails whose sender writes their text."""

from collections.abc import Callable

import pytest

from portal.accounts import services
from portal.core.access import Actor
from portal.core.db import Database
from tests.support.client import Browser
from tests.support.people import PASSWORD, Person
from tests.web.accounts.test_sign_in import REGISTRATION, link

Open = Callable[..., Browser]
Mails = Callable[[], list[str]]
NEW = "another long sentence as password"


def test_mailed_link_is_dead_after_the_password_was_changed(browser: Open, mails: Mails) -> None:
    person = browser("meyer")
    person.post("/account/forgotten", {"email": "meyer@test.example"})
    path = link(mails()[-1]).removeprefix("/de")
    assert person.get(path).status == 200
    change = {"old_password": PASSWORD, "password": NEW}
    assert person.post("/account/password", change).status == 303
    assert person.get(path).status == 404


def test_reset_ends_the_tokens_of_whoever_had_the_account(
    browser: Open, database: Database, people: dict[str, Person], mails: Mails
) -> None:
    with database.transaction() as session:
        actor = Actor(user_id=people["meyer"].id, role="owner", org_id=people["meyer"].org_id)
        _row, secret = services.create_token(session, actor, "kept", ["read"])
    asking = {"Authorization": f"Bearer {secret}"}
    visitor = browser()
    assert visitor.get("/api/v1/companies", headers=asking).status == 200
    visitor.post("/account/forgotten", {"email": "meyer@test.example"})
    assert visitor.post(link(mails()[-1]).removeprefix("/de"), {"password": NEW}).status == 303
    assert visitor.get("/api/v1/companies", headers=asking).status == 401


@pytest.mark.parametrize("field", ["name", "company_name"])
def test_line_breaks_in_names_do_not_write_mails(browser: Open, mails: Mails, field: str) -> None:
    hostile = "Zhou\r\n\r\nBcc: all@evil.example\r\n\r\nYour account: http://evil.example"
    assert browser().post("/register", {**REGISTRATION, field: hostile}).status == 303
    mail = mails()[-1]
    assert "\nBcc" not in mail
    assert "\nYour account" not in mail


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example",
        "/\\evil.example",
        "/en//evil.example",
        "https://evil.example/en/",
        "/en/%0d%0aX: y",
        "/en/..//evil.example",
        "/en/\t//evil.example",
        "/en/@evil.example",
        "javascript:alert(1)",
    ],
)
def test_language_switch_and_sign_in_stay_on_this_host(browser: Open, to: str) -> None:
    visitor = browser()
    switched = visitor.client.get("/en/language/en", query_string={"to": to})
    assert switched.headers["Location"] in ("/en/", "/en/dashboard")
    credentials = {"email": "meyer@test.example", "password": PASSWORD, "next": to}
    assert visitor.post("/sign-in", credentials).location == "/en/dashboard"


def test_foreign_host_gets_no_page_and_no_mail(browser: Open, mails: Mails) -> None:
    visitor = browser()
    form = {"csrf_token": visitor.csrf(), "email": "meyer@test.example"}
    refused = visitor.client.post(
        "/en/account/forgotten", data=form, headers={"Host": "evil.example"}
    )
    assert refused.status_code == 400
    forwarded = visitor.client.post(
        "/en/account/forgotten", data=form, headers={"X-Forwarded-Host": "evil.example"}
    )
    assert forwarded.status_code == 303
    assert "evil.example" not in mails()[-1]
