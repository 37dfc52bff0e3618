"""The company profile: editing, review, the public page."""

import io
from collections.abc import Callable
from typing import Any

from PIL import Image
from sqlalchemy import select

from portal.accounts.models import Organisation
from portal.companies.models import Certificate, Company
from portal.core.db import Database
from portal.core.models import Revision
from tests.support.client import Browser, Page
from tests.support.naughty import OWN
from tests.support.people import Person

Open = Callable[..., Browser]
People = dict[str, Person]
NEW = {
    "kind": "supplier",
    "company_name": "无锡新源电子有限公司",
    "country": "CN",
    "name": "周明",
    "email": "zhou@new.example",
    "password": "ein langer Satz als Passwort",
    "accepted": "y",
}
PROFILE = {
    "version": "1",
    "kind": "supplier",
    "country": "CN",
    "registration_scheme": "USCC",
    "registration_id": "91430111355525404W",
    "original": "zh-Hans",
    "texts-0-locale": "zh-Hans",
    "texts-0-name": "无锡新源电子有限公司",
    "texts-0-description": "车载充电机与直流变换器。",
    "texts-1-locale": "en",
    "texts-1-name": "Wuxi Xinyuan Electronics Co., Ltd.",
    "texts-1-description": "On-board chargers and DC/DC converters.",
    "website": "www.xinyuan.example",
    "founded": "2014",
    "headcount": "350",
    "sites-0-role": "plant",
    "sites-0-country": "CN",
    "sites-0-city": "无锡",
    "sites-0-headcount": "300",
    "certificates-0-standard": "IATF 16949",
    "certificates-0-number": "0512345",
    "certificates-0-body": "TÜV SÜD",
    "certificates-0-issued": "2025-03-01",
    "certificates-0-expires": "2028-02-29",
}


def newcomer(browser: Open, mails: Callable[[], list[str]]) -> Browser:
    """The owner of a supplier that has just registered."""
    import re

    visitor = browser(locale="zh-hans")
    assert visitor.post("/register", NEW).status == 303
    found = re.search(r"http://localhost(/\S+)", mails()[-1])
    assert found
    assert visitor.post(found[1]).status == 303
    return visitor.sign_in(NEW["email"], NEW["password"])


def company_id(database: Database, name: str = NEW["company_name"]) -> str:
    with database.reading() as session:
        return session.execute(
            select(Organisation.id).where(Organisation.name == name)
        ).scalar_one()


def load(database: Database, company: str) -> Company:
    with database.reading() as session:
        row = session.get(Company, company)
        assert row is not None
        return row


def decide(staff: Browser, company: str, step: str, version: int, note: str = "") -> Page:
    data = {"transition": step, "version": str(version), "note": note}
    return staff.post(f"/desk/reviews/company/{company}", data)


def picture(size: tuple[int, int] = (900, 300)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "PNG")
    return out.getvalue()


def test_new_supplier_gets_a_published_profile(
    browser: Open, mails: Callable[[], list[str]], database: Database
) -> None:
    owner = newcomer(browser, mails)
    assert owner.get("/company").status == 200
    assert owner.get("/company/edit").status == 200
    assert owner.post("/company/steps/submit", {"version": "1"}).status in (404, 409)
    assert owner.post("/company/edit", PROFILE).status == 303
    me = company_id(database)
    assert browser().get(f"/companies/{me}").status == 404
    assert owner.get(f"/companies/{me}").status == 200
    assert owner.post("/company/steps/submit", {"version": "2"}).status == 303

    staff = browser("li")
    assert f"/desk/reviews/company/{me}" in staff.get("/desk/reviews")
    review = staff.get(f"/desk/reviews/company/{me}")
    assert "91430111355525404W" in review
    assert decide(staff, me, "publish", 3).status == 303
    page = browser().get(f"/companies/{me}")
    assert page.status == 200
    for text in ("Wuxi Xinyuan", "无锡新源电子有限公司", "TÜV SÜD", "0512345", "Stated by"):
        assert text in page
    assert "Original: " not in page
    for reader in (owner, staff):
        assert "无锡新源电子有限公司" in reader.get("/account/notices")
    mail = mails()[-1]
    assert "To: zhou@new.example" in mail.replace("周明 <", "").replace(">", "")
    with database.reading() as session:
        states = session.scalars(select(Revision.state).where(Revision.object_id == me)).all()
    assert sorted(states) == ["published", "submitted"]


def test_changes_are_asked_for_with_a_reason(
    browser: Open, mails: Callable[[], list[str]], database: Database
) -> None:
    owner = newcomer(browser, mails)
    owner.post("/company/edit", PROFILE)
    owner.post("/company/steps/submit", {"version": "2"})
    me, staff = company_id(database), browser("li")
    assert decide(staff, me, "request_changes", 3).status == 422
    assert decide(staff, me, "request_changes", 2, "请补充地址").status == 409
    assert decide(staff, me, "request_changes", 3, "请补充厂区地址").status == 303
    assert "请补充厂区地址" in owner.get("/company")
    assert "请补充厂区地址" not in mails()[-1]
    again = {**PROFILE, "version": "4", "sites-0-address": "新吴区长江路16号"}
    assert owner.post("/company/edit", again).status == 303
    assert owner.post("/company/steps/submit", {"version": "5"}).status == 303
    assert decide(staff, me, "publish", 6).status == 303
    assert load(database, me).state == "published"


def test_bad_input_is_told_at_the_field_and_kept(
    browser: Open, mails: Callable[[], list[str]]
) -> None:
    owner = newcomer(browser, mails)
    bad = {
        **PROFILE,
        "registration_id": "91430111355525404I",
        "website": "ftp://x y",
        "founded": "3000",
        "sites-0-headcount": "viele",
        "certificates-0-issued": "2028-03-01",
        "certificates-0-expires": "01.02.2027",
        "texts-1-locale": "zh-Hans",
        "texts-1-name": "Xinyuan ✔",
    }
    page = owner.post("/company/edit", bad)
    assert page.status == 422
    for name in (
        "registration_id", "website", "founded", "sites-0-headcount", "certificates-0-issued",
        "certificates-0-expires", "texts-1-locale", "texts-1-name",
    ):  # fmt: skip
        assert f'id="{name}-error"' in page, name
    for typed in ("91430111355525404I", "ftp://x y", "viele", "01.02.2027", "0512345"):
        assert typed in page


def test_rows_can_be_added_and_removed_without_script(browser: Open) -> None:
    owner = browser("wang")
    more = owner.post("/company/edit", {"version": "1", "add-row": "sites"})
    assert more.status == 200
    assert 'name="sites-1-city"' in more
    data = {"sites-0-city": "苏州", "sites-1-city": "合肥", "remove-row": "sites-0"}
    less = owner.post("/company/edit", {"version": "1", **data})
    assert "合肥" in less
    assert '苏州"' not in less


def published(**changes: str) -> dict[str, str]:
    """The form of a published profile as wang sees it."""
    return {
        "version": "1",
        "original": "zh-Hans",
        "texts-0-locale": "zh-Hans",
        "texts-0-name": "苏州华能电驱有限公司",
        "texts-0-description": "苏州华能电驱有限公司.",
        **changes,
    }


def test_identity_is_locked_after_publication(
    browser: Open, database: Database, people: People
) -> None:
    owner, me = browser("wang"), people["wang"].org_id or ""
    renamed = owner.post("/company/edit", published(**{"texts-0-name": "另一家公司"}))
    assert renamed.status == 422
    added = published(**{"texts-1-locale": "en", "texts-1-name": "BYD", "texts-1-description": "x"})
    assert owner.post("/company/edit", added).status == 422
    moved = owner.post("/company/edit", published(country="DE", kind="buyer", website="a.example"))
    assert moved.status == 303
    company = load(database, me)
    assert (company.country, company.kind) == ("CN", "supplier")
    assert company.website == "https://a.example"


def test_edit_of_a_published_profile_is_kept_as_a_version(
    browser: Open, database: Database, people: People
) -> None:
    owner, me = browser("liu"), people["wang"].org_id
    assert owner.post("/company/edit", published(website="https://a.example")).status == 303
    assert (
        owner.post("/company/edit", published(website="https://a.example", version="2")).status
        == 303
    )
    with database.reading() as session:
        kept = session.scalars(select(Revision).where(Revision.object_id == me)).all()
    assert [r.snapshot["website"] for r in kept] == ["https://a.example"]


def test_stale_form_is_refused_and_keeps_what_was_typed(browser: Open) -> None:
    first, second = browser("wang"), browser("liu")
    assert first.post("/company/edit", published(website="https://a.example")).status == 303
    late = second.post("/company/edit", published(website="https://b.example"))
    assert late.status == 409
    assert "https://b.example" in late


def test_viewers_read_and_strangers_see_nothing(
    browser: Open, database: Database, people: People
) -> None:
    viewer = browser("sun")
    assert viewer.get("/company").status == 200
    assert viewer.get("/company/edit").status == 404
    me = people["wang"].org_id or ""
    with database.transaction() as session:
        company = session.get(Company, me)
        assert company is not None
        company.state = "suspended"
    assert viewer.get(f"/companies/{me}").status == 200
    assert browser("li").get(f"/companies/{me}").status == 200
    for who in (browser(), browser("meyer")):
        assert who.get(f"/companies/{me}").status == 404
        assert who.get("/companies/nowhere").status == 404


def test_only_staff_suspend_and_only_with_a_reason(
    browser: Open, database: Database, people: People
) -> None:
    me, staff = people["wang"].org_id or "", browser("li")
    assert (
        browser("wang").post(f"/desk/reviews/company/{me}", {"transition": "suspend"}).status == 404
    )
    assert browser("wang").post("/company/steps/suspend", {"version": "1"}).status == 403
    assert decide(staff, me, "suspend", 1).status == 422
    assert decide(staff, me, "suspend", 1, "Register says dissolved").status == 303
    assert load(database, me).state == "suspended"
    assert decide(staff, me, "restore", 2).status == 303


def test_logo_is_reencoded_and_served_harmlessly(browser: Open, people: People) -> None:
    owner, me = browser("wang"), people["wang"].org_id
    fake: dict[str, Any] = published(logo=(io.BytesIO(b"<svg onload=alert(1)>"), "a.png"))  # type: ignore[arg-type]
    refused = owner.post("/company/edit", fake)
    assert refused.status == 422
    assert 'id="logo-error"' in refused
    real: dict[str, Any] = published(logo=(io.BytesIO(picture()), "logo.png"))  # type: ignore[arg-type]
    assert owner.post("/company/edit", real).status == 303
    served = browser().client.get(f"/en/companies/{me}/logo")
    assert served.mimetype == "image/webp"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in served.headers["Content-Security-Policy"]
    with Image.open(io.BytesIO(served.data)) as image:
        assert image.width == 512


def test_a_changed_certificate_loses_its_evidence(
    browser: Open, database: Database, people: People
) -> None:
    owner, me = browser("wang"), people["wang"].org_id
    row = {"certificates-0-standard": "TISAX", "certificates-0-number": "S1"}
    kept = {"certificates-1-standard": "ISO 9001", "certificates-1-number": "Q1"}
    assert owner.post("/company/edit", published(**row, **kept)).status == 303
    with database.transaction() as session:
        for certificate in session.scalars(select(Certificate)):
            certificate.level = "issuer_checked"
    row["certificates-0-number"] = "S2"
    assert owner.post("/company/edit", published(**row, **kept, version="2")).status == 303
    with database.reading() as session:
        rows = session.execute(
            select(Certificate.number, Certificate.level).where(Certificate.company_id == me)
        )
        assert dict(rows.all()) == {
            "S2": "claimed",
            "Q1": "issuer_checked",
        }


def test_look_alike_names_are_flagged_to_staff(
    browser: Open, mails: Callable[[], list[str]], database: Database
) -> None:
    owner = newcomer(browser, mails)
    spoof = {**PROFILE, "texts-1-name": "Nоrdstern Fahrzeugwerke ＡＧ"}
    assert owner.post("/company/edit", spoof).status == 303
    owner.post("/company/steps/submit", {"version": "2"})
    staff = browser("li")
    assert "Nordstern Fahrzeugwerke AG" in staff.get(
        f"/desk/reviews/company/{company_id(database)}"
    )
    assert "looks like" in staff.get("/desk/reviews")


def test_reader_gets_a_labelled_fallback(browser: Open, people: People) -> None:
    page = browser(locale="de").get(f"/companies/{people['wang'].org_id}")
    assert 'lang="zh-Hans"' in page
    assert "Original: " in page


def test_stale_profile_can_be_confirmed(browser: Open, database: Database, people: People) -> None:
    from datetime import timedelta

    from portal.companies import queries
    from portal.core import clock

    me = people["wang"].org_id or ""
    current = select(Company.id).where(queries.is_current(), Company.id == me)
    with database.transaction() as session:
        company = session.get(Company, me)
        assert company is not None
        company.confirmed_at = clock.now() - timedelta(days=366)
        assert session.scalars(current).first() is None
    owner = browser("wang")
    assert "Not confirmed for a year" in owner.get("/company")
    assert owner.post("/company/confirm").status == 303
    assert "Not confirmed for a year" not in owner.get("/company")
    with database.reading() as session:
        assert session.scalars(current).first() == me


def odd_profile(text: str) -> dict[str, str]:
    """The text in every field, those with a form of their own included."""
    data = {"sites-0-role": "HQ", "sites-0-country": "CN", "certificates-0-standard": "TISAX"}
    for name in ("city", "address", "postcode", "products", "headcount"):
        data[f"sites-0-{name}"] = text
    for name in ("number", "body", "scope", "site", "issued"):
        data[f"certificates-0-{name}"] = text
    return published(**data, website=text, founded=text, **{"texts-0-description": text})


def test_awkward_strings_are_kept_escaped_or_refused(browser: Open, people: People) -> None:
    owner, reader, me = browser("wang"), browser(), people["wang"].org_id
    token, version = owner.csrf(), 1
    for text in OWN:
        form = {**odd_profile(text), "csrf_token": token}
        assert owner.client.post("/en/company/edit", data=form).status_code in (409, 422), text
        kept = published(version=str(version), **{"texts-0-description": text})
        answer = owner.client.post("/en/company/edit", data={**kept, "csrf_token": token})
        assert answer.status_code in (303, 422), text
        version += answer.status_code == 303
        page = reader.get(f"/companies/{me}")
        assert page.status == 200
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert version > 30
