"""Inquiries in the portal's exchange form."""

from typing import Any

from portal.core import clock
from portal.inquiries.models import Inquiry, InquiryMessage


def _ref(row: Any) -> str | None:
    return None if row is None else row.external_ref or row.id


def to_record(inquiry: Inquiry) -> dict[str, Any]:
    """One line of an export; other records are named by their refs, times are in UTC."""
    return {
        "ref": _ref(inquiry),
        "buyer": _ref(inquiry.buyer),
        "supplier": _ref(inquiry.supplier),
        "capability": _ref(inquiry.capability),
        "need": _ref(inquiry.need),
        "lang": inquiry.locale,
        "subject": inquiry.subject,
        "state": inquiry.state,
        "decline_reason": inquiry.decline_reason,
        "created_at": clock.iso_z(inquiry.created_at),
        "messages": [_message(message) for message in inquiry.messages],
    }


def _message(message: InquiryMessage) -> dict[str, Any]:
    return {
        "from": message.party,
        "event": message.event,
        "lang": message.locale,
        "text": message.body,
        "at": clock.iso_z(message.created_at),
        "attachments": [file.name for file in message.attachments],
    }
