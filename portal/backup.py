"""`portal backup`: database, files and a manifest in one archive, checked when it is restored."""

import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

import click
from flask.cli import AppGroup

from portal.config import Settings
from portal.core import clock
from portal.core.errors import DomainError
from portal.privacy import restoring
from portal.web.app import portal

MANIFEST, DATABASE, FILES = "manifest.json", "portal.sqlite3", "files"
FORMAT = 1
backup_group = AppGroup(
    "backup",
    help="Backups of database and files. They are not encrypted yet: keep them where only the"
    " operator can read. The index is not part of them; it is built anew.",
)
_OUT = click.Path(dir_okay=False, path_type=Path)
_IN = click.Path(exists=True, dir_okay=False, path_type=Path)


@backup_group.command("create")
@click.argument("file", type=_OUT)
def create_command(file: Path) -> None:
    """Write a backup to FILE (a tar archive) while the portal may go on serving."""
    entries = create(portal().settings, file)
    click.echo(f"backup: database and {entries} files written to {file}")


@backup_group.command("restore")
@click.argument("file", type=_IN)
def restore_command(file: Path) -> None:
    """Restore FILE into an instance folder that holds no database yet; everything is checked
    against the manifest before anything is put in place."""
    entries = restore(portal().settings, file)
    erased = restoring.erase_again(portal().settings, file.resolve().parent)
    if erased:
        click.echo(f"backup: {erased} people erased again who were erased after it was made")
    click.echo(f"backup: database and {entries} files restored; next: portal index rebuild")


def _database_path(settings: Settings) -> Path:
    if not settings.database_url.startswith("sqlite:///"):
        raise DomainError("backups are for SQLite; use the tools of your database server")
    return Path(settings.database_url.removeprefix("sqlite:///"))


def create(settings: Settings, target: Path) -> int:
    """Returns how many uploaded files were written. The archive appears whole or not at all."""
    database = _database_path(settings)
    if not database.exists():
        raise DomainError("there is no database to back up: portal db upgrade")
    part = target.with_name(f".{target.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=settings.instance) as folder:
            copy = Path(folder) / DATABASE
            _copy_database(database, copy)
            with (
                _private(part) as out,
                tarfile.open(fileobj=out, mode="w") as tar,
            ):
                sums = {DATABASE: _add(tar, DATABASE, copy)}
                for name, path in _stored(settings.files_folder):
                    sums[name] = _add(tar, name, path)
                _add_manifest(tar, sums)
        part.replace(target)
        restoring.keep_list(settings.instance, target.resolve().parent)
    finally:
        part.unlink(missing_ok=True)
    return len(sums) - 1


def _private(path: Path) -> BinaryIO:
    """A new file that only its owner may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's online backup: one consistent state, whatever is written meanwhile."""
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target)) as writing:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")


def _stored(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.glob("??/*")) if folder.is_dir() else ():
        if path.is_file() and len(path.name) == 64:
            yield f"{FILES}/{path.parent.name}/{path.name}", path


def _add(tar: tarfile.TarFile, name: str, path: Path) -> str:
    tar.add(path, arcname=name, recursive=False)
    with path.open("rb") as file:
        return _sum(file)


def _sum(file: Any) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()


def _add_manifest(tar: tarfile.TarFile, sums: dict[str, str]) -> None:
    manifest = {"format": FORMAT, "at": clock.iso_z(clock.now()), "sha256": sums}
    content = json.dumps(manifest, indent=1).encode()
    info = tarfile.TarInfo(MANIFEST)
    info.size, info.mode = len(content), 0o600
    tar.addfile(info, io.BytesIO(content))


def restore(settings: Settings, source: Path) -> int:
    """Returns how many uploaded files were restored. Raises DomainError and changes nothing when
    the archive is damaged or the instance is in use."""
    database = _database_path(settings)
    if database.exists():
        raise DomainError(f"{database} exists: restore into an empty instance folder")
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.instance) as folder:
        try:
            sums = _unpack(source, Path(folder))
        except (tarfile.TarError, OSError, ValueError, KeyError, EOFError) as error:
            raise DomainError(f"{source}: not a backup of the portal: {error}") from None
        _check_database(Path(folder) / DATABASE)
        for name in sums:
            if name != DATABASE:
                _put(Path(folder) / name, settings.files_folder / name.removeprefix(f"{FILES}/"))
        _put(Path(folder) / DATABASE, database)
    return len(sums) - 1


def _unpack(source: Path, folder: Path) -> dict[str, str]:
    with tarfile.open(source, mode="r:") as tar:
        manifest = json.load(_member(tar, MANIFEST))
        if manifest["format"] != FORMAT:
            raise ValueError(f"format {manifest['format']} is not known")
        sums: dict[str, str] = dict(manifest["sha256"])
        if DATABASE not in sums:
            raise ValueError("without a database")
        for name, expected in sums.items():
            _check_name(name)
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if _copy(_member(tar, name), target) != expected:
                raise ValueError(f"{name} is damaged")
    return sums


def _member(tar: tarfile.TarFile, name: str) -> BinaryIO:
    file = tar.extractfile(name)
    if file is None:
        raise ValueError(f"{name} is missing")
    return file  # type: ignore[return-value]


def _check_name(name: str) -> None:
    """Only names that a backup has: nothing can be written outside the instance."""
    parts = name.split("/")
    is_file = len(parts) == 3 and parts[0] == FILES and parts[2][:2] == parts[1]
    if name != DATABASE and not (is_file and parts[2].isalnum() and len(parts[2]) == 64):
        raise ValueError(f"unexpected entry {name[:80]}")


def _copy(source: BinaryIO, target: Path) -> str:
    with _private(target) as out:
        while block := source.read(1 << 20):
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    with target.open("rb") as file:
        return _sum(file)


def _check_database(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        answer = str(error)
    if answer != "ok":
        raise DomainError(f"the database in the backup is damaged: {answer}")


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source.replace(target)
