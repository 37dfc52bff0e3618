"""People in mainland China are named abroad with their separate consent only."""

from collections.abc import Callable

import pytest

from portal.accounts import consents
from portal.accounts import queries as accounts
from portal.accounts.naming import may_name, shown_name
from portal.accounts.rules import actor_of
from portal.core.access import SYSTEM
from portal.privacy import services
from portal.service_requests.models import Referral, ServiceRequest
from portal.service_requests.partners import queries as partner_queries
from portal.service_requests.partners import sharing
from portal.web.app import Portal
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.privacy import world
from tests.web.privacy.world import Open

COMPANY = "苏州华能电驱有限公司"


def _say(browser: Browser, given: str) -> None:
    sent = browser.post("/account/privacy/consents/abroad", {"given": given})
    assert sent.status == 303


def test_a_name_goes_abroad_with_consent_and_comes_back_at_once(
    app: Portal, people: dict[str, Person], browser: Open
) -> None:
    known = world.make(app, people)
    reader, path = browser("meyer"), f"/inquiries/{known.inquiry_id}"
    assert world.NAME not in reader.get(path)
    assert f"A contact of {COMPANY}" in reader.get(path)
    assert world.NAME in browser("wang").get(path), "the own company reads the name"
    person = browser()
    person.sign_in(world.EMAIL)
    _say(person, "1")
    assert world.NAME in reader.get(path)
    _say(person, "0")
    assert world.NAME not in reader.get(path)
    assert person.get("/account/privacy").html.count("<tr><td>") == 2, "history keeps both"


def test_partners_abroad_get_the_contact_with_both_consents(
    app: Portal, people: dict[str, Person]
) -> None:
    known = world.make(app, people)
    with app.database.transaction() as session:
        request = session.query(ServiceRequest).filter_by(number=4711).one()
        row = Referral(number=1, request_id=request.id, partner_id=people["hoffmann"].org_id,
                       title="t", brief="b", locale="de", shared=["contact", "title"])  # fmt: skip
        session.add(row)
        session.flush()
        referral_id = row.id

    def shared() -> list[str]:
        with app.database.reading() as session:
            partner = actor_of(accounts.user(session, people["hoffmann"].id))  # type: ignore[arg-type]
            found = partner_queries.referral_for(session, partner, referral_id)
            return [fact.key for fact in sharing.shown(found)]

    def decide(purpose: str, given: bool) -> None:
        with app.database.transaction() as session:
            user = accounts.user(session, known.user_id)
            assert user is not None
            services.choose(session, actor_of(user), purpose, given)

    assert shared() == ["title"]
    decide("abroad", True)
    assert shared() == ["contact", "title"]
    decide("partners", False)
    assert shared() == ["title"]


@pytest.mark.parametrize(
    ("reader", "home", "agreed", "named"),
    [
        ("DE", "CN", None, False),
        ("DE", "CN", False, False),
        ("DE", "CN", True, True),
        ("HK", "CN", None, False),
        ("", "CN", None, False),
        ("CN", "CN", None, True),
        (None, "CN", None, True),
        ("CN", "DE", None, True),
        ("US", "DE", None, True),
    ],
)
def test_who_may_be_named(
    app: Portal,
    people: dict[str, Person],
    reader: str | None,
    home: str,
    agreed: bool | None,
    named: bool,
) -> None:
    with app.database.transaction() as session:
        user = accounts.user(session, people["wang"].id)
        assert user is not None
        if agreed is not None:
            consents.record(session, user, "abroad", agreed, "en")
            session.flush()
            session.expire(user, ["named_abroad"])
        assert may_name(reader, user, home) is named


def test_registering_records_notice_consent_and_transfer(
    app: Portal, browser: Open, mails: Callable[[], list[str]]
) -> None:
    form = {"kind": "buyer", "company_name": "Neue Werke GmbH", "country": "DE", "name": "Neu",
            "email": "neu@neue.example", "password": "ein langer Satz als Passwort"}  # fmt: skip
    assert browser(locale="de").post("/register", form).status == 422
    assert browser(locale="de").post("/register", {**form, "accepted": "y"}).status == 303
    with app.database.reading() as session:
        user = accounts.user_by_email(session, "neu@neue.example")
        assert user is not None
        rows = consents.history(session, user.id)
        assert {(r.purpose, r.given, r.basis, r.locale) for r in rows} == {
            ("notice", True, "consent", "de"),
            ("transfer", True, "contract", "de"),
        }
        assert {row.version for row in rows} == {consents.NOTICE}
        assert shown_name(SYSTEM, user, "Neue Werke GmbH", "DE") == "Neu"


def test_whoever_was_entered_by_others_confirms_the_notice_once(app: Portal, browser: Open) -> None:
    person = browser("meyer", locale="en")
    assert "You have not confirmed the privacy notice yet." in person.get("/account/privacy")
    for _ in range(2):
        assert person.post("/account/privacy/notice").status == 303
    assert "I have read it" not in person.get("/account/privacy")
    with app.database.reading() as session:
        user = accounts.user_by_email(session, "meyer@test.example")
        assert user is not None
        said = sorted(row.purpose for row in consents.history(session, user.id))
        assert said == ["notice", "transfer"]


def test_notice_is_public_in_each_language(browser: Open) -> None:
    for locale, word in (
        ("en", "mainland China"),
        ("de", "Festlandchina"),
        ("zh-hans", "第三十九条"),
    ):
        page = browser(locale=locale).get("/privacy")
        assert page.status == 200 and word in page
    assert browser().get("/privacy?version=1999-01").status == 404
