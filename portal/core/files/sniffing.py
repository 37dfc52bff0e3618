"""What the bytes of a file look like, before any parser sees them."""

import io
import re
import zipfile

import filetype

from portal.core.files.kinds import Kind
from portal.core.files.refusals import refusal

HEAD = 1024
_MARKUP = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|script|svg|iframe|object|embed|meta|base|link|style"
    rb"|form|\?php)\b",
    re.IGNORECASE,
)
# Plain text that is a program, or the beginning of another kind.
_PROGRAMS = (b"#!", b"%PDF-", b"%!PS", b"{\\rtf", b"GIF8", b"<?xml", b"MIME-Version:", b"From: ")
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"PK\x05\x06", b"%PDF-1.")
_END = b"%%EOF"
_BLANK = b"\0\t\n\f\r "
# What separates the characters of a text; others below a space are found in no text.
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\v")
_FITS = {"picture": "image/", "pdf": "application/pdf"}


def check(kind: Kind, content: bytes) -> None:
    """Raises Invalid when the bytes are of another kind than the name says, or of two."""
    if kind.task == "text":
        _check_text(content)
        return
    if not content.startswith(kind.begins):
        raise refusal("encrypted" if _is_protected_office(kind, content) else "mismatch")
    found = filetype.guess(content)
    if found is not None and not found.mime.startswith(_FITS.get(kind.task, "")):
        raise refusal("mismatch")
    if kind.task == "picture" and any(sign in content for sign in _ARCHIVES):
        raise refusal("two_kinds")
    if kind.task == "pdf":
        _check_pdf(content)


def _check_text(content: bytes) -> None:
    try:
        text = content.decode("utf-8-sig").encode()
    except UnicodeDecodeError:
        raise refusal("text") from None
    if not _CONTROLS.isdisjoint(text):
        raise refusal("text")
    if text.lstrip().startswith(_PROGRAMS) or _MARKUP.search(text):
        raise refusal("markup")


def _is_protected_office(kind: Kind, content: bytes) -> bool:
    name = "EncryptedPackage".encode("utf-16-le")
    return kind.task == "office" and content.startswith(b"\xd0\xcf\x11\xe0") and name in content


def _check_pdf(content: bytes) -> None:
    """Nothing before its beginning, nothing after its end, no web page and no archive in it."""
    end = content.rfind(_END)
    if end < 0:
        raise refusal("damaged")
    tail = content[end + len(_END) :].strip(_BLANK)
    if tail or _MARKUP.search(content[:HEAD]) or zipfile.is_zipfile(io.BytesIO(content)):
        raise refusal("two_kinds")
