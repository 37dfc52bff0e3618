"""The Whoosh schema: fields of ready terms with weights; nothing is analysed by Whoosh."""

# mypy: disable-error-code="no-untyped-call"

from whoosh import fields, formats

from portal.search.segments import FACETS, KEYS, TERMS


class Weighted(fields.FieldType):
    """Terms that come with a weight for each document."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)  # type: ignore[arg-type]


def schema() -> fields.Schema:
    return fields.Schema(**{name: Weighted() for name in (TERMS, FACETS, KEYS)})
