"""`portal import` and `portal export`."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click
from flask.cli import with_appcontext

from portal.core.errors import DomainError
from portal.transfer import importing, tables
from portal.transfer.importing import Problem, Summary
from portal.transfer.kinds import EXPORTABLE, IMPORTABLE, Importable
from portal.transfer.tables import Row
from portal.web.app import Portal, portal

_IN = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("kind", type=click.Choice(list(IMPORTABLE)))
@click.argument("file", type=_IN)
@click.option("--dry-run", is_flag=True, help="Check every row, keep nothing.")
@click.option(
    "--on-error",
    type=click.Choice(["stop", "skip"]),
    default="stop",
    show_default=True,
    help="stop: import nothing when a row is refused; skip: leave the refused rows out.",
)
@click.option("--errors", type=_OUT, help="Also write the refusals to this file, as JSON Lines.")
@with_appcontext
def import_command(
    kind: str, file: Path, dry_run: bool, on_error: str, errors: Path | None
) -> None:
    """Import companies, capabilities or needs from FILE (.jsonl, .csv, .xlsx).

    Rows with a known ref are overwritten, all others are new. Columns of CSV and XLSX are the keys
    of a record joined by dots (texts.de.title, certificates.0.standard); the first row of an
    export shows them all. Imported records are public at once unless they carry a state.
    """
    app, importable = portal(), IMPORTABLE[kind]
    tables.file_format(file)
    with _refusals(errors) as report:
        summary = Summary()
        if dry_run or on_error == "stop":
            summary = _pass(app, importable, file, report, dry=True)
        if not dry_run and not summary.refused:
            summary = _pass(app, importable, file, report, dry=False)
            _index(app, len(summary.written))
    _tell(kind, summary, dry_run=dry_run, nothing=on_error == "stop")


@contextmanager
def _refusals(path: Path | None) -> Iterator[importing.Report]:
    """Where refusals go: to stderr, and to a file when one is named."""
    file: TextIO | None = None
    if path:
        file = path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")

    def report(problem: Problem) -> None:
        click.echo(f"portal: {problem}", err=True)
        if file:
            file.write(json.dumps(vars(problem), ensure_ascii=False) + "\n")

    try:
        yield report
    finally:
        if file:
            file.close()


def _pass(
    app: Portal, kind: Importable, file: Path, report: importing.Report, *, dry: bool
) -> Summary:
    label = "check" if dry else "import"
    with _bar(max(1, file.stat().st_size), label) as bar:
        reached = 0

        def advance(row: Row) -> None:
            nonlocal reached
            bar.update(max(0, row.size - reached))
            reached = max(reached, row.size)

        return importing.run(app.database, kind, tables.read(file), report, advance, dry=dry)


def _bar(length: int, label: str) -> Any:
    """A progress bar on stderr, so that stdout stays for results."""
    return click.progressbar(length=length, label=label, file=sys.stderr)


def _index(app: Portal, count: int) -> None:
    importing.register(app.engine)
    if count:
        with _bar(count, "index") as bar:
            importing.catch_up(app.engine, app.database, count, bar.update)


def _tell(kind: str, summary: Summary, *, dry_run: bool, nothing: bool) -> None:
    kept = 0 if dry_run or (nothing and summary.refused) else summary.done
    good = f"{summary.done} rows are fit" if dry_run else f"{kept} rows imported"
    click.echo(f"{kind}: {good}, {summary.refused} refused")
    if summary.refused:
        raise DomainError(f"{summary.refused} rows were refused")


@click.command("export")
@click.argument("kind", type=click.Choice(list(EXPORTABLE)))
@click.argument("file", type=_OUT)
@with_appcontext
def export_command(kind: str, file: Path) -> None:
    """Export all records of a kind to FILE (.jsonl, .csv, .xlsx).

    What is exported can be imported again. Texts that a spreadsheet program would run as a formula
    get a leading apostrophe in CSV and XLSX; an import takes it away.
    """
    app, exportable = portal(), EXPORTABLE[kind]
    tables.file_format(file)
    with app.database.reading() as session, _bar(exportable.count(session), "export") as bar:
        count = tables.write(file, lambda: exportable.records(session), bar.update)
    click.echo(f"{kind}: {count} rows written to {file}")
