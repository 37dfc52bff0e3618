"""JSON Schemas of services with their forms, and of asking for one."""

from portal.api.shapes import COUNTRY, DAY, ID, LANG, NUMBER, WHOLE, Schema, list_of, record, text
from portal.service_requests.asking import CONTACTS
from portal.service_requests.catalogue.model import OPERATORS, QUESTION_TYPES
from portal.service_requests.models import PRIORITIES

_QUESTION = record(
    {
        "id": text("Key of the answer."),
        "type": text(enum=list(QUESTION_TYPES)),
        "label": text(),
        "required": {"type": "boolean"},
        "help": text(),
        "placeholder": text(),
        "unit": text(),
        "choices": list_of(record({"value": text(), "label": text()}, ("value", "label"))),
        "when": record(
            {"question": text(), "op": text(enum=list(OPERATORS)), "value": text()},
            ("question", "op", "value"),
        ),
        "min": NUMBER,
        "max": NUMBER,
        "pattern": text("Regular expression for the whole text."),
        "future": {"type": "boolean"},
        "digits": list_of(WHOLE),
    },
    ("id", "type", "label", "required"),
)
_OFFERED: Schema = {
    "code": text("Such as CERT."),
    "title": text(),
    "summary": text(),
    "description": text(),
    "first_reply_hours": WHOLE,
    "plan_days": WHOLE,
    "paid": {"type": "boolean"},
    "form": record(
        {"version": WHOLE, "versions": list_of(WHOLE), "questions": list_of(_QUESTION)},
        ("version", "versions", "questions"),
    ),
}
_ASKED: Schema = {
    "service": text("Code of the service.", maxLength=10),
    "title": text(maxLength=300),
    "description": text(maxLength=10_000),
    "lang": LANG,
    "answers": {"type": "object", "description": "By id of the question."},
    "markets": list_of(COUNTRY),
    "priority": text(enum=list(PRIORITIES)),
    "urgency_reason": text("Needed for P1 and P2.", maxLength=500),
    "desired_date": DAY,
    "consent_partners": {"type": "boolean"},
    "capability": ID,
    "need": ID,
    "inquiry": ID,
    "about": text("Id of the company it is about."),
    "contact": text("How to answer.", enum=list(CONTACTS)),
    "timezone": text("IANA name of the zone."),
    "company": text("Staff only: id of the company that asks."),
    "requester": text("Staff only: id of its member who asks."),
    "consent_note": text("Staff only: how the company asked.", maxLength=500),
}

SERVICE = record(_OFFERED, tuple(_OFFERED))
REQUEST_INPUT = record(_ASKED, ("service", "title", "description"), closed=True)
