"""Runs a parser over a file of a stranger, in a process of its own that may do nothing else.

A process is made for one file and ends with it. It gets 512 MiB, 10 s, no environment, no network
and no files (`portal.core.parsers.sealing`). What it does not say in time, it does not say.
"""

import hashlib
import io
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import IO, Any, cast

from portal.core.errors import Invalid
from portal.core.files import fonts
from portal.core.files.refusals import TEXTS, busy, refusal
from portal.core.parsers import frames
from portal.core.parsers.sealing import MEMORY

SECONDS = 20.0
MAX_ANSWER = 64 * 1024 * 1024
CHUNK = 64 * 1024
# So many at once for each process of the portal, whose threads wait for one another.
AT_ONCE = 2
_turns = threading.BoundedSemaphore(AT_ONCE)
# Started without the site's own modules, which would take as long again.
_START = (
    "import sys; sys.path[:] = {paths!r};"
    " from portal.core.parsers.__main__ import main; main(sys.argv[1:])"
)


@dataclass(frozen=True)
class Usage:
    """What a process took: bytes of memory at most (all it may, when it could not say), seconds of
    the processor."""

    memory: int
    seconds: float


@dataclass(frozen=True)
class Answer:
    """What a parser says: facts, bytes it made, and what it took."""

    facts: dict[str, Any]
    parts: list[bytes]
    usage: Usage = field(default=Usage(0, 0.0), compare=False)


# What this request has had parsed already: a form asks once more for what was prepared.
_done: ContextVar[dict[str, Answer | Invalid] | None] = ContextVar("parsed", default=None)


def begin_request() -> None:
    """Forget what the request before had parsed; remember what this one has."""
    _done.set({})


def parse(task: str, *parts: bytes, **options: Any) -> Answer:
    """Run one task of `portal.core.parsers`; within one request each file is read once. Raises
    Invalid for a file that is refused, Unavailable when there is no process for it."""
    done = _done.get()
    key = _key(task, parts, options)
    known = done.get(key) if done is not None else None
    if known is None:
        known = _outcome(task, parts, options)
        if done is not None:
            done[key] = known
    if isinstance(known, Invalid):
        raise known
    return known


def _key(task: str, parts: Sequence[bytes], options: dict[str, Any]) -> str:
    about = json.dumps([task, options], sort_keys=True)
    return about + "".join(hashlib.sha256(part).hexdigest() for part in parts)


def _outcome(task: str, parts: Sequence[bytes], options: dict[str, Any]) -> Answer | Invalid:
    answer = run(task, parts, options)
    reason = answer.facts.get("refused")
    return refusal(reason if reason in TEXTS else "damaged") if reason else answer


def run(task: str, parts: Sequence[bytes], options: dict[str, Any]) -> Answer:
    """One task in a process of its own. A process that dies or takes too long has refused."""
    if not _turns.acquire(timeout=SECONDS):
        raise busy()
    try:
        with _input(frames.pack({"task": task, **options}, parts)) as source:
            return _work([task], source)
    finally:
        _turns.release()


def sealed_by() -> str:
    """By what a parser's process is kept from files and the network: seccomp or hook."""
    with _input(frames.pack({})) as source:
        return str(_work([], source).facts.get("sealed", "nothing"))


def _input(content: bytes) -> IO[bytes]:
    """The frame as an open file, so that nobody needs to write while the other reads."""
    if hasattr(os, "memfd_create"):
        source: IO[bytes] = os.fdopen(os.memfd_create("upload"), "w+b")
    else:
        source = tempfile.TemporaryFile()  # noqa: SIM115  (its caller closes it)
    source.write(content)
    source.seek(0)
    return source


def _command(tasks: Sequence[str]) -> list[str]:
    start = _START.format(paths=[path for path in sys.path if path])
    return [sys.executable, "-I", "-S", "-B", "-c", start, *tasks]


def _environment(tasks: Sequence[str]) -> dict[str, str]:
    """Nothing of the portal's own; one arena keeps the C library from reserving memory."""
    marks = any(task.startswith("mark") for task in tasks)
    font = {"MARK_FONT": fonts.path()} if marks and fonts.path() else {}
    return {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1", **font}


def _work(tasks: Sequence[str], source: IO[bytes]) -> Answer:
    try:
        process = subprocess.Popen(  # noqa: S603
            _command(tasks),
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(tasks),
            cwd="/",
            start_new_session=True,
        )
    except OSError:
        raise busy() from None
    with process:
        try:
            said = _said(process)
        finally:
            seconds = _end(process)
    return _answer(said, seconds)


def _said(process: subprocess.Popen[bytes]) -> bytes:
    """What the process writes until it ends, its time is up, or it writes too much."""
    said = cast("IO[bytes]", process.stdout)
    parts: list[bytes] = []
    until, size = time.monotonic() + SECONDS, 0
    with selectors.DefaultSelector() as ready:
        ready.register(said, selectors.EVENT_READ)
        while size <= MAX_ANSWER and ready.select(max(0.0, until - time.monotonic())):
            part = os.read(said.fileno(), CHUNK)
            if not part:
                return b"".join(parts)
            parts.append(part)
            size += len(part)
    return b""


def _end(process: subprocess.Popen[bytes]) -> float:
    """End the process and whatever it may have started; returns the seconds it worked."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


def _answer(said: bytes, seconds: float) -> Answer:
    try:
        frame = frames.read(io.BytesIO(said))
    except (ValueError, KeyError):
        frame = None
    head, parts = frame or ({"refused": "too_costly"}, [])
    return Answer(head, parts, Usage(head.pop("memory", MEMORY), seconds))
