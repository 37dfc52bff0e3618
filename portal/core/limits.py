"""Rate limits over the `limits` library, counted where all workers see them.

The counters have a file of their own: a hit must count although the request that it belongs to is
refused, and must not wait for that request's own write transaction.
"""

import fcntl
import time
from pathlib import Path
from typing import Any

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import Column, Float, Integer, MetaData, String, Table, delete, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError

from portal.core.db import Database
from portal.core.errors import TooMany
from portal.core.i18n import lazy_gettext as _l

# name → limits; the key (address, account …) is given at the call.
LIMITS: dict[str, tuple[RateLimitItem, ...]] = {
    name: tuple(parse(rule) for rule in rules)
    for name, rules in {
        "sign-in": ("10/5 minutes",),
        "sign-in-all": ("1000/5 minutes",),
        "reset": ("2/hour", "5/day"),
        "reset-ip": ("20/hour",),
        "register": ("10/hour", "30/day"),
        "confirm": ("5/hour",),
        "invite": ("20/hour",),
        "inquiry": ("20/hour", "100/day"),
        "report": ("5/hour", "20/day"),
        "fact-sheet": ("30/hour", "100/day"),
        "search": ("120/minute",),
        "api": ("600/minute",),
    }.items()
}
COUNTER = Table(
    "rate_counter",
    MetaData(),
    Column("key", String(200), primary_key=True),
    Column("hits", Integer, nullable=False),
    Column("expires_at", Float, nullable=False),
)


class DatabaseStorage(Storage):
    """Counters in an SQLite file; each hit is one short transaction."""

    STORAGE_SCHEME = ["portal-database"]  # noqa: RUF012  (the library declares a plain list)

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._database = Database(f"sqlite:///{path}")
        self._ready = False

    def _counters(self) -> Database:
        """The database with its table. Workers that meet a new file wait for each other: SQLite
        refuses at once when two switch it to write-ahead logging."""
        if not self._ready:
            with self._path.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                COUNTER.create(self._database.engine, checkfirst=True)
            self._ready = True
        return self._database

    @property
    def base_exceptions(self) -> type[Exception]:
        return OperationalError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        try:
            return self._incr(key, expiry, amount)
        except OperationalError:
            if self._has_table():
                raise
            self._ready = False  # the file was taken away
            return self._incr(key, expiry, amount)

    def _has_table(self) -> bool:
        with self._counters().engine.connect() as connection:
            return connection.dialect.has_table(connection, COUNTER.name)

    def _incr(self, key: str, expiry: int, amount: int) -> int:
        now = time.time()
        row = sqlite.insert(COUNTER).values(key=key, hits=amount, expires_at=now + expiry)
        hit: Any = row.on_conflict_do_update(
            index_elements=["key"], set_={"hits": COUNTER.c.hits + amount}
        ).returning(COUNTER.c.hits)
        with self._counters().transaction() as session:
            session.execute(delete(COUNTER).where(COUNTER.c.key == key, COUNTER.c.expires_at < now))
            return int(session.execute(hit).scalar_one())

    def _row(self, key: str) -> tuple[int, float]:
        query = select(COUNTER.c.hits, COUNTER.c.expires_at).where(
            COUNTER.c.key == key, COUNTER.c.expires_at >= time.time()
        )
        with self._counters().reading() as session:
            row = session.execute(query).first()
        return (row[0], row[1]) if row else (0, time.time())

    def get(self, key: str) -> int:
        return self._row(key)[0]

    def get_expiry(self, key: str) -> float:
        return self._row(key)[1]

    def check(self) -> bool:
        return self._has_table()

    def reset(self) -> int | None:
        with self._counters().transaction() as session:
            session.execute(delete(COUNTER))
        return None

    def clear(self, key: str) -> None:
        with self._counters().transaction() as session:
            session.execute(delete(COUNTER).where(COUNTER.c.key == key))

    def forget_old(self) -> None:
        """Delete counters whose window is over."""
        if self._has_table():
            with self._counters().transaction() as session:
                session.execute(delete(COUNTER).where(COUNTER.c.expires_at < time.time()))

    def close(self) -> None:
        self._database.engine.dispose()


class RateLimiter:
    """Counts hits under a named limit; raises TooMany when it is used up."""

    def __init__(self, folder: Path, *, enabled: bool = True) -> None:
        self.storage = DatabaseStorage(folder / "limits.sqlite3")
        self._strategy = FixedWindowRateLimiter(self.storage)
        self._enabled = enabled

    def hit(self, name: str, *key: str) -> None:
        if not self._enabled:
            return
        for item in LIMITS[name]:
            if not self._strategy.hit(item, name, *key):
                reset = self._strategy.get_window_stats(item, name, *key).reset_time
                raise TooMany(
                    _l("Too many attempts. Please try again later."),
                    retry_after=max(1, int(reset - time.time())),
                )
