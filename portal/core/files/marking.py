"""Copies of confidential files that tell for whom they were made."""

from portal.core.files.checking import PICTURE_SIDE, can_clean_pdf
from portal.core.files.parsing import parse

_PICTURE, _PDF = "image/webp", "application/pdf"


def can_mark(media_type: str) -> bool:
    """Pictures, and PDF where the parts to open them are there."""
    return media_type == _PICTURE or (media_type == _PDF and can_clean_pdf())


def marked(media_type: str, content: bytes, lines: list[str]) -> bytes:
    """The file with the lines written across it, made in the parsers' process."""
    if media_type == _PICTURE:
        return parse("mark-picture", content, side=PICTURE_SIDE, lines=lines).parts[0]
    return parse("mark-pdf", content, lines=lines).parts[0]
