"""JSON Schemas of the OpenAPI document: what is sent and what is answered."""

from portal.api import fact_sheet_schemas, gap_schemas, match_schemas, service_schemas
from portal.api.shapes import (
    COUNTRY,
    DAY,
    ID,
    LANG,
    MOMENT,
    NAMES,
    NUMBER,
    WHOLE,
    Schema,
    list_of,
    map_of,
    maybe,
    record,
    ref,
    text,
)
from portal.capabilities.models import STAGES
from portal.companies.facts.rules import KINDS
from portal.companies.models import SITE_ROLES
from portal.companies.verification.standing import LEVELS
from portal.disclosure.rules import LEVELS as DISCLOSED_TO
from portal.listings import terms
from portal.needs.models import INCOTERMS, NEED_KINDS
from portal.service_requests.models import PRIORITIES

_CERTIFICATE = record(
    {
        "standard": text("Such as IATF 16949.", maxLength=60),
        "number": text(maxLength=80),
        "body": text("Who issued it.", maxLength=120),
        "scope": text(maxLength=300),
        "site": text(maxLength=120),
        "issued": DAY,
        "expires": DAY,
        "usi": text("IATF 16949: the Unique Site Identifier.", maxLength=6),
        "details": {
            "type": "object",
            "description": "What the standard asks beside, such as a rating, labels or an ASIL.",
        },
    },
    ("standard",),
    closed=True,
)
_VALUE = record({"value": {"type": ["number", "string"]}, "unit": text()}, ("value",), closed=True)
_BOUND = record({"min": NUMBER, "max": NUMBER, "value": text(), "unit": text()}, closed=True)
_CRITERIA = record(
    {"certificates": NAMES, "attributes": map_of(_BOUND, "By attribute id.")}, closed=True
)


def _texts(*names: str) -> Schema:
    return map_of(
        record({name: text() for name in names}, ("title",), closed=True),
        "By language (BCP 47); the first is the original.",
    )


_LEVELS = map_of(
    text(enum=list(DISCLOSED_TO)),
    "Who sees what, by field; `attributes.<id>` and `certificates.<place>` for single rows. Written"
    " as a whole and never read back; what is not named is public.",
)
_CAPABILITY: Schema = {
    "disclosure": _LEVELS,
    "texts": _texts("title", "summary", "description"),
    "category": text("Id of a category concept."),
    "scenarios": NAMES,
    "certificates": list_of(_CERTIFICATE),
    "attributes": map_of(_VALUE, "By attribute id, in the attribute's unit."),
    "capacity": record(
        {"quantity": NUMBER, "unit": text(), "per": text(enum=list(terms.PERIODS))}, closed=True
    ),
    "lead_time_days": record(
        {"sample": WHOLE, "series": {**list_of(WHOLE), "maxItems": 2}}, closed=True
    ),
    "moq": record({"quantity": NUMBER, "unit": text()}, closed=True),
    "markets": list_of(COUNTRY),
    "stage": text(enum=list(STAGES)),
}
_NEED: Schema = {
    "alias": text("Shown instead of the company’s name."),
    "disclosure": _LEVELS,
    "kind": text(enum=list(NEED_KINDS)),
    "texts": _texts("title", "description"),
    "category": text("Id of a category concept."),
    "scenarios": NAMES,
    "required": _CRITERIA,
    "wanted": _CRITERIA,
    "standards": NAMES,
    "market": COUNTRY,
    "quantity": record({"per_year": NUMBER, "unit": text()}, closed=True),
    "sop": text("Start of production, YYYY-MM.", pattern=r"^\d{4}-\d{2}$"),
    "incoterm": record({"term": text(enum=list(INCOTERMS)), "place": text()}, closed=True),
    "target_price": record(
        {"amount": text("Decimal as text."), "currency": text("ISO 4217."), "per": text()},
        closed=True,
    ),
    "deadline": text("With its zone.", format="date-time"),
    "deadline_zone": text("IANA name of the zone."),
}
_KEPT: Schema = {
    "id": ID,
    "ref": maybe(text("Reference from an import.")),
    "state": text(),
    "version": WHOLE,
    "created_at": MOMENT,
    "changed_at": MOMENT,
    "url": text("The page for people.", format="uri"),
}
_MUST = ("id", "state", "version", "created_at", "changed_at", "url")
_LISTED: Schema = {
    **_KEPT,
    "company": text("Null while the company of a need goes by its alias.", type=["string", "null"]),
    "published_at": maybe(MOMENT),
    "state_note": text("Why changes were asked for; owner and base only."),
    "transitions": list_of(text("Steps open to you now; owner and base only.")),
}
_SITE = record(
    {
        "role": text(enum=list(SITE_ROLES)),
        "country": COUNTRY,
        "city": text(),
        "address": text(),
        "postcode": text(),
        "products": text(),
        "headcount": WHOLE,
    }
)
_LEVEL = text("Who sees it.", enum=list(DISCLOSED_TO))
_FIGURE = record(
    {
        "kind": text(enum=list(KINDS)),
        "product": text(),
        "material": text(),
        "value": NUMBER,
        "unit": text(),
        "method": text(),
        "boundary": text(),
        "scope": text(),
        "site": text(),
        "year": WHOLE,
        "verifier": text(),
        "disclosure": _LEVEL,
    },
    ("kind",),
)
_REFERENCE = record(
    {
        "customer": text(),
        "product": text(),
        "since": WHOLE,
        "market": COUNTRY,
        "disclosure": _LEVEL,
    },
    ("customer",),
)
_COMPANY: Schema = {
    **_KEPT,
    "kind": text(),
    "names": map_of(text(), "By language."),
    "country": COUNTRY,
    "registration": record({"scheme": text(), "id": text()}),
    "texts": map_of(record({"description": text()})),
    "website": text(),
    "founded": WHOLE,
    "headcount": WHOLE,
    "sites": list_of(_SITE),
    "certificates": list_of(_CERTIFICATE),
    "sustainability": list_of(_FIGURE),
    "references": list_of(_REFERENCE),
    "published_at": maybe(MOMENT),
    "confirmed_at": maybe(MOMENT),
    "verification": record(
        {
            "level": text("What the base has checked and still counts.", enum=list(LEVELS)),
            "since": maybe(DAY),
            "until": maybe(DAY),
            "not_checked": NAMES,
        },
        ("level", "since", "until", "not_checked"),
    ),
}
_MESSAGE = record(
    {
        "from": text(),
        "event": maybe(text()),
        "lang": LANG,
        "text": text(),
        "at": MOMENT,
        "attachments": NAMES,
    }
)
_INQUIRY: Schema = {
    **_KEPT,
    "side": maybe(text("Your side: buyer or supplier.")),
    "buyer": maybe(ID),
    "supplier": ID,
    "capability": maybe(ID),
    "need": maybe(ID),
    "lang": LANG,
    "subject": text(),
    "decline_reason": maybe(text()),
    "transitions": NAMES,
    "first_answer_at": maybe(MOMENT),
    "messages": list_of(_MESSAGE),
}
_REQUEST: Schema = {
    **_KEPT,
    "number": text("As people quote it: SR-00042."),
    "company": ID,
    "service": text("Code of the service."),
    "form_version": WHOLE,
    "title": text(),
    "description": text(),
    "lang": LANG,
    "answers": {"type": "object"},
    "markets": list_of(COUNTRY),
    "priority": text(enum=list(PRIORITIES)),
    "urgency_reason": text(),
    "desired_date": maybe(DAY),
    "consent_partners": {"type": "boolean"},
    "capability": maybe(ID),
    "need": maybe(ID),
    "inquiry": maybe(ID),
    "assignee": maybe(text()),
    "state_label": text("The state in your words and language."),
    "transitions": NAMES,
    "first_reply_at": maybe(MOMENT),
    "first_reply_due": maybe(MOMENT),
    "plan_at": maybe(MOMENT),
    "plan_due": maybe(MOMENT),
    "next_due": maybe(MOMENT),
    "resolved_at": maybe(MOMENT),
    "closed_at": maybe(MOMENT),
    "merged_into": maybe(ID),
    "split_from": maybe(ID),
    "follows": maybe(ID),
    "clocks": list_of(
        record(
            {
                "name": text(enum=["first_reply", "plan", "again"]),
                "label": text("In your language."),
                "state": text(enum=["running", "paused", "met", "stopped"]),
                "due": maybe(MOMENT),
                "met_at": maybe(MOMENT),
                "in_time": maybe({"type": "boolean"}),
                "budget_minutes": WHOLE,
            }
        )
    ),
    "pauses": list_of(
        record(
            {
                "kind": text(enum=["customer", "partner"]),
                "from": MOMENT,
                "to": maybe(MOMENT),
                "working_minutes": maybe(WHOLE),
            }
        )
    ),
    "entries": list_of(
        record(
            {
                **_MESSAGE["properties"],
                "internal": {"type": "boolean"},
                "detail": {"type": "object"},
            }
        )
    ),
}
_CONCEPT: Schema = {
    "id": ID,
    "kind": text(),
    "category": {"type": "boolean"},
    "terms": map_of(NAMES, "By language; the first term is the preferred one."),
    "broader": NAMES,
    "narrower": NAMES,
    "related": NAMES,
    "attributes": list_of(record({"id": ID, "unit": text(), "labels": map_of(text())})),
    "hs": maybe(text("HS code.")),
}
_RESULT = record(
    {
        "id": ID,
        "kind": text(),
        "title": record({"lang": LANG, "text": text()}),
        "languages": NAMES,
        "company": maybe(ID),
        "company_name": text(),
        "country": maybe(text()),
        "category": maybe(text()),
        "score": NUMBER,
        "reasons": list_of(match_schemas.REASON),
    }
)
_ANSWER = record(
    {
        "query": text(),
        "total": WHOLE,
        "reduced": {"type": "boolean", "description": "The index is being rebuilt."},
        "concepts": NAMES,
        "results": list_of(_RESULT),
        "facets": map_of(map_of(WHOLE)),
        "next": maybe(text("Address of the next page.")),
    },
    ("query", "total", "results", "facets", "next"),
)
_PROBLEM = record(
    {
        "type": text(),
        "title": text(),
        "status": WHOLE,
        "detail": text(),
        "errors": map_of(text(), "Messages by field or parameter."),
    },
    ("type", "title", "status"),
)


def _page(item: str) -> Schema:
    return record(
        {"items": list_of(ref(item)), "next": maybe(text("Address of the next page."))},
        ("items", "next"),
    )


def _patch(properties: Schema) -> Schema:
    """JSON Merge Patch: every key may be left out, or be null to take it away."""
    return record({name: {"anyOf": [s, {"type": "null"}]} for name, s in properties.items()})


def _step(names: tuple[str, ...]) -> Schema:
    return record(
        {"transition": text(enum=list(names)), "note": text(maxLength=10_000)},
        ("transition",),
        closed=True,
    )


def components(steps: dict[str, tuple[str, ...]]) -> dict[str, Schema]:
    """All schemas by name; `steps` are the transitions of each kind of object."""
    items = {
        "Capability": record({**_LISTED, **_CAPABILITY}, (*_MUST, "company", "texts")),
        "Need": record({**_LISTED, **_NEED}, (*_MUST, "company", "texts")),
        "Company": record(_COMPANY, (*_MUST, "kind", "country")),
        "Concept": record(_CONCEPT, tuple(_CONCEPT)),
        "Inquiry": record(_INQUIRY, (*_MUST, "buyer", "supplier", "subject")),
        "ServiceRequest": record(_REQUEST, (*_MUST, "number", "service", "title")),
        "Service": service_schemas.SERVICE,
    }
    return {
        **items,
        **{f"{name}List": _page(name) for name in items},
        "CapabilityInput": record(_CAPABILITY, ("texts",), closed=True),
        "CapabilityPatch": _patch(_CAPABILITY),
        "NeedInput": record(_NEED, ("texts",), closed=True),
        "NeedPatch": _patch(_NEED),
        "ServiceRequestInput": service_schemas.REQUEST_INPUT,
        **{f"{name}Transition": _step(names) for name, names in steps.items()},
        **match_schemas.components(),
        **gap_schemas.components(),
        **fact_sheet_schemas.components(),
        "SearchAnswer": _ANSWER,
        "OpenAPI": {"type": "object"},
        "Problem": _PROBLEM,
    }
