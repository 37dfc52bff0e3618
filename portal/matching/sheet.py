"""The match sheet as PDF."""

from pathlib import Path

from portal import paths
from portal.core import sheet
from portal.core.sheet import available, has_chinese_font

__all__ = ["STYLE", "available", "has_chinese_font", "pdf"]
STYLE = paths.STATIC / "sheet.css"


def pdf(html: str, style: Path = STYLE) -> bytes:
    """A page as PDF, laid out by the style of match sheets unless another is given."""
    return sheet.pdf(html, style)
