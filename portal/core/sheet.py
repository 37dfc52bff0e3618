"""Sheets of paper as PDF: one door to the library that lays them out.

The library needs Pango on the machine. Where it is missing, pages leave the link out.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any


@cache
def _weasyprint() -> Any:
    """The library, or None where it or Pango is missing. Slow to load, so loaded when needed."""
    try:
        return import_module("weasyprint")
    except (ImportError, OSError):
        return None


@cache
def available() -> bool:
    """Whether sheets can be made here; asked on pages, so it only looks for the parts."""
    from ctypes.util import find_library  # noqa: PLC0415
    from importlib.util import find_spec  # noqa: PLC0415

    return find_spec("weasyprint") is not None and bool(find_library("pango-1.0"))


def has_chinese_font() -> bool | None:
    """Whether the machine has a font with Chinese characters, without which a sheet shows boxes;
    None where that cannot be asked."""
    from ctypes import CDLL, POINTER, Structure, c_char_p, c_int, c_void_p  # noqa: PLC0415
    from ctypes.util import find_library  # noqa: PLC0415

    class FontSet(Structure):
        _fields_ = (("count", c_int), ("room", c_int), ("fonts", c_void_p))

    name = find_library("fontconfig")
    if name is None:
        return None
    library = CDLL(name)
    library.FcNameParse.restype = library.FcObjectSetCreate.restype = c_void_p
    library.FcNameParse.argtypes = (c_char_p,)
    library.FcFontList.restype = POINTER(FontSet)
    library.FcFontList.argtypes = (c_void_p, c_void_p, c_void_p)
    wanted = library.FcNameParse(b":lang=zh-cn")
    found = library.FcFontList(None, wanted, library.FcObjectSetCreate())
    return bool(found) and found.contents.count > 0


def pdf(html: str, style: Path) -> bytes:
    """A page as PDF, laid out by a style. It may not load anything: all it shows is in it."""
    return laid_out(html, style)[0]


def laid_out(html: str, style: Path, most: int | None = None) -> tuple[bytes, int]:
    """The same with the number of its pages; one with more than `most` pages has no bytes."""
    library = _weasyprint()
    layout = library.CSS(string=style.read_text("utf-8"), url_fetcher=_refuse)
    page = library.HTML(string=html, url_fetcher=_refuse, base_url=None)
    made = page.render(stylesheets=[layout], pdf_tags=True)
    count = len(made.pages)
    if most is not None and count > most:
        return b"", count
    body: bytes = made.write_pdf(pdf_tags=True)
    return body, count


def _refuse(url: str, *_args: object, **_options: object) -> Any:
    raise ValueError(f"a sheet loads nothing: {url}")
