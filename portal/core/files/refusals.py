"""Why a file is not taken, in words that tell its sender what to do."""

from typing import Any

from portal.core.errors import Invalid, Unavailable
from portal.core.i18n import lazy_gettext as _l

TEXTS: dict[str, Any] = {
    "empty": _l("The file is empty."),
    "too_large": _l("The file is larger than 10 MB."),
    "mismatch": _l("The content of the file does not fit its name."),
    "damaged": _l("The file is damaged or incomplete. Please save it anew and send it again."),
    "text": _l("The file is not plain text in UTF-8. Please save it as “CSV UTF-8” or as text."),
    "markup": _l("The file holds a web page or a script. Please send plain text or a PDF."),
    "picture": _l("The picture cannot be read. Please use PNG, JPEG or WebP."),
    "too_many_pixels": _l("The picture has more than 40 million pixels. Please make it smaller."),
    "encrypted": _l("The file is protected by a password. Please send it without protection."),
    "macros": _l(
        "The file holds macros. Please save it without macros (as .xlsx, .docx or .pptx)."
    ),
    "outside": _l(
        "The file loads data from other files or addresses. Please break these links and save it"
        " again."
    ),
    "inside": _l("The file holds other files or programs. Please send these by themselves."),
    "entities": _l("The file holds definitions that are not accepted. Please save it anew."),
    "unfolds": _l("The file unfolds to more than is accepted."),
    "too_costly": _l("The file takes too much time or memory to read. Please make it smaller."),
    "two_kinds": _l("The file is of two kinds at once. Please save it anew and send it again."),
    "active": _l("The PDF holds scripts or other files. Please print it to PDF and send that."),
    "name_hides": _l(
        "The name of the file holds characters that cannot be seen. Please rename it."
    ),
    "name_leads": _l("The name of the file must not hold “/” or “\\”. Please rename it."),
    "name_long": _l("The name of the file is too long. Please use a shorter one."),
}
BUSY = _l("Files cannot be checked at present. Please try again in a minute.")


def refusal(reason: str) -> Invalid:
    """What to raise for a reason, one of the names above."""
    return Invalid(TEXTS[reason], field="attachment")


def busy() -> Unavailable:
    return Unavailable(BUSY)
