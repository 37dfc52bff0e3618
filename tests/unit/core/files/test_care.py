"""Bytes and rows stay together, whatever is interrupted."""

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from portal.core import files, jobs
from portal.core.db import Base, Database
from portal.core.errors import Unavailable
from portal.core.files import care
from portal.core.models import StoredFile

OLD = 2 * 3600


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(f"sqlite:///{tmp_path / 'files.sqlite3'}")
    Base.metadata.create_all(found.engine)
    yield found
    found.engine.dispose()


@pytest.fixture
def store(tmp_path: Path) -> files.FileStore:
    return files.FileStore(tmp_path / "store")


def keep(database: Database, store: files.FileStore, content: bytes) -> str:
    with database.transaction() as session:
        upload = files.Upload("a.txt", "text/plain", content)
        return files.store(session, store, upload, None).sha256


def age(path: Path) -> None:
    past = time.time() - OLD
    os.utime(path, (past, past))


def stored(store: files.FileStore) -> list[str]:
    return sorted(path.name for path in store.folder.glob("??/*"))


def test_bytes_without_a_row_go_when_they_are_old(
    database: Database, store: files.FileStore
) -> None:
    named, left, fresh = keep(database, store, b"named"), store.put(b"left"), store.put(b"fresh")
    part = store.path(left).with_name("tmpx.part")
    part.write_bytes(b"half")
    for path in (store.path(named), store.path(left), part):
        age(path)
    found = care.compare(database, store)
    assert (found.unnamed, found.parts, found.differences) == ([left], ["tmpx.part"], 2)
    assert care.sweep(database, store) == 2
    assert stored(store) == sorted([named, fresh])
    assert care.compare(database, store).differences == 0


def test_of_a_deleted_row_the_bytes_go_unless_another_row_names_them(
    database: Database, store: files.FileStore
) -> None:
    first, second = keep(database, store, b"one"), keep(database, store, b"two")
    keep(database, store, b"two")
    with database.transaction() as session:
        session.execute(delete(StoredFile).where(StoredFile.sha256 == first))
    for path in (store.path(first), store.path(second)):
        age(path)
    care.sweep(database, store)
    assert stored(store) == [second]


def test_bytes_that_are_sent_again_are_not_swept(
    database: Database, store: files.FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = store.put(b"again")
    age(store.path(sha256))
    rename = Path.rename

    def sent_meanwhile(path: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "rename", rename)
        store.put(b"again")  # between the look at its age and its going aside
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", sent_meanwhile)
    assert care.sweep(database, store) == 0
    assert store.get(sha256) == b"again"


def test_missing_and_damaged_bytes_are_found(database: Database, store: files.FileStore) -> None:
    gone, cut, altered = (keep(database, store, name) for name in (b"gone", b"cut off", b"altered"))
    store.path(gone).unlink()
    store.path(cut).write_bytes(b"cut")
    store.path(altered).write_bytes(b"ALTERED")
    assert care.compare(database, store).damaged == [cut]
    thorough = care.compare(database, store, thoroughly=True)
    assert thorough.missing == [gone]
    assert thorough.damaged == sorted([cut, altered])


def test_bytes_of_a_blocked_file_are_not_missed(database: Database, store: files.FileStore) -> None:
    sha256 = keep(database, store, b"virus")
    with database.transaction() as session:
        session.execute(update(StoredFile).values(scan_state="blocked"))
    store.remove(sha256)
    assert care.compare(database, store).differences == 0


def test_the_worker_sweeps_and_compares(database: Database, store: files.FileStore) -> None:
    files.register(store)
    age(store.path(store.put(b"left")))
    keep(database, store, b"kept")
    for name in ("sweep files that belong to nothing", "compare files with the database"):
        jobs._ticks[name][1](database)
    assert len(stored(store)) == 1
    with database.reading() as session:
        night = care.last_night(session)
    assert night and (night["files"], night["differences"]) == (1, 0)


@pytest.mark.parametrize(
    ("number", "status"), [(errno.ENOSPC, 507), (errno.EDQUOT, 507), (errno.EROFS, 503)]
)
@pytest.mark.parametrize("where", ["write", "fsync", "replace"])
def test_what_cannot_be_written_leaves_nothing(
    store: files.FileStore, monkeypatch: pytest.MonkeyPatch, number: int, status: int, where: str
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise OSError(number, os.strerror(number))

    if where == "write":
        monkeypatch.setattr("portal.core.files.storing.os.fdopen", fail)
    elif where == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(Unavailable) as refused:
        store.put(b"text")
    assert refused.value.status == status
    monkeypatch.undo()
    assert stored(store) == []


def test_a_store_that_is_no_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("x")
    with pytest.raises(Unavailable):
        files.FileStore(tmp_path / "store").put(b"text")
