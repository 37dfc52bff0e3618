"""The Whoosh schema: analysed tokens with weights, facets, keys, measures, one stored record."""

# mypy: disable-error-code="no-untyped-call"

from collections.abc import Generator, Mapping
from typing import Any

from whoosh import fields, formats

from portal.search.analysis import Analyser
from portal.search.documents import Document
from portal.search.segments import (
    DAY,
    FACETS,
    KEYS,
    MEASURES,
    SECOND,
    SEQUENCE,
    SEQUENCE_COLUMN,
    SPACED,
    STORED,
    TERMS,
    UNSPACED,
    Record,
)

MAX_TERM_BYTES = 400


class Weighted(fields.FieldType):
    """Takes ready terms with weights; nothing is analysed by Whoosh."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)  # type: ignore[arg-type]

    def index(
        self, value: Mapping[str, float], **_: Any
    ) -> Generator[tuple[bytes, int, float, bytes], Any, None]:
        for term, weight in value.items():
            encoded = term.encode()
            if len(encoded) <= MAX_TERM_BYTES:
                yield encoded, 1, float(weight), b""


def schema() -> fields.Schema:
    weighted = {name: Weighted() for name in (TERMS, FACETS, KEYS, MEASURES)}
    stored = {STORED: fields.STORED(), SEQUENCE: fields.COLUMN(SEQUENCE_COLUMN)}
    return fields.Schema(**weighted, **stored)


def whoosh_fields(document: Document, analyser: Analyser) -> dict[str, Any]:
    """A document as the keyword arguments of Whoosh's `add_document`."""
    analysed = analyser.document(document)
    record = Record(document.id, document.kind, document.version, document.updated, document.owner)
    day, second = divmod(document.updated, 86_400)
    facets = {**document.facets, "kind": (document.kind,)}
    if document.owner:
        facets["owner"] = (document.owner,)
    return {
        TERMS: analysed.terms,
        FACETS: {f"{name}:{value}": 1.0 for name, values in facets.items() for value in values},
        KEYS: {document.id: 1.0},
        MEASURES: {
            SPACED: analysed.spaced,
            UNSPACED: analysed.unspaced,
            DAY: float(day),
            SECOND: float(second),
        },
        STORED: tuple(record),
        SEQUENCE: "\n".join(analysed.sequences).encode("utf-8", "replace"),
    }
