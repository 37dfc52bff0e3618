"""Files of inquiries: cut off while they are sent, waiting for the scanner, confidential."""

import gc
import io
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageChops
from sqlalchemy import func, select, update
from werkzeug.datastructures import FileStorage
from werkzeug.serving import make_server
from werkzeug.test import encode_multipart

from portal.core import scanning
from portal.core.db import Database
from portal.core.files import searching
from portal.core.files.storing import NoRoom
from portal.core.models import AuditEvent, Job, StoredFile
from portal.inquiries.models import Inquiry, InquiryMessage
from portal.web.app import Portal
from tests.support import papers
from tests.support.client import Browser
from tests.web.inquiries.test_inquiries import WORDS, send

Open = Callable[..., Browser]
STEP = 64 * 1024


@pytest.fixture
def buyer(browser: Open) -> Browser:
    return browser("meyer", locale="de")


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (900, 600), (90, 140, 90)).save(out, "PNG")
    return out.getvalue()


def ids(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return {file.name: file.id for file in session.scalars(select(StoredFile))}


def events(database: Database) -> list[str]:
    with database.reading() as session:
        query = select(AuditEvent.action).where(AuditEvent.action.like("file.%"))
        return list(session.scalars(query.order_by(AuditEvent.seq)))


@pytest.fixture
def port(app: Portal) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


# What came is in nameless files of the system, which Werkzeug leaves to be collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
def test_an_upload_cut_off_anywhere_leaves_nothing(
    app: Portal, buyer: Browser, port: int, capability: str, database: Database
) -> None:
    form = {**WORDS, "csrf_token": buyer.csrf(), "_once": "cut"}
    content = io.BytesIO(b"0123456789abcdef" * (STEP - 64))
    sent = FileStorage(content, "measurements.txt")
    boundary, body = encode_multipart({**form, "attachment": sent})
    assert len(body) > 15 * STEP
    cookie = buyer.client.get_cookie("portal")
    assert cookie
    head = (
        f"POST /de/inquiries/new?capability={capability} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Cookie: portal={cookie.value}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary={boundary}\r\n\r\n"
    ).encode()

    def post(size: int) -> bytes:
        with socket.create_connection(("127.0.0.1", port), 20) as connection:
            connection.sendall(head + body[:size])
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(STEP), b""))

    for size in range(0, len(body), STEP):
        assert b" 303 " not in post(size)[:20], size
        assert ids(database) == {}
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Inquiry)) == 0
    assert list(Path(app.files.folder).glob("**/*")) == []
    assert b" 303 " in post(len(body))[:20]
    assert list(ids(database)) == ["measurements.txt"]
    gc.collect()


def test_without_room_nothing_is_sent_and_the_page_says_so(
    app: Portal,
    buyer: Browser,
    capability: str,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_content: bytes) -> str:
        raise NoRoom("There is no room for files at present.")

    monkeypatch.setattr(app.files, "put", full)
    form = {**WORDS, "attachment": (io.BytesIO(papers.pdf()), "a.pdf")}
    page = buyer.post(f"/inquiries/new?capability={capability}", form)
    assert page.status == 507 and "no room for files" in page
    with database.reading() as session:
        for table in (Inquiry, InquiryMessage, StoredFile, Job):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_a_file_that_waits_for_the_scanner_is_kept_back_from_everybody(
    buyer: Browser,
    browser: Open,
    capability: str,
    database: Database,
    work: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scanning, "is_set", lambda: True)
    monkeypatch.setattr(scanning, "finding", lambda content: "X" if b"bad" in content else None)
    sent = [(io.BytesIO(b"good"), "good.txt"), (io.BytesIO(b"bad"), "bad.txt")]
    path = send(buyer, capability, attachment=sent)  # type: ignore[arg-type]
    known, supplier = ids(database), browser("wang")
    for reader in (buyer, supplier):
        waiting = reader.get(f"/{path}/files/{known['good.txt']}")
        assert waiting.status == 409
        assert f"files/{known['good.txt']}" not in reader.get(f"/{path}")
    assert "being searched for viruses" in supplier.get(f"/{path}")
    work()
    assert supplier.get(f"/{path}/files/{known['good.txt']}").html == "good"
    for reader in (buyer, supplier):
        assert reader.get(f"/{path}/files/{known['bad.txt']}").status == 410
    assert "removed: virus" in supplier.get(f"/{path}")
    told = browser("meyer").get("/account/notices")
    assert "A virus was found in your file “bad.txt”" in told
    assert "A virus was found" not in supplier.get("/account/notices")


def confidential(buyer: Browser, capability: str) -> str:
    sent = [
        (io.BytesIO(papers.pdf()), "drawing.pdf"),
        (io.BytesIO(picture()), "photo.png"),
        (io.BytesIO(b"part;price\r\n"), "prices.csv"),
    ]
    return send(buyer, capability, attachment=sent, confidential="y")  # type: ignore[arg-type]


def test_the_other_side_gets_copies_that_name_it(
    buyer: Browser, browser: Open, capability: str, database: Database
) -> None:
    path = confidential(buyer, capability)
    known, supplier = ids(database), browser("wang")
    page = supplier.get(f"/{path}")
    assert page.html.count("?preview") == 2 and "Confidential" in page

    own, other = (who.get(f"/{path}/files/{known['drawing.pdf']}") for who in (buyer, supplier))
    assert not images_of(own.response.data)
    assert images_of(other.response.data)
    own, other = (who.get(f"/{path}/files/{known['photo.webp']}") for who in (buyer, supplier))
    assert differs(own.response.data, other.response.data)
    assert supplier.get(f"/{path}/files/{known['prices.csv']}").html == "part;price\r\n"
    originals, copies = ["file.original", "file.copy"] * 2, ["file.original"]
    assert events(database) == [*originals, *copies]


def test_a_preview_is_marked_for_everybody_and_runs_nothing(
    buyer: Browser, browser: Open, capability: str, database: Database
) -> None:
    path = confidential(buyer, capability)
    known = ids(database)
    plain = buyer.get(f"/{path}/files/{known['photo.webp']}").response.data
    for who in (buyer, browser("wang")):
        seen = who.get(f"/{path}/files/{known['photo.webp']}?preview").response
        assert seen.mimetype == "image/webp"
        assert seen.headers["Content-Disposition"].startswith("inline;")
        assert "sandbox" in seen.headers["Content-Security-Policy"]
        assert seen.headers["Cache-Control"] == "private, no-store"
        assert differs(plain, seen.data)
    assert events(database)[1:] == ["file.preview"] * 2
    assert browser("smith").get(f"/{path}/files/{known['photo.webp']}?preview").status == 404


def images_of(content: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return list(pdf.pages[0].get_images())


def differs(one: bytes, other: bytes) -> bool:
    """Whether the pictures differ all over, as words across them make them do."""
    with Image.open(io.BytesIO(one)) as first, Image.open(io.BytesIO(other)) as second:
        box = ImageChops.difference(first.convert("RGB"), second.convert("RGB")).getbbox()
        return box is not None and (box[2] - box[0]) > first.width * 0.8


def test_an_ordinary_file_is_never_shown_in_the_page(
    buyer: Browser, browser: Open, capability: str, database: Database
) -> None:
    sent = (io.BytesIO(picture()), "photo.png")
    path = send(buyer, capability, attachment=sent)  # type: ignore[arg-type]
    got = browser("wang").get(f"/{path}/files/{ids(database)['photo.webp']}?preview").response
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert events(database) == []


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/xhtml+xml"])
def test_nothing_is_handed_out_as_a_page(
    buyer: Browser, capability: str, database: Database, media_type: str
) -> None:
    sent = (io.BytesIO(b"text"), "a.txt")
    path = send(buyer, capability, attachment=sent)  # type: ignore[arg-type]
    with database.transaction() as session:
        session.execute(update(StoredFile).values(media_type=media_type))
    got = buyer.get(f"/{path}/files/{ids(database)['a.txt']}").response
    assert got.mimetype == "application/octet-stream"
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert got.headers["X-Content-Type-Options"] == "nosniff"


def test_a_blocked_file_names_its_finding_to_nobody_but_the_trail(
    database: Database, buyer: Browser, capability: str
) -> None:
    sent = (io.BytesIO(b"text"), "a.txt")
    send(buyer, capability, attachment=sent)  # type: ignore[arg-type]
    with database.transaction() as session:
        searching._decide(session, session.scalars(select(StoredFile)).all(), "Eicar")
    with database.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "file.block")).one()
    assert event.detail == {"found": "Eicar"}
