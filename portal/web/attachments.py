"""Files that people send along with their words, and get back."""

from typing import Any
from urllib.parse import quote

from flask import Response
from flask_wtf.file import MultipleFileField
from wtforms.validators import ValidationError

from portal.core.errors import Invalid, NotFound, Unavailable
from portal.core.files import ALLOWED, Upload, check_attachment, store
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import StoredFile
from portal.web.app import actor, db, portal

MAX_FILES = 10


class AttachmentsField(MultipleFileField):
    """Files to send along; after validation `uploads` holds their checked bytes."""

    uploads: tuple[Upload, ...] = ()

    def __init__(self, description: Any = "", **kwargs: Any) -> None:
        accept = ",".join(f".{suffix}" for suffix in ALLOWED)
        super().__init__(
            _l("Attachments"), description=description, render_kw={"accept": accept}, **kwargs
        )

    def pre_validate(self, _form: Any) -> None:
        sent = [file for file in self.data or [] if file and file.filename]
        if len(sent) > MAX_FILES:
            raise ValidationError(
                gettext("Please send at most %(count)s files at once.", count=MAX_FILES)
            )
        self.uploads = tuple(_checked(file.filename, file.read()) for file in sent)

    def store(self) -> tuple[StoredFile, ...]:
        """Keep the files for the sender's organisation, in this request's transaction."""
        return tuple(store(db(), portal().files, file, actor().org_id) for file in self.uploads)


def _checked(name: str, content: bytes) -> Upload:
    try:
        return check_attachment(name, content)
    except (Invalid, Unavailable) as error:
        raise ValidationError(
            gettext("%(file)s: %(problem)s", file=name, problem=str(error.message))
        ) from error


def download(file: StoredFile) -> Response:
    """The file as something to save, never to be run in the browser."""
    try:
        content = portal().files.get(file.sha256)
    except FileNotFoundError:
        raise NotFound from None
    answer = Response(content, mimetype=file.media_type)
    answer.headers["Content-Disposition"] = _saved_as(file.name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _saved_as(name: str) -> str:
    """Both spellings of the name: plain for old programs, UTF-8 for all others (RFC 6266)."""
    plain = "".join(c if c.isascii() and c not in '"\\' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
