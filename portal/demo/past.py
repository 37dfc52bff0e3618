"""Verbs done at an earlier moment, so that a demo has a history."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.core import clock


@contextmanager
def at(session: Session, moment: datetime) -> Iterator[None]:
    """Within this block the portal's clock shows `moment`; rows made in it are dated so.

    Only for a process of its own: the clock is one for all threads.
    """

    def date_rows(changed: Session, *_rest: Any) -> None:
        for row in changed.new:
            for name in ("created_at", "changed_at"):
                if hasattr(row, name) and getattr(row, name) is None:
                    setattr(row, name, moment)

    real = clock.now
    setattr(clock, "now", lambda: moment)  # noqa: B010
    event.listen(session, "before_flush", date_rows)
    try:
        yield
        session.flush()
    finally:
        event.remove(session, "before_flush", date_rows)
        setattr(clock, "now", real)  # noqa: B010
