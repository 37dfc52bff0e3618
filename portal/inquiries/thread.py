"""A thread as its page shows it: messages and steps in order, named and marked for the reader."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for

from portal.accounts.naming import shown_name
from portal.core import i18n
from portal.core.access import Actor
from portal.core.i18n import gettext
from portal.core.models import StoredFile
from portal.inquiries import queries, rules
from portal.inquiries.models import Inquiry, InquiryMessage
from portal.web.attachments import attached


@dataclass(frozen=True)
class Line:
    """A message, a step, or a step with words. `origin` names a language foreign to the reader."""

    id: str
    at: datetime
    who: str
    organisation: str
    own: bool
    unread: bool
    step: str = ""
    tone: str = "neutral"
    text: str = ""
    lang: str = ""
    origin: str = ""
    attachments: list[dict[str, Any]] = field(default_factory=list)


def lines(
    inquiry: Inquiry, rows: list[InquiryMessage], actor: Actor, since: datetime | None
) -> list[Line]:
    """The thread for a reader who had read it up to `since`."""
    tag = i18n.current().tag
    parties = {
        rules.BUYER: queries.party(inquiry.buyer, tag),
        rules.SUPPLIER: queries.party(inquiry.supplier, tag),
    }
    return [_line(inquiry, row, parties, actor, since) for row in rows]


def _line(
    inquiry: Inquiry,
    row: InquiryMessage,
    parties: Mapping[str, queries.Party],
    actor: Actor,
    since: datetime | None,
) -> Line:
    own = rules.side_of(inquiry, actor)
    company = parties[row.party].name if row.party in parties else ""
    transition = rules.WORKFLOW.find(row.event or "")
    tone = rules.WORKFLOW.state(transition.target).tone if transition else "neutral"
    foreign = bool(row.body) and row.locale != i18n.current().tag
    return Line(
        id=row.id,
        at=row.created_at,
        who=""
        if row.party == rules.BUYER and not inquiry.buyer_id
        else shown_name(actor, row.author, company, _country(inquiry, row)),
        organisation=company,
        own=row.party == own,
        unread=row.party != own
        and row.event != "see"
        and (since is None or row.created_at > since),
        step=_step(inquiry, row, company),
        tone=tone,
        text=row.body,
        lang=row.locale,
        origin=_origin(row.locale) if foreign else "",
        attachments=[_attachment(inquiry, file) for file in row.attachments],
    )


def _country(inquiry: Inquiry, row: InquiryMessage) -> str:
    """Where the organisation is for which a line was written."""
    return (inquiry.buyer if row.party == rules.BUYER else inquiry.supplier).country


def _origin(tag: str) -> str:
    return gettext("Original: %(language)s", language=i18n.language_name(tag))


def _step(inquiry: Inquiry, row: InquiryMessage, company: str) -> str:
    if row.event is None or row.event not in rules.STEP_LABELS:
        return ""
    said = str(rules.STEP_LABELS[row.event]) % {"company": company}
    if row.event == "decline" and inquiry.decline_reason:
        reason = str(rules.DECLINE_LABELS[inquiry.decline_reason])
        return gettext("%(step)s: %(reason)s", step=said, reason=reason)
    return said


def _attachment(inquiry: Inquiry, file: StoredFile) -> dict[str, Any]:
    here = url_for("inquiries.attachment", inquiry_id=inquiry.id, file_id=file.id)
    return attached(file, here)
