"""The command `portal`: every door that is not a web page. Errors are one plain line."""

import logging
import sys
from typing import Any

import click
from flask.cli import AppGroup, FlaskGroup, ScriptInfo
from sqlalchemy.exc import OperationalError

from portal import migrate
from portal.config import ConfigurationError, load_settings
from portal.core.errors import DomainError
from portal.demo.cli import demo_group
from portal.factory import create_app
from portal.transfer.cli import export_command, import_command
from portal.web.app import Portal, portal


class Command(FlaskGroup):
    """The group of all commands; faults end with a plain line and exit 1, wrong usage with 2."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        except ConfigurationError as error:
            _fail(str(error))
        except DomainError as error:
            _fail(str(error))
        except OperationalError as error:
            _fail(f"database: {error.orig}; is the schema up to date? (portal db upgrade)")
        except BrokenPipeError:
            sys.exit(0)
        except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
            _fail(f"{error.filename}: {error.strerror}")


def _fail(message: str) -> None:
    click.echo(f"portal: {message}", err=True)
    sys.exit(1)


def _create(_info: ScriptInfo | None = None) -> Portal:
    return create_app(load_settings())


@click.group(
    cls=Command,
    create_app=_create,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    set_debug_flag=False,
)
def cli() -> None:
    """Portal of the overseas base: serve it, look after it, ask it."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)


db_group = AppGroup("db", help="The database schema.")


@db_group.command("upgrade")
def db_upgrade() -> None:
    """Create the schema or bring it up to date."""
    portal().settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    migrate.upgrade(portal().database)
    click.echo("database: up to date")


@db_group.command("check")
def db_check() -> None:
    """Compare the database with what the program expects; exit 1 when they differ."""
    if not migrate.is_current(portal().database):
        raise DomainError("the database is not at the newest migration: portal db upgrade")
    differences = migrate.differences(portal().database)
    for difference in differences:
        click.echo(f"differs: {difference}", err=True)
    if differences:
        raise DomainError("database and program differ")
    click.echo("database: as expected")


for _command in (db_group, demo_group, import_command, export_command):
    cli.add_command(_command)


def main() -> None:
    """Entry point of the console script."""
    cli.main(prog_name="portal")
