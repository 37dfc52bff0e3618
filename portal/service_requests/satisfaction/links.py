"""Links of mails that ask: they name a request and a person, signed, and need no sign-in."""

import base64
import hashlib
import hmac
import re

from portal.config import Settings

SIGNATURE_LENGTH = 26  # of base 32: 130 bits
_SHAPE = re.compile(r"([a-z0-9]{20})\.([a-z0-9]{20})\.([a-z2-7]{26})")


def make(settings: Settings, request_id: str, person_id: str) -> str:
    """The token of a link; what it opens is for the row of the question to say."""
    return f"{request_id}.{person_id}.{_sign(settings.secret_keys[0], request_id, person_id)}"


def read(settings: Settings, token: str) -> tuple[str, str] | None:
    """The ids of request and person of a genuine token; None for others."""
    match = _SHAPE.fullmatch(token)
    if match is None:
        return None
    request_id, person_id, signature = match.groups()
    expected = (_sign(key, request_id, person_id) for key in settings.secret_keys)
    genuine = [hmac.compare_digest(signature, known) for known in expected]
    return (request_id, person_id) if any(genuine) else None


def _sign(key: str, request_id: str, person_id: str) -> str:
    said = f"satisfaction:{request_id}:{person_id}"
    digest = hmac.new(key.encode(), said.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:SIGNATURE_LENGTH]
