"""A seeded market for the matcher: the demo's records recombined, written to a database in bulk.

Every tenth company is a buyer. Each company has one member, so that matches have somebody to be
told; records come from `portal.demo.generate`, dates and all, and are published.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import insert

from portal.accounts.models import Membership, Organisation, User
from portal.capabilities.models import Capability, CapabilityText
from portal.companies.models import Certificate, Company, CompanyText
from portal.core import clock
from portal.core.db import Database
from portal.demo import generate
from portal.needs.models import Need, NeedText

CHUNK = 2_000
PER_COMPANY = 5
LOCALES = ("zh-Hans", "en", "de")
Rows = Mapping[Any, list[dict[str, Any]]]


def fill(database: Database, capabilities: int, needs: int, seed: int) -> None:
    """Write so many published capabilities and open needs, with their companies and members."""
    makers, buyers = max(1, capabilities // PER_COMPANY), max(1, needs // PER_COMPANY)
    fill_companies(database, makers, buyers, seed)
    parts = (
        map(_capability, generate.capabilities(capabilities, makers, seed)),
        map(_need, generate.needs(needs, buyers, seed)),
    )
    for part in parts:
        write(database, part)


def fill_companies(database: Database, makers: int, buyers: int, seed: int) -> None:
    """Write suppliers g1, g2, … and buyers h1, h2, … with a member each, `ug1`, `uh1`, …"""
    write(database, map(_company, generate.companies(makers, buyers, seed)))


def write(database: Database, records: Iterable[Rows]) -> None:
    """Write records, each with its rows by table, some thousand in a transaction. All records
    have the same tables."""
    rest = iter(records)
    while chunk := list(islice(rest, CHUNK)):
        with database.transaction() as session:
            for table in chunk[0]:
                rows = [row for record in chunk for row in record[table]]
                if rows:
                    session.execute(insert(table), rows)


def _published(prefix: str, record: Mapping[str, Any]) -> dict[str, Any]:
    now = clock.now()
    return {
        "id": prefix + record["ref"],
        "external_ref": record["ref"],
        "state": "published",
        "changed_at": now,
        "published_at": now,
    }


def _company(record: Mapping[str, Any]) -> Rows:
    ref, now = record["ref"], clock.now()
    common = {"id": ref, "kind": record["kind"], "country": record["country"]}
    names = record["names"]
    locale = LOCALES[random.Random(ref).randrange(len(LOCALES))]
    person = {"email": f"{ref}@market.example", "name": ref, "password_hash": "-", "locale": locale}
    texts = [
        {"company_id": ref, "locale": lang, "position": at, "name": name,
         "description": record["texts"].get(lang, {}).get("description", "")}
        for at, (lang, name) in enumerate(names.items())
    ]  # fmt: skip
    return {
        Organisation: [{**common, "name": next(iter(names.values()))}],
        User: [{"id": f"u{ref}", "email_confirmed_at": now, **person}],
        Membership: [{"user_id": f"u{ref}", "organisation_id": ref, "role": "owner"}],
        Company: [{**_published("", record), **common, "confirmed_at": now}],
        CompanyText: texts,
    }


def _capability(record: Mapping[str, Any]) -> Rows:
    base = _published("", record)
    capacity, lead = record.get("capacity", {}), record.get("lead_time_days", {})
    low, high = (*lead.get("series", ()), None, None)[:2]
    row = {
        **base,
        "company_id": record["company"],
        "category": record["category"],
        "scenarios": record.get("scenarios", []),
        "attributes": _exact(record.get("attributes", {})),
        "markets": record.get("markets", []),
        "capacity_quantity": _decimal(capacity.get("quantity")),
        "capacity_unit": capacity.get("unit"),
        "capacity_per": capacity.get("per"),
        "lead_series_from_days": low,
        "lead_series_to_days": high,
    }
    own = {"capability_id": base["id"]}
    return {
        Capability: [row],
        CapabilityText: list(_texts(own, record, ("title", "summary", "description"))),
        Certificate: [
            {**own, "company_id": record["company"], "position": at, **_certificate(listed)}
            for at, listed in enumerate(record.get("certificates", ()))
        ],
    }


def _certificate(listed: Mapping[str, Any]) -> dict[str, Any]:
    expires = listed.get("expires")
    return {
        "standard": listed["standard"],
        "number": listed.get("number", ""),
        "expires": date.fromisoformat(expires) if expires else None,
    }


def _need(record: Mapping[str, Any]) -> Rows:
    base, quantity = _published("", record), record.get("quantity", {})
    row = {
        **base,
        "company_id": record["company"],
        "category": record["category"],
        "scenarios": record.get("scenarios", []),
        "required": _wish(record.get("required", {})),
        "wanted": _wish(record.get("wanted", {})),
        "market": record.get("market"),
        "quantity_per_year": _decimal(quantity.get("per_year")),
        "quantity_unit": quantity.get("unit"),
        "sop": record.get("sop"),
    }
    own = {"need_id": base["id"]}
    return {Need: [row], NeedText: list(_texts(own, record, ("title", "description")))}


def _texts(
    own: dict[str, str], record: Mapping[str, Any], columns: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    for at, (locale, text) in enumerate(record["texts"].items()):
        said = {column: text.get(column, "") for column in columns}
        yield {**own, "locale": locale, "position": at, **said}


def _wish(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {**raw, "attributes": _exact(raw.get("attributes", {}))}


def _exact(attributes: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Numbers as the portal keeps them: digit by digit."""
    return {
        name: {key: str(value) for key, value in given.items()}
        for name, given in attributes.items()
    }


def _decimal(number: object) -> Decimal | None:
    return None if number is None else Decimal(str(number))
