"""Following the releases: each process asks now and then, by one tiny query, and swaps."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from portal.core.db import Database
from portal.thesaurus import overlay
from portal.thesaurus.overlay import Mark
from portal.thesaurus.store import Thesaurus, put_in_force, shipped

log = logging.getLogger("portal.thesaurus")
SECONDS = 1.0
_NEWEST = "SELECT number, digest FROM thesaurus_release ORDER BY number DESC LIMIT 1"


class Live:
    """Keeps the thesaurus of one process up with the database. `swapped` is told of a new one
    before anybody gets it, so that what is built from it is ready."""

    def __init__(self, database: Database, swapped: Callable[[Thesaurus], None]) -> None:
        self._database = database
        self._swapped = swapped
        self._errors = (database.engine.dialect.loaded_dbapi.Error,)
        self._lock = threading.Lock()
        self._mark = Mark()
        self._thesaurus = shipped()
        self._next = 0.0

    def follow(self) -> None:
        """Ask for a new release, at most once a second; what has to be built for one is built in
        the background, and the next call puts it in force."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + SECONDS
            if self._asked() != self._mark:
                threading.Thread(target=self._swap, name="thesaurus", daemon=True).start()
        put_in_force(self._thesaurus)

    def catch_up(self) -> Mark:
        """Ask now, and wait for it: for whoever is about to write. Returns what is in force."""
        self._swap()
        put_in_force(self._thesaurus)
        return self._mark

    def _swap(self) -> None:
        with self._lock:
            mark = self._asked()
            if mark == self._mark:
                return
            with self._database.reading() as session:
                fresh = overlay.thesaurus_at(session, mark)
            self._swapped(fresh)
            self._mark, self._thesaurus = mark, fresh

    def _asked(self) -> Mark:
        """The newest release; without a table or a database it is the one we have."""
        try:
            return self._newest()
        except (SQLAlchemyError, *self._errors) as error:
            log.debug("releases of the thesaurus cannot be read: %s", error)
            return self._mark

    def _newest(self) -> Mark:
        """By a plain cursor: asked every second, it builds no session and belongs to no page."""
        url = self._database.engine.url
        if url.drivername.startswith("sqlite") and not Path(url.database or "").exists():
            return Mark()  # asking would make an empty file
        connection = self._database.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(_NEWEST)
            row = cursor.fetchone()
            return Mark(*row) if row else Mark()
        finally:
            connection.close()
