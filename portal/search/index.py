"""The index on disk: generations, manifest, the one writer, and opening without ever being wrong.

    <folder>/CURRENT            name of the generation in use
    <folder>/lock               held by whoever writes
    <folder>/analyser.ready     what the next process need not build (see readied.py)
    <folder>/<generation>/      Whoosh's files, manifest.json and seal.json (see integrity.py)

The manifest is the commit: it names the table of contents in use and the SHA-256 of every file.
Its own stands on its second line.
A file that differs, a file that is missing or another analyser make the index unavailable; the
caller rebuilds it from the database. A release of the thesaurus does not: the manifest says which
one all documents have (`release`) and which one is being brought in (`pending`).
"""

# mypy: disable-error-code="no-untyped-call"

import fcntl
import json
import math
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import whoosh
from whoosh.index import TOC, clean_files

from portal.search import integrity, readied
from portal.search.batches import Batch, Builder
from portal.search.integrity import SEAL, Damaged, Integrity
from portal.search.schema import schema
from portal.search.segments import INDEX_NAME, MappedStorage, Segment, Snapshot
from portal.thesaurus.overlay import Mark

ENGINE = "3-whoosh-" + ".".join(map(str, whoosh.__version__[:3]))
CURRENT, MANIFEST, LOCK = "CURRENT", "manifest.json", "lock"
REFUSED, REBUILDING = "refused.json", "rebuild.lock"
KEPT_FILES = frozenset({MANIFEST, SEAL})
OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
# Deleted documents are merged away when they are this share of the index.
MAX_DELETED = 0.3
# So many segments of about the same size are merged; a size is that many times the one below.
ALIKE = 6


class IndexUnavailable(Exception):
    """There is no index that may be believed; search in the database and rebuild."""


class Behind(Exception):
    """The index has documents of a newer release than this writer knows: look and try again."""


@dataclass(frozen=True)
class Manifest:
    """What one commit consists of."""

    engine: str
    analyser: str
    generation: str
    toc: int
    files: dict[str, list[Any]] = field(default_factory=dict)  # name → size, SHA-256
    release: str = ""
    pending: str = ""

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        try:
            return cls(**json.loads(integrity.unsigned((folder / MANIFEST).read_text("utf-8"))))
        except (OSError, ValueError, TypeError) as error:
            raise IndexUnavailable(f"manifest: {error}") from error

    def write(self, folder: Path) -> None:
        integrity.replace(folder / MANIFEST, integrity.signed(json.dumps(asdict(self))))

    @property
    def contents(self) -> str:
        """The file with the table of contents."""
        return str(TOC._filename(INDEX_NAME, self.toc))


class Commit:
    """The next state of a generation: deletions, new segments, merged ones."""

    def __init__(self, folder: Path, fresh: Manifest) -> None:
        known = (folder / MANIFEST).exists()
        self._folder, self._manifest = folder, Manifest.read(folder) if known else fresh
        self._storage = MappedStorage(str(folder))
        if known:
            self._check([self._manifest.contents])
        before = TOC.read(self._storage, INDEX_NAME, gen=self._manifest.toc)
        self._segments: list[Any] = before.segments
        self._generation = self._manifest.toc + 1

    def delete(self, number: int) -> None:
        """By number over all segments of the state before."""
        for segment in self._segments:
            if number < segment.doc_count_all():
                segment.delete_document(number)
                return
            number -= segment.doc_count_all()

    def write(self, batches: Iterable[Batch]) -> None:
        """Write batches as segments, with them those that are worth merging, then the manifest."""
        merged = worth_merging(self._segments)
        self._check(self._files(merged))  # or damage would get a right checksum
        taken_in = (Batch.of_segment(Segment(self._storage, s)) for s in merged)
        kept = [s for s in self._segments if s not in merged]
        self._finish(kept + list(self._written(chain(taken_in, batches))))

    def _written(self, batches: Iterable[Batch]) -> Iterator[Any]:
        builder = Builder()
        for batch in batches:
            builder.add(batch)
            if builder.full:
                yield builder.write(self._storage)
                builder = Builder()
        if builder.size:
            yield builder.write(self._storage)

    def _finish(self, segments: list[Any]) -> None:
        TOC(schema(), segments, self._generation).write(self._storage, INDEX_NAME)
        after = replace(self._manifest, toc=self._generation)
        files = {name: self._entry(name) for name in [after.contents, *self._files(segments)]}
        if any(size >= integrity.SEALED_FROM for _, (size, _) in self._new(files)):
            integrity.seal(self._folder, files)
        replace(after, files=files).write(self._folder)
        clean_files(self._storage, INDEX_NAME, self._generation, segments)

    def _files(self, segments: list[Any]) -> list[str]:
        ids = tuple(f"{s.segment_id()}." for s in segments)
        return [p.name for p in self._folder.iterdir() if ids and p.name.startswith(ids)]

    def _new(self, files: dict[str, list[Any]]) -> Iterator[tuple[str, list[Any]]]:
        return ((name, entry) for name, entry in files.items() if name not in self._manifest.files)

    def _check(self, names: Iterable[str]) -> None:
        try:
            for name in names:
                integrity.compare(self._folder / name, *self._manifest.files[name])
        except (Damaged, OSError, KeyError) as error:
            raise IndexUnavailable(f"cannot be written to: {error}") from error

    def _entry(self, name: str) -> list[Any]:
        path = self._folder / name
        before = self._manifest.files.get(name)
        size = path.stat().st_size
        return before if before and before[0] == size else [size, integrity.digest_of(path)]


def worth_merging(segments: list[Any]) -> list[Any]:
    """Segments to be written anew as one: all when much of them is deleted, else those of the
    smallest size that there are several of, so that each document is written few times over."""
    total = sum(s.doc_count_all() for s in segments)
    deleted = sum(s.deleted_count() for s in segments)
    if total and deleted / total > MAX_DELETED:
        return segments
    sizes: dict[int, list[Any]] = {}
    for segment in segments:
        living = segment.doc_count_all() - segment.deleted_count()
        sizes.setdefault(int(math.log(max(living, 1), ALIKE)), []).append(segment)
    crowded = [size for size, alike in sizes.items() if len(alike) >= ALIKE]
    return [s for size in sizes if size <= max(crowded, default=-1) for s in sizes[size]]


class IndexFolder:
    """The folder of one index; `analyser` is the version that its terms must have."""

    def __init__(self, folder: Path, analyser: str, release: str = "") -> None:
        self.folder = folder
        self.analyser = analyser
        self.release = release
        self.integrity = Integrity()
        self._newest = ("", 0)
        self._pointer = os.fspath(folder / CURRENT)
        # State of that file, the generation it names, and the path of its manifest.
        self._pointed: tuple[tuple[int, int, int], str, str] = ((0, 0, 0), "", "")

    # releases of the thesaurus

    def marks(self) -> tuple[str, str]:
        """The release that all documents have, and the one that is being brought in."""
        manifest = Manifest.read(self.current())
        return manifest.release, manifest.pending

    def mark(self, release: str, pending: str = "") -> None:
        """Say what `marks` tells from now on; for whoever holds the lock."""
        folder = self.current()
        replace(Manifest.read(folder), release=release, pending=pending).write(folder)

    def check_release(self) -> None:
        """Raises Behind unless this writer's release is at least that of the index."""
        known = Mark.parse(self.release).number
        if any(Mark.parse(text).number > known for text in self.marks()):
            raise Behind(f"the index is ahead of release {known}")

    # reading

    def stamp(self) -> tuple[str, int, int] | None:
        """Changes with every commit; nothing when there is no index. Asked before every search."""
        try:
            named = os.stat(self._pointer)  # noqa: PTH116  (quicker)
            state_of_name = named.st_ino, named.st_mtime_ns, named.st_ctime_ns
            if state_of_name != self._pointed[0]:
                name = (self.folder / CURRENT).read_text("utf-8").strip()
                self._pointed = state_of_name, name, f"{self.folder}/{name}/{MANIFEST}"
            _, name, manifest = self._pointed
            state = os.stat(manifest)  # noqa: PTH116
        except (OSError, ValueError):
            return None
        return name, state.st_mtime_ns, state.st_ino

    def current(self) -> Path:
        """Folder of the generation in use. Raises IndexUnavailable."""
        try:
            _check_owner(self.folder.resolve())
            name = (self.folder / CURRENT).read_text("utf-8").strip()
            if not name.startswith("g-") or "/" in name:
                raise IndexUnavailable("no index")
            _check_owner(self.folder / name)
        except (OSError, ValueError) as error:
            raise IndexUnavailable(f"no index: {error}") from error
        return self.folder / name

    def is_own(self) -> bool:
        """Whether there is a folder that only this user can write to."""
        try:
            _check_owner(self.folder.resolve())
        except (OSError, IndexUnavailable):
            return False
        return True

    def open(self, before: Snapshot | None = None) -> Snapshot:
        """The committed state; `before` lends what it has opened.

        Raises IndexUnavailable for anything but a complete and undamaged index."""
        folder, manifest = self._verified()
        try:
            return Snapshot(folder, manifest.toc, before)
        except Exception as error:  # Whoosh raises many kinds for a damaged file
            raise IndexUnavailable(f"cannot be opened: {error!r}") from error

    def _verified(self, *, deep: bool = False) -> tuple[Path, Manifest]:
        folder = self.current()
        manifest = Manifest.read(folder)
        self._check_manifest(folder, manifest)
        try:
            self.integrity.check(folder, manifest.files, deep=deep)
        except (Damaged, OSError) as error:
            if deep and isinstance(error, Damaged):
                self._refuse(folder, manifest)
            raise IndexUnavailable(str(error)) from error
        self._newest = folder.name, manifest.toc
        return folder, manifest

    def _check_manifest(self, folder: Path, manifest: Manifest) -> None:
        if manifest.engine != ENGINE:
            raise IndexUnavailable(f"written by {manifest.engine}, this is {ENGINE}")
        if manifest.analyser != self.analyser:
            raise IndexUnavailable("written with other words or another thesaurus")
        if manifest.generation != folder.name or manifest.contents not in manifest.files:
            raise IndexUnavailable("the manifest belongs to another index")
        if folder.name == self._newest[0] and manifest.toc < self._newest[1]:
            raise IndexUnavailable("an older state of the index came back")

    def disturbed(self) -> bool:
        """Whether somebody touched a file that is in use."""
        return self.integrity.disturbed()

    def verify(self) -> None:
        """Read every byte again. Damage ends the use of this generation, in all processes: what
        they have mapped may look unchanged. Raises IndexUnavailable."""
        for last in (False, True):
            stamp = self.stamp()
            try:
                self._verified(deep=True)
            except IndexUnavailable:
                if last or self.stamp() == stamp:
                    raise
                continue  # a commit happened meanwhile
            return

    def _refuse(self, folder: Path, manifest: Manifest) -> None:
        with suppress(OSError, IndexUnavailable):
            if Manifest.read(folder) == manifest:
                (folder / MANIFEST).replace(folder / REFUSED)

    # writing

    @contextmanager
    def locked(self, name: str = LOCK) -> Iterator[None]:
        """One writer at a time, over all processes; freed by the system when a process dies."""
        self._make_own()
        with (self.folder / name).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def is_locked(self, name: str) -> bool:
        """Whether some process holds this lock now."""
        try:
            with (self.folder / name).open("a") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return isinstance(error, BlockingIOError)
        return False

    def _make_own(self) -> None:
        """A folder that only this user can write. Whatever else is in its place is set aside:
        what others may have put into it is not to be believed later."""
        with suppress(OSError, IndexUnavailable):
            _check_owner(self.folder.resolve())
            return
        if self.folder.exists() or self.folder.is_symlink():
            aside = self.folder.with_name(f"{self.folder.name}.set-aside")
            _remove(aside)
            self.folder.rename(aside)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def add(self, folder: Path, batches: Iterable[Batch], delete: Iterable[int] = ()) -> None:
        """One commit into a generation: delete by global number, then add."""
        self._remove_strays(folder)
        fresh = Manifest(ENGINE, self.analyser, folder.name, 0, release=self.release)
        commit = Commit(folder, fresh)
        for number in delete:
            commit.delete(number)
        commit.write(batches)

    def create(self) -> Path:
        """An empty generation beside the one in use; for whoever holds the lock of rebuilding, so
        that others which are not in use were left by one that died."""
        with suppress(IndexUnavailable):
            self.clean(keep=self.current())
        folder = self.folder / f"g-{secrets.token_hex(6)}"
        folder.mkdir(mode=0o700, parents=True)
        TOC.create(MappedStorage(str(folder)), schema(), INDEX_NAME)
        return folder

    def swap(self, folder: Path) -> None:
        """Make a generation the one in use and remove all others."""
        integrity.replace(self.folder / CURRENT, folder.name)
        self.clean(keep=folder)

    def clean(self, keep: Path) -> None:
        """Remove everything that does not belong to the generation in use."""
        for path in self.folder.iterdir():
            if path.name in (CURRENT, LOCK, readied.NAME, keep.name) or path.name.endswith(".lock"):
                continue
            _remove(path)

    def _remove_strays(self, folder: Path) -> None:
        """Files of a commit that did not reach its manifest."""
        if not (folder / MANIFEST).exists():
            return
        kept = {*Manifest.read(folder).files, *KEPT_FILES}
        for path in folder.iterdir():
            if path.name not in kept:
                _remove(path)


def _remove(path: Path) -> None:
    """A file, a link or a whole folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _check_owner(folder: Path) -> None:
    """Whoosh unpickles its table of contents: nobody else may be able to write here."""
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode):
        raise IndexUnavailable(f"{folder.name} is not a folder")
    if state.st_uid != os.geteuid() or state.st_mode & OTHERS_MAY_WRITE:
        raise IndexUnavailable("the index folder can be written by others")


Progress = Callable[[int], None]
