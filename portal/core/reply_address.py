"""Addresses that answers to a mail come back to: they name a conversation and a person, signed.

`reply+<conversation>.<person>.<signature>@<domain>`, in lower case only and shorter than the 64
characters that a local part may have, as some mail programs change the case or cut the rest. An
address is good as long as its key is among the secret keys.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from portal.config import Settings

SIGNATURE_LENGTH = 20  # of base 32: 100 bits
_SHAPE = re.compile(r"reply\+([a-z0-9]{1,14})\.([a-z0-9]{20})\.([a-z2-7]{20})@([a-z0-9.-]+)")


@dataclass(frozen=True)
class Answering:
    """The conversation that an address belongs to, and the person it was given to."""

    conversation: str
    person: str


def make(settings: Settings, answering: Answering) -> str:
    """The address, or nothing where no domain for answers is set."""
    if not settings.mail_reply_domain:
        return ""
    signature = _signature(settings.secret_keys[0], answering)
    named = f"{answering.conversation}.{answering.person}.{signature}"
    return f"reply+{named}@{settings.mail_reply_domain}"


def read(settings: Settings, headers: str) -> Answering | None:
    """Whom the first genuine address among these headers belongs to; None without one."""
    for match in _SHAPE.finditer(headers.casefold()):
        conversation, person, signature, domain = match.groups()
        answering = Answering(conversation, person)
        if domain == settings.mail_reply_domain and _genuine(settings, answering, signature):
            return answering
    return None


def _genuine(settings: Settings, answering: Answering, signature: str) -> bool:
    expected = [_signature(key, answering) for key in settings.secret_keys]
    return any(hmac.compare_digest(signature, known) for known in expected)


def _signature(key: str, answering: Answering) -> str:
    said = f"reply-address:{answering.conversation}:{answering.person}"
    digest = hmac.new(key.encode(), said.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:SIGNATURE_LENGTH]
