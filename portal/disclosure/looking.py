"""Who looked at what: counted in memory while pages are read, written down together.

A page never waits for a writer. Looks lie in the worker's memory for at most WRITE_AFTER seconds;
those of that time are lost when a worker is killed, none when it ends in order. Downloads of
confidential files are no such count: each is an event of the audit trail, written before the file
is sent.
"""

import atexit
import logging
import threading
from datetime import date
from typing import Any

from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.access import Actor
from portal.core.db import Database
from portal.disclosure.models import PageView
from portal.disclosure.rules import highest
from portal.web.app import Portal

log = logging.getLogger("portal.looking")
WRITE_AFTER = 20.0
BASE, ANYBODY = "base", ""
# day, company, kind, object, viewer
Key = tuple[date, str, str, str, str]


def viewer_of(actor: Actor) -> str:
    """An organisation, the base, or anybody: never a person."""
    return BASE if actor.is_staff else actor.org_id or ANYBODY


class Looks:
    """Looks that are not written down yet: how deep each went and how many there were."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Key, tuple[str, int]] = {}
        self._timer: threading.Timer | None = None
        self._until_end = False

    def add(self, key: Key, depth: str, count: int = 1) -> None:
        with self._lock:
            known = self._kept.get(key, (depth, 0))
            self._kept[key] = (highest((known[0], depth)), known[1] + count)

    def write_soon(self, database: Database) -> None:
        """Have them written by a thread of its own, at the latest when the worker ends."""
        with self._lock:
            if self._timer is not None:
                return
            self._timer = threading.Timer(WRITE_AFTER, self.write, [database])
            self._timer.daemon = True
            self._timer.start()
            if not self._until_end:
                atexit.register(self.write, database)
                self._until_end = True

    def write(self, database: Database) -> None:
        """Write down what there is; what cannot be written now is kept for the next time."""
        with self._lock:
            kept, self._kept, self._timer = self._kept, {}, None
        try:
            if kept:
                with database.if_free() as session:
                    for key, (depth, count) in kept.items():
                        _count(session, key, depth, count)
        except OperationalError:
            for key, (depth, count) in kept.items():
                self.add(key, depth, count)
        except SQLAlchemyError as error:
            log.warning("%d looks were not written down: %s", len(kept), type(error).__name__)


def _count(session: Session, key: Key, depth: str, count: int) -> None:
    row = session.get(PageView, key)
    if row is None:
        names = ("day", "company_id", "kind", "object_id", "viewer")
        session.add(PageView(**dict(zip(names, key, strict=True)), depth=depth, count=count))
        return
    row.depth, row.count = highest((row.depth, depth)), row.count + count


def looks_of(app: Portal) -> Looks:
    """What this worker of the application has not written down yet."""
    kept: Looks = app.extensions.setdefault("looks", Looks())
    return kept


def note(app: Portal, actor: Actor, row: Any, depth: str) -> None:
    """Somebody opened the page of a company, capability or need that is not their own."""
    kind = row.__tablename__
    owner = row.id if kind == "company" else row.company_id
    looks = looks_of(app)
    looks.add((clock.now().date(), owner, kind, row.id, viewer_of(actor)), depth)
    if not app.settings.testing:
        looks.write_soon(app.database)
