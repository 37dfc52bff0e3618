"""JSON Schemas of matches and their explanation."""

from portal.api.shapes import (
    ID,
    LANG,
    NAMES,
    NUMBER,
    WHOLE,
    Schema,
    list_of,
    maybe,
    record,
    ref,
    text,
)
from portal.companies.models import EVIDENCE_LEVELS
from portal.matching.ranking import PARTS

_CRITERION = record(
    {
        "criterion": text(),
        "wanted": text(),
        "verdict": text(enum=["MATCH", "GAP", "UNKNOWN"]),
        "evidence": text(),
        "level": text(enum=list(EVIDENCE_LEVELS)),
    },
    ("criterion", "wanted", "verdict", "evidence"),
)
_SIDE = record({"lang": LANG, "text": text(), "passage": text()})
REASON = record(
    {
        "kind": text(enum=["concept", "words"]),
        "concept": text(),
        "query": _SIDE,
        "document": _SIDE,
        "lang": LANG,
        "terms": NAMES,
        "passage": text(),
    },
    ("kind",),
)
_WORDED = record(
    {
        "criterion": text(),
        "name": text("The criterion in your language."),
        "wanted": text(),
        "verdict": text(enum=["MATCH", "GAP", "UNKNOWN"]),
        "verdict_name": text(),
        "evidence": text(),
        "hard": {"type": "boolean", "description": "A must, not a wish."},
    }
)
_PASSAGE = record(
    {
        "side": text(enum=["need", "capability"]),
        "lang": LANG,
        "dir": text(enum=["ltr", "rtl"]),
        "text": text("In its own language."),
        "marks": list_of(list_of(WHOLE)),
        "source": text(),
    }
)
_PART = record(
    {
        "part": text(enum=list(PARTS)),
        "name": text(),
        "points": {**WHOLE, "description": "Of a hundred; the four make the order."},
        "sentence": text(),
    }
)
_EXPLANATION = record(
    {
        "summary": text("How the musts stand, in one sentence."),
        "criteria": list_of(_WORDED),
        "questions": list_of(text("What to ask, because nothing is known.")),
        "concepts": list_of(
            record({"concept": ID, "sentence": text("Which words it joined, in which languages.")})
        ),
        "words": text("Words that both texts contain; may be empty."),
        "passages": list_of(_PASSAGE),
        "order": list_of(_PART),
    },
    ("summary", "criteria", "questions", "concepts", "words", "passages", "order"),
)
_MATCH: Schema = {
    "company": maybe(ID),
    "score": NUMBER,
    "criteria": list_of(_CRITERION),
    "reasons": list_of(REASON),
    "explanation": ref("Explanation"),
}
_STANDING: Schema = {
    "need": ID,
    "capability": ID,
    "listed": {"type": "boolean", "description": "Among the best that the page lists."},
    "place": maybe({**WHOLE, "description": "In the whole order; null outside of it."}),
    "matches": {**WHOLE, "description": "How many are in the order."},
    "standing": list_of(
        record({"code": text("Stays the same in all languages."), "sentence": text()})
    ),
}


def components() -> dict[str, Schema]:
    """What answers about matches are made of, by name."""
    return {
        "Explanation": _EXPLANATION,
        "NeedMatches": _matches("need", "capability"),
        "CapabilityMatches": _matches("capability", "need"),
        "NeedStanding": _standing("capability"),
        "CapabilityStanding": _standing("need"),
    }


def _matches(asked: str, found: str) -> Schema:
    match = record({"rank": WHOLE, found: ID, **_MATCH}, ("rank", found, *_MATCH))
    return record({asked: ID, "matches": list_of(match)}, (asked, "matches"))


def _standing(found: str) -> Schema:
    match = record({found: ID, **_MATCH}, (found, *_MATCH))
    return record({**_STANDING, "match": match}, (*_STANDING, "match"))
