"""`portal relevance`: run and score, without database or web application."""

import os
from pathlib import Path

import click

from portal.search import relevance as runs
from portal.search.translation import dictionaries
from portal.thesaurus.store import get_thesaurus

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _cache() -> Path:
    """The portal's own cache folder, so that both read the same dictionaries."""
    return Path(os.environ.get("PORTAL_INSTANCE") or "instance").resolve() / "cache"


@click.group("relevance")
def relevance() -> None:
    """Measure the ranking on any collection."""


@relevance.command("run")
@click.option("--corpus", "corpora", type=_FILE, multiple=True, required=True)
@click.option("--queries", type=_FILE, required=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True
)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--dictionaries/--no-dictionaries", "general", default=True, show_default=True)
def run(corpora: tuple[Path, ...], queries: Path, out: Path, limit: int, general: bool) -> None:
    """Rank the texts of a corpus for every query."""
    translator = dictionaries(_cache()) if general else None
    if translator is not None:
        translator.warm()
    try:
        rows = runs.rank(corpora, queries, get_thesaurus(), translator, limit)
        count = runs.write_run(out, rows)
    except (runs.BadCollectionError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{count} lines written to {out}", err=True)


@relevance.command("score")
@click.argument("qrels", type=_FILE)
@click.argument("run_file", metavar="RUN", type=_FILE)
def score(qrels: Path, run_file: Path) -> None:
    """Print nDCG@10, MRR@10, R@10 and R@50."""
    try:
        click.echo(runs.table(runs.score(qrels, run_file)))
    except (runs.BadCollectionError, OSError) as error:
        raise click.ClickException(str(error)) from error
