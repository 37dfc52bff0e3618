"""Mails: enqueued with the change, rendered in the recipient's language, sent by the worker."""

import re
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy.orm import Session

from portal import paths
from portal.config import Settings
from portal.core import clock, i18n, jobs
from portal.core.db import Database
from portal.core.ids import new_id
from portal.core.locales import by_tag
from portal.core.texts import site_name

TIMEOUT_SECONDS = 20
_SUBJECT_MARK = re.compile(r"\ASubject: ([^\n]+)\n\n")


@dataclass(frozen=True)
class Recipient:
    """Whom a mail goes to, and in which language and time zone it is written."""

    email: str
    name: str
    locale: str
    timezone: str = "UTC"


def enqueue(
    session: Session, to: Recipient, template: str, context: Mapping[str, Any], path: str = ""
) -> None:
    """Queue the mail `templates/emails/<template>.txt`; `path` is the page it links to.

    The context must be plain JSON and carry no confidential text: mails leave the house.
    """
    payload = {
        "to": [to.email, to.name, to.locale, to.timezone],
        "template": template,
        "context": dict(context),
        "path": path,
        "message_id": new_id(),
    }
    jobs.enqueue(session, "mail.send", payload)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(paths.TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    i18n.install_jinja(environment)
    environment.filters.update(
        date=i18n.format_date, datetime=_moment, number=i18n.format_number, month=i18n.format_month
    )
    return environment


def _moment(value: str) -> str:
    from datetime import datetime  # noqa: PLC0415  (the filter parses what JSON carried)

    return i18n.format_datetime(datetime.fromisoformat(value))


_env = _environment()


def render(settings: Settings, payload: Mapping[str, Any]) -> EmailMessage:
    """The finished message; the text template begins with its `Subject:` line and a blank line."""
    email, name, locale, timezone = payload["to"]
    slug = by_tag(locale).slug
    with i18n.use_locale(locale, timezone):
        settings = settings.but(site_name=site_name(settings))
        text = _env.get_template(f"emails/{payload['template']}.txt").render(
            **payload["context"],
            name=name,
            link=f"{settings.base_url}/{slug}{payload['path']}",
            site_name=settings.site_name,
            base_url=settings.base_url,
        )
    match = _SUBJECT_MARK.match(text)
    if match is None:
        raise ValueError(f"mail template without subject: {payload['template']}")
    return _message(settings, payload, (email, name, locale), match[1], text[match.end() :])


def _message(
    settings: Settings,
    payload: Mapping[str, Any],
    to: tuple[str, str, str],
    subject: str,
    body: str,
) -> EmailMessage:
    email, name, locale = to
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(settings.site_name, addr_spec=settings.mail_from)
    message["To"] = Address(" ".join(name.split()), addr_spec=email)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = _message_id(settings, str(payload["message_id"]))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body.strip() + "\n", charset="utf-8")
    message["Content-Language"] = locale  # setting the content would drop it
    return message


def _message_id(settings: Settings, key: str) -> str:
    """The same for every attempt, so that a receiver can drop a duplicate."""
    domain = settings.mail_from.rsplit("@", 1)[1]
    return make_msgid(domain=domain) if not key else f"<{key}@{domain}>"


def send(settings: Settings, message: EmailMessage) -> None:
    """Hand the message to the SMTP server, or write it as `.eml` in the instance folder."""
    if settings.mail_url:
        _send_smtp(settings.mail_url, message)
    else:
        _write_eml(settings.instance / "mail", message)


def _write_eml(folder: Path, message: EmailMessage) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{clock.now():%Y%m%dT%H%M%S}-{new_id()}.eml"
    (folder / name).write_bytes(message.as_bytes())


def _send_smtp(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    host, secure = parts.hostname or "localhost", parts.scheme == "smtps"
    port = parts.port or (465 if secure else 25)
    context = ssl.create_default_context()
    connection = (
        smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
        if secure
        else smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    )
    with connection as smtp:
        if not secure and smtp.has_extn("starttls"):
            smtp.starttls(context=context)
        if parts.username:
            smtp.login(unquote(parts.username), unquote(parts.password or ""))
        smtp.send_message(message)


def register(settings: Settings) -> None:
    """Let the worker send mails with these settings."""

    @jobs.handles_outside("mail.send")
    def handle(_database: Database, payload: dict[str, Any]) -> None:
        send(settings, render(settings, payload))
