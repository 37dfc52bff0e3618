"""Administrators edit services and forms; everybody else sees what is in force."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from portal.core.db import Database
from portal.service_requests.models import ServiceRequest, ServiceRevision
from tests.support.client import Browser
from tests.support.formfill import form_at, forms

Open = Callable[..., Browser]
LABEL = {"zh_Hans": "实验室偏好", "en": "Laboratory you prefer", "de": "Bevorzugtes Labor"}
NEW = {
    "id": "laboratory",
    "type": "text",
    **{f"label-{tag}": text for tag, text in LABEL.items()},
    "required": "y",
    "when_op": "is",
}
REQUEST = {
    "title": "UN R10",
    "description": "EMC test.",
    "q_component": "Inverter",
    "q_regulation": ["UN R10"],
}


def add_question(admin: Browser, **more: Any) -> Any:
    return admin.post("/desk/catalogue/CERT/questions/new", {**NEW, **more})


def publish(admin: Browser, reason: str = "Customers asked for it") -> Any:
    return admin.post("/desk/catalogue/CERT/publish", {"reason": reason})


def test_an_added_question_is_asked_after_publishing_only(browser: Open) -> None:
    admin, wang = browser("admin"), browser("wang", "de")
    assert add_question(admin).status == 303
    assert "Laboratory you prefer" in admin.get("/desk/catalogue/CERT")
    assert "Bevorzugtes Labor" not in wang.get("/services/CERT/request")
    assert publish(admin).status == 303
    assert "Bevorzugtes Labor" in wang.get("/services/CERT/request")
    refused = wang.post("/services/CERT/request", REQUEST)
    assert refused.status == 422 and 'href="#q_laboratory"' in refused
    assert wang.post("/services/CERT/request", {**REQUEST, "q_laboratory": "TÜV"}).status == 303


def test_answers_keep_the_version_they_were_given_on(browser: Open, database: Database) -> None:
    admin, wang = browser("admin"), browser("wang")
    old = wang.post("/services/CERT/request", {**REQUEST, "q_series": "UN R10.06"}).location
    assert admin.post("/desk/catalogue/CERT/questions/series/remove").status == 303
    assert publish(admin).status == 303
    assert "Series of amendments" not in wang.get("/services/CERT/request")
    page = wang.get(old)
    assert "Series of amendments" in page and "UN R10.06" in page
    with database.reading() as session:
        assert session.scalars(select(ServiceRequest.form_version)).one() == 1


def test_withdrawing_publishes_the_earlier_state_again(browser: Open, database: Database) -> None:
    admin = browser("admin")
    add_question(admin)
    publish(admin)
    done = admin.post("/desk/catalogue/CERT/versions/1/restore", {"reason": "Not needed"})
    assert done.status == 303
    assert "Laboratory you prefer" not in browser("wang").get("/services/CERT/request")
    with database.reading() as session:
        rows = session.scalars(select(ServiceRevision).order_by(ServiceRevision.version)).all()
    assert [(row.version, row.reason) for row in rows] == [
        (2, "Customers asked for it"),
        (3, "Not needed"),
    ]
    history = admin.get("/desk/catalogue/CERT/versions/3")
    assert "Question removed" in history and "Laboratory you prefer" in history


def test_the_promise_is_changed_for_everybody(browser: Open) -> None:
    admin = browser("admin")
    path = "/desk/catalogue/CERT/texts"
    form = form_at(admin.get(path).html, path)
    given = {**form.values, "first_reply_hours": ["3"], "title-de": ["Prüfung und Zulassung"]}
    assert admin.post(path, given).status == 303
    assert publish(admin).status == 303
    page = browser(locale="de").get("/services/CERT")
    assert "Prüfung und Zulassung" in page
    assert "3 working hours" in browser().get("/services/CERT")


def test_a_reason_is_required(browser: Open) -> None:
    admin = browser("admin")
    add_question(admin)
    refused = publish(admin, "  ")
    assert refused.status == 422 and 'href="#reason"' in refused


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("label-de", ""),
        ("id", "Labor 1"),
        ("id", "component"),
        ("pattern", "(a+)+"),
        ("pattern", "(["),
        ("max", "abc"),
        ("type", "poem"),
    ],
)
def test_a_faulty_question_is_refused_at_its_field(browser: Open, field: str, value: str) -> None:
    refused = add_question(browser("admin"), **{field: value})
    assert refused.status == 422
    assert re.search(rf'href="#{field}', refused.html), field


def test_a_condition_must_name_an_answer_that_exists(browser: Open) -> None:
    admin = browser("admin")
    refused = add_question(admin, when_question="vehicle_category", when_value="M9")
    assert refused.status == 422 and 'href="#when_question"' in refused
    assert add_question(admin, when_question="vehicle_category", when_value="M1").status == 303
    preview = admin.get("/desk/catalogue/CERT/preview?q_vehicle_category=M1")
    assert "Laboratory you prefer" in preview


def test_removing_what_others_hang_on_cannot_be_published(browser: Open) -> None:
    admin = browser("admin")
    admin.post("/desk/catalogue/CERT/questions/chip/remove")
    assert admin.get("/desk/catalogue/CERT/preview").status == 200
    refused = publish(admin)
    assert refused.status == 422 and "a question that is not there: chip" in refused


def test_questions_change_places(browser: Open) -> None:
    admin = browser("admin")
    admin.post("/desk/catalogue/CERT/questions/regulation/up")
    page = admin.get("/desk/catalogue/CERT").html
    assert page.index("<code>regulation</code>") < page.index("<code>vehicle_category</code>")


def test_rows_of_answers_work_without_script(browser: Open) -> None:
    admin = browser("admin")
    page = admin.post("/desk/catalogue/CERT/questions/new", {**NEW, "add-row": "choices"})
    assert page.status == 200 and 'name="choices-1-value"' in page


def test_preview_speaks_each_language(browser: Open) -> None:
    browser("admin").get("/desk/catalogue/CERT")
    for locale in ("zh-hans", "de", "en"):
        assert browser("admin", locale).get("/desk/catalogue/CERT/preview").status == 200


def test_who_was_slower_publishes_nothing(browser: Open, database: Database) -> None:
    admin = browser("admin")
    add_question(admin)
    with database.transaction() as session:
        from portal.service_requests import catalogue
        from portal.service_requests.catalogue import definition

        record = definition.to_record(catalogue.SHIPPED["CERT"])
        session.add(ServiceRevision(code="CERT", version=2, definition=record))
    assert publish(admin).status == 409


def test_supervisors_look_and_agents_do_not(browser: Open) -> None:
    zhao = browser("zhao")
    page = zhao.get("/desk/catalogue/CERT")
    assert page.status == 200 and "Add a question" not in page
    assert zhao.get("/desk/catalogue/CERT/texts").status == 404
    assert zhao.post("/desk/catalogue/CERT/publish", {"reason": "x"}).status == 404
    assert browser("li").get("/desk/catalogue").status == 404


def test_every_page_of_every_service_opens(browser: Open) -> None:
    admin = browser("admin")
    page = admin.get("/desk/catalogue")
    for code in re.findall(r'href="/en/desk/catalogue/([A-Z]+)"', page.html):
        assert list(forms(admin.get(f"/desk/catalogue/{code}/texts").html, "/"))
        assert admin.get(f"/desk/catalogue/{code}/preview").status == 200
