"""The production server as a process: it starts, mends itself, and ends."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _children(pid: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], stdout=subprocess.PIPE, check=False
    )
    return [int(word) for word in found.stdout.split()]


def _arguments(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8").replace("\0", " ")
    except OSError:
        return ""


def _wait(done: Callable[[], bool], seconds: float = 90) -> None:
    limit = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < limit, "waited too long"
        time.sleep(0.2)


class Server:
    def __init__(self, instance: Path) -> None:
        self.port = _free_port()
        env = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
        env["PORTAL_INSTANCE"] = str(instance)
        self.output = instance / "serve.txt"
        with self.output.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal", "serve", "--port", str(self.port)],
                env=env,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as page:
                return page.status
        except OSError:
            return 0

    def child(self, words: str) -> int:
        return next((p for p in _children(self.process.pid) if words in _arguments(p)), 0)

    def end(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@pytest.fixture
def server(instance) -> Iterator[Server]:
    started = Server(instance)
    try:
        _wait(lambda: started.get("/healthz") == 200)
        yield started
    finally:
        started.end()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="process tables are read from /proc")
def test_the_server_mends_itself_and_ends_at_once(server):
    _wait(lambda: "The portal is at" in server.output.read_text("utf-8"))
    web, worker = server.child("gunicorn"), server.child("jobs run")
    victim = _children(web)[0]
    os.kill(victim, signal.SIGKILL)
    os.kill(worker, signal.SIGKILL)
    _wait(lambda: victim not in _children(web) and len(_children(web)) == 2)
    _wait(lambda: server.child("jobs run") not in (0, worker))
    assert server.get("/en/") == 200
    children = _children(server.process.pid)
    assert server.end() == 0
    assert not [pid for pid in children if "portal" in _arguments(pid)]
    assert "Traceback" not in server.output.read_text("utf-8")


def test_a_port_in_use_is_one_plain_line(portal):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = portal("serve", "--port", taken.getsockname()[1])
    assert result.exit_code == 1
    assert "in use" in result.stderr
