"""JSON Schemas of the OpenAPI document: what is sent and what is answered."""

from typing import Any

from portal.capabilities.models import STAGES
from portal.companies.models import EVIDENCE_LEVELS, SITE_ROLES
from portal.listings import terms
from portal.matching.ranking import PARTS
from portal.needs.models import INCOTERMS, NEED_KINDS
from portal.service_requests.models import PRIORITIES

Schema = dict[str, Any]


def _text(description: str = "", **more: Any) -> Schema:
    return {"type": "string", **({"description": description} if description else {}), **more}


def _maybe(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _map(values: Schema, description: str = "") -> Schema:
    about = {"description": description} if description else {}
    return {"type": "object", "additionalProperties": values, **about}


def _object(properties: Schema, required: tuple[str, ...] = (), *, closed: bool = False) -> Schema:
    schema: Schema = {"type": "object", "properties": properties}
    if required:
        schema["required"] = list(required)
    if closed:
        schema["additionalProperties"] = False
    return schema


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


NUMBER: Schema = {"type": "number"}
WHOLE: Schema = {"type": "integer"}
ID = _text("Opaque identifier.")
MOMENT = _text("UTC, with Z.", format="date-time")
DAY = _text(format="date")
COUNTRY = _text("ISO 3166 code.", minLength=2, maxLength=2)
LANG = _text("BCP 47 tag.")
NAMES = _list(_text())

_CERTIFICATE = _object(
    {
        "standard": _text("Such as IATF 16949.", maxLength=60),
        "number": _text(maxLength=80),
        "body": _text("Who issued it.", maxLength=120),
        "scope": _text(maxLength=300),
        "site": _text(maxLength=120),
        "issued": DAY,
        "expires": DAY,
    },
    ("standard",),
    closed=True,
)
_VALUE = _object(
    {"value": {"type": ["number", "string"]}, "unit": _text()}, ("value",), closed=True
)
_BOUND = _object({"min": NUMBER, "max": NUMBER, "value": _text(), "unit": _text()}, closed=True)
_CRITERIA = _object(
    {"certificates": NAMES, "attributes": _map(_BOUND, "By attribute id.")}, closed=True
)


def _texts(*names: str) -> Schema:
    return _map(
        _object({name: _text() for name in names}, ("title",), closed=True),
        "By language (BCP 47); the first is the original.",
    )


_CAPABILITY: Schema = {
    "texts": _texts("title", "summary", "description"),
    "category": _text("Id of a category concept."),
    "scenarios": NAMES,
    "certificates": _list(_CERTIFICATE),
    "attributes": _map(_VALUE, "By attribute id, in the attribute's unit."),
    "capacity": _object(
        {"quantity": NUMBER, "unit": _text(), "per": _text(enum=list(terms.PERIODS))}, closed=True
    ),
    "lead_time_days": _object(
        {"sample": WHOLE, "series": {**_list(WHOLE), "maxItems": 2}}, closed=True
    ),
    "moq": _object({"quantity": NUMBER, "unit": _text()}, closed=True),
    "markets": _list(COUNTRY),
    "stage": _text(enum=list(STAGES)),
}
_NEED: Schema = {
    "kind": _text(enum=list(NEED_KINDS)),
    "texts": _texts("title", "description"),
    "category": _text("Id of a category concept."),
    "scenarios": NAMES,
    "required": _CRITERIA,
    "wanted": _CRITERIA,
    "standards": NAMES,
    "market": COUNTRY,
    "quantity": _object({"per_year": NUMBER, "unit": _text()}, closed=True),
    "sop": _text("Start of production, YYYY-MM.", pattern=r"^\d{4}-\d{2}$"),
    "incoterm": _object({"term": _text(enum=list(INCOTERMS)), "place": _text()}, closed=True),
    "target_price": _object(
        {"amount": _text("Decimal as text."), "currency": _text("ISO 4217."), "per": _text()},
        closed=True,
    ),
    "deadline": _text("With its zone.", format="date-time"),
    "deadline_zone": _text("IANA name of the zone."),
}
_KEPT: Schema = {
    "id": ID,
    "ref": _maybe(_text("Reference from an import.")),
    "state": _text(),
    "version": WHOLE,
    "created_at": MOMENT,
    "changed_at": MOMENT,
    "url": _text("The page for people.", format="uri"),
}
_MUST = ("id", "state", "version", "created_at", "changed_at", "url")
_LISTED: Schema = {
    **_KEPT,
    "company": ID,
    "published_at": _maybe(MOMENT),
    "state_note": _text("Why changes were asked for; owner and base only."),
    "transitions": _list(_text("Steps open to you now; owner and base only.")),
}
_SITE = _object(
    {
        "role": _text(enum=list(SITE_ROLES)),
        "country": COUNTRY,
        "city": _text(),
        "address": _text(),
        "postcode": _text(),
        "products": _text(),
        "headcount": WHOLE,
    }
)
_COMPANY: Schema = {
    **_KEPT,
    "kind": _text(),
    "names": _map(_text(), "By language."),
    "country": COUNTRY,
    "registration": _object({"scheme": _text(), "id": _text()}),
    "texts": _map(_object({"description": _text()})),
    "website": _text(),
    "founded": WHOLE,
    "headcount": WHOLE,
    "sites": _list(_SITE),
    "certificates": _list(_CERTIFICATE),
    "published_at": _maybe(MOMENT),
    "confirmed_at": _maybe(MOMENT),
}
_MESSAGE = _object(
    {
        "from": _text(),
        "event": _maybe(_text()),
        "lang": LANG,
        "text": _text(),
        "at": MOMENT,
        "attachments": NAMES,
    }
)
_INQUIRY: Schema = {
    **_KEPT,
    "side": _maybe(_text("Your side: buyer or supplier.")),
    "buyer": ID,
    "supplier": ID,
    "capability": _maybe(ID),
    "need": _maybe(ID),
    "lang": LANG,
    "subject": _text(),
    "decline_reason": _maybe(_text()),
    "transitions": NAMES,
    "first_answer_at": _maybe(MOMENT),
    "messages": _list(_MESSAGE),
}
_REQUEST: Schema = {
    **_KEPT,
    "number": _text("As people quote it: SR-00042."),
    "company": ID,
    "service": _text("Code of the service."),
    "form_version": WHOLE,
    "title": _text(),
    "description": _text(),
    "lang": LANG,
    "answers": {"type": "object"},
    "markets": _list(COUNTRY),
    "priority": _text(enum=list(PRIORITIES)),
    "urgency_reason": _text(),
    "desired_date": _maybe(DAY),
    "consent_partners": {"type": "boolean"},
    "capability": _maybe(ID),
    "need": _maybe(ID),
    "inquiry": _maybe(ID),
    "assignee": _maybe(_text()),
    "state_label": _text("The state in your words and language."),
    "transitions": NAMES,
    "resolved_at": _maybe(MOMENT),
    "closed_at": _maybe(MOMENT),
    "entries": _list(
        _object(
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
    "kind": _text(),
    "category": {"type": "boolean"},
    "terms": _map(NAMES, "By language; the first term is the preferred one."),
    "broader": NAMES,
    "narrower": NAMES,
    "related": NAMES,
    "attributes": _list(_object({"id": ID, "unit": _text(), "labels": _map(_text())})),
    "hs": _maybe(_text("HS code.")),
}
_CRITERION = _object(
    {
        "criterion": _text(),
        "wanted": _text(),
        "verdict": _text(enum=["MATCH", "GAP", "UNKNOWN"]),
        "evidence": _text(),
        "level": _text(enum=list(EVIDENCE_LEVELS)),
    },
    ("criterion", "wanted", "verdict", "evidence"),
)
_SIDE = _object({"lang": LANG, "text": _text(), "passage": _text()})
_REASON = _object(
    {
        "kind": _text(enum=["concept", "words"]),
        "concept": _text(),
        "query": _SIDE,
        "document": _SIDE,
        "lang": LANG,
        "terms": NAMES,
        "passage": _text(),
    },
    ("kind",),
)
_WORDED = _object(
    {
        "criterion": _text(),
        "name": _text("The criterion in your language."),
        "wanted": _text(),
        "verdict": _text(enum=["MATCH", "GAP", "UNKNOWN"]),
        "verdict_name": _text(),
        "evidence": _text(),
        "hard": {"type": "boolean", "description": "A must, not a wish."},
    }
)
_PASSAGE = _object(
    {
        "side": _text(enum=["need", "capability"]),
        "lang": LANG,
        "dir": _text(enum=["ltr", "rtl"]),
        "text": _text("In its own language."),
        "marks": _list(_list(WHOLE)),
        "source": _text(),
    }
)
_PART = _object(
    {
        "part": _text(enum=list(PARTS)),
        "name": _text(),
        "points": {**WHOLE, "description": "Of a hundred; the four make the order."},
        "sentence": _text(),
    }
)
_EXPLANATION = _object(
    {
        "summary": _text("How the musts stand, in one sentence."),
        "criteria": _list(_WORDED),
        "questions": _list(_text("What to ask, because nothing is known.")),
        "concepts": _list(
            _object(
                {"concept": ID, "sentence": _text("Which words it joined, in which languages.")}
            )
        ),
        "words": _text("Words that both texts contain; may be empty."),
        "passages": _list(_PASSAGE),
        "order": _list(_PART),
    },
    ("summary", "criteria", "questions", "concepts", "words", "passages", "order"),
)
_MATCH: Schema = {
    "company": ID,
    "score": NUMBER,
    "criteria": _list(_CRITERION),
    "reasons": _list(_REASON),
    "explanation": ref("Explanation"),
}
_STANDING: Schema = {
    "need": ID,
    "capability": ID,
    "listed": {"type": "boolean", "description": "Among the best that the page lists."},
    "place": _maybe({**WHOLE, "description": "In the whole order; null outside of it."}),
    "matches": {**WHOLE, "description": "How many are in the order."},
    "standing": _list(
        _object({"code": _text("Stays the same in all languages."), "sentence": _text()})
    ),
}
_RESULT = _object(
    {
        "id": ID,
        "kind": _text(),
        "title": _object({"lang": LANG, "text": _text()}),
        "languages": NAMES,
        "company": ID,
        "company_name": _text(),
        "country": _text(),
        "category": _maybe(_text()),
        "score": NUMBER,
        "reasons": _list(_REASON),
    }
)
_ANSWER = _object(
    {
        "query": _text(),
        "total": WHOLE,
        "reduced": {"type": "boolean", "description": "The index is being rebuilt."},
        "concepts": NAMES,
        "results": _list(_RESULT),
        "facets": _map(_map(WHOLE)),
        "next": _maybe(_text("Address of the next page.")),
    },
    ("query", "total", "results", "facets", "next"),
)
_PROBLEM = _object(
    {
        "type": _text(),
        "title": _text(),
        "status": WHOLE,
        "detail": _text(),
        "errors": _map(_text(), "Messages by field or parameter."),
    },
    ("type", "title", "status"),
)


def _page(item: str) -> Schema:
    return _object(
        {"items": _list(ref(item)), "next": _maybe(_text("Address of the next page."))},
        ("items", "next"),
    )


def _patch(properties: Schema) -> Schema:
    """JSON Merge Patch: every key may be left out, or be null to take it away."""
    return _object({name: {"anyOf": [s, {"type": "null"}]} for name, s in properties.items()})


def _step(names: tuple[str, ...]) -> Schema:
    return _object(
        {"transition": _text(enum=list(names)), "note": _text(maxLength=10_000)},
        ("transition",),
        closed=True,
    )


def components(steps: dict[str, tuple[str, ...]]) -> dict[str, Schema]:
    """All schemas by name; `steps` are the transitions of each kind of object."""
    items = {
        "Capability": _object({**_LISTED, **_CAPABILITY}, (*_MUST, "company", "texts")),
        "Need": _object({**_LISTED, **_NEED}, (*_MUST, "company", "texts")),
        "Company": _object(_COMPANY, (*_MUST, "kind", "country")),
        "Concept": _object(_CONCEPT, tuple(_CONCEPT)),
        "Inquiry": _object(_INQUIRY, (*_MUST, "buyer", "supplier", "subject")),
        "ServiceRequest": _object(_REQUEST, (*_MUST, "number", "service", "title")),
    }
    return {
        **items,
        **{f"{name}List": _page(name) for name in items},
        "CapabilityInput": _object(_CAPABILITY, ("texts",), closed=True),
        "CapabilityPatch": _patch(_CAPABILITY),
        "NeedInput": _object(_NEED, ("texts",), closed=True),
        "NeedPatch": _patch(_NEED),
        **{f"{name}Transition": _step(names) for name, names in steps.items()},
        "Explanation": _EXPLANATION,
        "NeedMatches": _matches("need", "capability"),
        "CapabilityMatches": _matches("capability", "need"),
        "NeedStanding": _standing("capability"),
        "CapabilityStanding": _standing("need"),
        "SearchAnswer": _ANSWER,
        "OpenAPI": {"type": "object"},
        "Problem": _PROBLEM,
    }


def _matches(asked: str, found: str) -> Schema:
    match = _object({"rank": WHOLE, found: ID, **_MATCH}, ("rank", found, *_MATCH))
    return _object({asked: ID, "matches": _list(match)}, (asked, "matches"))


def _standing(found: str) -> Schema:
    match = _object({found: ID, **_MATCH}, (found, *_MATCH))
    return _object({**_STANDING, "match": match}, (*_STANDING, "match"))
