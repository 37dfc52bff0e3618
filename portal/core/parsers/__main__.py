"""Reads tasks from standard input and answers each on standard output: `python -m
portal.core.parsers TASK…`, where the arguments name what is to be loaded before the doors close."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from portal.core.parsers import frames, sealing
from portal.core.parsers.refused import Refused

Parts = Sequence[bytes]
Answer = tuple[dict[str, Any], Parts]
Task = Callable[..., Answer]
# The module of each task.
MODULES = {
    "picture": "pictures",
    "mark-picture": "picture_marks",
    "pdf": "pdf",
    "mark-pdf": "pdf_marks",
    "office": "office",
    "tables": "office",
}


def _load(names: Sequence[str]) -> dict[str, Task]:
    tasks: dict[str, Task] = {}
    for name in names:
        module = import_module(f"portal.core.parsers.{MODULES[name]}")
        module.prepare()
        tasks[name] = module.TASKS[name]
    return tasks


def _answer(tasks: dict[str, Task], head: dict[str, Any], parts: Parts) -> Answer:
    try:
        return tasks[head.pop("task")](*parts, **head)
    except Refused as refused:
        return {"refused": refused.reason}, ()
    except MemoryError:
        return {"refused": "too_costly"}, ()
    except Exception as error:
        return {"refused": "damaged", "error": type(error).__name__}, ()


def main(names: Sequence[str]) -> None:
    """Close all doors, then work until the input ends."""
    sealing.limit()
    tasks = _load(names)
    peak = sealing.peak()
    sealed = sealing.seal()
    while frame := frames.read(sys.stdin.buffer):
        head, parts = frame
        facts, made = _answer(tasks, head, parts) if tasks else ({"sealed": sealed}, ())
        sys.stdout.buffer.write(frames.pack({**facts, "memory": peak()}, made))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
