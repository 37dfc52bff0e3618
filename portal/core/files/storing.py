"""The file store: bytes under the hash of what they are, and their rows."""

import errno
import hashlib
import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from sqlalchemy.orm import Session

from portal.core import jobs, scanning
from portal.core.errors import Unavailable
from portal.core.files import names
from portal.core.files.checking import Upload
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import StoredFile

log = logging.getLogger("portal.files")
PART = ".part"
SEARCH_JOB = "files.search"
PENDING, CLEAN, BLOCKED = "pending", "clean", "blocked"
ORDINARY, CONFIDENTIAL = "ordinary", "confidential"
FULL = (errno.ENOSPC, errno.EDQUOT)


class NoRoom(Unavailable):
    """The disk is full (RFC 4918: insufficient storage)."""

    status = 507


class FileStore:
    """Bytes under their SHA-256 in a folder; a file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """Write and sync the bytes; returns their hash. Raises Unavailable when the store cannot be
        written, and leaves nothing then."""
        sha256 = hashlib.sha256(content).hexdigest()
        target = self.path(sha256)
        try:
            if not _renewed(target):
                self._write(target, content)
        except OSError as error:
            log.error("a file cannot be stored: %s", os.strerror(error.errno or 0))
            raise _refused(error) from error
        return sha256

    def get(self, sha256: str) -> bytes:
        return self.path(sha256).read_bytes()

    def remove(self, sha256: str) -> None:
        self.path(sha256).unlink(missing_ok=True)

    def _write(self, target: Path, content: bytes) -> None:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, suffix=PART)
        try:
            with os.fdopen(handle, "wb") as part:
                part.write(content)
                part.flush()
                os.fsync(part.fileno())
            Path(name).replace(target)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
        _sync(target.parent)


def _renewed(path: Path) -> bool:
    """Whether the file is there; it is young again then, so that it is not swept before its row is
    written."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _sync(folder: Path) -> None:
    """Make the new name in a folder outlive a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refused(error: OSError) -> Unavailable:
    if error.errno in FULL:
        return NoRoom(_l("There is no room for files at present. Please tell the base."))
    return Unavailable(_l("Files cannot be stored at present. Please try again later."))


def store(
    session: Session,
    files: FileStore,
    upload: Upload,
    owner_id: str | None,
    *,
    confidential: bool = False,
) -> StoredFile:
    """Keep the bytes and add their row to this transaction. What came from outside waits for the
    scanner when there is one."""
    waits = upload.foreign and scanning.is_set()
    row = StoredFile(
        sha256=files.put(upload.content),
        size=len(upload.content),
        media_type=upload.media_type,
        name=names.kept(upload.name),
        owner_id=owner_id,
        scan_state=PENDING if waits else CLEAN,
        confidentiality=CONFIDENTIAL if confidential else ORDINARY,
    )
    session.add(row)
    session.flush()
    if waits:
        jobs.enqueue(session, SEARCH_JOB, {"sha256": row.sha256}, dedupe=f"search:{row.sha256}")
    return row
