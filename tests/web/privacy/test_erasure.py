"""Erasure: nothing of the person is left in any file, and what others need stays whole."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from portal import backup
from portal.accounts.models import User
from portal.companies.models import Company
from portal.core import audit, clock
from portal.core.models import AuditEvent, Job
from portal.privacy import erasing, restoring
from portal.privacy.models import PrivacyRequest
from portal.web.app import Portal
from tests.conftest import make_settings
from tests.support.people import PASSWORD, Person
from tests.web.privacy import world
from tests.web.privacy.world import Open, Work


def _later(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    now = clock.now() + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: now)


def test_nothing_of_an_erased_person_is_left(
    app: Portal,
    people: dict[str, Person],
    browser: Open,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    known = world.make(app, people)
    browser().post("/sign-in", {"email": world.EMAIL, "password": "not this one"})
    person = browser()
    person.sign_in(world.EMAIL)
    person.post("/account/privacy/copy", {"password": PASSWORD})
    work()
    assert person.post("/account/privacy/erase", {"password": "not this one"}).status == 422
    assert person.post("/account/privacy/erase", {"password": PASSWORD}).status == 303
    work()
    before = world.bytes_of(app.settings.instance)
    assert world.NAME.encode() in before and world.EMAIL.encode() in before
    _later(monkeypatch, 14.01)
    work()
    app.database.engine.dispose()
    left = world.bytes_of(app.settings.instance)
    gone = {world.NAME, world.EMAIL, "canarysubject", *world.COPIED} - set(world.STAYS)
    found = [word for word in gone for spelt in world.spellings(word) if spelt in left]
    assert found == []
    assert all(word.encode() in left for word in world.STAYS)
    assert world.EMAIL not in caplog.text and world.NAME not in caplog.text
    with app.database.reading() as session:
        assert list(audit.broken_links(session)) == []
        assert session.get_one(PrivacyRequest, _erasure(session).id).state == "done"
    assert browser().post("/sign-in", {"email": world.EMAIL, "password": PASSWORD}).status == 422
    page = browser("meyer").get(f"/inquiries/{known.inquiry_id}")
    assert "canaryinquiry" in page and "Former member of 苏州华能电驱有限公司" in page


def _erasure(session: object) -> PrivacyRequest:
    query = select(PrivacyRequest).where(PrivacyRequest.kind == "erasure")
    return session.scalars(query).one()  # type: ignore[attr-defined,no-any-return]


def test_erasure_can_be_undone_for_fourteen_days(
    app: Portal,
    browser: Open,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
    people: dict[str, Person],
) -> None:
    person = browser("sun")
    person.post("/account/privacy/erase", {"password": PASSWORD})
    with app.database.reading() as session:
        wish = _erasure(session)
    assert person.post(f"/account/privacy/erasure/{wish.id}/undo").status == 303
    _later(monkeypatch, 15)
    work()
    with app.database.reading() as session:
        assert session.get_one(User, people["sun"].id).email == "sun@test.example"


def test_last_owner_hands_over_or_closes(
    app: Portal,
    browser: Open,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
    people: dict[str, Person],
) -> None:
    owner = browser("wang").post("/account/privacy/erase", {"password": PASSWORD, "close": "y"})
    assert owner.status == 422 and "Please make a colleague owner first" in owner
    alone = browser("chen")
    assert alone.post("/account/privacy/erase", {"password": PASSWORD}).status == 422
    sent = alone.post("/account/privacy/erase", {"password": PASSWORD, "close": "y"})
    assert sent.status == 303
    _later(monkeypatch, 14.01)
    with app.database.transaction() as session:
        session.execute(delete(Job).where(Job.kind == "index.update"))
    work()
    with app.database.reading() as session:
        assert session.get_one(Company, people["chen"].org_id).state == "draft"
        assert session.get_one(User, people["chen"].id).disabled_at is not None


def test_a_restored_backup_forgets_the_erased_again(
    app: Portal, people: dict[str, Person], tmp_path: object
) -> None:
    folder = tmp_path / "backups"  # type: ignore[operator]
    folder.mkdir()
    world.make(app, people)
    backup.create(app.settings, folder / "old.tar")
    with app.database.reading() as session:
        user_id = session.scalars(select(User.id).where(User.email == world.EMAIL)).one()
    places = erasing.Places(app.settings, app.journal)
    erasing.erase(app.database, places, user_id)
    backup.create(app.settings, folder / "new.tar")
    assert erasing.listed(folder / erasing.LIST) == [user_id]
    restored = make_settings(tmp_path / "restored")  # type: ignore[operator]
    backup.restore(restored, folder / "old.tar")
    assert world.EMAIL.encode() in world.bytes_of(restored.instance)
    assert restoring.erase_again(restored, folder) == 1
    assert restoring.erase_again(restored, folder) == 0
    left = world.bytes_of(restored.instance)
    assert world.EMAIL.encode() not in left and world.NAME.encode() not in left


def test_an_altered_event_shows_even_after_it_was_redacted(
    app: Portal, people: dict[str, Person]
) -> None:
    world.make(app, people)
    places = erasing.Places(app.settings, app.journal)
    with app.database.reading() as session:
        user_id = session.scalars(select(User.id).where(User.email == world.EMAIL)).one()
    erasing.erase(app.database, places, user_id)
    with app.database.transaction() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "test.said")).one()
        event.detail = {**event.detail, "more": "forged"}
        seq = event.seq
    with app.database.reading() as session:
        assert list(audit.broken_links(session)) == [seq]
