"""Uploaded files: checked by type and by a real parser, stored under the hash of their bytes."""

import hashlib
import io
import os
import tempfile
import warnings
import zipfile
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

import filetype
from sqlalchemy.orm import Session

from portal.core import scanning
from portal.core.errors import Invalid
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import StoredFile

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_UNPACKED = 100 * 1024 * 1024
LOGO_SIDE = 512
PICTURE_SIDE = 4000
# Of WebP: little time for slightly larger files.
EFFORT = 1
# In the place of a picture's side: nothing was found in the file.
SEARCHED = 0

_OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_IMAGES = {"png", "jpg", "jpeg", "webp"}
_TEXT = {"txt": "text/plain", "csv": "text/csv"}
ALLOWED = sorted({"pdf", *_OFFICE, *_IMAGES, *_TEXT})


@dataclass(frozen=True)
class Upload:
    """Checked bytes, ready to be stored."""

    name: str
    media_type: str
    content: bytes


def check_attachment(name: str, content: bytes) -> Upload:
    """Refuse what is not on the list, lies about its type, cannot be parsed, or is malware. Raises
    Invalid, and Unavailable when it could not be searched."""
    suffix = _suffix(name)
    _check_size(content)
    _search(content)
    if suffix in _IMAGES:
        return Upload(
            _renamed(name, "webp"), "image/webp", reencode(content, max_side=PICTURE_SIDE)
        )
    if suffix == "pdf":
        return _checked(name, content, "application/pdf", content.startswith(b"%PDF-"))
    if suffix in _OFFICE:
        return _checked(name, content, _OFFICE[suffix], _is_office(content))
    if suffix in _TEXT:
        return _checked(name, content, _TEXT[suffix], _is_text(content))
    raise Invalid(
        gettext(
            "Files of this kind are not accepted. Allowed: %(kinds)s.", kinds=", ".join(ALLOWED)
        ),
        field="attachment",
    )


def check_logo(content: bytes) -> Upload:
    """A logo, re-encoded so that nothing but pixels survives."""
    _check_size(content)
    return Upload("logo.webp", "image/webp", reencode(content, max_side=LOGO_SIDE))


def _suffix(name: str) -> str:
    return Path(name).suffix.lower().lstrip(".")


def _renamed(name: str, suffix: str) -> str:
    return f"{Path(name).stem}.{suffix}"


def _check_size(content: bytes) -> None:
    if not content:
        raise Invalid(_l("The file is empty."), field="attachment")
    if len(content) > MAX_BYTES:
        raise Invalid(_l("The file is larger than 10 MB."), field="attachment")


def _checked(name: str, content: bytes, media_type: str, is_right: bool) -> Upload:
    if not is_right:
        raise Invalid(_l("The content of the file does not fit its name."), field="attachment")
    return Upload(name, media_type, content)


def _is_office(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            size = sum(entry.file_size for entry in entries)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    macros = any(name.endswith("vbaProject.bin") for name in names)
    return "[Content_Types].xml" in names and not macros and size <= MAX_UNPACKED


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return "\0" not in text and filetype.guess(content) is None


def _search(content: bytes) -> None:
    """Within one request each file is searched once."""
    done = _done.get()
    key = (hashlib.sha256(content).hexdigest(), SEARCHED)
    if done is None or key not in done:
        scanning.check(content)
    if done is not None:
        done[key] = b""


# Pictures that this request has re-encoded already, and files that were searched.
_done: ContextVar[dict[tuple[str, int], bytes] | None] = ContextVar("pictures", default=None)


def begin_request() -> None:
    """Forget the pictures of the request before; remember those of this one."""
    _done.set({})


def reencode(content: bytes, max_side: int) -> bytes:
    """Pixels only, as WebP: drops metadata and whatever else hides in the file.

    Takes seconds for a large picture; within one request each is done once.
    """
    done = _done.get()
    key = (hashlib.sha256(content).hexdigest(), max_side)
    if done is not None and key in done:
        return done[key]
    result = _reencoded(content, max_side)
    if done is not None:
        done[key] = result
    return result


def _reencoded(content: bytes, max_side: int) -> bytes:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  (only uploads need it)

    refused = Invalid(_l("The picture cannot be read. Please use PNG, JPEG or WebP."), field="logo")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise refused
                image.draft("RGB", (max_side, max_side))  # JPEG: decodes no more than is kept
                image.load()
                image.thumbnail((max_side, max_side))
                mode = "RGBA" if image.mode in ("RGBA", "LA", "P") else "RGB"
                clean = image.convert(mode)
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombWarning,
    ):
        raise refused from None
    except Image.DecompressionBombError:
        raise refused from None
    out = io.BytesIO()
    clean.save(out, "WEBP", quality=88, method=EFFORT)
    return out.getvalue()


class FileStore:
    """Bytes under their SHA-256 in a folder; a file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """Write and sync the bytes; returns their hash."""
        sha256 = hashlib.sha256(content).hexdigest()
        target = self.path(sha256)
        if not target.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as part:
                part.write(content)
                part.flush()
                os.fsync(part.fileno())
            Path(part.name).replace(target)
        return sha256

    def get(self, sha256: str) -> bytes:
        return self.path(sha256).read_bytes()


def store(session: Session, files: FileStore, upload: Upload, owner_id: str | None) -> StoredFile:
    """Keep the bytes and add their row to this transaction."""
    row = StoredFile(
        sha256=files.put(upload.content),
        size=len(upload.content),
        media_type=upload.media_type,
        name=_safe_name(upload.name),
        owner_id=owner_id,
    )
    session.add(row)
    session.flush()
    return row


def _safe_name(name: str) -> str:
    kept = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable())
    stem, dot, suffix = kept.rpartition(".")
    return f"{stem[:150]}{dot}{suffix[:10]}" if dot else kept[:150] or "file"
