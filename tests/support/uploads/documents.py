# ruff: noqa: E501  (a table is read by its lines)
"""Office files, honest and hostile."""

from collections.abc import Iterator

from tests.support.uploads.case import Case, each
from tests.support.uploads.foreign import FOREIGN
from tests.support.uploads.office import (
    OPEN,
    bomb,
    encrypted,
    lying,
    office,
    overlapping,
    relation,
    types,
    word,
)

LOADED = f'<Override PartName="/xl/x.xml" ContentType="{OPEN}spreadsheetml.connections+xml"/>'


def sheet(reference: str) -> bytes:
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="{reference}"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    return office("xlsx", {"xl/worksheets/sheet1.xml": sheet})


def embedded(table: bytes, kind: str = "pptx") -> bytes:
    return office(kind, {f"{kind[:2]}/embeddings/Sheet1.xlsx": table})


def linked(kind: str, relation_kind: str, target: str) -> bytes:
    where = {"docx": "word/_rels/document.xml.rels", "xlsx": "xl/worksheets/_rels/sheet1.xml.rels"}
    return office(kind, {where[kind]: relation(relation_kind, target, "External")})


def formula(text: str) -> bytes:
    sheet = f'<worksheet><sheetData><row r="1"><c r="A1">{text}</c></row></sheetData></worksheet>'
    return office("xlsx", {"xl/worksheets/sheet1.xml": sheet})


def field(instruction: str) -> str:
    half = len(instruction) // 2
    parts = (instruction[:half], instruction[half:])
    return word("".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in parts))


def documents() -> Iterator[Case]:
    yield from each(
        "macros",
        ("macros in a DOCX", "a.docx", lambda: office("docx", {"word/vbaProject.bin": b"\1"})),
        ("macros in an XLSX", "a.xlsx", lambda: office("xlsx", {"xl/vbaProject.bin": b"\1"})),
        ("macros of Excel 4", "a.xlsx", lambda: office("xlsx", {"xl/macrosheets/sheet1.xml": "<x/>"})),
        ("macros in a chart's table", "a.pptx", lambda: embedded(FOREIGN["xlsm"])),
        ("a control", "a.docx", lambda: office("docx", {"word/activeX/activeX1.xml": "<x/>"})),
        ("a ribbon", "a.xlsx", lambda: office("xlsx", {"customUI/customUI.xml": "<x/>"})),
        ("the kind of a file with macros", "a.docx", lambda: typed("docx", "application/vnd.ms-word.document.macroEnabled.main+xml")),
    )  # fmt: skip
    yield from each(
        "outside",
        ("a template elsewhere", "a.docx", lambda: linked("docx", "attachedTemplate", "http://a.example/x.dotm")),
        ("a picture elsewhere", "a.docx", lambda: linked("docx", "image", "http://a.example/x.png")),
        ("a share", "a.docx", lambda: linked("docx", "hyperlink", "file://a.example/x")),
        ("a share by slashes", "a.docx", lambda: linked("docx", "hyperlink", "\\\\a.example\\x")),
        ("a program's own scheme", "a.docx", lambda: linked("docx", "hyperlink", "ms-msdt:/id x")),
        ("a template on a share", "a.docx", lambda: linked("docx", "attachedTemplate", "file://a.example/x.dotx")),
        ("a link to a script", "a.xlsx", lambda: linked("xlsx", "hyperlink", "javascript:alert(1)")),
        ("another workbook", "a.xlsx", lambda: office("xlsx", {"xl/externalLinks/externalLink1.xml": "<x/>"})),
        ("an object", "a.docx", lambda: office("docx", {"word/embeddings/oleObject1.bin": b"\1"})),
        ("connections", "a.xlsx", lambda: office("xlsx", {"xl/connections.xml": "<x/>"})),
        ("a field that starts a program", "a.docx", lambda: office("docx", {"word/document.xml": field('DDEAUTO c:\\cmd.exe "/k"')})),
        ("a field that loads a picture", "a.docx", lambda: office("docx", {"word/document.xml": field("INCLUDEPICTURE http://a")})),
        ("a field after an address", "a.docx", lambda: office("docx", {"word/document.xml": word("<w:r><w:instrText>HYPERLINK http://a</w:instrText><w:fldChar/><w:instrText>DDE a b</w:instrText></w:r>")})),
        ("a simple field", "a.docx", lambda: office("docx", {"word/document.xml": word('<w:fldSimple w:instr="DDE a b"/>')})),
        ("a field in small letters", "a.docx", lambda: office("docx", {"word/document.xml": field("includePicture http://a")})),
        ("a field within another", "a.docx", lambda: office("docx", {"word/document.xml": word("<w:r><w:instrText>IF 1 = 1 </w:instrText><w:fldChar/><w:instrText> dde a b</w:instrText></w:r>")})),
        ("connections by another name", "a.xlsx", lambda: office("xlsx", {"[Content_Types].xml": types("xlsx", LOADED), "xl/x.xml": "<x/>"})),
        ("a program's data in UTF-16", "a.xlsx", lambda: office("xlsx", {"xl/x.xml": '<x><ddeLink ddeService="cmd"/></x>'.encode("utf-16")})),
        ("a formula that loads, by numbers", "a.xlsx", lambda: office("xlsx", {"xl/worksheets/sheet1.xml": '<worksheet><f>WEB&#83;ERV&#x049;CE&#40;"http://a")</f></worksheet>'})),
        ("a formula that loads, in small letters", "a.xlsx", lambda: office("xlsx", {"xl/worksheets/sheet1.xml": '<worksheet><f>webservice ("http://a")</f></worksheet>'})),
        ("a formula that loads, with a comment", "a.xlsx", lambda: formula("<f>WEB<!-- -->SERVICE<![CDATA[(]]>1)</f>")),
        ("a formula that loads a picture", "a.xlsx", lambda: formula('<f t="x">_xlfn.IMAGE("http://a")</f>')),
        ("a formula that starts a server", "a.xlsx", lambda: formula('<f>RTD("a",,"b")</f>')),
        ("a formula that starts a program", "a.xlsx", lambda: formula("<f>cmd|'/c calc'!A0</f>")),
        ("a name that loads", "a.xlsx", lambda: office("xlsx", {"xl/x.xml": '<x><definedName name="a">WEBSERVICE("http://a")</definedName></x>'})),
        ("a formula that loads", "a.xlsx", lambda: office("xlsx", {"xl/worksheets/sheet1.xml": '<worksheet><f>WEBSERVICE("http://a")</f></worksheet>'})),
    )  # fmt: skip
    yield from each(
        "inside",
        ("an archive in a document", "a.docx", lambda: office("docx", {"word/media/a.png": FOREIGN["zip"]})),
        ("a program in a document", "a.docx", lambda: office("docx", {"word/media/a.emf": FOREIGN["exe"]})),
        ("a packed file in a document", "a.docx", lambda: office("docx", {"word/media/a.wmf": FOREIGN["gz"]})),
        ("a web page as a part", "a.docx", lambda: office("docx", {"word/_rels/document.xml.rels": relation("aFChunk", "a.xml"), "word/a.xml": "<html/>"})),
        ("a script in a document", "a.docx", lambda: office("docx", {"word/a.js": "alert(1)"})),
        ("a table within a table", "a.pptx", lambda: embedded(embedded(office("xlsx"), "xlsx"))),
        ("bytes of an unknown kind", "a.pptx", lambda: office("pptx", {"ppt/a.bin": b"\1"})),
        ("a drawing with a script", "a.pptx", lambda: office("pptx", {"ppt/media/a.svg": FOREIGN["svg"]})),
    )  # fmt: skip
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    yield from each(
        "entities",
        ("entities that multiply", "a.docx", lambda: office("docx", {"word/document.xml": entity})),
        ("an entity elsewhere", "a.docx", lambda: office("docx", {"word/document.xml": outside})),
        ("an entity in a sheet", "a.xlsx", lambda: office("xlsx", {"xl/worksheets/sheet1.xml": entity})),
        ("an entity in UTF-16", "a.docx", lambda: office("docx", {"word/document.xml": outside.encode("utf-16")})),
        ("an entity in the list of kinds", "a.docx", lambda: office("docx", {"[Content_Types].xml": entity})),
    )  # fmt: skip
    yield from each(
        "unfolds",
        ("500 MB in a document", "a.docx", lambda: bomb("docx")),
        ("120 MB in a workbook", "a.xlsx", lambda: bomb("xlsx", 120)),
        ("90 MB of blanks", "a.pptx", lambda: bomb("pptx", 90)),
        ("parts upon one another", "a.docx", lambda: overlapping("docx")),
        (
            "6,000 parts",
            "a.docx",
            lambda: office("docx", {f"word/{n}.xml": "<x/>" for n in range(6000)}),
        ),
    )
    yield from each(
        "encrypted",
        ("an archive with a password", "a.docx", lambda: encrypted(office("docx"))),
        ("a workbook with a password", "a.xlsx", lambda: FOREIGN["xls"] + "EncryptedPackage".encode("utf-16-le")),
    )  # fmt: skip
    yield from each(
        "damaged",
        ("half a document", "a.docx", lambda: office("docx")[:400]),
        ("half a workbook", "a.xlsx", lambda: office("xlsx")[:-30]),
        ("a size that lies", "a.docx", lambda: lying(office("docx"))),
        ("XML that is not right", "a.docx", lambda: office("docx", {"word/document.xml": "<a><b></a>"})),
        ("XML without depth", "a.docx", lambda: office("docx", {"word/document.xml": "<a>" * 5000 + "</a>" * 5000})),
        ("a way out of the folder", "a.docx", lambda: office("docx", {"../evil.xml": "<x/>"})),
        ("an absolute way", "a.docx", lambda: office("docx", {"/etc/evil.xml": "<x/>"})),
        ("a way of Windows", "a.docx", lambda: office("docx", {"word\\\\evil.xml": "<x/>"})),
        ("one name twice", "a.docx", lambda: office("docx", {"WORD/DOCUMENT.XML": "<x/>"})),
        ("a workbook without its sheet", "a.xlsx", lambda: office("xlsx", {"xl/workbook.xml": "<x/>", "xl/_rels/workbook.xml.rels": None})),
    )  # fmt: skip
    yield from each(
        "mismatch",
        ("a document named as a workbook", "a.xlsx", lambda: office("docx")),
        ("a workbook named as a document", "a.docx", lambda: office("xlsx")),
        ("an archive without a list of kinds", "a.docx", lambda: office("docx", {"[Content_Types].xml": None})),
        ("a document after a program", "a.docx", lambda: FOREIGN["exe"] + office("docx")),
    )  # fmt: skip


def typed(kind: str, media_type: str) -> bytes:
    more = f'<Override PartName="/word/x.xml" ContentType="{media_type}"/>'
    return office(kind, {"[Content_Types].xml": types(kind, more)})
