"""Searching files that people send for malware: a sign that needs no tool, and a scanner (clamd) if
the operator names one."""

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
# The file by which scanners are tried, in parts, so that nobody takes this file for it.
TRIAL = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
SIGNS = (b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE",)
REFUSED = _l("The file was refused because it holds a program or a virus.")
BUSY = _l("Files cannot be searched for viruses at present. Please try again in a few minutes.")
_scanner = {"url": ""}


def use(url: str) -> None:
    """Search with the scanner at `tcp://host:port` or `unix:///path`; empty: with none."""
    _scanner["url"] = url


def is_set() -> bool:
    return bool(_scanner["url"])


def check_signs(content: bytes) -> None:
    """Raises Invalid for what is known as malware without a scanner."""
    if any(sign in content for sign in SIGNS):
        raise Invalid(REFUSED, field="attachment")


def finding(content: bytes) -> str | None:
    """What the scanner finds, None in a clean file. Raises Unavailable when it does not say: it is
    away, or the file is longer than it takes."""
    answer = _answer(_scanner["url"], content)
    if answer.endswith("FOUND"):
        return answer.removeprefix("stream: ").removesuffix("FOUND").strip()
    if answer != "stream: OK":
        log.error("the scanner did not search a file: %s", answer[:200])
        raise Unavailable(BUSY)
    return None


def trial(most: int) -> str:
    """What is wrong with the scanner, empty when nothing is: it must find the trial file, and take
    a file of `most` bytes."""
    try:
        if finding(TRIAL) is None:
            return "does not find the trial file (EICAR): are its signatures loaded?"
    except Unavailable:
        return "cannot be reached, or does not answer"
    try:
        finding(bytes(most))
    except Unavailable:
        return f"does not take files of {most >> 20} MB: raise StreamMaxLength"
    return ""


def _answer(url: str, content: bytes) -> str:
    try:
        with _connected(url) as connection:
            _send(connection, content)
            return _read(connection)
    except OSError as error:
        log.error("the scanner cannot be reached: %s", error)
        raise Unavailable(BUSY) from error


def _send(connection: socket.socket, content: bytes) -> None:
    """A scanner that has read enough says so and closes: what it said counts."""
    try:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            part = content[start : start + CHUNK]
            connection.sendall(struct.pack("!I", len(part)) + part)
        connection.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError):
        return


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
