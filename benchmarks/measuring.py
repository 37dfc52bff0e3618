"""CPU time and time of the clock."""

import resource
import time
from collections.abc import Callable
from typing import Any


def cpu() -> float:
    """Seconds of this process, all its threads and its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of CPU and of the clock."""
    begun, started = cpu(), time.perf_counter()
    work()
    return cpu() - begun, time.perf_counter() - started
