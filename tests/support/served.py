"""A portal served by real processes, as `make demo` does it."""

import contextlib
import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import TypeVar

import pytest

STARTING_SECONDS = 90
Answer = TypeVar("Answer")


def eventually(ask: Callable[[], Answer | None], seconds: float = 150) -> Answer:
    """Ask again until there is an answer: other processes do the work."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.2)
    raise AssertionError("it did not happen in time")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(instance: Path, port: int) -> dict[str, str]:
    """The variables of a demo portal, with nothing of the developer's own settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
    return {**kept, "PORTAL_INSTANCE": str(instance), "PORT": str(port)}


def portal(env: dict[str, str], *arguments: str, timeout: float = 300) -> str:
    """Run a command of the portal; returns what it printed. Raises when it fails."""
    command = [sys.executable, "-m", "portal", *arguments]
    done = subprocess.run(command, env=env, check=True, timeout=timeout, stdout=subprocess.PIPE)
    return done.stdout.decode()


@dataclass
class Site:
    """The served portal."""

    address: str
    instance: Path
    env: dict[str, str]
    pid: int

    def mails(self) -> list[str]:
        """Mails sent so far, newest last, as texts with their headers."""
        return [_as_text(path) for path in sorted((self.instance / "mail").glob("*.eml"))]

    def mail(self, to: str, words: str) -> str:
        """The newest mail to an address that has these words; the worker sends it soon."""

        def find() -> str | None:
            found = (m for m in reversed(self.mails()) if to in m.splitlines()[0] and words in m)
            return next(found, None)

        return eventually(find)

    def mail_link(self, to: str, marker: str) -> str:
        """The newest link with `marker` mailed to an address."""
        link = re.search(rf"http://\S*{marker}\S*", self.mail(to, marker))
        assert link
        return link[0]


def _as_text(path: Path) -> str:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    head = f"To: {message['To']}\nSubject: {message['Subject']}\n\n"
    return head + str(message.get_content())  # type: ignore[attr-defined]


@contextlib.contextmanager
def served(
    instance: Path, workers: int = 1, settings: Mapping[str, str] | None = None
) -> Iterator[Site]:
    """Serve a migrated instance until the block is left; `settings` are variables of its own."""
    port = free_port()
    env = {**environment(instance, port), **(settings or {})}
    command = [sys.executable, "-m", "portal", "serve", "--port", str(port)]
    with (instance / "serve.log").open("a") as log:
        server = subprocess.Popen(
            [*command, "--workers", str(workers)], env=env, stdout=log, stderr=log
        )
        try:
            address = f"http://127.0.0.1:{port}"
            eventually(lambda: healthy(address) or server.poll(), STARTING_SECONDS)
            assert server.poll() is None, (instance / "serve.log").read_text()
            yield Site(address, instance, env, server.pid)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(40)


def healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def demo_instance(folder: pytest.TempPathFactory) -> Path:
    """A copy of a loaded demo of one's own; loading is done once for all test processes."""
    own, root = folder.mktemp("instance"), folder.getbasetemp()
    shared = root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root
    shared = Path(os.environ.get("DEMO_FOLDER", shared))  # kept between runs while one works
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "demo.loaded").exists():
            env = environment(shared / "demo", 5000)
            portal(env, "db", "upgrade")
            portal(env, "demo", "load")
            (shared / "demo.loaded").touch()
    return Path(shutil.copytree(shared / "demo", own, dirs_exist_ok=True))
