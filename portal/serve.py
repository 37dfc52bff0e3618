"""`portal serve`: the web server and the job worker as two children of one supervisor."""

import ipaddress
import os
import signal
import socket
import subprocess  # nosec B404  (starts this program's own parts)
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import click
from flask.cli import with_appcontext

from portal.core import jobs
from portal.core.errors import DomainError
from portal.core.models import State
from portal.demo.plan import ACCOUNTS, PASSWORD
from portal.web.app import Portal, portal

THREADS = 4
TIMEOUT_SECONDS = 60
GRACE_SECONDS = 20
STARTING_SECONDS = 60
# A worker that ends sooner than this is broken: it is not started again in a tight loop.
WORKER_PAUSE_SECONDS = 2.0


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--port", type=click.IntRange(1, 65535), default=5000, envvar="PORT", show_default=True
)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@with_appcontext
def serve_command(host: str, port: int, workers: int) -> None:
    """Serve the portal: web workers, and a job worker beside them. SIGTERM or Ctrl-C ends all."""
    app = portal()
    check(app, host, port)
    supervisor = Supervisor(
        web_command(host, port, workers), {"PORT": str(port)}, lambda: free(app)
    )
    code = supervisor.run(host, port, greeting(app, host, port))
    if code:
        raise DomainError(f"the web server ended with exit code {code}")


def check(app: Portal, host: str, port: int) -> None:
    """Refuse what cannot go well, with one plain line."""
    from portal import migrate  # noqa: PLC0415  (slow to load)

    if app.settings.demo and not is_loopback(host):
        raise DomainError(
            f"--host {host}: without PORTAL_SECRET_KEY the portal is a demo and serves this machine"
            " only (127.0.0.1)"
        )
    if not migrate.is_current(app.database):
        raise DomainError("the database is not at the newest migration: portal db upgrade")
    _check_free(host, port)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _check_free(host: str, port: int) -> None:
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        family, kind, protocol, _name, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise DomainError(f"{host}:{port}: {error.strerror or error}") from None


def web_command(host: str, port: int, workers: int) -> list[str]:
    """How gunicorn is started."""
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi:app"]
    command += ["--config", "python:portal.web.workers"]
    command += ["--bind", f"{shown}:{port}", "--workers", str(workers), "--worker-class", "gthread"]
    command += ["--threads", str(THREADS), "--timeout", str(TIMEOUT_SECONDS)]
    command += ["--graceful-timeout", str(GRACE_SECONDS), "--keep-alive", "5"]
    command += ["--limit-request-line", "8190", "--limit-request-fields", "100"]
    command += ["--limit-request-field_size", "16380", "--log-level", "warning"]
    if Path("/dev/shm").is_dir():  # noqa: S108  # nosec B108  (gunicorn's own heartbeat files)
        command += ["--worker-tmp-dir", "/dev/shm"]  # noqa: S108  # nosec B108
    return [*command, *_without_control_socket()]


def _without_control_socket() -> list[str]:
    """Newer versions open a control socket in the home folder, shared by all instances."""
    from gunicorn.config import KNOWN_SETTINGS  # noqa: PLC0415

    known = any("--no-control-socket" in (s.cli or ()) for s in KNOWN_SETTINGS)
    return ["--no-control-socket"] if known else []


def free(app: Portal) -> None:
    """What the dead job worker had begun is ready again."""
    with app.database.transaction() as session:
        jobs.release(session)


def greeting(app: Portal, host: str, port: int) -> str:
    """What is printed once pages are served."""
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
    lines = [f"The portal is at http://{shown}:{port}/ (Ctrl-C ends it)."]
    with app.database.reading() as session:
        is_demo = session.get(State, "demo") is not None
    if app.settings.demo and is_demo:
        lines += [f"Demo accounts, password {PASSWORD}:"]
        lines += [f"  {email:24}{who}" for email, who in ACCOUNTS]
    return "\n".join(lines)


class Supervisor:
    """Keeps the web server and the job worker running until it is told to stop."""

    def __init__(
        self, web: list[str], environment: Mapping[str, str], died: Callable[[], None]
    ) -> None:
        self._died = died
        self._web_command = web
        self._environment = {"MALLOC_ARENA_MAX": "1", **os.environ, **environment}
        self._stop = threading.Event()
        self._worker_started = 0.0

    def run(self, host: str, port: int, words: str) -> int:
        """Blocks; prints `words` once connections are taken. Returns the exit code of a web
        server that ended by itself, else 0."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: self._stop.set())
        web = self._start(self._web_command)
        worker = self._start_worker()
        threading.Thread(target=self._announce, args=(host, port, words), daemon=True).start()
        while not self._stop.wait(0.3) and web.poll() is None:
            if worker.poll() is not None and self._worker_rested():
                click.echo("portal: the job worker ended and is started again", err=True)
                self._died()
                worker = self._start_worker()
        code = web.poll() or 0
        self._stop.set()
        self._end(web, worker)
        return code

    def _start(self, command: list[str]) -> "subprocess.Popen[bytes]":
        """In a session of its own: signals of the terminal reach the supervisor only."""
        return subprocess.Popen(command, env=self._environment, start_new_session=True)  # noqa: S603

    def _start_worker(self) -> "subprocess.Popen[bytes]":
        self._worker_started = time.monotonic()
        return self._start([sys.executable, "-m", "portal", "jobs", "run"])

    def _worker_rested(self) -> bool:
        return time.monotonic() - self._worker_started > WORKER_PAUSE_SECONDS

    def _announce(self, host: str, port: int, words: str) -> None:
        for _ in range(STARTING_SECONDS * 5):
            if self._stop.wait(0.2):
                return
            try:
                with socket.create_connection((host.strip("[]"), port), timeout=1):
                    break
            except OSError:
                continue
        if not self._stop.is_set():
            click.echo(words)

    def _end(self, *children: "subprocess.Popen[bytes]") -> None:
        for child in children:
            if child.poll() is None:
                child.terminate()
        limit = time.monotonic() + GRACE_SECONDS + 5
        for child in children:
            try:
                child.wait(max(0.1, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
