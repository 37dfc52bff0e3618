"""Uploaded files: checked by kind and by a real parser in a process of its own, stored under the
hash of their bytes, searched for viruses, and handed out."""

from portal.core.files import care, searching
from portal.core.files.checking import (
    LOGO_SIDE,
    MAX_BYTES,
    PICTURE_SIDE,
    Upload,
    can_clean_pdf,
    check_attachment,
    check_logo,
    reencode,
)
from portal.core.files.kinds import ALLOWED, MEDIA_TYPES
from portal.core.files.parsing import begin_request
from portal.core.files.storing import BLOCKED, CLEAN, PENDING, FileStore, store


def register(files: FileStore) -> None:
    """Let the worker search files of this store and look after it."""
    searching.register(files)
    care.register(files)


__all__ = [
    "ALLOWED",
    "BLOCKED",
    "CLEAN",
    "LOGO_SIDE",
    "MAX_BYTES",
    "MEDIA_TYPES",
    "PENDING",
    "PICTURE_SIDE",
    "FileStore",
    "Upload",
    "begin_request",
    "can_clean_pdf",
    "check_attachment",
    "check_logo",
    "reencode",
    "register",
    "store",
]
