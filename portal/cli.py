"""The command `portal`: every door that is not a web page. Errors are one plain line."""

import logging
import sys
from typing import Any

import click
from flask.cli import AppGroup, FlaskGroup, ScriptInfo
from sqlalchemy.exc import DatabaseError, OperationalError

from portal.backup import backup_group
from portal.bench import bench_command
from portal.config import ConfigurationError, load_settings
from portal.core.errors import DomainError, Invalid
from portal.demo.cli import demo_group
from portal.doctor import doctor_command
from portal.fact_sheets.cli import fact_sheet_command
from portal.factory import create_app
from portal.market_rules.cli import gaps_command
from portal.matching import jobs as matching_jobs
from portal.matching.cli import match_group
from portal.matching.relevance_cli import relevance
from portal.operations import files_group, jobs_group, users_group
from portal.search.cli import index_group, search_command
from portal.search.index import IndexUnavailable
from portal.serve import serve_command
from portal.service_requests.mail_in.cli import mail_group
from portal.transfer import importing
from portal.transfer.cli import export_command, import_command
from portal.transfer.thesaurus_cli import thesaurus_group
from portal.web.app import Portal, portal


class Command(FlaskGroup):
    """The group of all commands; faults end with a plain line and exit 1, wrong usage with 2."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        except (ConfigurationError, IndexUnavailable) as error:
            _fail(str(error))
        except DomainError as error:
            _fail(_details(error))
        except OperationalError as error:
            _fail(f"database: {error.orig}; is the schema up to date? (portal db upgrade)")
        except DatabaseError as error:
            _fail(f"database: {error.orig}")
        except BrokenPipeError:
            sys.exit(0)
        except OSError as error:
            _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))


def _details(error: DomainError) -> str:
    """The message, with the fields it is about."""
    fields = error.errors if isinstance(error, Invalid) else {}
    named = "; ".join(f"{name}: {message}" for name, message in fields.items())
    return named or str(error)


def _fail(message: str) -> None:
    click.echo(f"portal: {' '.join(message.split())}", err=True)
    sys.exit(1)


def _create(_info: ScriptInfo | None = None) -> Portal:
    app = create_app(load_settings())
    matching_jobs.register(app.engine)
    importing.register(app.engine)
    app.engine.follow()
    return app


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
    from portal import migrate  # noqa: PLC0415  (slow to load)

    portal().settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    migrate.upgrade(portal().database)
    click.echo("database: up to date")


@db_group.command("check")
def db_check() -> None:
    """Compare the database with what the program expects; exit 1 when they differ."""
    from portal import migrate  # noqa: PLC0415  (slow to load)

    if not migrate.is_current(portal().database):
        raise DomainError("the database is not at the newest migration: portal db upgrade")
    differences = migrate.differences(portal().database)
    for difference in differences:
        click.echo(f"differs: {difference}", err=True)
    if differences:
        raise DomainError("database and program differ")
    click.echo("database: as expected")


for _command in (
    backup_group,
    bench_command,
    db_group,
    demo_group,
    doctor_command,
    export_command,
    fact_sheet_command,
    files_group,
    gaps_command,
    import_command,
    index_group,
    jobs_group,
    mail_group,
    match_group,
    relevance,
    search_command,
    serve_command,
    thesaurus_group,
    users_group,
):
    cli.add_command(_command)


def main() -> None:
    """Entry point of the console script."""
    cli.main(prog_name="portal")
