"""`portal thesaurus`: check the data, write it as SKOS, read it back into a folder."""

import json
from pathlib import Path
from typing import Any

import click

from portal.core.errors import DomainError
from portal.thesaurus.check import check as problems_of
from portal.thesaurus.store import DATA, Thesaurus, get_thesaurus
from portal.transfer import skos

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_IN = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)
_EMPTY = click.Path(file_okay=False, path_type=Path)


@click.group("thesaurus")
def thesaurus_group() -> None:
    """The concepts of the trade, with their words in every language."""


@thesaurus_group.command("check")
@click.argument("folder", type=_FOLDER, default=DATA)
def check_command(folder: Path) -> None:
    """Check the data files (of FOLDER, else those in use); exit 1 when something is wrong."""
    count = _check(folder)
    click.echo(f"thesaurus: {count} concepts, no problems")


def _check(folder: Path) -> int:
    problems = problems_of(folder)
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        raise DomainError(f"thesaurus: {len(problems)} problems")
    return len(Thesaurus.load(folder))


@thesaurus_group.command("export")
@click.argument("file", type=_OUT)
def export_command(file: Path) -> None:
    """Write the thesaurus to FILE as SKOS in Turtle."""
    thesaurus = get_thesaurus()
    with file.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(skos.write(thesaurus))
    click.echo(f"thesaurus: {len(thesaurus)} concepts written to {file}")


@thesaurus_group.command("import")
@click.argument("file", type=_IN)
@click.argument("folder", type=_EMPTY)
def import_command(file: Path, folder: Path) -> None:
    """Read FILE (.ttl as exported, or .jsonl with one concept a line) into data files in FOLDER.

    The result is checked. A .jsonl file takes the attributes that are in use. The portal itself
    goes on with the thesaurus it was installed with.
    """
    if folder.exists() and any(folder.iterdir()):
        raise DomainError(f"{folder}: not empty")
    concepts, attributes = _records(file)
    skos.save(folder, concepts, attributes)
    count = _check(folder)
    click.echo(f"thesaurus: {count} concepts written to {folder}, no problems")


def _records(file: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DomainError(f"{file.name}: not UTF-8") from None
    if file.suffix == ".ttl":
        return skos.read(text)
    if file.suffix != ".jsonl":
        raise DomainError(f"{file.name}: the name must end in .ttl or .jsonl")
    used = get_thesaurus().attributes.values()
    attributes = [{"id": a.id, "unit": a.unit, "labels": dict(a.labels)} for a in used]
    return [
        _parsed(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()
    ], attributes


def _parsed(number: int, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DomainError(f"line {number}: not JSON: {error}") from None
    if not isinstance(record, dict) or not isinstance(record.get("id"), str):
        raise DomainError(f"line {number}: not an object with an id")
    return record
