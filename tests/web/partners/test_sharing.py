"""A partner sees the brief and what was ticked, and nothing else of the request."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.core.errors import Invalid
from portal.core.texts import Words
from portal.service_requests.models import RequestAttachment, ServiceRequest
from portal.service_requests.partners import sharing
from tests.support.client import Browser
from tests.web.partners.conftest import BRIEF, CANARIES, Stage

Open = Callable[..., Browser]
ALL = {"CANARY-title", "CANARY-description", "CANARY-component", "CANARY-urgency", "CANARY-note",
       "Nordstern", "Meyer", "meyer@", "SR-0000"}  # fmt: skip
# What each key reveals.
REVEALS = {
    "company": {"Nordstern"},
    "contact": {"Meyer"},
    "title": {"CANARY-title"},
    "description": {"CANARY-description"},
    "answer:component": {"CANARY-component"},
    "markets": set(),
    "country": set(),
}
PAGES = ("/partner", "/partner?tab=done", "/partner/institution", "/account/notices",
         "/partner/hours")  # fmt: skip


def seen(browser: Browser, referral: str) -> set[str]:
    """Which secrets stand on any page of the partner."""
    paths = (*PAGES, f"/partner/referrals/{referral}", f"/partner/referrals/{referral}/quote")
    html = "".join(browser.get(path).html for path in paths)
    return {secret for secret in ALL if secret in html}


def test_without_a_tick_nothing_is_shown(
    browser: Open, stage: Stage, mails: Callable[[], list[str]]
) -> None:
    referral = stage.refer(stage.request())[0]
    stage.act("hoffmann", referral, "accept")
    assert seen(browser("hoffmann", "en"), referral) == set()
    sent = [mail for mail in mails() if "hoffmann@" in mail or "keller@" in mail]
    assert sent and not [secret for secret in ALL for mail in sent if secret in mail]


@pytest.mark.parametrize("key", REVEALS)
def test_each_tick_shows_its_own_field_only(browser: Open, stage: Stage, key: str) -> None:
    referral = stage.refer(stage.request(), shared=[key])[0]
    assert seen(browser("hoffmann", "en"), referral) == REVEALS[key]


def test_every_fact_of_a_request_is_covered_here(stage: Stage) -> None:
    request = stage.request()
    with stage.acting("li") as (session, actor):
        from portal.service_requests.queries import request_for

        keys = {fact.key for fact in sharing.shareable(request_for(session, actor, request))}
    assert keys - {"answer:regulation"} == set(REVEALS)


def test_when_consent_ends_so_does_sharing(browser: Open, stage: Stage) -> None:
    request = stage.request()
    referral = stage.refer(request, shared=["company", "title"])[0]
    with stage.database.transaction() as session:
        session.get_one(ServiceRequest, request).consent_partners = False
    assert seen(browser("hoffmann", "en"), referral) == set()


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Test for Nordstern Fahrzeugwerke AG", "brief"),
        ("Test for NORDSTERN-Fahrzeugwerke", "brief"),
        ("Ask meyer@test.example", "brief"),
        ("The customer Nordstern wants …", "brief"),
    ],
)
def test_without_consent_the_brief_names_nobody(stage: Stage, text: str, field: str) -> None:
    request = stage.request(consent=False)
    with pytest.raises(Invalid) as refused:
        stage.refer(request, words=Words(text, "en"))
    assert refused.value.field == field
    with pytest.raises(Invalid) as shared:
        stage.refer(request, shared=["title"])
    assert shared.value.field == "shared"
    referral = stage.refer(request)[0]
    with pytest.raises(Invalid):
        stage.say("li", referral, text)


def test_a_chinese_company_is_known_by_its_short_name(stage: Stage) -> None:
    request = stage.request("wang", consent=False)
    for text in ("苏州华能电驱有限公司的逆变器", "请为苏州华能电驱测试", "苏州 华能 电驱"):
        with pytest.raises(Invalid):
            stage.refer(request, words=Words(text, "zh-Hans"))
    assert stage.refer(request, words=Words("请测试一台逆变器", "zh-Hans"))


def test_files_are_shared_one_by_one_and_confidential_ones_never(
    browser: Open, stage: Stage
) -> None:
    request = stage.request()
    meyer = browser("meyer", "en")
    for name in ("open.txt", "other.txt", "secret.txt"):
        file = (io.BytesIO(name.encode()), name)
        sent = meyer.post(f"/service-requests/{request}",
                          {"do": "reply", "reply": "See file.", "attachment": [file]})  # fmt: skip
        assert sent.status == 303, sent.html[:2000]
    li = browser("li", "en")
    inside = li.post(f"/desk/requests/{request}", {"do": "note", "note": "Note", "version": "9",
                     "attachment": [(io.BytesIO(b"note"), "note.txt")]})  # fmt: skip
    assert inside.status == 303
    ids = _file_ids(stage)
    with stage.database.transaction() as session:
        row = session.scalars(
            select(RequestAttachment).where(RequestAttachment.file_id == ids["secret.txt"])
        ).one()
        row.confidential = True
    page = li.get(f"/desk/requests/{request}/referrals")
    assert ids["open.txt"] in page
    assert ids["secret.txt"] not in page and ids.get("note.txt", "note") not in page.html
    for name in ("secret.txt", "note.txt"):
        with pytest.raises(Invalid):
            stage.refer(request, shared=[f"file:{ids[name]}"])
    referral = stage.refer(request, shared=[f"file:{ids['open.txt']}"])[0]
    hoffmann = browser("hoffmann", "en")
    base = f"/partner/referrals/{referral}/files"
    assert hoffmann.get(f"{base}/{ids['open.txt']}").status == 200
    for name in ("other.txt", "secret.txt", "note.txt"):
        assert hoffmann.get(f"{base}/{ids[name]}").status == 404
    assert browser("roth", "en").get(f"{base}/{ids['open.txt']}").status == 404


def _file_ids(stage: Stage) -> dict[str, str]:
    from portal.core.models import StoredFile

    with stage.database.reading() as session:
        return {file.name: file.id for file in session.scalars(select(StoredFile))}


def test_partners_reach_no_other_page_and_no_api(browser: Open, stage: Stage) -> None:
    request = stage.request()
    referral = stage.refer(request)[0]
    hoffmann = browser("hoffmann", "en")
    closed = ("/company", "/capabilities", "/needs/own", "/needs/new", "/matches", "/inquiries",
              "/service-requests", f"/service-requests/{request}", "/services/CERT/request",
              "/account/tokens", "/desk", f"/desk/requests/{request}",
              f"/desk/referrals/{referral}", "/desk/partners")  # fmt: skip
    assert {path: hoffmann.get(path).status for path in closed} == dict.fromkeys(closed, 404)
    assert hoffmann.get("/dashboard").location.endswith("/en/partner")
    assert browser("roth", "en").get(f"/partner/referrals/{referral}").status == 404


def test_the_brief_is_what_is_shown(browser: Open, stage: Stage) -> None:
    referral = stage.refer(stage.request())[0]
    page = browser("keller", "de").get(f"/partner/referrals/{referral}")
    assert BRIEF in page and str(CANARIES["title"]) not in page
