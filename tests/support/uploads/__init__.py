# ruff: noqa: E501  (a table is read by its lines)
"""Files that are sent to the portal, honest and hostile, and what becomes of each: `taken`, or the
reason of the refusal. Everything is built here; nothing of it harms anybody."""

import struct
from collections.abc import Iterator

from portal.core import scanning
from tests.support.papers import pdf
from tests.support.uploads.acting import ACTING
from tests.support.uploads.case import LIMIT, TAKEN, Case, each
from tests.support.uploads.documents import documents, embedded, field, linked, sheet
from tests.support.uploads.foreign import AS_TEXT, AS_XLSX, FOREIGN
from tests.support.uploads.images import claimed_png, image, pixels, text_bomb_png
from tests.support.uploads.office import office

__all__ = ["ACTING", "FOREIGN", "TAKEN", "Case", "cases"]


def disguised() -> Iterator[Case]:
    """Each foreign kind by its own name, and under four names that are taken."""
    for kind, content in FOREIGN.items():
        yield Case(f"offer.{kind}", lambda c=content: c, "kind")
        yield Case(f"{kind}.pdf", lambda c=content: c, "mismatch")
        yield Case(f"{kind}.png", lambda c=content: c, "mismatch")
        yield Case(f"{kind}.txt", lambda c=content: c, AS_TEXT.get(kind, "text"))
        yield Case(f"{kind}.xlsx", lambda c=content: c, AS_XLSX.get(kind, "mismatch"))


def honest() -> Iterator[Case]:
    for kind in ("PNG", "JPEG", "WEBP"):
        for suffix in ("png", "jpg", "jpeg", "webp"):  # the pixels count, not the name
            yield Case(f"{kind}.{suffix}", lambda k=kind: image(k), TAKEN)
    yield from each(
        TAKEN,
        ("a PDF", "Zeichnung 电池包.pdf", pdf),
        ("a PDF with blanks after its end", "a.pdf", lambda: pdf() + b"\r\n \0\n"),
        ("a DOCX", "a.docx", lambda: office("docx")),
        ("an XLSX", "BOM.XLSX", lambda: office("xlsx")),
        ("a PPTX", "a.pptx", lambda: office("pptx")),
        ("an XLSX of one cell", "a.xlsx", lambda: sheet("A1")),
        ("an XLSX with a cell far away", "a.xlsx", lambda: sheet("A1:XFD1048576")),
        ("settings of a printer", "a.xlsx", lambda: office("xlsx", {"xl/printerSettings/printerSettings1.bin": b"\1\2"})),
        ("a link to a page", "a.docx", lambda: linked("docx", "hyperlink", "https://a.example")),
        ("a link to an address", "a.docx", lambda: linked("docx", "hyperlink", "mailto:a@b.example")),
        ("a link to a file beside it", "a.xlsx", lambda: linked("xlsx", "hyperlink", "prices.xlsx")),
        ("a link to one's own disk", "a.xlsx", lambda: linked("xlsx", "hyperlink", "file:///C:\\x\\prices.xlsx")),
        ("a template of one's own disk", "a.docx", lambda: linked("docx", "attachedTemplate", "file:///C:/x/Brief.dotx")),
        ("a picture in a document", "a.docx", lambda: office("docx", {"word/media/a.png": image("PNG")})),
        ("a chart with its table", "a.pptx", lambda: embedded(office("xlsx"))),
        ("an ordinary field", "a.docx", lambda: office("docx", {"word/document.xml": field("PAGEREF x HYPERLINK")})),
        ("a field with an address", "a.docx", lambda: office("docx", {"word/document.xml": field('HYPERLINK "https://a.example/RD/LINK"')})),
        ("words about sensors", "a.xlsx", lambda: office("xlsx", {"xl/sharedStrings.xml": "<sst><si><t>RTD (Pt100), Webservice (REST), image (front)</t></si></sst>"})),
        ("a text", "a.txt", "Grüße 电池 ✓\n".encode),
        ("a text that begins with BM", "a.csv", lambda: b"BMS;BOM\r\n1;2\r\n"),
        ("a text with a mark of order", "a.csv", lambda: b"\xef\xbb\xbfpart;price\r\n"),
        ("a program's name in front", "setup.exe.pdf", pdf),
        ("a name of 255 bytes", "é" * 125 + "a.pdf", pdf),
        ("a name in Arabic with a mark", "\u200fعرض.pdf", pdf),
        ("a grey picture", "a.png", lambda: image("PNG", mode="LA")),
        ("a picture in print colours", "a.jpg", lambda: image("JPEG", mode="CMYK")),
        ("a text of 10 MiB", "a.txt", lambda: b"x" * LIMIT),
        ("a text of 10 MiB less one byte", "a.txt", lambda: b"x" * (LIMIT - 1)),
        ("a JPEG that is a script", "a.jpg", _scripted_jpeg),
    )  # fmt: skip


def _scripted_jpeg() -> bytes:
    """A comment that makes a script of the bytes before it; of the picture only pixels are kept."""
    whole = image("JPEG")
    return whole[:2] + b"\xff\xfe\x00\x1c*/=alert(document.cookie);/*" + whole[2:]


def names() -> Iterator[Case]:
    tricks = (
        *(("name_hides", name) for name in ("a\u202efdp.exe.pdf", "a\u2066b.pdf", "a\0.pdf")),
        *(("name_hides", name) for name in ("a\r\nSet-Cookie: x.pdf", "a\u200b.pdf", "a\x7f.pdf")),
        *(("name_hides", name) for name in ("a\u2028b.pdf", "a\udcff.pdf", "a.exe\0.pdf")),
        *(("name_leads", name) for name in ("../a.pdf", "..\\a.pdf", "/etc/a.pdf", "C:\\a.pdf")),
        *(("name_long", name) for name in ("a" * 252 + ".pdf", "电" * 84 + ".pdf")),
        *(("kind", name) for name in ("a.pdf.exe", "a.pdf.", "a.pdf ", ".pdf", "pdf", "a.pdf::$DATA")),
        *(("kind", name) for name in ("a.pdf.js", "a.docx.lnk", "a.jpg.scr", "a.xlsx.html", "a.ｐｄｆ")),
    )  # fmt: skip
    for number, (outcome, name) in enumerate(tricks):
        yield Case(name, pdf, outcome, f"name {number}: {ascii(name)[:60]}")


def sizes() -> Iterator[Case]:
    yield from each("too_large", ("10 MiB and a byte", "a.txt", lambda: b"x" * (LIMIT + 1)))
    for suffix in ("txt", "pdf", "png", "xlsx"):
        yield Case(f"empty.{suffix}", bytes, "empty")


def pictures() -> Iterator[Case]:
    yield from each(
        "too_many_pixels",
        ("a picture of 400 million pixels", "a.png", lambda: pixels("PNG", 20_000, 20_000)),
        ("a PNG that says it has 2.5 billion pixels", "a.png", lambda: claimed_png(50_000, 50_000)),
        ("a JPEG of 100 million pixels", "a.jpg", lambda: pixels("JPEG", 10_000, 10_000, "L")),
    )
    yield from each(
        "picture",
        ("half a PNG", "a.png", lambda: image("PNG", 400)[:120]),
        ("half a JPEG", "a.jpg", lambda: image("JPEG", 400)[:400]),
        ("half a WebP", "a.webp", lambda: image("WEBP", 400)[:60]),
        ("a PNG without data", "a.png", lambda: claimed_png(3_000, 3_000)),
        ("the head of a PNG", "a.png", lambda: b"\x89PNG\r\n\x1a\n"),
        ("a sound as WebP", "a.webp", lambda: b"RIFF\x24\0\0\0WEBPVP8X" + bytes(30)),
        ("comments that unfold", "a.png", text_bomb_png),
    )
    yield from each(
        "two_kinds",
        ("a PNG with an archive behind it", "a.png", lambda: image("PNG") + FOREIGN["zip"]),
        ("a JPEG with an archive behind it", "a.jpg", lambda: image("JPEG") + FOREIGN["rar"]),
        ("a JPEG with a PDF behind it", "a.jpg", lambda: image("JPEG") + pdf()),
        ("a WebP with an archive behind it", "a.webp", lambda: image("WEBP") + FOREIGN["7z"]),
    )
    yield from each(
        "mismatch",
        ("a GIF that is a script", "a.png", lambda: b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)"),
        ("a sound", "a.webp", lambda: b"RIFF\x24\0\0\0WAVEfmt " + bytes(30)),
    )
    yield from each("markup", ("a GIF of letters", "a.txt", lambda: b"GIF89a=1;alert(1)"))


def papers() -> Iterator[Case]:
    key = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>" % (
        b"00" * 32,
        b"00" * 32,
    )
    yield from each(
        "encrypted",
        ("a PDF with a password", "a.pdf", lambda: pdf(trailer=key + b" /ID [<00> <00>]")),
    )
    yield from each(
        "damaged",
        ("half a PDF", "a.pdf", lambda: pdf()[:300]),
        ("a PDF without an end", "a.pdf", lambda: pdf().replace(b"%%EOF", b"")),
        ("a PDF without pages", "a.pdf", lambda: pdf().replace(b"/Kids [3 0 R] /Count 1", b"/Kids [] /Count 0     ")),
        ("words that begin like a PDF", "a.pdf", lambda: b"%PDF-1.7 hello %%EOF"),
        ("random bytes in a PDF", "a.pdf", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"%%EOF"),
    )  # fmt: skip
    yield from each(
        "two_kinds",
        ("a page in front of a PDF", "a.pdf", lambda: b"%PDF-1.7\n%<html><script>alert(1)</script>\n" + pdf()),
        ("a page behind a PDF", "a.pdf", lambda: pdf() + b"<html><script>1</script></html>"),
        ("an archive behind a PDF", "a.pdf", lambda: pdf() + FOREIGN["zip"]),
        ("a PDF within an archive", "a.pdf", _pdf_in_comment),
        ("a program behind a PDF", "a.pdf", lambda: pdf() + FOREIGN["exe"]),
    )  # fmt: skip
    yield from each(
        "mismatch",
        ("a PDF after other words", "a.pdf", lambda: b"hello\n" + pdf()),
        ("a PDF by the name of a document", "a.docx", pdf),
        ("a PDF by the name of a picture", "a.png", pdf),
    )
    yield from each("markup", ("a PDF by the name of a text", "a.txt", lambda: b"%PDF-1.4 x"))


def _pdf_in_comment() -> bytes:
    whole = bytearray(pdf())
    start = whole.index(b"%%EOF")
    end = b"PK\x05\x06" + bytes(16) + struct.pack("<H", len(whole) - start)
    return bytes(whole[:start] + end + whole[start:])


def acting() -> Iterator[Case]:
    """Taken, but nothing that acts is left of them."""
    for about, build in ACTING.items():
        yield Case("a.pdf", build, TAKEN, f"a PDF with {about}")


def texts() -> Iterator[Case]:
    yield from each(
        "text",
        ("a NUL in a text", "a.txt", lambda: b"a\0b"),
        ("a text in another encoding", "a.csv", lambda: "电池;价格".encode("gb18030")),
        ("a text in UTF-16", "a.txt", lambda: "电池".encode("utf-16")),
        ("a text with a bell", "a.txt", lambda: b"a\x07b"),
        ("a text for terminals", "a.txt", lambda: b"\x1b]0;x\x07\x1b[2J"),
    )
    yield from each(
        "markup",
        ("a script in a text", "a.txt", lambda: b"hello <ScRiPt >alert(1)</script>"),
        ("a drawing in a text", "a.csv", lambda: b"a;b\n<svg onload=alert(1)>"),
        ("a page after blanks", "a.txt", lambda: b"\n\n  <!DOCTYPE html>"),
        ("a frame in a table", "a.csv", lambda: b"<iframe src=x>"),
    )
    yield from each(
        "malware",
        ("the trial of scanners", "a.txt", lambda: scanning.TRIAL),
        ("the trial in a table", "a.csv", lambda: b"a;b\n" + scanning.TRIAL),
        ("the trial behind a PDF", "a.pdf", lambda: pdf() + scanning.TRIAL),
        ("the trial in a picture", "a.png", lambda: image("PNG") + scanning.TRIAL),
    )


def cases() -> list[Case]:
    """All of them."""
    makers = (disguised, honest, names, sizes, pictures, papers, acting, documents, texts)
    return [case for make in makers for case in make()]
