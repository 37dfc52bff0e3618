"""Suspended companies appeal to somebody else; anybody reports a profile and stays unnamed."""

from collections.abc import Callable

from sqlalchemy import select

from portal.companies.models import Company
from portal.companies.verification.models import Appeal, IdentityChange, ProfileReport
from portal.core.db import Database
from portal.core.files import Upload, store
from portal.core.models import AuditEvent
from portal.core.statements import counted
from portal.web.app import Portal
from tests.support.client import Browser
from tests.support.people import Person
from tests.support.verified import asked

Open = Callable[..., Browser]
People = dict[str, Person]


def suspend(staff: Browser, company: str | None) -> None:
    data = {"transition": "suspend", "note": "Wrong certificates", "version": "1"}
    assert staff.post(f"/desk/reviews/company/{company}", data).status == 303


def test_an_appeal_is_written_once_and_decided_by_somebody_else(
    browser: Open, database: Database, people: People, mails: Callable[[], list[str]]
) -> None:
    company = people["smith"].org_id
    li, zhao, smith = browser("li"), browser("zhao"), browser("smith")
    suspend(li, company)
    assert "Appeal against the suspension" in smith.get("/company")
    assert smith.post("/company/verification/appeal", {"body": "They are genuine."}).status == 303
    assert smith.post("/company/verification/appeal", {"body": "Again."}).status == 409
    with database.reading() as session:
        row = session.scalars(select(Appeal)).one()
    path = f"/desk/verification/appeal/{row.id}"
    assert "They are genuine." in zhao.get(path)
    step = {"transition": "uphold", "note": "The body confirmed them.", "version": "1"}
    assert li.post(path, step).status == 403
    assert zhao.post(path, {**step, "note": ""}).status == 422
    assert zhao.post(path, step).status == 303
    with database.reading() as session:
        assert session.get_one(Company, company).state == "published"
    assert "The body confirmed them." in smith.get("/company/verification/appeal")
    told = "\n".join(mails())
    assert "suspension of your company is lifted" in told
    assert "li@test.example" in told


def test_without_a_suspension_there_is_nothing_to_appeal(browser: Open) -> None:
    smith = browser("smith")
    assert "not suspended" in smith.get("/company/verification/appeal")
    assert smith.post("/company/verification/appeal", {"body": "Hm."}).status == 409


def test_visitors_and_members_report_and_stay_unnamed(
    browser: Open, database: Database, people: People
) -> None:
    path = f"/companies/{people['wang'].org_id}/report"
    words = {"reason": "trader", "body": "They only trade, I was there."}
    assert browser().post(path, words).status == 303
    meyer = browser("meyer")
    assert meyer.post(path, words).status == 303
    assert browser("wang").get(path).status == 404
    assert meyer.post(path, {"reason": "", "body": "x"}).status == 422
    staff = browser("li")
    assert "poses as a manufacturer" in staff.get("/desk/verification?kind=profile_report")
    with database.reading() as session:
        rows = session.scalars(select(ProfileReport).order_by(ProfileReport.created_at)).all()
        trail = session.scalars(
            select(AuditEvent).where(AuditEvent.object_kind == "profile_report")
        ).all()
    assert [row.reporter_id for row in rows] == [None, people["meyer"].id]
    assert {event.actor_id for event in trail} == {None}
    item = f"/desk/verification/profile_report/{rows[1].id}"
    assert "Meyer" in staff.get(item)
    assert staff.post(item, {"transition": "uphold", "version": "1", "note": ""}).status == 303
    assert "was upheld" in meyer.get("/account/notices")
    for address in ("/company", "/company/verification", "/account/notices", "/dashboard"):
        page = browser("wang").get(address)
        assert "Meyer" not in page
        assert "They only trade" not in page


def test_reports_are_limited(app: Portal, browser: Open, people: People) -> None:
    app.limiter._enabled = True
    visitor, path = browser(), f"/companies/{people['wang'].org_id}/report"
    words = {"reason": "other", "body": "Look at this."}
    answers = [visitor.post(path, words).status for _n in range(7)]
    assert 429 in answers


def test_a_change_of_identity_is_decided_by_the_base(
    browser: Open, database: Database, people: People
) -> None:
    smith, li = browser("smith"), browser("li")
    company = people["smith"].org_id
    wish = {
        "name_en": "Lakeside Vehicles Inc.",
        "kind": "buyer",
        "country": "US",
        "scheme": "EIN",
        "number": "04-2103594",
        "reason": "New owner",
    }
    assert smith.post("/company/verification/identity", {**wish, "number": "1"}).status == 422
    hidden = {**wish, "name_en": "Lake\u200bside"}
    assert smith.post("/company/verification/identity", hidden).status == 422
    assert smith.post("/company/verification/identity", wish).status == 303
    assert smith.post("/company/verification/identity", wish).status == 409
    with database.reading() as session:
        row = session.scalars(select(IdentityChange)).one()
    path = f"/desk/verification/identity_change/{row.id}"
    assert "Lakeside Vehicles Inc." in li.get(path)
    assert li.post(path, {"transition": "accept", "version": "1", "note": ""}).status == 303
    assert "Lakeside Vehicles Inc." in browser().get(f"/companies/{company}")
    assert "Accepted" in smith.get("/company/verification")


def test_the_queue_costs_the_same_however_much_waits(
    app: Portal, browser: Open, database: Database, people: People
) -> None:
    def cost(path: str, who: str) -> int:
        opened = browser(who)
        with counted(database) as statements:
            assert opened.get(path).status == 200
        return len(statements)

    with database.transaction() as session:
        paper = store(session, app.files, Upload("a.txt", "text/plain", b"a"), None)
        asked(session, people, paper)
    few = {path: cost(path, who) for path, who in PAGES}
    with database.transaction() as session:
        for _n in range(8):
            session.add_all(
                ProfileReport(company_id=people[name].org_id, reason="other", body="x")
                for name in ("wang", "chen", "meyer", "smith")
            )
    assert {path: cost(path, who) for path, who in PAGES} == few
    assert max(few.values()) <= 12, few


PAGES = (("/desk/verification", "li"), ("/company/verification", "wang"))
