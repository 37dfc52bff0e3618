"""Schema migrations: upgrade, and a comparison of database and models."""

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
    with database.engine.connect() as connection:
        command.upgrade(_config(connection), target)
        connection.commit()


def downgrade(database: Database, target: str) -> None:
    with database.engine.connect() as connection:
        command.downgrade(_config(connection), target)
        connection.commit()


def differences(database: Database) -> list[Any]:
    """What the models say and the database does not have, or the other way round."""
    load_all()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def is_current(database: Database) -> bool:
    """Whether the database stands at the newest migration."""
    with database.engine.connect() as connection:
        head = ScriptDirectory.from_config(_config(connection)).get_current_head()
        return MigrationContext.configure(connection).get_current_revision() == head
