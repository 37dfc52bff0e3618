"""Records as the API shows them: the exchange form's content with identity, state and times."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from portal.capabilities import records as capability_records
from portal.capabilities import rules as capability_rules
from portal.capabilities.models import Capability
from portal.companies import records as company_records
from portal.companies.facts import queries as further
from portal.companies.facts import records as facts
from portal.companies.facts.models import CompanyReference, SustainabilityFact
from portal.companies.models import Company
from portal.companies.verification.standing import told
from portal.core import clock
from portal.core.access import Actor
from portal.disclosure import reading
from portal.disclosure.rules import at_least
from portal.inquiries import naming
from portal.inquiries import rules as inquiry_rules
from portal.inquiries.models import Inquiry, InquiryMessage
from portal.listings.records import compact
from portal.needs import records as need_records
from portal.needs import rules as need_rules
from portal.needs.models import Need
from portal.service_requests import rules as request_rules
from portal.service_requests.clock_views import ClockView, PauseView
from portal.service_requests.models import RequestEntry, ServiceRequest
from portal.thesaurus.store import Concept, get_thesaurus
from portal.web.app import portal

# What a program may read in a listing but never write.
READ_ONLY = (
    "id", "ref", "company", "state", "state_note", "transitions", "version", "created_at",
    "changed_at", "published_at", "url",
)  # fmt: skip


def moment(value: datetime | None) -> str | None:
    return clock.iso_z(value) if value else None


def _page(endpoint: str, **values: Any) -> str:
    return f"{portal().settings.base_url.rstrip('/')}{url_for(endpoint, **values)}"


def _insider(row: Any, actor: Actor) -> bool:
    return actor.is_staff or actor.owns(row.company_id)


def _kept(row: Any) -> dict[str, Any]:
    """State, version and times, which every record has."""
    return {
        "state": row.state,
        "version": row.version,
        "created_at": clock.iso_z(row.created_at),
        "changed_at": clock.iso_z(row.changed_at),
        "published_at": moment(getattr(row, "published_at", None)),
    }


def _listing(
    row: Any, actor: Actor, workflow: Any, endpoint: str, content: dict[str, Any]
) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if _insider(row, actor):
        steps = [step.name for step in workflow.available(row, actor)]
        extra = compact(state_note=row.state_note) | {"transitions": steps}
    key = f"{row.__tablename__}_id"
    return {
        "id": row.id,
        "ref": row.external_ref,
        "company": row.company_id or None,
        **content,
        **_kept(row),
        **extra,
        "url": _page(endpoint, **{key: row.id}),
    }


def capability(row: Capability, actor: Actor) -> dict[str, Any]:
    """As far as it is disclosed to the reader."""
    row = reading.shown(row)
    content = capability_records.content(row)
    return _listing(row, actor, capability_rules.WORKFLOW, "capabilities.show", content)


def need(row: Need, actor: Actor) -> dict[str, Any]:
    """As far as it is disclosed to the reader; behind an alias there is no company."""
    row = reading.shown(row)
    content = need_records.content(row) | compact(alias=row.alias)
    return _listing(row, actor, need_rules.WORKFLOW, "needs.show", content)


def company(row: Company) -> dict[str, Any]:
    """As far as it is disclosed to the reader."""
    row = reading.shown(row)
    content = company_records.to_record(row)
    return {
        "id": row.id,
        **content,
        "ref": row.external_ref,
        **_kept(row),
        "confirmed_at": moment(row.confirmed_at),
        "verification": told(row),
        "url": _page("companies.show", company_id=row.id),
    }


def whole_company(session: Session, row: Company) -> dict[str, Any]:
    """With its further facts, those of which the reader may know."""
    reach = reading.sees().reach(row.id)
    figures = further.rows(session, SustainabilityFact, [row.id])
    customers = further.rows(session, CompanyReference, [row.id])
    return company(row) | compact(
        sustainability=facts.write_sustainability(
            each for each in figures if at_least(reach, each.disclosure)
        ),
        references=facts.write_references(
            each for each in customers if at_least(reach, each.disclosure)
        ),
    )


def concept(row: Concept) -> dict[str, Any]:
    """A concept with its terms; the first one of a language is preferred."""
    thesaurus = get_thesaurus()
    return {
        "id": row.id,
        "kind": row.kind,
        "category": row.category,
        "terms": {lang: list(terms) for lang, terms in row.terms.items()},
        "broader": list(row.broader),
        "narrower": list(thesaurus.narrower(row.id)),
        "related": list(row.related),
        "attributes": [
            {"id": a.id, "unit": a.unit, "labels": dict(a.labels)}
            for a in thesaurus.attributes_of(row.id)
        ],
        "hs": row.hs or None,
    }


def inquiry(
    row: Inquiry, actor: Actor, messages: Sequence[InquiryMessage] | None = None
) -> dict[str, Any]:
    """`messages` only where one inquiry is read."""
    thread = {} if messages is None else {"messages": [_message(m) for m in messages]}
    return {
        "id": row.id,
        "ref": row.external_ref,
        "side": inquiry_rules.side_of(row, actor),
        "buyer": None if naming.behind_alias(row, reading.sees()) else row.buyer_id,
        "supplier": row.supplier_id,
        "capability": row.capability_id,
        "need": row.need_id,
        "lang": row.locale,
        "subject": row.subject,
        "decline_reason": row.decline_reason,
        "transitions": [t.name for t in inquiry_rules.WORKFLOW.available(row, actor)],
        "state": row.state,
        "version": row.version,
        "created_at": clock.iso_z(row.created_at),
        "changed_at": clock.iso_z(row.changed_at),
        "first_answer_at": moment(row.first_answer_at),
        **thread,
        "url": _page("inquiries.show", inquiry_id=row.id),
    }


def _message(row: InquiryMessage) -> dict[str, Any]:
    return {
        "from": row.party,
        "event": row.event,
        "lang": row.locale,
        "text": row.body,
        "at": clock.iso_z(row.created_at),
        "attachments": [file.name for file in row.attachments],
    }


def service_request(
    row: ServiceRequest,
    actor: Actor,
    entries: Sequence[RequestEntry] | None = None,
    clocks: Sequence[ClockView] = (),
) -> dict[str, Any]:
    """`entries` are those this reader may see; the state is labelled as this reader knows it."""
    thread: dict[str, Any] = {}
    if entries is not None:
        thread = {"entries": [_entry(entry) for entry in entries], **_clocks(clocks)}
    page = "desk.request" if actor.is_staff else "service_requests.show"
    return {
        "id": row.id,
        "ref": row.external_ref,
        "number": row.reference,
        **_asked(row),
        **_handled(row, actor),
        **_times(row),
        "merged_into": row.merged_into_id,
        "split_from": row.split_from_id,
        "follows": row.follows_id,
        **thread,
        "url": _page(page, request_id=row.id),
    }


def _asked(row: ServiceRequest) -> dict[str, Any]:
    """What the company has asked for."""
    return {
        "company": row.company_id,
        "service": row.service,
        "form_version": row.form_version,
        "title": row.title,
        "description": row.description,
        "lang": row.locale,
        "answers": row.answers,
        "markets": row.markets,
        "priority": row.priority,
        "urgency_reason": row.urgency_reason,
        "desired_date": row.desired_date.isoformat() if row.desired_date else None,
        "consent_partners": row.consent_partners,
        "capability": row.capability_id,
        "need": row.need_id,
        "inquiry": row.inquiry_id,
    }


def _handled(row: ServiceRequest, actor: Actor) -> dict[str, Any]:
    """Who works on it, how far it is, and where this reader may move it."""
    state = request_rules.WORKFLOW.state(row.state)
    return {
        "assignee": row.assignee.name if row.assignee else None,
        "state": row.state,
        "state_label": str(state.shown(actor.is_staff)),
        "transitions": [t.name for t in request_rules.WORKFLOW.available(row, actor)],
        "version": row.version,
    }


def _times(row: ServiceRequest) -> dict[str, Any]:
    return {
        "created_at": clock.iso_z(row.created_at),
        "changed_at": clock.iso_z(row.changed_at),
        "first_reply_at": moment(row.first_reply_at),
        "first_reply_due": moment(row.first_reply_due),
        "plan_at": moment(row.plan_at),
        "plan_due": moment(row.plan_due),
        "next_due": moment(row.next_due),
        "resolved_at": moment(row.resolved_at),
        "closed_at": moment(row.closed_at),
    }


def _clocks(clocks: Sequence[ClockView]) -> dict[str, Any]:
    """Pauses are the same for all clocks of a request."""
    return {
        "clocks": [_clock(one) for one in clocks],
        "pauses": [_pause(pause) for pause in (clocks[0].pauses if clocks else ())],
    }


def _clock(one: ClockView) -> dict[str, Any]:
    """Nothing that changes by itself: the answer's tag would not tell."""
    return {
        "name": one.name,
        "label": str(one.label),
        "state": one.state,
        "due": moment(one.due),
        "met_at": moment(one.met_at),
        "in_time": None if one.met_at is None else not one.breached,
        "budget_minutes": _minutes(one.budget),
    }


def _pause(pause: PauseView) -> dict[str, Any]:
    return {
        "kind": pause.kind,
        "from": clock.iso_z(pause.start),
        "to": moment(pause.end),
        "working_minutes": _minutes(pause.working) if pause.end else None,
    }


def _minutes(length: timedelta) -> int:
    return round(length / timedelta(minutes=1))


def _entry(row: RequestEntry) -> dict[str, Any]:
    return {
        "from": row.party,
        "internal": row.internal,
        "event": row.event,
        "detail": row.detail,
        "lang": row.locale,
        "text": row.body,
        "at": clock.iso_z(row.created_at),
        "attachments": [file.name for file in row.attachments],
    }
