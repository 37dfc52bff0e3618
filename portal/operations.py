"""`portal users`, `portal jobs` and `portal files`."""

import signal
import threading

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import AppGroup

from portal.accounts import services as accounts
from portal.core import jobs, locales
from portal.core.access import MEMBER_ROLES, STAFF_ROLES
from portal.core.errors import DomainError, Invalid
from portal.core.files import care
from portal.transfer.kinds import find_company
from portal.web.app import portal

users_group = AppGroup("users", help="Accounts of the base's staff and of companies' people.")
files_group = AppGroup("files", help="The store of uploaded files.")
jobs_group = AppGroup("jobs", help="Work that follows a change: index, matches, mails.")


@users_group.command("create")
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice([*MEMBER_ROLES, *STAFF_ROLES]))
@click.option("--company", metavar="ID", help="Id or ref of the company; for member roles.")
@click.option("--name", default="", help="The person's name.")
@click.option("--locale", default="en", show_default=True, help="Language of mails and pages.")
def create_user(email: str, role: str, company: str | None, name: str, locale: str) -> None:
    """Create a confirmed account; the person gets a link by mail to choose a password."""
    language = locales.closest(locale)
    if language is None:
        raise Invalid(f"--locale {locale}: unknown language")
    try:
        address = validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Invalid(f"--email {email}: {error}") from None
    with portal().database.transaction() as session:
        found = find_company(session, company) if company else None
        if company and found is None:
            raise DomainError(f"--company {company}: there is no such company")
        user = accounts.create_user(
            session,
            address.normalized,
            role,
            organisation_id=found.id if found else None,
            name=name,
            locale=language.tag,
        )
    click.echo(f"users: {user.email} created as {role}; the link to choose a password is mailed")


@jobs_group.command("run")
@click.option("--once", is_flag=True, help="Work off what is ready, then end.")
def run_jobs(once: bool) -> None:
    """Work off jobs until told to stop (SIGTERM or Ctrl-C)."""
    database = portal().database
    if once:
        jobs.run_ticks(database, {})
        click.echo(f"jobs: {jobs.run_ready(database)} run")
        return
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    jobs.run_forever(database, stop)


@files_group.command("check")
def check_files() -> None:
    """Read every file and compare it with the database; exit 1 when they differ."""
    report = care.compare(portal().database, portal().files, thoroughly=True)
    for kind in ("missing", "damaged", "unnamed", "parts"):
        for name in getattr(report, kind):
            click.echo(f"{kind}: {name}", err=True)
    if report.differences:
        raise DomainError(f"{report.differences} differences between files and database")
    click.echo(f"files: {report.files} files, 0 differences")


@files_group.command("sweep")
def sweep_files() -> None:
    """Remove what interrupted uploads left behind, if it is older than 45 minutes."""
    click.echo(f"files: {care.sweep(portal().database, portal().files)} removed")
