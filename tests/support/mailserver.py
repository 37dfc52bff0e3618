"""A real mail server in the test's process: mails to people are kept, answers go to a maildir."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.served import free_port

# What comes to this domain is an answer to the portal.
DOMAIN = "answers.base.example"


@dataclass
class Server:
    """Delivers as a mail server does: with the envelope written into the head."""

    maildir: Path
    port: int = field(default_factory=free_port)
    sent: list[EmailMessage] = field(default_factory=list)
    envelopes: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content: Any = envelope.content
        for recipient in envelope.rcpt_tos:
            if recipient.endswith(f"@{DOMAIN}"):
                head = f"Return-Path: <{envelope.mail_from}>\r\nDelivered-To: {recipient}\r\n"
                name = f"{len(list(self.maildir.rglob('*'))):05d}.mail"
                (self.maildir / "new" / name).write_bytes(head.encode() + content)
            else:
                message: Any = message_from_bytes(content, policy=policy.default)
                self.sent.append(message)
                self.envelopes.append(envelope.mail_from or "")
        return "250 OK"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        """What was delivered to an address, newest last."""
        return [m for m in self.sent if m["To"].addresses[0].addr_spec == address]


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server with a maildir in the folder, until the block is left."""
    (folder / "new").mkdir(parents=True)
    server = Server(folder)
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
