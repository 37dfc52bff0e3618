"""A drawing sent with an inquiry as confidential: the other side sees its own name across it."""

import struct
import zlib

from portal.core.files import Upload, check_attachment, store
from portal.core.models import StoredFile
from portal.demo.stage import Stage

# The inquiry (by its ref) whose first message brings a drawing, and the name of the file.
SENT_WITH = {"i04": "Kühlplatte 1480 x 1120.png"}
WIDTH, HEIGHT = 1320, 1000
EDGE, LOOPS, LINE = 100, 6, 4


def sent_with(stage: Stage, ref: str, owner_id: str | None) -> tuple[StoredFile, ...]:
    """The files of an inquiry's first message, checked and stored as if they had been uploaded."""
    name = SENT_WITH.get(ref)
    if name is None:
        return ()
    checked = check_attachment(name, _png(_cold_plate()))
    upload = Upload(checked.name, checked.media_type, checked.content)
    return (store(stage.session, stage.files, upload, owner_id, confidential=True),)


def _cold_plate() -> list[bytearray]:
    """The outline of a cold plate, its channel and its holes, as rows of grey pixels."""
    rows = [bytearray(b"\xff" * WIDTH) for _ in range(HEIGHT)]
    _frame(rows, EDGE, EDGE, WIDTH - EDGE, HEIGHT - EDGE)
    step = (HEIGHT - 4 * EDGE) // LOOPS
    left, right = 2 * EDGE, WIDTH - 2 * EDGE
    for loop in range(LOOPS + 1):
        top = 2 * EDGE + loop * step
        _fill(rows, left, top, right, top + LINE)
        if loop < LOOPS:
            side = right if loop % 2 == 0 else left
            _fill(rows, side - LINE, top, side, top + step + LINE)
    for x in range(EDGE + 50, WIDTH - EDGE, (WIDTH - 2 * EDGE - 100) // 6):
        for y in (EDGE + 40, HEIGHT - EDGE - 60):
            _frame(rows, x - 10, y, x + 10, y + 20)
    return rows


def _fill(rows: list[bytearray], left: int, top: int, right: int, bottom: int) -> None:
    for row in rows[top:bottom]:
        row[left:right] = bytes(right - left)


def _frame(rows: list[bytearray], left: int, top: int, right: int, bottom: int) -> None:
    _fill(rows, left, top, right, top + LINE)
    _fill(rows, left, bottom - LINE, right, bottom)
    _fill(rows, left, top, left + LINE, bottom)
    _fill(rows, right - LINE, top, right, bottom)


def _png(rows: list[bytearray]) -> bytes:
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    parts = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
