"""What ends access, and mails whose sender writes their text."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from portal.accounts import services
from portal.accounts.models import OneTimeToken
from portal.companies.models import Company
from portal.config import Settings
from portal.core.access import Actor
from portal.core.db import Database
from portal.core.limits import LIMITS
from portal.core.models import Job
from portal.factory import create_app
from portal.inquiries.models import Inquiry, InquiryMessage
from tests.support.client import Browser
from tests.support.objects import capability, inquiry
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


def test_asking_for_a_link_does_the_same_for_any_address(
    browser: Open, database: Database, mails: Mails
) -> None:
    for email in ("meyer@test.example", "nobody@test.example"):
        assert browser().post("/account/forgotten", {"email": email}).status == 303
    with database.reading() as session:
        waiting = list(session.execute(select(Job.kind, Job.finished_at)))
        assert session.scalar(select(func.count()).select_from(OneTimeToken)) == 0
    assert waiting == [("account.link", None)] * 2
    assert len(mails()) == 1


def test_mailed_link_stays_in_the_mail(browser: Open, database: Database, mails: Mails) -> None:
    browser().post("/account/forgotten", {"email": "meyer@test.example"})
    token = link(mails()[-1]).rsplit("/", 1)[1]
    with database.reading() as session:
        payloads = [str(payload) for payload in session.scalars(select(Job.payload))]
    assert payloads
    assert not any(token in payload or "meyer" in payload for payload in payloads)


def test_one_address_cannot_use_up_the_sign_ins_of_all(settings: Settings) -> None:
    app = create_app(settings.but(rate_limits=True))
    visitor = Browser(app)
    guess = {"email": "meyer@test.example", "password": "wrong wrong wrong"}
    answers = [visitor.post("/sign-in", guess).status for _n in range(14)]
    assert answers[-1] == 429
    used = app.limiter.storage.get(LIMITS["sign-in-all"][0].key_for("sign-in-all", ""))
    assert used <= 10
    app.database.engine.dispose()
    app.limiter.storage.close()


def test_suspended_company_writes_to_nobody(
    browser: Open, database: Database, people: dict[str, Person]
) -> None:
    buyer, supplier = people["meyer"].org_id, people["wang"].org_id
    assert buyer and supplier
    with database.transaction() as session:
        row, thread = capability(supplier, "published"), inquiry(buyer, supplier)
        session.add_all([row, thread])
        session.flush()
        paths = [f"/inquiries/new?capability={row.id}", f"/inquiries/{thread.id}/messages"]
        session.get_one(Company, buyer).state = "suspended"
    form = {"subject": "Muster", "message": "Was kosten 100 Stück?", "locale": "de"}
    person = browser("meyer")
    assert [person.post(path, form).status for path in paths] == [403, 403]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(InquiryMessage)) == 0
        assert session.scalar(select(func.count()).select_from(Inquiry)) == 1
    assert person.get(f"/inquiries/{thread.id}").status == 200
