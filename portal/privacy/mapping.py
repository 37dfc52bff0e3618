"""The data map: every column, file, log, index, queue and backup, and what becomes of it.

`data/map.csv` is read by everything that copies, erases or forgets personal data, so that what it
says is what happens.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import asdict, astuple, dataclass, fields
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Column, Table

from portal import models
from portal.core import journal, limits
from portal.core.db import Base

FOLDER = Path(__file__).parent / "data"
MAP, RETENTION = FOLDER / "map.csv", FOLDER / "retention.csv"
CLASSES = ("C0", "C1", "C2", "C3")
WHOSE = ("none", "person", "author", "staff", "contact", "sender")
PURPOSES = (
    "account", "security", "company", "market", "inquiry", "service", "trust", "operation",
    "privacy",
)  # fmt: skip
BASES = {
    "contract": "GDPR 6(1)(b); PIPL 13(2)",
    "consent": "GDPR 6(1)(a); PIPL 13(1)",
    "interest": "GDPR 6(1)(f); PIPL 13(2)",
    "duty": "GDPR 6(1)(c); PIPL 13(3)",
    "none": "",
}
# How a line enters the copy that a person asks for: `link` finds the person's rows by their id,
# `link-email` by their address; the others say why it does not.
EXPORTS = {
    "yes": "copied",
    "link": "names the person; copied",
    "link-email": "names the person; copied",
    "no:none": "not personal",
    "no:secret": "a secret or its hash",
    "no:others": "about others",
    "no:work": "work done for the base",
    "no:copy": "a copy of what is copied elsewhere",
}
# What erasing does. `row`: rows that name the person go; the others act on the person's rows, but
# for `scrub`, which replaces name and address wherever they stand in the table.
ERASES = {
    "row": "rows go",
    "null": "emptied",
    "pseudonym": "replaced by a pseudonym",
    "scrub": "name and address replaced",
    "delete": "deleted",
    "expires": "goes when its time is over",
    "keep:none": "stays: not personal",
    "keep:id": "stays: the id stands for nobody any more",
    "keep:thread": "stays: part of a conversation of two organisations",
    "keep:proof": "stays: proof, under the pseudonym",
    "keep:claim": "stays with the name: evidence of a contract (GDPR 17(3)(e))",
    "keep:work": "stays: record of the base's work, under the pseudonym",
}


@dataclass(frozen=True)
class Line:
    """One place where data lie: `table.column`, or `kind:name` for what is outside the database."""

    name: str
    secrecy: str
    whose: str
    purpose: str
    basis: str
    retention: str
    export: str
    erase: str

    @property
    def table(self) -> str:
        return self.name.partition(".")[0]

    @property
    def column(self) -> str:
        return self.name.partition(".")[2]

    @property
    def links(self) -> bool:
        """Whether rows are a person's own by what stands here."""
        return self.export in ("link", "link-email")

    @property
    def is_column(self) -> bool:
        return ":" not in self.name


@dataclass(frozen=True)
class Period:
    """A retention class; without `days` something else than time ends it."""

    key: str
    days: int | None
    label: str
    what: str


HEAD = tuple(field.name for field in fields(Line))


@lru_cache
def lines() -> tuple[Line, ...]:
    """The whole map."""
    with MAP.open(encoding="utf-8", newline="") as file:
        return tuple(Line(**row) for row in csv.DictReader(file))


@lru_cache
def periods() -> dict[str, Period]:
    """Retention classes by key."""
    with RETENTION.open(encoding="utf-8", newline="") as file:
        return {
            row["key"]: Period(
                row["key"], int(row["days"]) if row["days"] else None, row["label"], row["what"]
            )
            for row in csv.DictReader(file)
        }


@lru_cache
def by_table() -> dict[str, tuple[Line, ...]]:
    """The lines of each table of the database."""
    models.load_all()
    found: dict[str, list[Line]] = {}
    for line in lines():
        if line.is_column and line.table in Base.metadata.tables:
            found.setdefault(line.table, []).append(line)
    return {table: tuple(known) for table, known in found.items()}


def tables() -> Iterator[tuple[Table, tuple[Line, ...]]]:
    """Tables with their lines, those that others point to last, so that rows can be deleted."""
    known = by_table()
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in known:
            yield table, known[table.name]


def columns() -> dict[str, Column[object] | None]:
    """Every column that must be mapped; None for those outside the main database."""
    models.load_all()
    inside = {f"{t.name}.{c.name}": c for t in Base.metadata.tables.values() for c in t.columns}
    outside = [f"{t}.{c}" for t, names in journal.TABLES.items() for c in names]
    counters = [f"rate_counter.{c.name}" for c in limits.COUNTER.columns]
    return {**inside, **dict.fromkeys([*outside, *counters])}


def faults() -> list[str]:
    """What is wrong with the map, each with what to do about it."""
    known = {line.name for line in lines()}
    wanted = columns()
    missing = [
        "map.csv lacks a line; check and add: " + ",".join(astuple(propose(name, wanted[name])))
        for name in wanted
        if name not in known
    ]
    left = [f"map.csv has a line without a column: {line.name}" for line in lines()
            if line.is_column and line.name not in wanted]  # fmt: skip
    return [*missing, *left, *_twice(), *(f for line in lines() for f in _odd(line))]


def _twice() -> Iterator[str]:
    seen: set[str] = set()
    for line in lines():
        if line.name in seen:
            yield f"map.csv names {line.name} twice"
        seen.add(line.name)


def _odd(line: Line) -> Iterator[str]:
    allowed: dict[str, Iterable[str]] = {
        "secrecy": CLASSES, "whose": WHOSE, "purpose": PURPOSES, "basis": BASES,
        "retention": periods(), "export": EXPORTS, "erase": ERASES,
    }  # fmt: skip
    values = asdict(line)
    for name, known in allowed.items():
        if values[name] not in known:
            yield f"map.csv: {line.name}: {name} is {values[name]!r}, not one of {list(known)}"
    if (line.whose == "none") != (line.basis == "none"):
        yield f"map.csv: {line.name}: personal data need a legal basis, and nothing else has one"


def propose(name: str, column: Column[object] | None) -> Line:
    """A line for a new column, to be checked by whoever adds it."""
    peers = [line for line in lines() if line.table == name.partition(".")[0]]
    secrecy, purpose = (peers[0].secrecy, peers[0].purpose) if peers else ("C2", "operation")
    retention = peers[0].retention if peers else "record"
    targets = {key.target_fullname for key in column.foreign_keys} if column is not None else set()
    if "user_account.id" in targets:
        return Line(name, secrecy, "author", purpose, "contract", retention, "no:work", "keep:id")
    return Line(name, secrecy, "none", purpose, "none", retention, "no:none", "keep:none")
