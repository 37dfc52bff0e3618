"""Whether the files of the index are still what was written, without reading all of them each time.

A file of the index never changes once it is in the manifest, which has its size and SHA-256. Large
files are read and compared when they have to be: whoever has done so leaves a seal that says which
state of the file it was (inode, size, times), and the next process believes it as long as that
state lasts and the machine has not been started anew. What changes a file behind the back of the
file system is found by the job worker, which reads everything again every minute.

    <generation>/seal.json    the boot, and of each large file: SHA-256, inode, size, mtime, ctime
"""

import hashlib
import json
import os
import secrets
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

SEAL = "seal.json"
# Smaller files are read at every opening; so is the table of contents, which Whoosh unpickles.
SEALED_FROM = 1 << 20
WATCH_SECONDS = 0.5
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Damaged(Exception):
    """A file is not what the manifest says."""


class State(NamedTuple):
    """What tells that a file has not been written to; a link to it changes `ctime` only."""

    inode: int
    size: int
    mtime: int
    ctime: int


def state_of(path: Path) -> State:
    """Raises OSError, or Damaged for what is not a plain file of this user."""
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
        raise Damaged(f"{path.name} is not a file of this user")
    return State(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def compare(path: Path, size: int, digest: str) -> None:
    """Read a file. Raises Damaged when it is another one, OSError when it cannot be read."""
    if state_of(path).size != size or digest_of(path) != digest:
        raise Damaged(f"{path.name} is damaged")


def replace(path: Path, text: str) -> None:
    """Write a small file so that readers see the old one or the new one."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    beside.write_text(text, "utf-8")
    beside.replace(path)


def signed(text: str) -> str:
    """A line of text with its SHA-256 on a second line."""
    return f"{text}\n{hashlib.sha256(text.encode()).hexdigest()}\n"


def unsigned(text: str) -> str:
    """The line that was signed. Raises ValueError when a byte has changed."""
    line = text.partition("\n")[0]
    if signed(line) != text:
        raise ValueError("not as it was written")
    return line


def seal(folder: Path, files: Mapping[str, Sequence[Any]]) -> None:
    """Say that these files (name → size, SHA-256) have just been compared, or written."""
    states = {}
    with suppress(OSError):  # without a seal the next process reads everything
        for name, (size, digest) in files.items():
            if size >= SEALED_FROM:
                states[name] = [digest, *state_of(folder / name)]
        if states and (boot := _boot()):
            replace(folder / SEAL, json.dumps({"boot": boot, "files": states}))


def _sealed(folder: Path) -> dict[str, list[Any]]:
    try:
        found = json.loads((folder / SEAL).read_text("utf-8"))
        states: dict[str, list[Any]] = found["files"] if found["boot"] == _boot() else {}
        return {name: list(state) for name, state in states.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _boot() -> str:
    try:
        return _BOOT.read_text("ascii").strip()
    except OSError:
        return ""


class Integrity:
    """What one process has found out about the files of an index."""

    def __init__(self) -> None:
        self._folder = Path()
        self._good: dict[str, tuple[str, State]] = {}
        self._bad: dict[str, tuple[str, State]] = {}
        self._next = 0.0

    def check(
        self, folder: Path, files: Mapping[str, Sequence[Any]], *, deep: bool = False
    ) -> None:
        """Compare files (name → size, SHA-256); `deep` reads all of them, known or not. Raises
        Damaged, or OSError when a file cannot be read."""
        if folder != self._folder:
            self._folder, self._good, self._bad = folder, {}, {}
        sealed, fresh, read = {} if deep else _sealed(folder), dict(self._good), 0
        try:
            for name, (size, digest) in files.items():
                state = state_of(folder / name)
                known = not deep and self._is_known(name, digest, state)
                if not (known or _is_sealed(sealed, name, digest, state)):
                    self._read(folder / name, size, digest)
                    read += size
                fresh[name] = digest, state
        finally:
            self._good = fresh
        self._good = {name: fresh[name] for name in files}
        if read >= SEALED_FROM:
            seal(folder, files)

    def _is_known(self, name: str, digest: str, state: State) -> bool:
        if self._bad.get(name) == (digest, state):
            raise Damaged(f"{name} is damaged")
        before = self._good.get(name)
        return before is not None and before[0] == digest and before[1][:3] == state[:3]

    def _read(self, path: Path, size: int, digest: str) -> None:
        state = state_of(path)
        try:
            compare(path, size, digest)
        except Damaged:
            self._bad = {**self._bad, path.name: (digest, state)}
            raise

    def disturbed(self) -> bool:
        """Whether a file in use was written to, replaced or deleted; looks every half second."""
        if monotonic() < self._next:
            return False
        self._next = monotonic() + WATCH_SECONDS
        try:
            return any(
                state_of(self._folder / name)[:3] != state[:3]
                for name, (_, state) in self._good.items()
            )
        except (OSError, Damaged):
            return True


def _is_sealed(sealed: Mapping[str, list[Any]], name: str, digest: str, state: State) -> bool:
    return state.size >= SEALED_FROM and sealed.get(name) == [digest, *state]
