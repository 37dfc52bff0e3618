"""A mail as it came, read without believing any of it."""

import hashlib
import io
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr

from portal.service_requests.mail_in import signs
from portal.service_requests.mail_in.bodies import parts
from portal.service_requests.mail_in.headers import BROKEN, asked, shown

MAX_BYTES = 20 * 1024 * 1024
# Where servers and people write whom a mail is for.
_ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc", "Resent-To")
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,280}>")
BEGINNING = 256 * 1024


@dataclass(frozen=True)
class Mail:
    """What the headers say; `message` is None for a mail that is too large or broken."""

    message_id: str
    sender: str
    subject: str
    addressed: str
    kind: str
    message: Message | None
    too_large: bool = False


def read(content: bytes) -> Mail:
    """Parse a mail. One that is larger than the limit is read no farther than its headers."""
    if len(content) > MAX_BYTES:
        return _of_headers(content, too_large=True)
    try:
        message = message_from_bytes(content)
        kind = signs.kind_of(message, sender_of(message), subject_of(message))
        list(parts(message))  # raises where they are too many
        return _mail(message, content, kind)
    except BROKEN:
        return _of_headers(content, too_large=False)


def _of_headers(content: bytes, *, too_large: bool) -> Mail:
    head = io.BytesIO(content[:BEGINNING])
    message = BytesHeaderParser().parse(head)
    sender, subject = sender_of(message), subject_of(message)
    kind = asked(lambda: signs.kind_of(message, sender, subject), signs.AUTOMATIC)
    return _mail(message, content, kind, whole=False, too_large=too_large)


def _mail(
    message: Message, content: bytes, kind: str, *, whole: bool = True, too_large: bool = False
) -> Mail:
    return Mail(
        message_id=_message_id(message, content),
        sender=sender_of(message),
        subject=subject_of(message)[:300],
        addressed="\n".join(str(v) for name in _ADDRESSED for v in message.get_all(name, [])),
        kind=kind,
        message=message if whole else None,
        too_large=too_large,
    )


def _message_id(message: Message, content: bytes) -> str:
    """The mail's own, or a mark of its content where it has none that can be kept."""
    found = _MESSAGE_ID.search(str(message.get("Message-ID", "")))
    return found[0] if found else f"sha256:{hashlib.sha256(content).hexdigest()}"


def sender_of(message: Message) -> str:
    """The one address it says to come from; nothing for none or several. Encoded words are not
    read first: they could hold a second address."""
    lines = message.get_all("From", [])
    address = parseaddr(str(lines[0]))[1] if len(lines) == 1 else ""
    return address.strip().casefold()[:254] if address.count("@") == 1 else ""


def subject_of(message: Message) -> str:
    return shown(str(message.get("Subject", "")))
