"""Reads headers that any program, or somebody who means harm, may have written."""

from collections.abc import Callable
from email.errors import MessageError
from email.header import decode_header, make_header
from typing import TypeVar

from portal.core.texts import is_displayable

Read = TypeVar("Read")
# What the library raises at headers that keep to no rule.
BROKEN = (AttributeError, LookupError, MessageError, RecursionError, TypeError, ValueError)


def asked(read: Callable[[], Read], otherwise: Read) -> Read:
    """What the library reads, or something else where it cannot."""
    try:
        return read()
    except BROKEN:
        return otherwise


def shown(raw: str) -> str:
    """A header with its encoded words read, on one line, of characters that can be shown."""
    text = asked(lambda: str(make_header(decode_header(raw))), raw)
    return " ".join("".join(c if is_displayable(c) else " " for c in text).split())
