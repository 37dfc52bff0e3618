"""A person's name and address replaced wherever they stand among the data of others."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import JSON, Column, Table, Text, cast, or_, select, update
from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.models import AuditEvent
from portal.privacy import mapping
from portal.privacy.person import Person


def replaced(value: Any, who: Person) -> Any:
    """The value without the person: the address wherever it stands, and the name where it is a
    value of its own (in a sentence it may be another word)."""
    if isinstance(value, dict):
        return {key: replaced(item, who) for key, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, who) for item in value]
    if not isinstance(value, str):
        return value
    if value == who.name:
        return who.pseudonym
    return re.sub(re.escape(who.email), who.erased_email, value, flags=re.IGNORECASE)


def scrub(session: Session, who: Person) -> None:
    """Go through every table that the map says may name people in passing."""
    for table, lines in mapping.tables():
        columns = [table.c[line.column] for line in lines if line.erase == "scrub"]
        if not columns:
            continue
        found = list(_changed(session, table, columns, who))
        if table.name == AuditEvent.__tablename__:
            audit.redact(session, {key["seq"]: values["detail"] for key, values in found})
            continue
        for key, values in found:
            where = [table.c[name] == value for name, value in key.items()]
            session.execute(update(table).where(*where).values(values))


def _changed(
    session: Session, table: Table, columns: Sequence[Column[Any]], who: Person
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Key and new values of the rows that change."""
    keys = list(table.primary_key.columns)
    for row in session.execute(select(*keys, *columns).where(_names(columns, who))).mappings():
        values = {c.name: replaced(row[c.name], who) for c in columns}
        if any(values[c.name] != row[c.name] for c in columns):
            yield {key.name: row[key.name] for key in keys}, values


def _names(columns: Sequence[Column[Any]], who: Person) -> Any:
    """Rows that hold the name or the address; JSON is stored with escapes or without."""
    needles = {who.email, who.name, json.dumps(who.email)[1:-1], json.dumps(who.name)[1:-1]}
    texts = [cast(c, Text) if isinstance(c.type, JSON) else c for c in columns]
    return or_(*(text.icontains(needle, autoescape=True) for text in texts for needle in needles))
