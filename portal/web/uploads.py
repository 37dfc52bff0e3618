"""Pictures are re-encoded before a request takes the write lock: it takes seconds, and everybody
else who writes would wait."""

from contextlib import suppress

from flask import request

from portal.core import files
from portal.core.errors import Invalid, Unavailable

LOGO = "logo"
MOST = 10


def prepare() -> None:
    """Check what a signed-in person sends along; the form finds the result when it asks again."""
    from portal.web.app import SAFE_METHODS, actor  # noqa: PLC0415  (app imports this module)

    files.begin_request()
    if request.method in SAFE_METHODS or not actor().is_authenticated:
        return
    sent = [(field, file) for field, file in request.files.items(multi=True) if file.filename]
    for field, file in sent[:MOST]:
        content = file.read()
        file.seek(0)
        with suppress(Invalid, Unavailable):  # the form says it at its field
            if field == LOGO:
                files.check_logo(content)
            else:
                files.check_attachment(file.filename or "", content)
