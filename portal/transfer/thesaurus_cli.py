"""`portal thesaurus`: check the data, write it to a file, read a file as drafts or data files."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from portal.core.access import SYSTEM
from portal.core.errors import DomainError
from portal.thesaurus import exchange, queries, services
from portal.thesaurus.check import averages
from portal.thesaurus.check import check as problems_of
from portal.thesaurus.skos import Read
from portal.thesaurus.store import DATA, Thesaurus, get_thesaurus
from portal.web.app import portal

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_IN = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)
_EMPTY = click.Path(file_okay=False, path_type=Path)
SHOWN = 50


@click.group("thesaurus")
def thesaurus_group() -> None:
    """The concepts of the trade, with their words in every language."""


@thesaurus_group.command("check")
@click.argument("folder", type=_FOLDER, default=DATA)
def check_command(folder: Path) -> None:
    """Check the data files (of FOLDER, else those in use); exit 1 when something is wrong."""
    thesaurus = _check(folder)
    means = ", ".join(f"{lang} {mean:.1f}" for lang, mean in averages(thesaurus).items())
    click.echo(f"thesaurus: {len(thesaurus)} concepts, no problems; terms a concept: {means}")


def _check(folder: Path) -> Thesaurus:
    problems = problems_of(folder)
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        raise DomainError(f"thesaurus: {len(problems)} problems")
    return Thesaurus.load(folder)


@thesaurus_group.command("export")
@click.argument("file", type=_OUT)
@with_appcontext
def export_command(file: Path) -> None:
    """Write the thesaurus in force to FILE: .ttl (SKOS), .csv (for spreadsheets) or .jsonl."""
    thesaurus = get_thesaurus()
    text = exchange.write(thesaurus, exchange.file_format(file.name))
    file.write_text(text, "utf-8", newline="")
    click.echo(f"thesaurus: {len(thesaurus)} concepts written to {file}")


@thesaurus_group.command("import")
@click.argument("file", type=_IN)
@click.argument("folder", type=_EMPTY, required=False)
@click.option("--reason", default="", help="Why; colleagues read it in the history.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@with_appcontext
def import_command(file: Path, folder: Path | None, reason: str, dry_run: bool) -> None:
    """Read FILE (.ttl, .csv or .jsonl) as drafts, to be tried and published in the desk.

    With FOLDER, write data files there instead and check them; the portal itself goes on with the
    thesaurus it has.
    """
    found = exchange.read(file.read_bytes(), exchange.file_format(file.name), get_thesaurus())
    _refuse_faults(file, found)
    if folder is None:
        _drafts(found, reason or f"import of {file.name}", dry_run=dry_run)
    else:
        _data_files(found, folder)


def _refuse_faults(file: Path, found: Read) -> None:
    for fault in found.faults[:SHOWN]:
        place = f", column {fault.column}" if fault.column else ""
        click.echo(f"row {fault.row}{place}: {fault.message}", err=True)
    if found.faults:
        raise DomainError(f"{file.name}: {len(found.faults)} faults, nothing was taken")
    if not found.concepts:
        raise DomainError(f"{file.name}: no concepts")


def _drafts(found: Read, reason: str, *, dry_run: bool) -> None:
    with portal().database.transaction() as session:
        if dry_run:
            planned = queries.planned_thesaurus(session, queries.drafts(session))
            ids = [r["id"] for r in services.differing(found.concepts, planned)]
        else:
            written = services.draft_all(session, SYSTEM, found.concepts, reason)
            ids = [revision.concept_id for revision in written]
    for concept_id in ids[:SHOWN]:
        click.echo(concept_id)
    click.echo(f"thesaurus: {len(ids)} concepts {'would change' if dry_run else 'drafted'}")


def _data_files(found: Read, folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise DomainError(f"{folder}: not empty")
    used = get_thesaurus().attributes.values()
    ours = [{"id": a.id, "unit": a.unit, "labels": dict(a.labels)} for a in used]
    (folder / "concepts").mkdir(parents=True, exist_ok=True)
    _lines(folder / "attributes.jsonl", found.attributes or ours)
    concepts = (record for record in found.concepts if not record.get("retired"))
    _lines(folder / "concepts" / "concepts.jsonl", concepts)
    click.echo(f"thesaurus: {len(_check(folder))} concepts written to {folder}, no problems")


def _lines(path: Path, records: Iterable[dict[str, Any]]) -> None:
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), "utf-8", newline="\n")
