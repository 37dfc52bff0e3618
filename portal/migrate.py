"""Schema migrations: upgrade, and a comparison of database and models."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from portal import paths
from portal.core.db import Base, Database
from portal.models import load_all


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(paths.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database, target: str = "head") -> None:
    """Bring the schema up to date."""
    with _unchecked(database) as connection:
        command.upgrade(_config(connection), target)


def downgrade(database: Database, target: str) -> None:
    with _unchecked(database) as connection:
        command.downgrade(_config(connection), target)


@contextmanager
def _unchecked(database: Database) -> Iterator[Connection]:
    """A transaction in which SQLite may rebuild a table: with its checks on, dropping the old one
    would delete the rows that point to it. Checked as a whole before the commit."""
    sqlite = database.engine.dialect.name == "sqlite"
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        if sqlite and driver is not None:  # without effect once a transaction has begun
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
            if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise RuntimeError("the migration left rows that point nowhere")
            connection.commit()
        finally:
            connection.rollback()
            if sqlite and driver is not None:
                driver.execute("PRAGMA foreign_keys=ON")


def differences(database: Database) -> list[Any]:
    """What the models say and the database does not have, or the other way round."""
    load_all()
    with database.engine.connect() as connection:
        opts = {"compare_type": True, "include_name": _is_mapped}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, Base.metadata))


def _is_mapped(name: str | None, kind: str, _parents: Any) -> bool:
    """Full-text search keeps tables of its own, which no model maps."""
    return kind != "table" or not (name or "").startswith("request_words")


def is_current(database: Database) -> bool:
    """Whether the database stands at the newest migration."""
    with database.engine.connect() as connection:
        head = ScriptDirectory.from_config(_config(connection)).get_current_head()
        return MigrationContext.configure(connection).get_current_revision() == head
