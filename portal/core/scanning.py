"""Searching files that people send for malware: signs that need no tool, and a scanner (clamd) if
the operator names one. A file that could not be searched is not taken."""

import logging
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from portal.core.errors import Invalid, Unavailable
from portal.core.i18n import lazy_gettext as _l

log = logging.getLogger("portal.files")
SECONDS = 20
CHUNK = 64 * 1024
# The file by which scanners are tried, and what lets a PDF start programs.
SIGNS = (b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE", b"/Launch", b"/JavaScript")
REFUSED = _l("The file was refused because it holds a program or a virus.")
BUSY = _l("Files cannot be searched for viruses at present. Please try again in a few minutes.")
_scanner = {"url": ""}


def use(url: str) -> None:
    """Search with the scanner at `tcp://host:port` or `unix:///path`; empty: with none."""
    _scanner["url"] = url


def check(content: bytes) -> None:
    """Raises Invalid for what is malware, Unavailable when the scanner does not say."""
    if any(sign in content for sign in SIGNS):
        raise Invalid(REFUSED, field="attachment")
    if _scanner["url"]:
        _check_answer(_answer(_scanner["url"], content))


def _check_answer(answer: str) -> None:
    if answer.endswith("FOUND"):
        log.warning("a file was refused: %s", answer.removeprefix("stream: "))
        raise Invalid(REFUSED, field="attachment")
    if not answer.endswith("OK"):
        log.error("the scanner did not search a file: %s", answer[:200])
        raise Unavailable(BUSY)


def _answer(url: str, content: bytes) -> str:
    try:
        with _connected(url) as connection:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK):
                part = content[start : start + CHUNK]
                connection.sendall(struct.pack("!I", len(part)) + part)
            connection.sendall(struct.pack("!I", 0))
            return _read(connection)
    except OSError as error:
        log.error("the scanner cannot be reached: %s", error)
        raise Unavailable(BUSY) from error


def _read(connection: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < CHUNK and (part := connection.recv(CHUNK)):
        said += part
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()


@contextmanager
def _connected(url: str) -> Iterator[socket.socket]:
    parts = urlsplit(url)
    if parts.scheme == "tcp":
        with socket.create_connection((parts.hostname, parts.port), SECONDS) as connection:
            yield connection
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(SECONDS)
        connection.connect(parts.path)
        yield connection
