"""Files are searched for malware, by signs and by a scanner; what was not searched is not taken."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.core import files, scanning
from portal.core.errors import Invalid, Unavailable

# In two parts, so that this file is not taken for one itself.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n"


class Scanner(socketserver.StreamRequestHandler):
    """Speaks like clamd: finds the word VIRUS, refuses what begins with HUGE."""

    seen: list[bytes] = []  # noqa: RUF012  (shared by all connections)

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.seen.append(content)
        answer = b"stream: Test.Sign FOUND" if b"VIRUS" in content else b"stream: OK"
        huge = content.startswith(b"HUGE")
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
    files.begin_request()  # what an earlier test had searched is forgotten
    yield url
    scanning.use("")
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("note.txt", EICAR),
        ("report.pdf", PDF + b"<< /S /JavaScript /JS (app.alert(1)) >>"),
        ("report.pdf", PDF + b"<< /S /Launch /F (cmd.exe) >>"),
    ],
)
def test_known_signs_are_refused_without_a_scanner(name: str, content: bytes) -> None:
    with pytest.raises(Invalid, match="a program or a virus"):
        files.check_attachment(name, content)
    assert files.check_attachment("report.pdf", PDF).content == PDF


def test_the_scanner_sees_the_whole_file_and_its_word_counts(scanner: str) -> None:
    text = b"clean " * 40_000
    assert files.check_attachment("long.txt", text).content == text
    assert Scanner.seen == [text]
    with pytest.raises(Invalid, match="a program or a virus"):
        files.check_attachment("bad.txt", b"VIRUS")
    with pytest.raises(Unavailable):
        files.check_attachment("huge.txt", b"HUGE")


def test_what_cannot_be_searched_is_not_taken(tmp_path: Path) -> None:
    for url in (f"unix://{tmp_path}/nobody", "tcp://127.0.0.1:1"):
        scanning.use(url)
        try:
            with pytest.raises(Unavailable):
                files.check_attachment("note.txt", b"text")
        finally:
            scanning.use("")


def test_a_file_is_searched_once_within_a_request(scanner: str) -> None:
    files.begin_request()
    for _ in range(2):
        files.check_attachment("note.txt", b"text")
    assert Scanner.seen == [b"text"]
    files.begin_request()
    files.check_attachment("note.txt", b"text")
    assert len(Scanner.seen) == 2
