"""Further facts of a company in its JSON record, and back."""

from collections.abc import Iterable
from typing import Any

from portal.companies.facts import rules
from portal.companies.facts.inputs import ReferenceInput, SustainabilityInput
from portal.companies.facts.models import CompanyReference, SustainabilityFact
from portal.listings.records import Fields, compact, json_number

_TEXTS = ("product", "material", "method", "boundary", "scope", "verifier", "site")


def read_sustainability(fields: Fields) -> tuple[SustainabilityInput, ...] | None:
    """None when the record does not speak of it: what is there stays."""
    if "sustainability" not in fields.left():
        return None
    rows = []
    for n, value in enumerate(fields.list("sustainability")):
        row = Fields(value, f"{fields.at('sustainability')}.{n}", fields.found)
        kind = row.text("kind")
        units = rules.KINDS[kind].units if kind in rules.KINDS else ("",)
        rows.append(
            SustainabilityInput(
                kind=kind,
                value=row.number("value"),
                unit=row.text("unit") or (units[0] if len(units) == 1 else ""),
                year=row.whole("year"),
                disclosure=row.text("disclosure") or "public",
                **{name: row.text(name) for name in _TEXTS},
            )
        )
        row.end()
    rules.check_sustainability(fields.found, rows, fields.at("sustainability"))
    return tuple(rows)


def read_references(fields: Fields) -> tuple[ReferenceInput, ...] | None:
    """None when the record does not speak of them; they are confidential unless it says so."""
    if "references" not in fields.left():
        return None
    rows = []
    for n, value in enumerate(fields.list("references")):
        row = Fields(value, f"{fields.at('references')}.{n}", fields.found)
        rows.append(
            ReferenceInput(
                customer=row.text("customer"),
                product=row.text("product"),
                since=row.whole("since"),
                market=row.text("market").upper(),
                disclosure=row.text("disclosure") or "nda",
            )
        )
        row.end()
    rules.check_references(fields.found, rows, fields.at("references"))
    return tuple(rows)


def write_sustainability(rows: Iterable[SustainabilityFact]) -> list[dict[str, Any]]:
    return [
        compact(
            kind=row.kind,
            value=None if row.value is None else json_number(row.value),
            unit=row.unit,
            year=row.year,
            **{name: getattr(row, name) for name in _TEXTS},
            disclosure=row.disclosure,
        )
        for row in rows
    ]


def write_references(rows: Iterable[CompanyReference]) -> list[dict[str, Any]]:
    names = ("customer", "product", "since", "market", "disclosure")
    return [compact(**{name: getattr(row, name) for name in names}) for row in rows]
