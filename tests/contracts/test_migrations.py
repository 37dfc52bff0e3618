"""The migrations make exactly what the models say, and can be taken back."""

from pathlib import Path

from sqlalchemy import inspect

from portal import migrate
from portal.core.db import Database


def test_migrations_equal_the_models(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'm.sqlite3'}")
    migrate.upgrade(database)
    assert migrate.differences(database) == []
    assert migrate.is_current(database)
    database.engine.dispose()


def test_migrations_can_be_taken_back(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'm.sqlite3'}")
    migrate.upgrade(database)
    migrate.downgrade(database, "base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    migrate.upgrade(database)
    database.engine.dispose()
