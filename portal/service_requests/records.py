"""Service requests in the portal's exchange form; internal notes stay inside the base."""

from typing import Any

from portal.core import clock
from portal.service_requests.models import RequestEntry, ServiceRequest


def to_record(request: ServiceRequest) -> dict[str, Any]:
    """One line of an export; times are in UTC, the company is named by its ref."""
    return {
        "ref": request.external_ref or request.id,
        "number": request.reference,
        "company": request.company.external_ref or request.company.id,
        "service": request.service,
        "form_version": request.form_version,
        "state": request.state,
        "priority": request.priority,
        "urgency_reason": request.urgency_reason,
        "lang": request.locale,
        "title": request.title,
        "description": request.description,
        "markets": request.markets,
        "answers": request.answers,
        "desired_date": request.desired_date.isoformat() if request.desired_date else None,
        "consent_partners": request.consent_partners,
        "capability": request.capability_id,
        "need": request.need_id,
        "inquiry": request.inquiry_id,
        "assignee": request.assignee.email if request.assignee else None,
        "created_at": clock.iso_z(request.created_at),
        "resolved_at": clock.iso_z(request.resolved_at) if request.resolved_at else None,
        "messages": [_message(entry) for entry in request.entries if _leaves(entry)],
    }


def _leaves(entry: RequestEntry) -> bool:
    return not entry.internal and entry.event is None


def _message(entry: RequestEntry) -> dict[str, Any]:
    return {
        "from": entry.party,
        "lang": entry.locale,
        "text": entry.body,
        "at": clock.iso_z(entry.created_at),
        "attachments": [file.name for file in entry.attachments],
    }
