"""JSON Schemas of what markets ask for, and how a capability stands to it."""

from portal.api.shapes import ID, LANG, NAMES, WHOLE, Schema, list_of, maybe, record, text
from portal.companies.models import EVIDENCE_LEVELS
from portal.market_rules.markets import LABELS
from portal.market_rules.rules import KINDS, STATUSES, Verdict

_SOURCE = record({"name": text(), "publisher": text(), "url": text()})
_RULE: Schema = {
    "rule": ID,
    "kind": text(enum=list(KINDS)),
    "title": text(),
    "lang": LANG,
    "valid_from": maybe(text("A day, such as 2027-02-18.")),
    "valid_to": maybe(text("A day.")),
    "status": text("Whether the base has confirmed the rule.", enum=list(STATUSES)),
    "reviewed_on": maybe(text("A day.")),
    "source": _SOURCE,
}
_CERTIFICATE = record(
    {
        "standard": text(),
        "expires": maybe(text("A day; a certificate is valid through it.")),
        "level": text(enum=list(EVIDENCE_LEVELS)),
        "site": text(),
    }
)
_LINE = record(
    {
        **_RULE,
        "verdict": text(enum=[verdict.value for verdict in Verdict]),
        "verdict_name": text("In your language."),
        "reason": text("Why, in one sentence."),
        "applies": text("From when, against the start of production."),
        "matters_from": text("The day from which it must be met."),
        "satisfied_by": NAMES,
        "service": text("The service of the base that helps; may be empty."),
        "missing_facts": NAMES,
        "request": maybe(text("The number of an open request about it.")),
        "certificate": _CERTIFICATE,
    },
    (*_RULE, "verdict", "reason", "matters_from"),
)
_NOTICE = record({**_RULE, "in_force": text("When it holds, in words.")}, tuple(_RULE))
_MARKET = record(
    {
        "market": text(enum=list(LABELS)),
        "name": text(),
        "counts": {"type": "object", "additionalProperties": WHOLE},
        "lines": list_of(_LINE),
        "notices": list_of(_NOTICE),
    },
    ("market", "counts", "lines", "notices"),
)


def components() -> dict[str, Schema]:
    """What answers about markets are made of, by name."""
    gaps = {
        "capability": ID,
        "on": text("The day of asking."),
        "sop": maybe(text("The month of the start of production.")),
        "disclaimer": text(),
        "markets": list_of(_MARKET),
    }
    return {"CapabilityGaps": record(gaps, tuple(gaps))}
