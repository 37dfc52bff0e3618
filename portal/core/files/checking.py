"""The door for files: kind, name, size, bytes, and then the real parser."""

from dataclasses import dataclass
from importlib.util import find_spec

from portal.core import scanning
from portal.core.errors import Invalid
from portal.core.files import bare_pdf, kinds, names, sniffing
from portal.core.files.kinds import ALLOWED, KINDS, Kind
from portal.core.files.parsing import parse
from portal.core.files.refusals import refusal
from portal.core.i18n import gettext

MAX_BYTES = 10 * 1024 * 1024
LOGO_SIDE = 512
PICTURE_SIDE = 4000


@dataclass(frozen=True)
class Upload:
    """Checked bytes, ready to be stored. `foreign` ones came from outside: the operator's scanner
    searches them."""

    name: str
    media_type: str
    content: bytes
    foreign: bool = False


def check_attachment(name: str, content: bytes) -> Upload:
    """Refuse what is not on the list, lies about its kind, cannot be parsed, or acts by itself.
    Raises Invalid, and Unavailable when it could not be checked."""
    names.check(name)
    kind = KINDS.get(kinds.suffix_of(name))
    if kind is None:
        raise Invalid(
            gettext(
                "Files of this kind are not accepted. Allowed: %(kinds)s.", kinds=", ".join(ALLOWED)
            ),
            field="attachment",
        )
    _check_size(content)
    scanning.check_signs(content)
    sniffing.check(kind, content)
    return _CHECKS[kind.task](name, kind, content)


def check_logo(content: bytes) -> Upload:
    """A logo, re-encoded so that nothing but pixels survives."""
    _check_size(content)
    return Upload("logo.webp", "image/webp", reencode(content, max_side=LOGO_SIDE))


def reencode(content: bytes, max_side: int) -> bytes:
    """Pixels only, as WebP: drops metadata and whatever else hides in the file.

    Takes seconds for a large picture; within one request each is done once.
    """
    return parse("picture", content, side=max_side).parts[0]


def can_clean_pdf() -> bool:
    """Whether PDF files are opened and freed of active content; else what may act is refused."""
    return find_spec("pikepdf") is not None


def _check_size(content: bytes) -> None:
    if not content:
        raise refusal("empty")
    if len(content) > MAX_BYTES:
        raise refusal("too_large")


def _picture(name: str, kind: Kind, content: bytes) -> Upload:
    made = reencode(content, max_side=PICTURE_SIDE)
    return Upload(kinds.renamed(name, "webp"), kind.media_type, made, foreign=True)


def _pdf(name: str, kind: Kind, content: bytes) -> Upload:
    if can_clean_pdf():
        return Upload(name, kind.media_type, parse("pdf", content).parts[0], foreign=True)
    bare_pdf.check(content)
    return Upload(name, kind.media_type, content, foreign=True)


def _office(name: str, kind: Kind, content: bytes) -> Upload:
    parse("office", content, suffix=kinds.suffix_of(name))
    return Upload(name, kind.media_type, content, foreign=True)


def _text(name: str, kind: Kind, content: bytes) -> Upload:
    return Upload(name, kind.media_type, content, foreign=True)


_CHECKS = {"picture": _picture, "pdf": _pdf, "office": _office, "text": _text}
