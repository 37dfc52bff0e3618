"""Files that came with a mail: the same checks and limits as for uploads."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from mimetypes import guess_extension

from portal.core.errors import Invalid
from portal.core.files import MAX_BYTES, Upload, check_attachment
from portal.service_requests.mail_in.bodies import is_file, parts
from portal.service_requests.mail_in.headers import asked, shown
from portal.web.attachments import MAX_FILES

# Pictures of a signature: shown in the text, and small.
SMALL_PICTURE = 12 * 1024
_SIGNATURES = tuple(f"application/{kind}-signature" for kind in ("pgp", "pkcs7", "x-pkcs7"))


@dataclass(frozen=True)
class Checked:
    """Files that may be kept, and the names of those that may not."""

    uploads: tuple[Upload, ...] = ()
    refused: tuple[str, ...] = ()


def check(message: Message) -> Checked:
    """Sort the files of a mail. What is too many or too much together is refused, too."""
    uploads: list[Upload] = []
    refused: list[str] = []
    total = 0
    for name, content in _files(message):
        total += len(content)
        upload = _checked(name, content) if total <= MAX_BYTES else None
        if upload is None or len(uploads) >= MAX_FILES:
            refused.append(name)
        else:
            uploads.append(upload)
    return Checked(tuple(uploads), tuple(refused[:50]))


def _files(message: Message) -> Iterator[tuple[str, bytes]]:
    for number, part in enumerate(parts(message), start=1):
        if not is_file(part) or part.get_content_type() in _SIGNATURES:
            continue
        content = part.get_payload(decode=True)
        data = content if isinstance(content, bytes) else b""
        if not _decorates(part, data):
            yield _name(part, number), data


def _decorates(part: Message, content: bytes) -> bool:
    shown_in_text = part.get("Content-ID") is not None
    is_picture = part.get_content_maintype() == "image"
    return shown_in_text and is_picture and len(content) < SMALL_PICTURE


def _name(part: Message, number: int) -> str:
    """The file's own name, however it was encoded; one line that can be shown."""
    name = shown(asked(part.get_filename, None) or "").replace("\\", "/").rsplit("/", 1)[-1]
    suffix = guess_extension(part.get_content_type()) or ".bin"
    return name.strip()[-150:] or f"{number}{suffix}"


def _checked(name: str, content: bytes) -> Upload | None:
    try:
        return check_attachment(name, content)
    except Invalid:
        return None
