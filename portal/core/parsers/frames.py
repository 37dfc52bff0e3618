"""The words between the portal and its parsers: a line of JSON, then parts of bytes."""

import json
from collections.abc import Sequence
from typing import IO, Any

MAX_HEAD = 64 * 1024


def pack(head: dict[str, Any], parts: Sequence[bytes] = ()) -> bytes:
    """One frame. `head` must be plain JSON."""
    line = json.dumps({**head, "sizes": [len(part) for part in parts]})
    return b"".join((line.encode("ascii"), b"\n", *parts))


def read(stream: IO[bytes]) -> tuple[dict[str, Any], list[bytes]] | None:
    """The next frame, None at the end. Raises ValueError for one that is cut off."""
    line = stream.readline(MAX_HEAD)
    if not line:
        return None
    if not line.endswith(b"\n"):
        raise ValueError("a frame without an end of its head")
    head = json.loads(line)
    parts = [stream.read(size) for size in head.pop("sizes")]
    if [len(part) for part in parts] != json.loads(line)["sizes"]:
        raise ValueError("a frame was cut off")
    return head, parts
