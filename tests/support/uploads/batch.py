"""One parsers' process for many files, as tests need it: the portal itself makes one for each."""

import subprocess
from collections.abc import Sequence
from typing import Any, Self

from portal.core.files import parsing
from portal.core.files.parsing import Answer, Usage
from portal.core.parsers import frames
from portal.core.parsers.__main__ import MODULES

# The limit of time counts for the whole of a process.
MOST = 100


class Batch:
    """Begun anew after some files, and when a file has ended it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def run(self, task: str, parts: Sequence[bytes], options: dict[str, Any]) -> Answer:
        """As `parsing.run`."""
        fresh = self._process is None
        said = self._ask(frames.pack({"task": task, **options}, parts))
        if said is None and not fresh:  # perhaps the files before have used up its time
            said = self._ask(frames.pack({"task": task, **options}, parts))
        head, made = said or ({"refused": "too_costly"}, [])
        return Answer(head, made, Usage(0, 0.0))

    def _ask(self, frame: bytes) -> tuple[dict[str, Any], list[bytes]] | None:
        process = self._begin()
        try:
            assert process.stdin and process.stdout
            process.stdin.write(frame)
            process.stdin.flush()
            said = frames.read(process.stdout)
        except (OSError, ValueError):
            said = None
        self._done += 1
        if said is None or self._done >= MOST:
            self._end()
        return said

    def _begin(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._done = 0
            self._process = subprocess.Popen(
                parsing._command(["picture", "pdf", "office"]),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=parsing._environment(list(MODULES)),
            )
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
