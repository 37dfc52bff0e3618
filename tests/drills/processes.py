"""The processes of a served portal, and their sudden death."""

import os
import signal
from pathlib import Path

from tests.support.served import eventually


def children(pid: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def job_worker(server: int) -> int | None:
    return next((pid for pid in children(server) if "jobs run" in command(pid)), None)


def web_workers(server: int) -> list[int]:
    """The living children of gunicorn's own supervisor."""
    master = next((pid for pid in children(server) if "gunicorn" in command(pid)), None)
    return [pid for pid in children(master) if state(pid) not in ("", "Z")] if master else []


def state(pid: int) -> str:
    """R runs, S waits, T is stopped, Z is dead and not yet buried, empty: gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def kill(pid: int) -> None:
    """SIGKILL, and wait until it is dead indeed."""
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: state(pid) in ("", "Z"), 10)
