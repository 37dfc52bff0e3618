"""`portal fact-sheet`: the key facts of a company as a file."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from portal.companies import records as companies
from portal.core import i18n, locales
from portal.core.access import SYSTEM
from portal.core.errors import DomainError, Invalid, NotFound
from portal.disclosure.rules import LEVELS, NDA
from portal.fact_sheets import making, queries
from portal.web.app import portal


@click.command("fact-sheet")
@click.argument("company", metavar="ID|REF")
@click.option("--format", "form", type=click.Choice(list(making.TYPES)), default=making.PDF)
@click.option("--locale", default=None, help="Language of the file.")
@click.option("--as", "reach", type=click.Choice(LEVELS), default=NDA, help="As whom it is read.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@with_appcontext
def fact_sheet_command(company: str, form: str, locale: str | None, reach: str, out: Path) -> None:
    """The key facts of a company: one page, or the self-assessment. It holds what is confidential
    unless --as says otherwise."""
    tag = locales.closest(locale) if locale else locales.DEFAULT
    if tag is None:
        raise Invalid(f"--locale {locale}: unknown language")
    if form not in making.formats():
        raise DomainError("PDF files need Pango on this machine")
    app = portal()
    with (
        app.database.reading() as session,
        app.test_request_context(f"/{tag.slug}/"),
        i18n.use_locale(tag.tag),
    ):
        known = companies.by_ref(session, company)
        if known is None:
            raise NotFound(f"company {company}: not found")
        row = queries.company_for(session, SYSTEM, known.id)
        found = queries.material(session, row, reach, inside=reach == NDA)
        body = making.made(app.jinja_env, app.settings, found, form, capability=False)
    out.touch(mode=0o600)
    out.write_bytes(body)
    click.echo(f"{out}: {len(body):,} bytes")
