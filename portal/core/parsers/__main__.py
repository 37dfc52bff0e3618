"""Reads tasks from standard input and answers each on standard output: `python -m
portal.core.parsers TASK…`, where the arguments name what is to be loaded before the doors close."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from portal.core.parsers import frames, sealing
from portal.core.parsers.refused import Refused

Parts = Sequence[bytes]
Task = Callable[..., tuple[dict[str, Any], Parts]]
# The module of each task.
MODULES = {
    "picture": "pictures",
    "mark-picture": "picture_marks",
    "pdf": "pdf",
    "mark-pdf": "pdf_marks",
    "office": "office",
}


def _load(names: Sequence[str]) -> dict[str, Task]:
    tasks: dict[str, Task] = {}
    for name in names:
        module = import_module(f"portal.core.parsers.{MODULES[name]}")
        module.prepare()
        tasks[name] = module.TASKS[name]
    return tasks


def _answer(tasks: dict[str, Task], head: dict[str, Any], parts: Parts) -> bytes:
    try:
        facts, made = tasks[head.pop("task")](*parts, **head)
    except Refused as refused:
        return frames.pack({"refused": refused.reason})
    except MemoryError:
        return frames.pack({"refused": "too_costly"})
    except Exception as error:
        return frames.pack({"refused": "damaged", "error": type(error).__name__})
    return frames.pack(facts, made)


def main(names: Sequence[str]) -> None:
    """Close all doors, then work until the input ends."""
    sealing.limit()
    tasks = _load(names)
    sealed = sealing.seal()
    while frame := frames.read(sys.stdin.buffer):
        head, parts = frame
        answer = _answer(tasks, head | {}, parts) if tasks else frames.pack({"sealed": sealed})
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
