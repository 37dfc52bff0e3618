"""PDF with words across each page that tell for whom the copy was made."""

from typing import Any

from pikepdf import Name, Object, Pdf

from portal.core.parsers import marks
from portal.core.parsers import pdf as pdf_files

# Points; a larger page gets a larger sheet.
MARK_SIDE = 1200
# Small enough to read what lies under them.
LETTERS = 22


def prepare() -> None:
    """Load what is loaded when first used, and the font."""
    marks.prepare()
    pdf_files.prepare()


def mark(content: bytes, *, lines: list[str]) -> tuple[dict[str, Any], list[bytes]]:
    """The PDF with lines of text written across each page again and again."""
    with pdf_files.opened(content) as pdf:
        sheet = _sheet(pdf, lines)
        for page in pdf.pages:
            left, low, right, high = (float(edge) for edge in page.mediabox)
            side = max(MARK_SIDE, right - left, high - low)
            middle = ((left + right) / 2, (low + high) / 2)
            name = page.add_resource(sheet, Name.XObject)
            place = f"{side} 0 0 {side} {middle[0] - side / 2} {middle[1] - side / 2} cm"
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(f"\nQ q {place} {name} Do Q\n".encode())
        return {"pages": len(pdf.pages)}, [pdf_files.saved(pdf)]


def _sheet(pdf: Pdf, lines: list[str]) -> Object:
    """The words as a square picture with see-through ground."""
    picture = marks.layer((MARK_SIDE, MARK_SIDE), lines, LETTERS)
    colours, mask = picture.convert("L"), picture.getchannel("A")
    return _image(pdf, colours, Name.DeviceGray, SMask=_image(pdf, mask, Name.DeviceGray))


def _image(pdf: Pdf, picture: Any, colours: Name, **more: Any) -> Object:
    return pdf.make_stream(
        picture.tobytes(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=picture.width,
        Height=picture.height,
        ColorSpace=colours,
        BitsPerComponent=8,
        **more,
    )


TASKS = {"mark-pdf": mark}
