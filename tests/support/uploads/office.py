# ruff: noqa: E501  (XML is read by its lines)
"""Office files as people send them, and as attackers build them."""

import io
import struct
import zipfile
from collections.abc import Mapping

OPEN = "application/vnd.openxmlformats-officedocument."
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = {
    "docx": ("word/document.xml", f"{OPEN}wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{OPEN}spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{OPEN}presentationml.presentation.main+xml"),
}
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_BODIES = {
    "docx": f'<w:document xmlns:w="{WORDS}"><w:body><w:p><w:r><w:t>Angebot 电池</w:t></w:r></w:p></w:body></w:document>',
    "xlsx": f'<workbook xmlns="{SHEETS}" xmlns:r="{RELATIONS}"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "pptx": '<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"/>',
}
SHEET = f'<worksheet xmlns="{SHEETS}"><dimension ref="A1:B2"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'


def relation(kind: str, target: str, mode: str = "") -> str:
    """A file of relations that holds one."""
    outside = f' TargetMode="{mode}"' if mode else ""
    return (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{RELATIONS}/{kind}" Target="{target}"{outside}/></Relationships>'
    )


def types(kind: str, more: str = "") -> str:
    name, media_type = MAIN[kind]
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="text/xml"/>'
        f'<Override PartName="/{name}" ContentType="{media_type}"/>{more}</Types>'
    )


def office(kind: str, parts: Mapping[str, bytes | str | None] | None = None) -> bytes:
    """A small file of that kind; `parts` are put into it, or taken out (None)."""
    name, _ = MAIN[kind]
    whole: dict[str, bytes | str | None] = {
        "[Content_Types].xml": types(kind),
        "_rels/.rels": relation("officeDocument", name),
        name: _BODIES[kind],
    }
    if kind == "xlsx":
        whole["xl/_rels/workbook.xml.rels"] = relation("worksheet", "worksheets/sheet1.xml")
        whole["xl/worksheets/sheet1.xml"] = SHEET
    whole.update(parts or {})
    return archive({key: value for key, value in whole.items() if value is not None})


def archive(parts: Mapping[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in parts.items():
            zipped.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, 8)
    return out.getvalue()


def word(text: str) -> str:
    """A document's main part with that text in it, as XML."""
    return f'<w:document xmlns:w="{WORDS}"><w:body><w:p>{text}</w:p></w:body></w:document>'


def bomb(kind: str, megabytes: int = 500) -> bytes:
    """A part of nothing but blanks, packed some thousand times smaller."""
    name, _ = MAIN[kind]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
        zipped.writestr("[Content_Types].xml", types(kind))
        entry = zipfile.ZipInfo(name)
        entry.compress_type = zipfile.ZIP_DEFLATED
        with zipped.open(entry, "w") as part:
            for _ in range(megabytes):
                part.write(b" " * 1_000_000)
    return out.getvalue()


def lying(content: bytes) -> bytes:
    """The archive with the unpacked size of its first part said to be 10 bytes."""
    place = content.index(b"PK\x01\x02")
    return content[: place + 24] + struct.pack("<I", 10) + content[place + 28 :]


def overlapping(kind: str, times: int = 400) -> bytes:
    """Many names for the bytes of one part."""
    whole = office(kind, {"word/media/a.png": bytes(200_000)})
    start = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    directory = whole[start:end]
    last = directory.rindex(b"PK\x01\x02")
    one = directory[last:]
    copies = b"".join(one.replace(b"media/a.png", b"media/%05d" % n) for n in range(times))
    count = directory.count(b"PK\x01\x02") + times
    tail = struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(directory + copies), start, 0
    )
    return whole[:start] + directory + copies + tail


def encrypted(content: bytes) -> bytes:
    """The archive with the mark of encryption at each part."""
    out = bytearray(content)
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = out.find(sign)
        while at >= 0:
            out[at + place] |= 1
            at = out.find(sign, at + 4)
    return bytes(out)
