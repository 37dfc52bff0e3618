"""`portal relevance export`: what staff judged, as a collection for relevance runs."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from portal.matching import qrels
from portal.search.relevance_cli import relevance
from portal.web.app import portal

__all__ = ["relevance"]


@relevance.command("export")
@click.argument("folder", metavar="OUT_FOLDER", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def export(folder: Path) -> None:
    """Write corpus, queries and qrels of the judged matches; public texts only."""
    with portal().database.reading() as session:
        found = qrels.collected(session)
    qrels.write(folder, found)
    click.echo(f"{found.judgements} judgements written to {folder}", err=True)
    if found.left_out:
        click.echo(f"{found.left_out} left out: their records are not public", err=True)
