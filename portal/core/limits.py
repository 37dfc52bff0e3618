"""Rate limits over the `limits` library, counted in the database so that all workers share them."""

import time
from typing import Any

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.errors import TooMany
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import RateCounter

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
        "search": ("120/minute",),
        "api": ("600/minute",),
    }.items()
}


class DatabaseStorage(Storage):
    """Counters in the `rate_counter` table; each hit is one short transaction of its own."""

    STORAGE_SCHEME = ["portal-database"]  # noqa: RUF012  (the library declares a plain list)

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    @property
    def base_exceptions(self) -> type[Exception]:
        return Exception

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = time.time()
        with self._database.transaction() as session:
            session.execute(
                delete(RateCounter).where(RateCounter.key == key, RateCounter.expires_at < now)
            )
            dialect = session.get_bind().dialect.name
            insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect]
            row = insert(RateCounter).values(key=key, hits=amount, expires_at=now + expiry)
            row = row.on_conflict_do_update(
                index_elements=["key"], set_={"hits": RateCounter.hits + amount}
            ).returning(RateCounter.hits)
            return int(session.execute(row).scalar_one())

    def _row(self, key: str) -> RateCounter | None:
        with self._database.reading() as session:
            row = session.get(RateCounter, key)
            return row if row and row.expires_at >= time.time() else None

    def get(self, key: str) -> int:
        row = self._row(key)
        return row.hits if row else 0

    def get_expiry(self, key: str) -> float:
        row = self._row(key)
        return row.expires_at if row else time.time()

    def check(self) -> bool:
        with self._database.reading() as session:
            session.execute(select(RateCounter.key).limit(1))
        return True

    def reset(self) -> int | None:
        with self._database.transaction() as session:
            return session.execute(delete(RateCounter)).rowcount

    def clear(self, key: str) -> None:
        with self._database.transaction() as session:
            session.execute(delete(RateCounter).where(RateCounter.key == key))


class RateLimiter:
    """Counts hits under a named limit; raises TooMany when it is used up."""

    def __init__(self, database: Database, *, enabled: bool = True) -> None:
        self._strategy = FixedWindowRateLimiter(DatabaseStorage(database))
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


def forget_old(session: Session) -> None:
    """Delete counters whose window is over."""
    session.execute(delete(RateCounter).where(RateCounter.expires_at < time.time()))
