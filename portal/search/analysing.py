"""Analysing many documents on all processors: helpers that take documents and give batches.

A helper is this module run as a program: it reads the analyser, then lists of documents, and
answers each with a batch, all pickled, over its standard input and output. It ends when its input
ends, so it never outlives the process that started it.
"""

import gc
import os
import pickle  # nosec B403  (between a process and its own child)
import subprocess  # nosec B404
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import chain, islice
from queue import SimpleQueue
from typing import BinaryIO, cast

from portal.search.analysis import Analyser
from portal.search.batches import Batch, analysed, chunks
from portal.search.documents import Document
from portal.search.readied import keep_for_good

# Starting helpers takes about a second: fewer documents are analysed sooner without them.
WORTH_HELP = 8
AHEAD = 2
# The site goes first.
NICENESS = 5


def batches(documents: Iterable[Document], analyser: Analyser) -> Iterator[Batch]:
    """All documents in order, as batches."""
    listed = chunks(documents)
    first = list(islice(listed, WORTH_HELP))
    if len(first) < WORTH_HELP or processors() < 2:
        return (analysed(chunk, analyser) for chunk in chain(first, listed))
    return _helped(chain(first, listed), analyser, processors())


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _helped(
    listed: Iterable[Sequence[Document]], analyser: Analyser, count: int
) -> Iterator[Batch]:
    with ExitStack() as stack:
        free: SimpleQueue[Helper] = SimpleQueue()
        for _ in range(count):
            free.put(stack.enter_context(Helper(analyser)))
        pool = stack.enter_context(ThreadPoolExecutor(count))

        def ask(chunk: Sequence[Document]) -> Batch:
            helper = free.get()
            try:
                return helper.analyse(chunk)
            finally:
                free.put(helper)

        waiting: deque[Future[Batch]] = deque()
        for chunk in listed:
            waiting.append(pool.submit(ask, chunk))
            if len(waiting) > AHEAD * count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


class Helper:
    """One analysing process; when it dies its work is done here."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser
        command = [sys.executable, "-m", "portal.search.analysing"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe)  # noqa: S603
        self._in = cast(BinaryIO, self._process.stdin)
        self._out = cast(BinaryIO, self._process.stdout)
        analyser.ready()  # built once, not in every helper
        self._alive = self._send(analyser)

    def __enter__(self) -> "Helper":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        with suppress(OSError):  # what it had not read
            self._in.close()
        self._out.close()
        self._process.wait()

    def _send(self, item: object) -> bool:
        try:
            pickle.dump(item, self._in, pickle.HIGHEST_PROTOCOL)
            self._in.flush()
        except OSError:
            return False
        return True

    def analyse(self, chunk: Sequence[Document]) -> Batch:
        if self._alive and self._send(chunk):
            try:
                batch: Batch = pickle.load(self._out)  # noqa: S301  # nosec B301
                return batch
            except (EOFError, pickle.UnpicklingError):
                self._alive = False
        return analysed(chunk, self._analyser)


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer until there is nothing more to read."""
    gc.disable()
    analyser: Analyser = pickle.load(source)  # noqa: S301  # nosec B301
    keep_for_good()
    while True:
        try:
            chunk = pickle.load(source)  # noqa: S301  # nosec B301
        except EOFError:
            return
        pickle.dump(analysed(chunk, analyser), target, pickle.HIGHEST_PROTOCOL)
        target.flush()


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    serve(sys.stdin.buffer, sys.stdout.buffer)
