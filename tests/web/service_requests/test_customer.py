"""Asking the base for a service, and following it."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.core.db import Database
from portal.service_requests import catalogue
from portal.service_requests.models import RequestEntry, ServiceRequest
from tests.support.client import Browser

Open = Callable[..., Browser]
CERT = {
    "title": "UN R10 für den Wechselrichter",
    "description": "EMV-Prüfung nach UN R10.06.",
    "priority": "P3",
    "q_component": "Wechselrichter",
    "q_regulation": ["UN R10"],
    "markets": ["DE"],
}


def ask(person: Browser, code: str = "CERT", **more: Any) -> str:
    """Send a request; its id."""
    answer = person.post(f"/services/{code}/request", {**CERT, **more})
    assert answer.status == 303, answer.html[:3000]
    return answer.location.rsplit("/", 1)[1]


def test_catalogue_shows_every_service_with_its_promise(browser: Open) -> None:
    page = browser().get("/services")
    assert all(str(service.title) in page.html for service in catalogue.SERVICES.values())
    assert page.html.count("First reply within") == 19


@pytest.mark.parametrize("code", catalogue.SERVICES)
def test_every_service_has_a_page_and_a_form(browser: Open, code: str) -> None:
    assert browser().get(f"/services/{code}").status == 200
    assert browser("wang").get(f"/services/{code}/request").status == 200


def test_unknown_service_is_not_found(browser: Open) -> None:
    assert browser().get("/services/NOPE").status == 404


def test_a_request_is_received_numbered_and_told(
    browser: Open, mails: Callable[[], list[str]]
) -> None:
    meyer = browser("meyer", "de")
    page = meyer.get(f"/service-requests/{ask(meyer)}")
    assert "SR-00001" in page and "UN R10 für den Wechselrichter" in page
    assert "EMV-Prüfung" in page
    (receipt,) = mails()
    assert "meyer@test.example" in receipt and "SR-00001" in receipt
    assert "EMV-Prüfung" not in receipt and "Wechselrichter" not in receipt
    assert "SR-00001" in browser("li", "en").get("/account/notices")


def test_second_click_makes_one_request(browser: Open, database: Database) -> None:
    wang = browser("wang")
    ids = {ask(wang, _once="same") for _ in range(2)}
    assert len(ids) == 1
    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(ServiceRequest)).scalar() == 1


def test_missing_answers_are_named_and_the_rest_is_kept(browser: Open) -> None:
    page = browser("wang").post("/services/CERT/request", {**CERT, "q_component": ""})
    assert page.status == 422
    assert 'href="#q_component"' in page and "EMV-Prüfung nach UN R10.06." in page


def test_chip_type_is_needed_for_chips_only(browser: Open, database: Database) -> None:
    wang = browser("wang")
    refused = wang.post("/services/CERT/request", {**CERT, "q_chip": "y"})
    assert refused.status == 422 and 'href="#q_chip_type"' in refused
    found = ask(wang, q_chip_type="MCU", q_node_nm="22")
    with database.reading() as session:
        row = session.get(ServiceRequest, found)
        assert row is not None and "node_nm" not in row.answers


def test_urgent_without_reason_is_refused(browser: Open) -> None:
    page = browser("wang").post("/services/LOGI/request", {**CERT, "priority": "P1"})
    assert page.status == 422 and 'href="#urgency_reason"' in page


def test_nonsense_in_every_field_is_refused_politely(browser: Open) -> None:
    bad = {
        "priority": "P9", "markets": ["XX"], "desired_date": "31.02.2027", "q_node_nm": "abc",
        "q_chip": "y", "q_regulation": ["nonsense"], "title": "x" * 301,
    }  # fmt: skip
    page = browser("wang").post("/services/CERT/request", {**CERT, **bad})
    assert page.status == 422
    for field in ("priority", "desired_date", "q_node_nm", "title"):
        assert re.search(rf'href="#{field}(-0)?"', page.html), field


@pytest.mark.parametrize("name", ["malware.exe", "page.html", "fake.pdf"])
def test_attachments_are_refused_by_type(browser: Open, name: str) -> None:
    upload = (io.BytesIO(b"MZ not what it says"), name)
    page = browser("wang").post("/services/CERT/request", {**CERT, "attachment": upload})
    assert page.status == 422 and name in page


def test_attachments_are_for_those_who_may_read_the_request(
    browser: Open, database: Database
) -> None:
    wang = browser("wang")
    found = ask(wang, attachment=(io.BytesIO("报告".encode()), "报告.txt"))
    link = re.search(
        r'href="(/en/service-requests/\w+/files/\w+)"', wang.get(f"/service-requests/{found}").html
    )
    assert link
    file = wang.get(link[1])
    assert file.status == 200 and file.response.data == "报告".encode()
    assert file.response.headers["Content-Disposition"].startswith("attachment")
    assert browser("sun").get(link[1]).status == 200
    assert browser("meyer", "en").get(link[1]).status == 404
    assert (
        browser("li", "en").get(link[1].replace("/service-requests/", "/desk/requests/")).status
        == 200
    )


def test_strangers_and_visitors_learn_nothing(browser: Open) -> None:
    found = ask(browser("wang"))
    for name in ("meyer", "chen"):
        stranger = browser(name, "en")
        assert stranger.get(f"/service-requests/{found}").status == 404
        assert stranger.post(f"/service-requests/{found}", {"do": "cancel"}).status == 404
        assert "SR-00001" not in stranger.get("/service-requests")
    assert browser().get(f"/service-requests/{found}").status == 303
    assert browser("li", "en").get(f"/service-requests/{found}").status == 404


def test_viewers_read_and_do_not_write(browser: Open) -> None:
    found, sun = ask(browser("wang")), browser("sun")
    assert sun.get(f"/service-requests/{found}").status == 200
    assert sun.post(f"/service-requests/{found}", {"do": "cancel"}).status == 404
    assert sun.get("/services/CERT/request").status == 404
    assert "Request this service" not in sun.get("/services/CERT")


def test_foreign_links_are_not_taken(browser: Open) -> None:
    assert browser("wang").get("/services/MATCH/request?need=unknown").status == 404
    refused = browser("wang").post("/services/MATCH/request", {**CERT, "need": "unknown"})
    assert refused.status == 404


def test_customer_cancels_with_one_click(browser: Open) -> None:
    wang = browser("wang")
    found = ask(wang)
    assert wang.post(f"/service-requests/{found}", {"do": "cancel", "version": "1"}).status == 303
    assert "You cancelled this request" in wang.get(f"/service-requests/{found}")
    again = wang.post(f"/service-requests/{found}", {"do": "cancel", "version": "2"})
    assert again.status == 409


def test_steps_of_the_staff_are_closed_to_customers(browser: Open) -> None:
    wang = browser("wang")
    found = ask(wang)
    for step in ("triage", "resolve", "reject", "assign", "answer", "nonsense"):
        answer = wang.post(f"/service-requests/{found}", {"do": step, "reply": "x"})
        assert answer.status in (403, 404, 409, 422), step


def test_an_empty_message_is_refused(browser: Open) -> None:
    wang = browser("wang")
    page = wang.post(f"/service-requests/{ask(wang)}", {"do": "reply", "reply": "  "})
    assert page.status == 422 and 'href="#reply"' in page


def test_wild_text_is_shown_as_text(browser: Open, database: Database) -> None:
    wang = browser("wang")
    wild = "<script>alert(1)</script> {{7*7}} \u202e 𝕳 '; DROP TABLE--"
    found = ask(wang, title=wild, description=wild, q_component=wild)
    page = wang.get(f"/service-requests/{found}")
    assert "<script>alert" not in page and "{{7*7}}" in page
    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(RequestEntry)).scalar() == 1
