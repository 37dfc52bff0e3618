"""PDF: opened, freed of everything that acts by itself, and written anew."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from portal.core.parsers.refused import Refused

MAX_OBJECTS = 300_000
MAX_DEPTH = 100
ACTIONS = frozenset(
    (
        *("/JavaScript", "/Launch", "/GoToR", "/GoToE", "/GoToDp", "/SubmitForm", "/ImportData"),
        *("/Rendition", "/Movie", "/Sound", "/Hide", "/ResetForm", "/GoTo3DView"),
        *("/RichMediaExecute", "/Trans", "/SetState"),
    )
)
# No part of a document's outline of headings is named like these.
LEADING_OUT = frozenset(
    ("/JavaScript", "/Launch", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/Rendition")
)
ANNOTATIONS = frozenset(("/RichMedia", "/Screen", "/Movie", "/Sound", "/3D", "/FileAttachment"))
LINKS = re.compile(r"(https?://|mailto:)\S", re.IGNORECASE)
# Keys that act or carry files wherever they stand.
KEYS = [
    *("/JS", "/JavaScript", "/AA", "/XFA", "/EmbeddedFiles", "/Renditions", "/AF", "/EF", "/RF"),
    *("/Collection", "/OPI", "/RichMediaContent", "/RichMediaSettings", "/NeedsRendering"),
]
# What is written of an object that is worth a look; all others are passed over.
WORTH = re.compile(
    rb"/(?:JS|JavaScript|AA|XFA|EmbeddedFiles?|Renditions?|AF|EF|RF|F|Collection|OPI|RichMedia\w*"
    rb"|NeedsRendering|PS|OpenAction|URI|Launch|GoToR|GoToE|GoToDp|SubmitForm|ImportData"
    rb"|Movie|Sound|Hide|ResetForm|GoTo3DView|Trans|SetState|Screen|3D|FileAttachment|Ref)"
    rb"(?![A-Za-z0-9])|/(?:S|Subtype) \d+ \d+ R"  # or its kind stands elsewhere
)


def prepare() -> None:
    """Load what is loaded when first used."""
    empty = pikepdf.new()
    empty.add_blank_page()
    empty.save(io.BytesIO())
    empty.close()


def clean(content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The PDF without active content; `removed` counts what was taken out. A signed one without
    any stays as it is, so that its signature holds."""
    with opened(content) as pdf:
        removed = sum(_freed(obj) for obj in _objects(pdf)) + _freed_root(pdf)
        if removed:
            _forget_emptied(pdf)
        is_signed = b"/ByteRange" in content
        facts = {"removed": removed, "pages": len(pdf.pages)}
        return facts, [content if is_signed and not removed else saved(pdf)]


def opened(content: bytes) -> Pdf:
    """Raises Refused for a PDF that is damaged, encrypted, empty or too large."""
    try:
        pdf = pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    except pikepdf.PdfError:
        raise Refused("damaged") from None
    if pdf.is_encrypted:
        raise Refused("encrypted")
    if len(pdf.objects) > MAX_OBJECTS:
        raise Refused("too_costly")
    if not len(pdf.pages):
        raise Refused("damaged")
    return pdf


def saved(pdf: Pdf) -> bytes:
    """The same bytes for the same content."""
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, compress_streams=True)
    return out.getvalue()


def _objects(pdf: Pdf) -> Iterator[Object]:
    for obj in pdf.objects:
        about = obj.stream_dict if isinstance(obj, Stream) else obj
        if isinstance(about, (Dictionary, Array)) and WORTH.search(about.unparse(resolved=True)):
            yield obj


def _freed(obj: Object) -> int:
    """Take out of one object, and what stands within it, all that acts; returns how much."""
    removed = 0
    waiting: list[tuple[Object, int]] = [(obj, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise Refused("damaged")
        if isinstance(one, Stream):
            removed += _freed_stream(one)
        elif isinstance(one, Dictionary):
            removed += _freed_dictionary(one)
        waiting += [(part, depth + 1) for part in _within(one)]
    return removed


def _within(one: Object) -> list[Object]:
    """Direct parts that can hold more; indirect ones come by themselves."""
    if isinstance(one, Array):
        parts = list(one)
    elif isinstance(one, Stream):
        parts = list(one.stream_dict.values())
    else:
        parts = list(one.values()) if isinstance(one, Dictionary) else []
    return [p for p in parts if isinstance(p, (Array, Dictionary)) and not p.is_indirect]


def _freed_dictionary(one: Object) -> int:
    if _acts(one) or _plays(one):
        keys = list(one.keys())
        for key in keys:
            del one[key]
        return 1
    return _without(one, KEYS)


def _freed_stream(one: Object) -> int:
    about = one.stream_dict
    if about.get("/Type") == Name.EmbeddedFile and one.read_raw_bytes():
        one.write(b"")
        return 1
    outside = [key for key in ("/F", "/FFilter", "/FDecodeParms", "/Ref") if key in about]
    is_program = about.get("/Subtype") == Name.PS
    if is_program:
        one.write(b"")
    return _without(about, [*KEYS, *outside]) + is_program


def _without(one: Object, keys: list[str]) -> int:
    found = [key for key in keys if key in one]
    for key in found:
        del one[key]
    return len(found)


def _acts(one: Object) -> bool:
    kind = one.get("/S")
    if not isinstance(kind, Name):
        return False
    if str(kind) == "/URI":
        return not LINKS.match(_text(one.get("/URI")))
    return str(kind) in LEADING_OUT or (str(kind) in ACTIONS and "/K" not in one)


def _plays(one: Object) -> bool:
    kind = one.get("/Subtype")
    return isinstance(kind, Name) and str(kind) in ANNOTATIONS and "/Rect" in one


def _text(value: Any) -> str:
    return str(value).strip() if value is not None else ""


def _freed_root(pdf: Pdf) -> int:
    """An action upon opening goes; a mere place to open the file at may stay."""
    opening = pdf.Root.get("/OpenAction")
    if isinstance(opening, Dictionary) and opening.get("/S") != Name.GoTo:
        del pdf.Root["/OpenAction"]
        return 1
    return 0


def _forget_emptied(pdf: Pdf) -> None:
    """Annotations of which nothing is left are no longer named by their pages."""
    for page in pdf.pages:
        notes = page.obj.get("/Annots")
        if isinstance(notes, Array):
            page.obj.Annots = Array([note for note in notes if len(note.keys())])


TASKS = {"pdf": clean}
