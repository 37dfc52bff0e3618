"""A small portal of its own, served with two web workers, and tokens to write with."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal import migrate
from portal.accounts import passwords, queries, rules, services
from portal.core.db import Database
from tests.support.people import Person, populate


@dataclass
class Ground:
    """A migrated instance with the standing people in it."""

    instance: Path
    database: Database
    people: dict[str, Person]

    def token(self, name: str) -> str:
        with self.database.transaction() as session:
            user = queries.user(session, self.people[name].id)
            assert user is not None
            actor = rules.actor_of(user)
            return services.create_token(session, actor, "drill", ["read", "write"])[1]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    instance = tmp_path_factory.mktemp("drill")
    database = Database(f"sqlite:///{instance / 'portal.sqlite3'}")
    migrate.upgrade(database)
    passwords.use_memory(64)
    yield Ground(instance, database, populate(database))
    database.engine.dispose()
