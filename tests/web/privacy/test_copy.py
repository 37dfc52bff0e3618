"""The copy of a person's data: complete, for that person alone, for seven days."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.statements import counted
from portal.web.app import Portal
from tests.support.people import PASSWORD, Person
from tests.web.privacy import world
from tests.web.privacy.world import Open, Work


def _address(html: str) -> str:
    start = html.index("/account/privacy/copies/")
    return html[start : html.index('"', start)]


def test_copy_holds_everything_about_the_person(
    app: Portal, people: dict[str, Person], browser: Open, work: Work
) -> None:
    world.make(app, people)
    browser().post("/sign-in", {"email": world.EMAIL, "password": "not this one"})
    person = browser()
    person.sign_in(world.EMAIL)
    assert person.post("/account/privacy/copy", {"password": "wrong password"}).status == 422
    assert person.post("/account/privacy/copy", {"password": PASSWORD}).status == 303
    work()
    where = _address(person.get("/account/privacy").html)
    assert browser("wang").post(where).status == 404
    answer = person.post(where)
    assert answer.status == 200
    with zipfile.ZipFile(io.BytesIO(answer.response.get_data())) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
        data = json.loads(archive.read("data.json"))["data"]
        page = archive.read("index.html").decode()
    missing = [word for word in (world.NAME, world.EMAIL, *world.COPIED) if word not in whole]
    assert missing == []
    assert all(word in page for word in (world.NAME, "canaryinquiry"))
    assert "security_event" in data and "password_hash" not in whole
    assert "meyer@test.example" not in whole and "li@test.example" not in whole


def test_copy_is_gone_after_seven_days(
    app: Portal, browser: Open, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = browser("liu")
    person.post("/account/privacy/copy", {"password": PASSWORD})
    work()
    where = _address(person.get("/account/privacy").html)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=7, seconds=1))
    person.sign_in("liu@test.example")
    assert person.post(where).status == 404


def test_page_is_cheap(app: Portal, browser: Open) -> None:
    person = browser("wang")
    with counted(app.database) as seen:
        assert person.get("/account/privacy").status == 200
    assert len(seen) <= 12
    admin = browser("admin")
    with counted(app.database) as seen:
        assert admin.get("/desk/privacy").status == 200
    assert len(seen) <= 12
