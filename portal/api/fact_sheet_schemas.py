"""JSON Schemas of self-assessments."""

from portal.api.shapes import MOMENT, WHOLE, Schema, list_of, map_of, maybe, record, text
from portal.companies.models import EVIDENCE_LEVELS

_QUESTION = record(
    {
        "key": text("The same in every language."),
        "number": text(),
        "section": text(),
        "question": text(),
        "answer": {"description": "A text, number, code or list of codes; null: no answer."},
        "unit": text(),
        "evidence": maybe(text("A step of evidence, for what can be proven.")),
        "evidence_text": text(),
        "date": maybe(text("The day of the evidence.")),
    },
    ("key", "number", "question", "answer"),
)
_SHEET = record({"key": text(), "title": text(), "questions": list_of(_QUESTION)})
_SHEETS = {
    "format": text(),
    "format_version": WHOLE,
    "company": text(),
    "name": text(),
    "locale": text("Language of questions and names."),
    "as_of": MOMENT,
    "complete": {"type": "boolean", "description": "Whether nothing is kept from the reader."},
    "versions": map_of(WHOLE, "Of the company and its capabilities."),
    "sheets": list_of(_SHEET),
    "legend": list_of(record({"level": text(enum=list(EVIDENCE_LEVELS)), "text": text()})),
}


def components() -> dict[str, Schema]:
    """What the answer is made of, by name."""
    return {"FactSheet": record(_SHEETS, tuple(_SHEETS))}
