"""Files that people send along with their words, and get back."""

from typing import Any, NoReturn
from urllib.parse import quote

from flask import Response, make_response, render_template, request
from flask_wtf.file import MultipleFileField
from wtforms.validators import ValidationError

from portal.core import audit, clock, i18n
from portal.core.errors import Invalid, NotFound, Unavailable
from portal.core.files import (
    ALLOWED,
    BLOCKED,
    MEDIA_TYPES,
    PENDING,
    Upload,
    check_attachment,
    marking,
    store,
)
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import StoredFile
from portal.web.app import actor, db, portal

MAX_FILES = 10
# In an address: show the marked copy in the browser, instead of saving the file.
PREVIEW = "preview"
_SEARCHED_NOW = _l("This file is being searched for viruses. Please try again in a few minutes.")
_HOLDS_VIRUS = _l("This file was removed because a virus was found in it.")
# What stands in the way of handing a file out: status, and what its page says.
_STATES = {PENDING: (409, _SEARCHED_NOW), BLOCKED: (410, _HOLDS_VIRUS)}


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

    def store(self, *, confidential: bool = False) -> tuple[StoredFile, ...]:
        """Keep the files for the sender's organisation, in this request's transaction. Of
        confidential ones others get copies that name their reader."""
        owner = actor().org_id
        return tuple(
            store(db(), portal().files, file, owner, confidential=confidential)
            for file in self.uploads
        )


def _checked(name: str, content: bytes) -> Upload:
    try:
        return check_attachment(name, content)
    except (Invalid, Unavailable) as error:
        raise ValidationError(
            gettext("%(file)s: %(problem)s", file=name, problem=str(error.message))
        ) from error


def attached(file: StoredFile, url: str) -> dict[str, Any]:
    """A file as lists show it: name, url, note, blocked, preview (an address or None)."""
    size = gettext("%(size)s kB", size=i18n.format_number(max(1, round(file.size / 1000))))
    notes = {PENDING: gettext("being searched for viruses"), BLOCKED: gettext("removed: virus")}
    has_preview = file.is_confidential and marking.can_mark(file.media_type)
    return {
        "name": file.name,
        "url": url,
        "note": notes.get(file.scan_state, size),
        "blocked": file.scan_state in notes,
        "confidential": file.is_confidential,
        "preview": f"{url}?{PREVIEW}" if has_preview else None,
    }


def download(file: StoredFile) -> Response:
    """The file as something to save, never to be run in the browser. The caller has checked that
    this reader may have it. Of a confidential one only its owner and the base get the original;
    whoever gets it is noted."""
    if file.scan_state in _STATES:
        return _kept_back(file)
    if not file.is_confidential:
        return _handed(file, _content(file))
    if PREVIEW in request.args:
        return preview(file)
    is_original = _may_have_original(file) or not marking.can_mark(file.media_type)
    content = _content(file) if is_original else _marked(file)
    _note(file, "file.original" if is_original else "file.copy")
    return _handed(file, content)


def preview(file: StoredFile) -> Response:
    """A picture or PDF to be looked at in the browser, marked with who looks and when."""
    if file.scan_state in _STATES:
        return _kept_back(file)
    if not marking.can_mark(file.media_type):
        raise NotFound
    content = _marked(file)
    _note(file, "file.preview")
    return _handed(file, content, inline=True)


def _kept_back(file: StoredFile) -> Response:
    status, message = _STATES[file.scan_state]
    html = render_template("errors/file.html", message=message, status=status)
    return make_response(html, status)


def _may_have_original(file: StoredFile) -> bool:
    return actor().is_staff or (file.owner_id is not None and file.owner_id == actor().org_id)


def _content(file: StoredFile) -> bytes:
    try:
        return portal().files.get(file.sha256)
    except FileNotFoundError:
        raise NotFound from None
    except OSError:
        _cannot_read()


def _cannot_read() -> NoReturn:
    raise Unavailable(_l("Files cannot be read at present. Please try again later."))


def _marked(file: StoredFile) -> bytes:
    """A copy that names its reader: organisation, address, and the moment."""
    reader = actor()
    lines = [reader.org_name or portal().settings.site_name, reader.email]
    return marking.marked(
        file.media_type, _content(file), [*lines, f"{clock.now():%Y-%m-%d %H:%M} UTC"]
    )


def _note(file: StoredFile, action: str) -> None:
    """In a transaction of its own: a page that is read changes nothing else."""
    with portal().database.transaction() as session:
        audit.record(session, actor(), action, file, {"owner": file.owner_id})


def _handed(file: StoredFile, content: bytes, *, inline: bool = False) -> Response:
    answer = Response(content, mimetype=_harmless(file.media_type))
    answer.headers["Content-Disposition"] = _saved_as(
        file.name, "inline" if inline else "attachment"
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _harmless(media_type: str) -> str:
    """Kinds that uploads have; whatever else a row may say is bytes to be saved."""
    return media_type if media_type in MEDIA_TYPES else "application/octet-stream"


def _saved_as(name: str, how: str) -> str:
    """Both spellings of the name: plain for old programs, UTF-8 for all others (RFC 6266)."""
    plain = "".join(c if c.isascii() and c not in '"\\' else "_" for c in name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
