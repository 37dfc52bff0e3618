"""The catalogue in force: what is shipped, with what administrators published over it.

Each process asks the database now and then, by one tiny query, whether there is something new.
"""

import logging
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal.core.db import Database
from portal.service_requests.catalogue import definition
from portal.service_requests.catalogue.model import Service
from portal.service_requests.models import ServiceRevision

log = logging.getLogger("portal.catalogue")
SECONDS = 1.0
_NEWEST = "SELECT count(*), max(created_at) FROM service_revision"
Mark = tuple[Any, ...]


def composed(shipped: Service, revisions: Iterable[ServiceRevision]) -> Service:
    """A service with its published versions; `revisions` are in order of version."""
    service = shipped
    for revision in revisions:
        newest = definition.from_record(revision.definition, revision.version, shipped)
        forms = {form.version: form for form in (*service.forms, *newest.forms)}
        service = _with_forms(newest, forms.values())
    return service


def _with_forms(service: Service, forms: Iterable[Any]) -> Service:
    values = {name: getattr(service, name) for name in service.__dataclass_fields__}
    ordered = tuple(sorted(forms, key=lambda form: form.version))
    return Service(**{**values, "forms": ordered})


class Live:
    """Keeps the catalogue of one process up with one database."""

    def __init__(self, database: Database, shipped: dict[str, Service]) -> None:
        self._database, self._shipped = database, shipped
        self._errors = (database.engine.dialect.loaded_dbapi.Error,)
        self._lock = threading.Lock()
        self._mark: Mark = (0, None)
        self.services = dict(shipped)
        self._next = 0.0

    def look(self, *, now: bool = False) -> dict[str, Service]:
        """The services in force; asks at most once a second unless told to, and never waits for
        another thread that is asking already."""
        if (now or time.monotonic() >= self._next) and self._lock.acquire(blocking=now):
            try:
                self._look()
            finally:
                self._lock.release()
        return self.services

    def expect_change(self) -> None:
        """Something is being published: ask at the next opportunity."""
        self._next = 0.0

    def _look(self) -> None:
        self._next = time.monotonic() + SECONDS
        try:
            mark = self._newest()
            if mark != self._mark:
                self.services = self._read()
                self._mark = mark
        except (SQLAlchemyError, *self._errors) as error:  # no table yet: what was, stays
            log.debug("versions of services cannot be read: %s", error)

    def _newest(self) -> Mark:
        """By a plain cursor: asked every second, it builds no session and belongs to no page."""
        url = self._database.engine.url
        if url.drivername.startswith("sqlite") and not Path(url.database or "").exists():
            return self._mark  # asking would make an empty file
        connection = self._database.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(_NEWEST)
            return tuple(cursor.fetchone() or ())
        finally:
            connection.close()

    def _read(self) -> dict[str, Service]:
        query = select(ServiceRevision).order_by(ServiceRevision.code, ServiceRevision.version)
        by_code: dict[str, list[ServiceRevision]] = {}
        with self._database.reading() as session:
            for revision in session.scalars(query):
                by_code.setdefault(revision.code, []).append(revision)
        return {code: composed(s, by_code.get(code, ())) for code, s in self._shipped.items()}
