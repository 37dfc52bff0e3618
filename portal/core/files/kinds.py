"""The kinds of files that are taken; every other kind is refused."""

from dataclasses import dataclass
from pathlib import PurePosixPath

_OPEN = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class Kind:
    """`task` names the parser; `begins` what a file of the kind begins with."""

    media_type: str
    task: str
    begins: tuple[bytes, ...] = ()


# A picture may have the name of another kind of picture: it is made anew in any case.
_PICTURE = Kind("image/webp", "picture", (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF"))
_ZIP = (b"PK\x03\x04",)
KINDS: dict[str, Kind] = {
    "csv": Kind("text/csv", "text"),
    "docx": Kind(f"{_OPEN}wordprocessingml.document", "office", _ZIP),
    "jpeg": _PICTURE,
    "jpg": _PICTURE,
    "pdf": Kind("application/pdf", "pdf", (b"%PDF-",)),
    "png": _PICTURE,
    "pptx": Kind(f"{_OPEN}presentationml.presentation", "office", _ZIP),
    "txt": Kind("text/plain", "text"),
    "webp": _PICTURE,
    "xlsx": Kind(f"{_OPEN}spreadsheetml.sheet", "office", _ZIP),
}
ALLOWED = sorted(KINDS)
MEDIA_TYPES = frozenset(kind.media_type for kind in KINDS.values())


def suffix_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower().lstrip(".")


def renamed(name: str, suffix: str) -> str:
    """The name with another ending."""
    return f"{PurePosixPath(name).stem}.{suffix}"
