"""Workers that meet a new instance at the same moment all count their first call."""

import subprocess
import sys
import time
from pathlib import Path

from portal.core.limits import DatabaseStorage

WORKERS, ROUNDS = 4, 3
HIT = """
import pathlib, sys, time
from portal.core.limits import DatabaseStorage
storage = DatabaseStorage(pathlib.Path(sys.argv[1]))
while time.time() < float(sys.argv[2]):
    pass
for number in range(int(sys.argv[3])):
    storage.incr("key", 600)
storage.close()
"""


def test_first_hits_of_several_workers_are_all_counted(tmp_path: Path) -> None:
    path, start = tmp_path / "limits.sqlite3", str(time.time() + 5)
    command = [sys.executable, "-c", HIT, str(path), start, str(ROUNDS)]
    workers = [subprocess.Popen(command) for _ in range(WORKERS)]
    assert [worker.wait(60) for worker in workers] == [0] * WORKERS
    storage = DatabaseStorage(path)
    assert storage.get("key") == WORKERS * ROUNDS
    storage.close()
