"""An office that mails through a real mail server in this process."""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from portal.accounts import queries as accounts
from portal.accounts.rules import actor_of
from portal.cli import cli
from portal.config import Settings
from portal.core import clock, jobs, mail
from portal.core.access import Actor
from portal.core.db import Database
from portal.core.files import FileStore
from portal.core.models import Job
from portal.core.texts import Words
from portal.service_requests import queries, services
from portal.service_requests.mail_in.taking import take_in
from portal.service_requests.models import ReceivedMail, RequestEntry, ServiceRequest
from portal.service_requests.services import RequestInput, Step
from tests.support import mailserver
from tests.support.mailserver import DOMAIN, Server
from tests.support.people import Person


@dataclass
class Office:
    """What a test does with mails and requests."""

    database: Database
    settings: Settings
    server: Server
    people: dict[str, Person]

    def actor(self, name: str) -> Actor:
        with self.database.reading() as session:
            user = accounts.user(session, self.people[name].id)
        assert user is not None
        return actor_of(user)

    def ask(self, name: str = "meyer", **more: Any) -> str:
        """A request, with somebody at the base who works on it; its id."""
        actor, li = self.actor(name), self.actor("li")
        data = RequestInput(
            service="CERT",
            title="UN R10",
            words=Words("EMV-Prüfung", actor.locale),
            answers={"component": "Wechselrichter", "regulation": ["UN R10"]},
            markets=["DE"],
            **more,
        )
        with self.database.transaction() as session:
            request = services.create(session, actor, data)
            found = request.id
            services.assign(session, li, found, li.user_id or "")
            self._step(session, "start", found)
        self.send()
        return found

    def _step(self, session: Any, name: str, found: str, text: str = "") -> None:
        step = Step(name, None, Words(text, "zh-Hans"))
        services.move(session, self.actor("li"), found, step)

    def step(self, name: str, found: str, text: str = "CANARY-7f3a") -> None:
        with self.database.transaction() as session:
            self._step(session, name, found, text)
        self.send()

    def note(self, found: str, text: str) -> None:
        with self.database.transaction() as session:
            services.note(session, self.actor("li"), found, Words(text, "zh-Hans"))
        self.send()

    def send(self) -> None:
        """Work off all mails, also those that wait for the morning or for company."""
        with self.database.transaction() as session:
            held = update(Job).where(Job.kind == "mail.send", Job.finished_at.is_(None))
            session.execute(held.values(run_at=clock.now()))
        jobs.run_ready(self.database)

    def last_to(self, name: str) -> EmailMessage:
        return self.server.to(self.people[name].email)[-1]

    def address_of(self, name: str) -> str:
        return str(self.last_to(name)["Reply-To"].addresses[0].addr_spec)

    def answer(self, name: str, text: str = "Baureihe 06.", **headers: str) -> EmailMessage:
        """A mail program's answer to the last mail that this person got."""
        asked = self.last_to(name)
        message = EmailMessage(policy=policy.SMTP)
        message["From"] = headers.pop("From", self.people[name].email)
        message["To"] = headers.pop("To", self.address_of(name))
        message["Subject"] = headers.pop("Subject", f"AW: {asked['Subject']}")
        message["Message-ID"] = headers.pop("Message_ID", f"<{len(self.rows())}.a@mua.example>")
        message["In-Reply-To"] = asked["Message-ID"]
        for key, value in headers.items():
            message[key.replace("_", "-")] = value
        message.set_content(text)
        return message

    def post(self, message: EmailMessage | bytes, sender: str = "somebody@mua.example") -> None:
        """Over SMTP into the maildir."""
        content = message if isinstance(message, bytes) else message.as_bytes()
        to = str(message_from_bytes(content[:5000], policy=policy.default)["To"])
        with smtplib.SMTP("127.0.0.1", self.server.port) as client:
            client.sendmail(sender, [to], content)

    def take(self, message: EmailMessage | bytes) -> str:
        content = message if isinstance(message, bytes) else message.as_bytes()
        return take_in(self.database, self.settings, FileStore(self.settings.files_folder), content)

    def ingest(self, *words: str, given: bytes = b"") -> Result:
        """`portal mail ingest` over the maildir, or with these words."""
        chosen = words or ("--maildir", str(self.server.maildir))
        result = CliRunner().invoke(cli, ["mail", "ingest", *chosen], input=given)
        mail.register(self.settings)
        return result

    def rows(self) -> list[ReceivedMail]:
        with self.database.reading() as session:
            return list(session.scalars(select(ReceivedMail).order_by(ReceivedMail.received_at)))

    def state(self, found: str) -> str:
        with self.database.reading() as session:
            return str(session.get_one(ServiceRequest, found).state)

    def entries(self, found: str, viewer: str = "li") -> list[RequestEntry]:
        with self.database.reading() as session:
            actor = self.actor(viewer)
            request = queries.request_for(session, actor, found)
            return queries.entries(session, actor, request)

    def messages(self, found: str, viewer: str = "li") -> list[RequestEntry]:
        """What came in by mail."""
        return [e for e in self.entries(found, viewer) if e.detail.get("channel") == "mail"]

    def noted(self, found: str) -> list[str]:
        return [e.detail["kind"] for e in self.entries(found) if e.event == "mail"]


@pytest.fixture
def office(
    settings: Settings,
    database: Database,
    people: dict[str, Person],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Office]:
    with mailserver.running(tmp_path / "maildir") as server:
        own = settings.but(mail_url=server.url, mail_reply_domain=DOMAIN)
        mail.register(own)
        for name, value in {
            "PORTAL_INSTANCE": str(settings.instance),
            "PORTAL_SECRET_KEY": settings.secret_keys[0],
            "PORTAL_BASE_URL": "http://localhost",
            "PORTAL_MAIL_URL": server.url,
            "PORTAL_MAIL_REPLY_DOMAIN": DOMAIN,
        }.items():
            monkeypatch.setenv(name, value)
        yield Office(database, own, server, people)
    mail.register(settings)
