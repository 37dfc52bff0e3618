"""Hostile requests: parameters, bodies, pictures, a database that is busy, and what is logged."""

import io
import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from portal.accounts import queries
from portal.accounts.models import UserSession
from portal.api import bodies
from portal.api.problems import ApiError
from portal.core import audit, clock, files
from portal.core.db import WRITE_WAIT_SECONDS, Database
from portal.core.errors import Invalid
from portal.core.files import parsing
from portal.core.models import AuditEvent
from portal.search.index import IndexFolder, IndexUnavailable
from portal.transfer import tables
from portal.web.app import Portal
from tests.support.client import Browser

Open = Callable[..., Browser]


@pytest.mark.parametrize("path", ["/needs", "/search", "/guides/first-steps-buyers"])
@pytest.mark.parametrize(
    "query",
    ["endpoint=x", "_scheme=javascript&_external=1", "_anchor=x", "_method=POST", "_external=1"],
)
def test_parameters_never_become_arguments_of_a_link(browser: Open, path: str, query: str) -> None:
    page = browser().get(f"{path}?{query}")
    assert page.status == 200
    assert "localhosthttp" not in page
    assert 'href="javascript' not in page


def test_many_keys_with_one_twice_are_refused_at_once(app: Portal) -> None:
    pairs = ",".join(f'"{n:x}":0' for n in range(25_000))
    begun = time.process_time()
    with app.test_request_context(), pytest.raises(ApiError):
        bodies._parse(f'{{{pairs},"61a7":0}}'.encode())
    assert time.process_time() - begun < 2


def picture(side: int = 300) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), (1, 2, 3)).save(out, "PNG")
    return out.getvalue()


def test_pictures_are_re_encoded_before_the_write_lock(
    app: Portal, browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []

    def outcome(*_arguments: object) -> parsing.Answer:
        with closing(sqlite3.connect(app.settings.instance / "portal.sqlite3", timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")  # refused while the request holds the lock
            other.rollback()
        seen.append(True)
        return parsing.Answer({}, [b"RIFF"])

    monkeypatch.setattr(parsing, "_outcome", outcome)
    owner = browser("wang")
    form = {"version": "1", "_once": "a", "logo": (io.BytesIO(picture()), "logo.png")}
    owner.post("/company/edit", form, content_type="multipart/form-data")
    assert seen == [True]


def test_visitors_make_nobody_decode_pictures(
    app: Portal, browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "check_attachment", lambda *_: pytest.fail("was decoded"))
    form = {"email": "a@b.example", "x": (io.BytesIO(picture()), "x.png")}
    assert browser().post("/sign-in", form, content_type="multipart/form-data").status == 422


def test_picture_with_too_many_pixels_is_refused_unread() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(Invalid):
        files.reencode(out.getvalue(), 512)


def test_reading_goes_on_while_somebody_else_writes(app: Portal) -> None:
    person = Browser(app).sign_in("wang@test.example")
    with app.database.transaction() as session:  # so that the next request wants to note it
        long_ago = clock.now() - timedelta(minutes=30)
        session.execute(update(UserSession).values(last_seen_at=long_ago))
    with closing(sqlite3.connect(app.settings.instance / "portal.sqlite3")) as other:
        other.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        assert person.get("/account").status == 200
        assert time.monotonic() - begun < WRITE_WAIT_SECONDS
        other.rollback()


def test_log_holds_neither_links_nor_what_was_typed(
    app: Portal, browser: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(queries, "one_time_token", fail)
    with caplog.at_level(logging.ERROR):
        answer = browser().client.get("/en/account/reset/secret-token%0aforged-line")
    assert answer.status_code == 500
    assert "boom" in caplog.text
    assert "forged-line" not in caplog.text
    assert "secret-token" not in "".join(record.getMessage() for record in caplog.records)


def test_errors_of_the_database_name_no_values(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.transaction() as session:
        session.execute(update(UserSession).values(user_id="nobody-with-a-secret"))
        session.connection().exec_driver_sql("SELECT nothing FROM nowhere WHERE x = ?", ("hush",))
    assert "hush" not in str(caught.value)


def test_index_that_others_may_write_is_not_opened(app: Portal, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.mkdir(mode=0o700)
    (folder / "g-1").mkdir()
    (folder / "CURRENT").write_text("g-1")
    index = IndexFolder(folder, "any")
    assert index.current() == folder / "g-1"
    folder.chmod(0o770)
    with pytest.raises(IndexUnavailable):
        index.current()


def test_exported_file_is_for_its_owner_only(tmp_path: Path) -> None:
    for name in ("all.jsonl", "all.csv", "all.xlsx"):
        tables.write(tmp_path / name, lambda: [{"title": "=1+1"}], lambda _n: None)
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_altered_event_of_the_audit_trail_is_named(browser: Open, database: Database) -> None:
    browser("wang")
    browser("meyer")
    with database.transaction() as session:
        first = session.scalars(select(AuditEvent).order_by(AuditEvent.seq)).first()
        assert first is not None
        assert list(audit.broken_links(session)) == []
        first.action = "account.sign-out"
        session.flush()
        assert list(audit.broken_links(session)) == [first.seq]
