"""Count the SQL statements of a page, for tests and measurements."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from portal.core.db import Database


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements run inside the block (transaction control left out)."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
