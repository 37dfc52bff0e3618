"""Programs that write over the API without pause, and remember what was acknowledged."""

import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 30
PAUSE_SECONDS = 0.1


@dataclass
class Ledger:
    """Titles by id: needs whose writing, and whose publishing, the portal has acknowledged."""

    created: dict[str, str] = field(default_factory=dict)
    published: dict[str, str] = field(default_factory=dict)
    cut: int = 0  # calls that ended without an answer and were sent again

    def add(self, other: "Ledger") -> None:
        self.created |= other.created
        self.published |= other.published
        self.cut += other.cut


class Writer(threading.Thread):
    """Creates, submits and publishes one need after the other until it is told to stop.

    A call that was cut off is sent again with the same key, as a careful program does.
    """

    def __init__(self, name: str, address: str, owner: str, staff: str) -> None:
        super().__init__(name=name, daemon=True)
        self.ledger = Ledger()
        self.failure: BaseException | None = None
        self._host = urlsplit(address).netloc
        self._owner, self._staff = owner, staff
        self._ending = threading.Event()

    def end(self) -> Ledger:
        self._ending.set()
        self.join(120)
        assert not self.is_alive(), "the writer did not end"
        if self.failure:
            raise self.failure
        return self.ledger

    def run(self) -> None:
        try:
            for number in itertools.count():
                if self._ending.is_set():
                    return
                self._write(f"Bracket {self.name}-{number}")
        except BaseException as error:  # told to the test by end()
            self.failure = error

    def _write(self, title: str) -> None:
        need = {"texts": {"en": {"title": title, "description": f"{title}, stamped steel."}}}
        need |= {"category": "stamping", "market": "DE"}
        row = self._sent(self._owner, "/needs", need, f"{title} create")
        self.ledger.created[row["id"]] = title
        steps = f"/needs/{row['id']}/transitions"
        self._sent(self._owner, steps, {"transition": "submit"}, f"{title} submit")
        self._sent(self._staff, steps, {"transition": "publish"}, f"{title} publish")
        self.ledger.published[row["id"]] = title

    def _sent(self, token: str, path: str, body: Any, key: str) -> Any:
        """Send until there is an answer."""
        while True:
            try:
                status, answer = self._call(token, path, body, key)
            except (OSError, http.client.HTTPException):
                self.ledger.cut += 1
                time.sleep(PAUSE_SECONDS)
                continue
            if status in (429, 503):
                time.sleep(1)
                continue
            assert status in (200, 201), f"{path}: {status} {answer}"
            return answer

    def _call(self, token: str, path: str, body: Any, key: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(self._host, timeout=TIMEOUT_SECONDS)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        headers["Content-Type"] = "application/json"
        try:
            connection.request("POST", f"/api/v1{path}", json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


def running(writers: list[Writer]) -> Callable[[], int]:
    """How many calls the writers have had acknowledged so far."""
    return lambda: sum(len(w.ledger.created) + len(w.ledger.published) for w in writers)
