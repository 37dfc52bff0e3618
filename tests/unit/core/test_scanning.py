"""Files are searched by the scanner after they are stored; what was not searched is not handed
out."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from portal.core import clock, files, jobs, scanning
from portal.core.db import Base, Database
from portal.core.errors import Invalid
from portal.core.files import searching
from portal.core.models import AuditEvent, Job, StoredFile


class Scanner(socketserver.StreamRequestHandler):
    """Speaks like clamd: finds the word INFECTED, refuses what begins with HUGE, dies of MUTE."""

    is_loaded, most = True, 20_000_000
    seen: list[bytes] = []  # noqa: RUF012  (shared by all connections)

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.seen.append(content)
        found = b"INFECTED" in content or (self.is_loaded and scanning.TRIAL in content)
        answer = b"stream: Test.Sign FOUND" if found else b"stream: OK"
        huge = content.startswith(b"HUGE") or len(content) > self.most
        if not content.startswith(b"MUTE"):
            self.wfile.write((b"INSTREAM size limit exceeded. ERROR" if huge else answer) + b"\0")


@pytest.fixture(params=["unix", "tcp"])
def scanner(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    Scanner.seen.clear()
    path = tmp_path / "clamd"
    server: socketserver.BaseServer
    if request.param == "unix":
        server, url = socketserver.ThreadingUnixStreamServer(str(path), Scanner), f"unix://{path}"
    else:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Scanner)
        url = f"tcp://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    scanning.use(url)
    yield url
    scanning.use("")
    server.shutdown()
    server.server_close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(f"sqlite:///{tmp_path / 'files.sqlite3'}")
    Base.metadata.create_all(found.engine)
    yield found
    found.engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> files.FileStore:
    store = files.FileStore(tmp_path / "store")
    files.register(store)
    return store


def keep(database: Database, store: files.FileStore, content: bytes, name: str = "a.txt") -> str:
    upload = files.check_attachment(name, content)
    with database.transaction() as session:
        return files.store(session, store, upload, None).id


def state(database: Database, file_id: str) -> str:
    with database.reading() as session:
        return session.get_one(StoredFile, file_id).scan_state


def test_the_known_sign_is_refused_without_a_scanner() -> None:
    with pytest.raises(Invalid, match="a program or a virus"):
        files.check_attachment("note.txt", scanning.TRIAL)


def test_without_a_scanner_a_checked_file_is_clean(
    database: Database, folder: files.FileStore
) -> None:
    assert state(database, keep(database, folder, b"text")) == "clean"
    assert jobs.run_ready(database) == 0


def test_a_file_waits_for_the_scanner_which_sees_all_of_it(
    scanner: str, database: Database, folder: files.FileStore
) -> None:
    text = b"clean " * 40_000
    file_id = keep(database, folder, text)
    assert state(database, file_id) == "pending"
    assert jobs.run_ready(database) == 1
    assert Scanner.seen == [text]
    assert state(database, file_id) == "clean"


def test_where_something_is_found_the_bytes_go_and_listeners_hear(
    scanner: str, database: Database, folder: files.FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(searching, "_listeners", [lambda _session, row: heard.append(row.name)])
    first, second = (keep(database, folder, b"INFECTED", name) for name in ("a.txt", "b.txt"))
    jobs.run_ready(database)
    assert [state(database, one) for one in (first, second)] == ["blocked", "blocked"]
    assert sorted(heard) == ["a.txt", "b.txt"]
    assert list(folder.folder.glob("??/*")) == []
    with database.reading() as session:
        events = session.scalars(select(AuditEvent)).all()
    assert [(e.action, e.detail) for e in events] == [("file.block", {"found": "Test.Sign"})] * 2


def test_bytes_sent_again_while_they_are_removed_are_blocked_too(
    scanner: str, database: Database, folder: files.FileStore
) -> None:
    first = keep(database, folder, b"INFECTED")
    jobs.run_ready(database)
    again = keep(database, folder, b"INFECTED")
    with database.reading() as session:
        folder.remove(session.get_one(StoredFile, first).sha256)
    jobs.run_ready(database)
    assert state(database, again) == "blocked"


@pytest.mark.parametrize("content", [b"HUGE", b"MUTE"])
def test_what_the_scanner_does_not_say_is_not_clean(
    scanner: str, database: Database, folder: files.FileStore, content: bytes
) -> None:
    file_id = keep(database, folder, content)
    jobs.run_ready(database)
    assert state(database, file_id) == "pending"
    with database.reading() as session:
        assert session.scalars(select(Job)).one().attempts == 1


def test_a_scanner_that_is_away_is_asked_again(
    database: Database, folder: files.FileStore, tmp_path: Path
) -> None:
    scanning.use(f"unix://{tmp_path}/nobody")
    try:
        file_id = keep(database, folder, b"text")
        jobs.run_ready(database)
        assert state(database, file_id) == "pending"
        with database.transaction() as session:
            session.execute(update(Job).values(dead_at=clock.now()))
            session.execute(update(StoredFile).values(created_at=clock.now() - timedelta(hours=2)))
        searching.ask_again(database)
    finally:
        scanning.use("")
    jobs.run_ready(database)
    assert state(database, file_id) == "clean"


def test_what_the_portal_made_itself_waits_for_nobody(
    scanner: str, database: Database, folder: files.FileStore
) -> None:
    with database.transaction() as session:
        made = files.Upload("report.pdf", "application/pdf", b"%PDF-1.7")
        row = files.store(session, folder, made, None)
        assert row.scan_state == "clean"


@pytest.mark.parametrize(
    ("attribute", "value", "said"),
    [("is_loaded", False, "does not find the trial file"), ("most", 5_000_000, "StreamMaxLength")],
)
def test_a_scanner_that_is_not_set_up_is_told(
    scanner: str, monkeypatch: pytest.MonkeyPatch, attribute: str, value: object, said: str
) -> None:
    assert scanning.trial(files.MAX_BYTES) == ""
    monkeypatch.setattr(Scanner, attribute, value)
    assert said in scanning.trial(files.MAX_BYTES)


def test_a_scanner_that_is_away_is_told(tmp_path: Path) -> None:
    scanning.use(f"unix://{tmp_path}/nobody")
    try:
        assert "cannot be reached" in scanning.trial(files.MAX_BYTES)
    finally:
        scanning.use("")
