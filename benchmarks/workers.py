"""`python -m benchmarks.workers --pages 360`: what one more web worker costs in memory.

Serves the instance of `PORTAL_INSTANCE` with two workers, reads public pages in every language, and
prints as JSON what each process holds for itself (MB of private pages, Linux only), fresh and busy.
"""

import argparse
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import urlopen

from portal.core.locales import LOCALES

WORDS = ("", "battery", "Wechselrichter", "电池", "radar sensor", "Motor", "芯片")
LISTS = ("", "needs", "services", "sign-in")
RECORDS = re.compile(r'href="(/[^"#?]*/(?:companies|capabilities|needs)/[a-z0-9]{10,})"')
STARTING = 120
WARMING = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=360)
    wanted = parser.parse_args()
    base = f"http://127.0.0.1:{_free_port()}"
    command = [sys.executable, "-m", "portal", "serve", "--port", base.rsplit(":", 1)[1]]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait(base)
        fresh = _workers(server.pid)
        _read(base, wanted.pages)
        busy = _workers(server.pid)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(STARTING)
    print(json.dumps({"pages": wanted.pages, "fresh_mb": fresh, "busy_mb": busy}))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(base: str) -> None:
    ends = time.monotonic() + STARTING
    while time.monotonic() < ends:
        try:
            urlopen(f"{base}/healthz", timeout=2).close()
            break
        except (URLError, OSError):
            time.sleep(0.3)
    time.sleep(WARMING)


def _read(base: str, pages: int) -> None:
    """Lists, searches and records in turn, always the same ones in the same order."""
    paths = [f"/{at.slug}/{name}" for at in LOCALES for name in LISTS]
    paths += [f"/{at.slug}/search?q={quote(word)}" for at in LOCALES for word in WORDS]
    found = {path for at in paths for path in RECORDS.findall(_page(base + at))}
    paths += sorted(found)
    chosen = random.Random(1)
    for _ in range(pages):
        _page(base + chosen.choice(paths))


def _page(url: str) -> str:
    """Waits where the portal asks for patience."""
    while True:
        try:
            with urlopen(url, timeout=30) as answer:
                return str(answer.read().decode())
        except HTTPError as refused:
            if refused.code != HTTPStatus.TOO_MANY_REQUESTS:
                raise
            time.sleep(int(refused.headers.get("Retry-After", "5")))


def _workers(supervisor: int) -> list[int]:
    """Private megabytes of each web worker."""
    masters = [pid for pid in _children(supervisor) if "gunicorn" in _command(pid)]
    return [_private(pid) for master in masters for pid in _children(master)]


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    return [int(child) for child in text.split()]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def _private(pid: int) -> int:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    return sum(int(size) for size in re.findall(r"Private_\w+:\s+(\d+) kB", text)) // 1024


if __name__ == "__main__":
    main()
