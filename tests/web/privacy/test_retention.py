"""The clock of retention: a second before its limit a thing is there, a second after it is gone."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Invitation, Notice, OneTimeToken, User, UserSession
from portal.core import audit, clock
from portal.core.access import Actor
from portal.core.models import AuditEvent, FormReceipt, Job
from portal.disclosure.models import PageView
from portal.privacy import erasing, jobs, mapping, retention
from portal.privacy.models import PrivacyRequest
from portal.service_requests.models import (
    BulkChange,
    ReceivedMail,
    RequestDraft,
    RequestPresence,
    ServiceRequest,
)
from portal.web.app import Portal
from tests.support.people import Person

SECOND = timedelta(seconds=1)
Ids = dict[str, str]
# Class → a row whose time begins at a moment.
ROWS: dict[str, Callable[[datetime, Ids], Any]] = {
    "session": lambda at, ids: UserSession(token_hash="s", user_id=ids["sun"], expires_at=at),
    "link": lambda at, ids: OneTimeToken(
        token_hash="l", purpose="reset", user_id=ids["sun"], expires_at=at
    ),
    "receipt": lambda at, ids: FormReceipt(key="r", location="/", created_at=at),
    "draft": lambda at, ids: RequestDraft(user_id=ids["sun"], key="k", data={}, changed_at=at),
    "presence": lambda at, ids: RequestPresence(
        request_id=ids["request"], user_id=ids["li"], seen_at=at
    ),
    "job": lambda at, ids: Job(kind="x", payload={}, finished_at=at),
    "dead-mail": lambda at, ids: Job(kind="mail.send", payload={}, dead_at=at),
    "dead-job": lambda at, ids: Job(kind="x", payload={}, dead_at=at),
    "received-mail": lambda at, ids: ReceivedMail(
        message_id="m", sender="s", outcome="ignored", received_at=at
    ),
    "notice": lambda at, ids: Notice(
        user_id=ids["sun"], kind="k", params={}, dedupe="d", read_at=at
    ),
    "invitation": lambda at, ids: Invitation(
        organisation_id=ids["huaneng"], email="e", role="viewer", token_hash="i",
        invited_by=ids["wang"], expires_at=at,
    ),
    "bulk": lambda at, ids: BulkChange(
        actor_id=ids["li"], action="a", changes={}, created_at=at
    ),
    "page-view": lambda at, ids: PageView(
        day=at.date(), company_id=ids["huaneng"], kind="company", object_id="o", viewer="",
        depth="public", count=1,
    ),
    "wish": lambda at, ids: PrivacyRequest(
        user_id=ids["sun"], kind="export", state="expired", done_at=at
    ),
}  # fmt: skip


@pytest.fixture
def ids(app: Portal, people: dict[str, Person]) -> Ids:
    found = {name: person.id for name, person in people.items()}
    found["huaneng"] = people["wang"].org_id or ""
    with app.database.transaction() as session:
        session.execute(delete(Job))
        row = ServiceRequest(number=1, service="CERT", company_id=found["huaneng"], title="t",
                             locale="en")  # fmt: skip
        session.add(row)
        session.flush()
        found["request"] = row.id
    return found


def _places(app: Portal) -> erasing.Places:
    return erasing.Places(app.settings, app.journal)


def _at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def _strike(app: Portal, monkeypatch: pytest.MonkeyPatch, key: str, moment: datetime) -> int:
    _at(monkeypatch, moment)
    return retention.CLASSES[key](app.database, _places(app), float("inf"))


def test_every_rule_has_its_row() -> None:
    assert set(ROWS) == {rule.key for rule in retention.RULES}


@pytest.mark.parametrize("key", sorted(ROWS))
def test_rows_are_kept_to_their_limit(
    app: Portal, ids: Ids, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    begin = clock.now()
    limit = begin + retention.life(key, _places(app))
    if key == "page-view":  # a day is over at its end
        limit = limit.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    row = ROWS[key](begin, ids)
    with app.database.transaction() as session:
        session.add(row)
    table = type(row).__table__
    assert _strike(app, monkeypatch, key, limit - SECOND) == 0
    assert _strike(app, monkeypatch, key, limit + SECOND) == 1
    with app.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(table)) == 0 or key != "draft"


@pytest.mark.parametrize(("key", "table"), [("security", "security_event"), ("view", "staff_view")])
def test_journal_is_kept_to_its_limit(
    app: Portal, monkeypatch: pytest.MonkeyPatch, key: str, table: str
) -> None:
    begin = clock.now().replace(microsecond=0)
    _at(monkeypatch, begin)
    app.journal.viewed("u", "agent", "service_request", "r")
    app.journal.note("sign-in.failed", user_id="u", address="127.0.0.1")
    limit = begin + retention.life(key, _places(app))
    assert _strike(app, monkeypatch, key, limit - SECOND) == 0
    assert _strike(app, monkeypatch, key, limit + SECOND) == 1


def test_audit_trail_is_cut_and_stays_verifiable(
    app: Portal, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = clock.now()
    limit = begin + retention.life("audit", _places(app))

    def record(session: Session) -> None:
        user = session.get_one(User, ids["wang"])
        audit.record(session, Actor(user_id=user.id), "test", user)

    with app.database.transaction() as session:
        session.execute(delete(AuditEvent))
        _at(monkeypatch, begin)
        record(session)
        _at(monkeypatch, begin + 2 * SECOND)
        record(session)
    assert _strike(app, monkeypatch, "audit", limit - SECOND) == 0
    assert _strike(app, monkeypatch, "audit", limit + SECOND) == 1
    with app.database.reading() as session:
        assert list(audit.broken_links(session)) == []
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 1


def test_files_are_kept_to_their_limit(
    app: Portal, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = clock.now().replace(microsecond=0)
    places, instance = _places(app), app.settings.instance
    for folder, name in (("mail", "a.eml"), ("exports", "a.zip")):
        (instance / folder).mkdir(exist_ok=True)
        (instance / folder / name).write_bytes(b"x")
        os.utime(instance / folder / name, (begin.timestamp(), begin.timestamp()))
    with app.database.transaction() as session:
        end = begin + retention.life("export", places)
        session.add(PrivacyRequest(user_id=ids["sun"], kind="export", state="done", file="a.zip",
                                   expires_at=end))  # fmt: skip
    for key in ("sent-mail", "export"):
        limit = begin + retention.life(key, places)
        assert _strike(app, monkeypatch, key, limit - SECOND) == 0
        assert _strike(app, monkeypatch, key, limit + SECOND) == 1
    assert not (instance / "mail" / "a.eml").exists()
    assert not (instance / "exports" / "a.zip").exists()


def test_unused_accounts_are_warned_then_erased_unless_somebody_signs_in(
    app: Portal, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    born = clock.now().replace(microsecond=0)
    with app.database.transaction() as session:
        session.execute(delete(AuditEvent))
        session.execute(update(User).values(created_at=born))
    limit = born + retention.life("inactive", _places(app))
    assert _strike(app, monkeypatch, "inactive", limit - retention.WARNING - SECOND) == 0
    warned = _strike(app, monkeypatch, "inactive", limit - retention.WARNING + SECOND)
    assert warned == 5, "members who are not the last owner"
    _at(monkeypatch, limit - SECOND)
    with app.database.transaction() as session:
        kern = session.get_one(User, ids["kern"])
        audit.record(session, Actor(user_id=kern.id), "account.sign-in", kern)
        rows = {r.user_id: r for r in session.scalars(select(PrivacyRequest))}
    due = rows[ids["sun"]].due_at
    for moment, erased in ((due - SECOND, False), (due + SECOND, True)):
        _at(monkeypatch, moment)
        for name in ("sun", "kern"):
            jobs.erase_due(app.database, _places(app), rows[ids[name]].id)
        with app.database.reading() as session:
            assert (session.get_one(User, ids["sun"]).disabled_at is not None) is erased
            assert session.get_one(User, ids["kern"]).disabled_at is None


def test_a_whole_run_tells_what_it_deleted(
    app: Portal, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.database.transaction() as session:
        session.add(ROWS["draft"](clock.now(), ids))
    _at(monkeypatch, clock.now() + timedelta(days=91))
    assert retention.run(app.database, _places(app))["draft"] == 1
    assert mapping.periods()["draft"].days == 90
