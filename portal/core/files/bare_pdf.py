"""PDF without the parts that open one: whatever may act is refused, and what cannot be looked
into as well. More is refused than need be."""

import re
import zlib

from portal.core.files.refusals import refusal

MAX_UNPACKED = 32 * 1024 * 1024
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTS = re.compile(
    rb"/(?:JS|JavaScript|Launch|EmbeddedFiles?|RichMedia\w*|XFA|SubmitForm|ImportData|GoToR|GoToE"
    rb"|Rendition|Movie|Sound|AA|FileAttachment)(?![A-Za-z0-9])"
)
_STREAM = re.compile(rb"stream\r?\n")
_PACKED = re.compile(rb"/ObjStm(?![A-Za-z0-9])")


def check(content: bytes) -> None:
    """Raises Invalid for a PDF that is encrypted, may act, or hides its objects."""
    text = _plain(content)
    if re.search(rb"/Encrypt(?![A-Za-z0-9])", text):
        raise refusal("encrypted")
    if b"startxref" not in text or b"/Root" not in text + _unpacked(content):
        raise refusal("damaged")
    if _ACTS.search(text):
        raise refusal("active")
    if _PACKED.search(text) and _ACTS.search(_plain(_unpacked(content))):
        raise refusal("active")


def _plain(content: bytes) -> bytes:
    """Names written with numbers for letters (`/J#61vaScript`) in letters."""
    return _HEX.sub(lambda found: bytes([int(found[1], 16)]), content)


def _unpacked(content: bytes) -> bytes:
    """What unfolds of the streams. Raises Invalid for more than is accepted."""
    parts, left = [], MAX_UNPACKED
    for found in _STREAM.finditer(content):
        try:
            part = zlib.decompressobj().decompress(content[found.end() :], left)
        except zlib.error:
            continue
        parts.append(part)
        left -= len(part)
        if left <= 0:
            raise refusal("unfolds")
    return b"\n".join(parts)
