"""Mails over a real SMTP server: they arrive as written, and a refusal is tried again."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from portal.config import Settings
from portal.core import clock, jobs, mail
from portal.core.db import Database
from portal.core.mail import Recipient
from portal.core.models import Job
from tests.support.served import free_port

TO = Recipient("gruen@werk.example", "Jürgen Größmann", "zh-Hans", "Europe/Berlin")


class Mailbox:
    """Takes mails, or refuses them as long as `refusal` says something."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.senders: list[str] = []
        self.refusal = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refusal:
            return self.refusal
        assert isinstance(envelope.content, bytes)
        message: Any = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append(message)
        self.senders.append(envelope.mail_from or "")
        return "250 OK"


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """A mail server, with the worker's mails going to it."""
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    mail.register(settings.but(mail_url=f"smtp://127.0.0.1:{port}"))
    yield box
    controller.stop()
    mail.register(settings)


def write(database: Database) -> None:
    with database.transaction() as session:
        context = {"company": "深圳锐驰电子"}
        mail.enqueue(session, TO, "inquiries/new", context, "/inquiries/1")


def open_jobs(database: Database) -> list[Job]:
    with database.reading() as session:
        return list(session.scalars(select(Job).where(Job.finished_at.is_(None))))


def test_chinese_subject_and_umlauts_arrive_as_written(
    database: Database, mailbox: Mailbox
) -> None:
    write(database)
    jobs.run_ready(database)
    (message,) = mailbox.mails
    assert "深圳锐驰电子" in message["Subject"]
    (address,) = message["To"].addresses
    assert (address.display_name, address.addr_spec) == (TO.name, TO.email)
    assert message["Content-Language"] == "zh-Hans"
    assert "/zh-hans/inquiries/1" in message.get_content()
    assert mailbox.senders == ["portal@base.example"]
    assert open_jobs(database) == []


def test_headers_stay_ascii_on_the_wire(settings: Settings) -> None:
    payload = {
        "to": [TO.email, TO.name, TO.locale, TO.timezone],
        "template": "inquiries/new",
        "context": {"company": "深圳锐驰电子"},
        "path": "/inquiries/1",
        "message_id": "m1",
    }
    head = mail.render(settings, payload).as_bytes().split(b"\r\n\r\n")[0]
    assert head.isascii()
    assert max(len(line) for line in head.split(b"\r\n")) <= 998


def test_a_server_that_refuses_keeps_the_job_until_it_takes_the_mail(
    database: Database, mailbox: Mailbox
) -> None:
    mailbox.refusal = "451 Try again later"
    write(database)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        jobs.run_ready(database)
        (kept,) = open_jobs(database)
        assert kept.attempts == 1
        assert "Try again later" in (kept.error or "")
        assert kept.run_at > clock.now()
        assert jobs.run_ready(database) == 0, "it waits before it tries again"
        mailbox.refusal = ""
        traveller.shift(timedelta(seconds=6))
        assert jobs.run_ready(database) == 1
    assert len(mailbox.mails) == 1
    assert open_jobs(database) == []


def test_no_server_at_all_keeps_the_job(database: Database, settings: Settings) -> None:
    mail.register(settings.but(mail_url=f"smtp://127.0.0.1:{free_port()}"))
    try:
        write(database)
        jobs.run_ready(database)
    finally:
        mail.register(settings)
    (kept,) = open_jobs(database)
    assert kept.error
    assert kept.dead_at is None
