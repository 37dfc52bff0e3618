"""The migrations make exactly what the models say, and can be taken back."""

from pathlib import Path

from sqlalchemy import inspect, text

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


def test_a_rebuilt_table_keeps_the_rows_that_point_to_it(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'm.sqlite3'}")
    migrate.upgrade(database, "0003")
    at = "2026-01-01 00:00:00.000000"
    with database.engine.begin() as connection:
        for line in (
            f"insert into organisation values ('o', 'supplier', 'O', 'CN', 'en', '{at}')",
            "insert into user_account (id, email, name, password_hash, locale, timezone, "
            f"created_at) values ('u', 'u@example.org', 'U', '', 'en', 'UTC', '{at}')",
            f"insert into membership values ('u', 'o', 'owner', '{at}')",
        ):
            connection.execute(text(line))
    migrate.upgrade(database)
    with database.engine.begin() as connection:
        assert connection.execute(text("select count(*) from membership")).scalar() == 1
    database.engine.dispose()
