"""Accounts and background jobs at the desk."""

from collections.abc import Callable

from portal.core import clock, jobs
from portal.core.db import Database
from portal.core.models import Job
from tests.support.client import Browser
from tests.support.people import Person

Open = Callable[..., Browser]


def test_users_are_found_by_name_address_and_company(browser: Open) -> None:
    zhao = browser("zhao", "en")
    assert "meyer@test.example" in zhao.get("/desk/users?q=MEYER")
    page = zhao.get("/desk/users?q=Nordstern")
    assert "kern@test.example" in page and "wang@test.example" not in page
    assert "wang@test.example" not in zhao.get("/desk/users?group=staff")
    assert zhao.get("/desk/users?q=%25").status == 200


def test_only_administrators_lock_and_unlock(browser: Open, people: dict[str, Person]) -> None:
    zhao, admin, kern = browser("zhao", "en"), browser("admin"), browser("kern", "en")
    path = f"/desk/users/{people['kern'].id}/lock"
    assert zhao.post(path, {"locked": "1"}).status == 404
    assert "Lock" not in zhao.get("/desk/users?q=kern").html.split("<tbody>")[1]
    assert admin.post(path, {"locked": "1"}).status == 303
    assert kern.get("/dashboard").status == 303
    assert "kern@test.example" in admin.get("/desk/users?group=locked")
    assert admin.post(path, {"locked": "0"}).status == 303
    browser("kern", "en")


def test_nobody_locks_or_promotes_themselves(browser: Open, people: dict[str, Person]) -> None:
    admin = browser("admin")
    me = people["admin"].id
    assert admin.post(f"/desk/users/{me}/lock", {"locked": "1"}).status == 403
    assert admin.post(f"/desk/users/{me}/role", {"role": "agent"}).status == 403


def test_staff_roles_change(browser: Open, people: dict[str, Person]) -> None:
    admin, li = browser("admin"), browser("li", "en")
    assert li.get("/desk/users").status == 404
    path = f"/desk/users/{people['li'].id}/role"
    assert admin.post(path, {"role": "king"}).status == 404
    assert admin.post(path, {"role": "supervisor"}).status == 303
    assert li.get("/desk/users").status == 200


def test_a_dead_job_is_shown_without_its_payload_and_started_again(
    browser: Open, database: Database
) -> None:
    with database.transaction() as session:
        jobs.enqueue(session, "mail.send", {"secret": "TOKEN-IN-PAYLOAD"})
        session.flush()
        job = session.query(Job).one()
        job.dead_at, job.attempts, job.error = clock.now(), 9, "OSError: refused"
        found = job.id
    admin = browser("admin")
    page = admin.get("/desk/jobs?group=dead")
    assert "OSError: refused" in page and "TOKEN-IN-PAYLOAD" not in page
    assert browser("zhao", "en").post(f"/desk/jobs/{found}/retry").status == 404
    assert admin.post(f"/desk/jobs/{found}/retry").status == 303
    assert admin.post(f"/desk/jobs/{found}/retry", {"_once": "x"}).status == 404
    with database.reading() as session:
        assert session.get_one(Job, found).dead_at is None
