"""Files of office programs: a ZIP archive of XML, looked through part by part."""

import datetime
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any
from xml.parsers import expat

import python_calamine

from portal.core.parsers.refused import Refused

MAX_PARTS = 5_000
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 250
# Parts as small as this may be packed as tightly as they like.
FREE_RATIO = 1024 * 1024
MAX_DEPTH = 256
MAX_CELLS = 2_000_000
_OPEN = "application/vnd.openxmlformats-officedocument."
MAIN_PARTS = {
    "docx": f"{_OPEN}wordprocessingml.document.main+xml",
    "xlsx": f"{_OPEN}spreadsheetml.sheet.main+xml",
    "pptx": f"{_OPEN}presentationml.presentation.main+xml",
}
TYPES, RELATIONS = "[Content_Types].xml", ".rels"
XML_KINDS = frozenset(("xml", "rels", "vml", "svg"))
PASSIVE_KINDS = frozenset(
    (
        *("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "emf", "wmf", "wdp", "fntdata"),
        *("odttf", "sigs", "mp4", "m4v", "m4a", "mp3", "wav"),
    )
)
PRINTER = re.compile(r"xl/printerSettings/printerSettings\d+\.bin")
MACROS = re.compile(
    r"(^|/)(vbaProject|vbaData|attachedToolbars)|(^|/)(macrosheets|activeX|customUI)(/|\d)",
    re.IGNORECASE,
)
OUTSIDE = re.compile(
    r"(^|/)(externalLinks|queryTables|oleObject)(/|\d)|(^|/)connections\.xml$"
    r"|(^|/)embeddings/(?!.*\.(docx|pptx|xlsx)$)",
    re.IGNORECASE,
)
ACTIVE_TYPES = re.compile(r"macroEnabled|vbaProject|activeX|ms-office\.vba|intlmacrosheet", re.I)
# Where a link may lead: to a page or address, to a place on the reader's own disk, or to a file
# beside this one; never to a share, a script or a program's own scheme.
_DISK = r"file:///[a-z]:[/\\]"
LINKS = re.compile(rf"(https?://|mailto:|tel:|{_DISK}|#|(?![/\\]{{2}}|[a-z][a-z0-9+.-]*:))", re.I)
# A template on the disk of whoever wrote the file: looked for there, and not found elsewhere.
TEMPLATES = re.compile(_DISK, re.I)
_MAY_BE_OUTSIDE = {"hyperlink": LINKS, "attachedTemplate": TEMPLATES}
# Kinds of parts that load from elsewhere, whatever the part is called.
OUTSIDE_TYPES = re.compile(r"externalLink\+xml|connections\+xml|queryTable\+xml|oleObject", re.I)
# A whole file taken in as it is: a web page, say, with all that it loads.
WHOLE_FILES = ("aFChunk", "subDocument")
# Fields of Word that load or start something, by the name they begin with, in any case, and a
# formula of Excel that does.
_LOADS = r"(DDEAUTO|DDE|INCLUDEPICTURE|INCLUDETEXT|INCLUDE|LINK|IMPORT|DATABASE|RD)\b"
FIELDS = re.compile(rf"\b{_LOADS}|(?im:^\s*{_LOADS})")
# Words of an address are no fields.
ADDRESSES = re.compile(r"https?://[^\s\"]*")
LOADING = re.compile(
    rb"<(?:\w{1,20}:)?(?:f|formula[12]?|definedName|calculatedColumnFormula)(?:\s[^<>]*)?>[^<]*?"
    rb"(?:\b(?:WEBSERVICE|IMAGE|RTD|SQL\.REQUEST)\s*\(|\|')|ddeLink",
    re.IGNORECASE,
)
# A letter by its number; the first group is in base 16.
_NUMBERED = re.compile(rb"&#(?:[xX]0*([2-7][0-9a-fA-F])|0*(\d\d|1[01]\d|12[0-7]));")
PROGRAMS = (
    *(b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"MSCF"),
    *(b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0", b"%PDF-", b"#!", b"\xca\xfe\xba\xbe", b"ITSF"),
)
# What the archive module raises for archives that are not right.
_DAMAGED = (
    zipfile.BadZipFile,
    ValueError,
    EOFError,
    zlib.error,
    OSError,
    RuntimeError,
    struct.error,
)
_DIMENSION = re.compile(rb'<dimension ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


def prepare() -> None:
    """Load the codecs that names in archives need, and what cells with dates and times become."""
    datetime.timedelta(0)
    for name in ("cp437", "utf-16", "utf-8-sig", "latin-1"):
        "".encode(name)
    expat.ParserCreate().Parse(b"<a/>", True)


def check(
    content: bytes, *, suffix: str, inner: bool = False
) -> tuple[dict[str, Any], list[bytes]]:
    """Raises Refused for what is damaged, unfolds, acts, or refers to somewhere else. An `inner`
    file is the table behind a chart of another."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = _checked(archive.infolist(), len(content))
            if TYPES not in {entry.filename for entry in entries}:
                raise Refused("mismatch")
            for entry in sorted(entries, key=lambda entry: entry.filename != TYPES):
                part = archive.read(entry)
                if not inner and _is_table(entry.filename):
                    check(part, suffix=_ending(entry.filename), inner=True)
                else:
                    _check_part(entry.filename, part, suffix)
    except _DAMAGED:
        raise Refused("damaged") from None
    if suffix == "xlsx":
        _read_sheets(content)
    return {"parts": len(entries)}, []


def _checked(entries: list[zipfile.ZipInfo], size: int) -> list[zipfile.ZipInfo]:
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_PARTS or sum(e.file_size for e in entries) > MAX_UNPACKED:
        raise Refused("unfolds")
    if sum(entry.compress_size for entry in entries) > size:  # parts that lie upon one another
        raise Refused("unfolds")
    if any(_unfolds(entry) for entry in entries):
        raise Refused("unfolds")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused("encrypted")
    if len({name.lower() for name in names}) != len(names) or not all(map(_is_plain, names)):
        raise Refused("damaged")
    _check_names(names)
    return [entry for entry in entries if not entry.is_dir()]


def _unfolds(entry: zipfile.ZipInfo) -> bool:
    tight = entry.file_size > MAX_RATIO * max(1, entry.compress_size)
    return tight and entry.file_size > FREE_RATIO


def _is_plain(name: str) -> bool:
    steps = PurePosixPath(name).parts
    return name.isprintable() and not (
        name.startswith("/") or ".." in steps or "\\" in name or ":" in name
    )


def _check_names(names: Iterable[str]) -> None:
    for name in names:
        if MACROS.search(name):
            raise Refused("macros")
        if OUTSIDE.search(name):
            raise Refused("outside")


def _is_table(name: str) -> bool:
    return "embeddings/" in name and _ending(name) in MAIN_PARTS


def _ending(name: str) -> str:
    return name.rsplit(".", 1)[-1].lower()


def _check_part(name: str, content: bytes, suffix: str) -> None:
    kind = _ending(name)
    if kind in XML_KINDS:
        _check_xml(name, content, suffix)
    elif content.startswith(PROGRAMS) or not _is_passive(kind, name):
        raise Refused("inside")


def _is_passive(kind: str, name: str) -> bool:
    return kind in PASSIVE_KINDS or PRINTER.fullmatch(name) is not None


def _check_xml(name: str, content: bytes, suffix: str) -> None:
    walk = _Walk(watched=not name.startswith("xl/worksheets/") or name.endswith(RELATIONS))
    walk.read(content)
    if LOADING.search(_spelled(content)):
        raise Refused("outside")
    if name == TYPES:
        _check_types(walk, suffix)
    elif name.endswith(RELATIONS):
        _check_relations(walk)
    elif FIELDS.search(ADDRESSES.sub("", "".join(walk.fields))):
        raise Refused("outside")
    if name.endswith(".svg") and any(tag.endswith("script") for tag, _ in walk.found):
        raise Refused("inside")


def _spelled(content: bytes) -> bytes:
    """XML with its plain letters as such, whether written in two bytes, by their numbers, or with
    comments in between."""
    plain = content.replace(b"\0", b"") if b"\0" in content[:4] else content
    if b"<!" in plain:
        plain = _without_comments(plain).replace(b"<![CDATA[", b"").replace(b"]]>", b"")
    if b"&#" not in plain:
        return plain
    return _NUMBERED.sub(lambda n: bytes([int(n[1], 16) if n[1] else int(n[2])]), plain)


def _without_comments(content: bytes) -> bytes:
    parts, at = [], 0
    while (start := content.find(b"<!--", at)) >= 0 and (end := content.find(b"-->", start)) >= 0:
        parts.append(content[at:start])
        at = end + len(b"-->")
    return b"".join((*parts, content[at:]))


def _check_types(walk: "_Walk", suffix: str) -> None:
    kinds = [about.get("ContentType", "") for _, about in walk.found]
    if any(ACTIVE_TYPES.search(kind) for kind in kinds):
        raise Refused("macros")
    if any(OUTSIDE_TYPES.search(kind) for kind in kinds):
        raise Refused("outside")
    if MAIN_PARTS[suffix] not in kinds:
        raise Refused("mismatch")


def _check_relations(walk: "_Walk") -> None:
    for _, about in walk.found:
        kind, target = about.get("Type", ""), about.get("Target", "")
        if kind.endswith(WHOLE_FILES):
            raise Refused("inside")
        if about.get("TargetMode", "").lower() != "external":
            continue
        allowed = _MAY_BE_OUTSIDE.get(kind.rsplit("/", 1)[-1])
        if allowed is None or not allowed.match(target.strip()):
            raise Refused("outside")


class _Walk:
    """Reads a part of XML as strictly as may be: no types, no entities, no depth without end."""

    def __init__(self, *, watched: bool) -> None:
        self.found: list[tuple[str, dict[str, str]]] = []
        self.fields: list[str] = []
        self._depth = 0
        self._in_field = False
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        if watched:
            self._parser.StartElementHandler = self._begin
            self._parser.EndElementHandler = self._end
            self._parser.CharacterDataHandler = self._words

    def read(self, content: bytes) -> None:
        try:
            self._parser.Parse(content, True)
        except expat.ExpatError:
            raise Refused("damaged") from None

    def _refuse(self, *_arguments: object) -> None:
        raise Refused("entities")

    def _begin(self, tag: str, about: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Refused("damaged")
        name = tag.rsplit(":", 1)[-1]
        self._in_field = name == "instrText"
        if name in ("fldChar", "fldSimple"):  # where a field begins or ends
            instructions = [value for key, value in about.items() if key.endswith("instr")]
            self.fields += ["\n", *instructions, "\n"]
        if name in ("Relationship", "Default", "Override", "script"):
            self.found.append((name, about))

    def _end(self, _tag: str) -> None:
        self._depth -= 1
        self._in_field = False

    def _words(self, words: str) -> None:
        if self._in_field:
            self.fields.append(words)


def _read_sheets(content: bytes) -> None:
    """Read as a table what is not spread over more cells than memory holds."""
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        for name in _small(content, book.sheet_names):
            book.get_sheet_by_name(name).to_python()
    except Exception:
        raise Refused("damaged") from None


def _small(content: bytes, names: list[str]) -> list[str]:
    """The sheets, when all of them say that they are small."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            if entry.filename.startswith("xl/worksheets/sheet"):
                with archive.open(entry) as part:
                    if _cells(part.read(4096)) > MAX_CELLS:
                        return []
    return names


def _cells(head: bytes) -> int:
    """How many cells a sheet says it spans; a single one has no range."""
    found = _DIMENSION.search(head)
    if found is None:
        return 0 if b"<dimension" in head else MAX_CELLS + 1
    left, top, right, bottom = found.groups()
    return (_column(right) - _column(left) + 1) * (int(bottom) - int(top) + 1)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def tables(content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The cells of a checked workbook, sheet by sheet, as JSON; dates as text."""
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        rows = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        }
    except Exception:
        raise Refused("damaged") from None
    return {}, [json.dumps(rows, default=_as_text).encode()]


def _as_text(value: Any) -> str:
    """A moment at midnight is a day."""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time.min:
        return value.date().isoformat()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


TASKS = {"office": check, "tables": tables}
