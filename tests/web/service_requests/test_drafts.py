"""Drafts of requests: saved while typing, resumed, and gone when they are sent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from portal.core import clock
from portal.core.db import Database
from portal.service_requests import draft_jobs
from portal.service_requests.models import RequestDraft
from tests.support.client import Browser
from tests.support.formfill import form_at
from tests.web.desk.test_catalogue import NEW

Open = Callable[..., Browser]
PATH = "/services/CERT/request"


def begun(person: Browser, **fields: Any) -> dict[str, Any]:
    """The fields of a fresh page with something typed in."""
    page = form_at(person.get(PATH).html, f"/en{PATH}")
    return {**page.values, "title": "Begonnen 开始", "q_node_nm": "abc", **fields}


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(RequestDraft)) or 0


def test_typing_saves_and_the_draft_comes_back_as_typed(browser: Open, database: Database) -> None:
    wang = browser("wang")
    fields = begun(wang, q_chip="y")
    for title in ("Begon", "Begonnen 开始"):
        answer = wang.post("/services/CERT/draft", {**fields, "title": title})
        assert answer.status == 200 and "Draft saved" in answer.json["text"]
    assert count(database) == 1
    listed = wang.get("/services/CERT")
    assert "Begonnen 开始" in listed and "Begonnen 开始" in wang.get("/services")
    page = form_at(wang.get(f"{PATH}?draft={answer.json['id']}").html, f"/en{PATH}")
    assert page.values["title"] == ["Begonnen 开始"] and page.values["q_node_nm"] == ["abc"]


def test_the_button_saves_without_script(browser: Open, database: Database) -> None:
    wang = browser("wang")
    kept = wang.post(PATH, {**begun(wang), "do": "draft"})
    assert kept.status == 303 and "draft=" in kept.location and count(database) == 1
    assert "Begonnen" in wang.get(kept.location)


def test_sending_deletes_the_draft(browser: Open, database: Database) -> None:
    wang = browser("wang")
    fields = begun(wang)
    wang.post("/services/CERT/draft", fields)
    sent = {**fields, "description": "d", "q_component": "c", "q_regulation": ["UN R10"]}
    assert wang.post(PATH, sent).status == 303
    assert count(database) == 0


def test_a_draft_is_for_its_author_only(browser: Open, database: Database) -> None:
    wang = browser("wang")
    draft = wang.post("/services/CERT/draft", begun(wang)).json["id"]
    for name in ("liu", "meyer"):
        assert browser(name).get(f"{PATH}?draft={draft}").status == 404
        assert browser(name).post(f"/services/drafts/{draft}/discard").status == 404
    assert wang.post(f"/services/drafts/{draft}/discard").status == 303
    assert count(database) == 0


def test_a_draft_survives_a_new_version_and_says_what_changed(browser: Open) -> None:
    wang, admin = browser("wang"), browser("admin")
    draft = wang.post("/services/CERT/draft", begun(wang, q_series="UN R10.06")).json["id"]
    admin.post("/desk/catalogue/CERT/questions/new", NEW)
    admin.post("/desk/catalogue/CERT/questions/series/remove")
    assert admin.post("/desk/catalogue/CERT/publish", {"reason": "x"}).status == 303
    page = wang.get(f"{PATH}?draft={draft}")
    assert "New question: Laboratory you prefer" in page
    assert "No longer asked: Series of amendments. You had written: UN R10.06" in page
    form = form_at(page.html, f"/en{PATH}")
    assert form.values["title"] == ["Begonnen 开始"] and form.values["form_version"] == ["2"]


def test_forms_that_changed_meanwhile_say_so(browser: Open) -> None:
    wang, admin = browser("wang"), browser("admin")
    fields = begun(wang)
    admin.post("/desk/catalogue/CERT/questions/new", NEW)
    admin.post("/desk/catalogue/CERT/publish", {"reason": "x"})
    page = wang.post(PATH, {**fields, "description": "d"})
    assert page.status == 422 and "The form was changed while you were writing" in page


def test_old_drafts_are_forgotten(browser: Open, database: Database) -> None:
    wang = browser("wang")
    wang.post("/services/CERT/draft", begun(wang))
    draft_jobs.forget_old_drafts(database)
    assert count(database) == 1
    with database.transaction() as session:
        session.execute(update(RequestDraft).values(changed_at=clock.now() - timedelta(days=91)))
    draft_jobs.forget_old_drafts(database)
    assert count(database) == 0


def test_odd_ids_and_large_texts_do_no_harm(browser: Open, database: Database) -> None:
    wang = browser("wang")
    for odd in ("", "../x", "a" * 300, "x' OR 1=1"):
        assert wang.post("/services/CERT/draft", {"draft": odd, "title": "x"}).status == 404
    fields = {**begun(wang), "description": "x" * 200_000}
    assert wang.post("/services/CERT/draft", fields).status == 200
    with database.reading() as session:
        (row,) = session.scalars(select(RequestDraft))
    assert len(str(row.data)) < 70_000
