"""Mails: enqueued with the change, rendered in the recipient's language, sent by the worker."""

import re
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
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
from portal.core import clock, i18n, jobs, reply_address
from portal.core.db import Database
from portal.core.i18n import gettext
from portal.core.ids import new_id
from portal.core.locales import by_tag
from portal.core.texts import site_name

TIMEOUT_SECONDS = 20
SIGNATURE = "\n-- \n"
_SUBJECT_MARK = re.compile(r"\ASubject: ([^\n]+)\n\n")


@dataclass(frozen=True)
class Recipient:
    """Whom a mail goes to, and in which language and time zone it is written."""

    email: str
    name: str
    locale: str
    timezone: str = "UTC"


@dataclass(frozen=True)
class Thread:
    """The conversation a mail belongs to: what is answered to it comes back for `person`.

    `first` is the mail that the others of a person hang on; `answers` the Message-ID of the
    person's own mail that came before; `company` whose members alone may still read of it.
    """

    conversation: str
    person: str
    company: str = ""
    first: bool = False
    answers: str = ""
    urgent: bool = False

    @property
    def root(self) -> str:
        return f"{self.conversation}.{self.person}"


@dataclass(frozen=True)
class Plan:
    """When a mail leaves. It joins the one of the same `bundle` that still waits."""

    run_at: datetime
    bundle: str | None = None
    digest: bool = False


class Planner:
    """Lets every mail leave at once; accounts put in one that knows what people wish."""

    def plan(
        self,
        session: Session,  # noqa: ARG002
        to: Recipient,  # noqa: ARG002
        template: str,  # noqa: ARG002
        thread: Thread | None,  # noqa: ARG002
    ) -> Plan | None:
        """When this mail leaves; None for never."""
        return Plan(clock.now())

    def still_wanted(self, session: Session, email: str, company: str) -> bool:  # noqa: ARG002
        """Whether a mail that waited may leave: its reader may have lost access meanwhile."""
        return True


_planners = [Planner()]


def plan_with(planner: Planner) -> None:
    """Ask this planner from now on."""
    _planners[:] = [planner]


def enqueue(
    session: Session,
    to: Recipient,
    template: str,
    context: Mapping[str, Any],
    path: str = "",
    thread: Thread | None = None,
) -> None:
    """Queue the mail `templates/emails/<template>.txt`; `path` is the page it links to.

    The context must be plain JSON and carry no confidential text: mails leave the house. When it
    leaves, and whether alone, is for its reader to say.
    """
    plan = _planners[0].plan(session, to, template, thread)
    if plan is None:
        return
    said = asdict(thread) if thread else None
    item = {"template": template, "context": dict(context), "path": path, "thread": said}
    addressed = [to.email, to.name, to.locale, to.timezone]
    waiting = jobs.not_begun(session, "mail.send", plan.bundle) if plan.bundle else None
    if waiting is not None:
        more = [*waiting.payload.get("more", []), item]
        waiting.payload = {**waiting.payload, "to": addressed, "more": more}
        waiting.run_at = min(waiting.run_at, plan.run_at)
        return
    key = thread.root if thread and thread.first and not plan.digest else new_id()
    payload = {"to": addressed, **item, "message_id": key, "digest": plan.digest}
    jobs.enqueue_at(session, "mail.send", payload, plan.run_at, plan.bundle)


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
    """The finished message; a text template begins with its `Subject:` line and a blank line.

    Several pieces of news to one person become one mail with a heading for each.
    """
    email, name, locale, timezone = payload["to"]
    items = [payload, *payload.get("more", ())]
    with i18n.use_locale(locale, timezone):
        settings = settings.but(site_name=site_name(settings))
        written = [_written(settings, item, name, locale) for item in items]
        subject, body = written[-1]
        if len(written) > 1 or payload.get("digest"):
            subject, body = _joined(settings, written, name, digest=bool(payload.get("digest")))
        thread = _thread(payload, items)
        reply_to = _reply_to(settings, thread)
        if thread is not None:
            body = _with_way_to_answer(body, by_mail=bool(reply_to))
    message = _message(settings, payload, (email, name, locale), subject, body)
    if thread is not None:
        _tie(settings, message, thread, reply_to)
    return message


def _written(
    settings: Settings, item: Mapping[str, Any], name: str, locale: str
) -> tuple[str, str]:
    """Subject and body of one piece of news."""
    text = _env.get_template(f"emails/{item['template']}.txt").render(
        **item["context"],
        name=name,
        link=f"{settings.base_url}/{by_tag(locale).slug}{item['path']}",
        site_name=settings.site_name,
        base_url=settings.base_url,
    )
    match = _SUBJECT_MARK.match(text.lstrip())
    if match is None:
        raise ValueError(f"mail template without subject: {item['template']}")
    return match[1], text.lstrip()[match.end() :].strip()


def _joined(
    settings: Settings, written: Sequence[tuple[str, str]], name: str, *, digest: bool
) -> tuple[str, str]:
    """One mail of several, the same news once; without the greeting and signature of each."""
    fresh = list(dict.fromkeys(reversed(written)))[::-1]
    parts = [{"subject": subject, "body": _core(body)} for subject, body in fresh]
    text = _env.get_template("emails/accounts/news.txt").render(
        subject=gettext("Your news of the day") if digest else fresh[-1][0],
        parts=parts,
        name=name,
        site_name=settings.site_name,
        link=f"{settings.base_url}/{i18n.current().slug}/account/mails" if digest else "",
    )
    subject, _blank, body = text.removeprefix("Subject: ").partition("\n\n")
    return subject, body.strip()


def _core(body: str) -> str:
    """What stands between greeting and signature."""
    return body.partition(SIGNATURE)[0].partition("\n\n")[2].strip()


def _thread(payload: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> Thread | None:
    """The conversation that all of a mail belongs to; a digest is about many."""
    threads = [item.get("thread") for item in items]
    return Thread(**threads[-1]) if threads[-1] and not payload.get("digest") else None


def _reply_to(settings: Settings, thread: Thread | None) -> str:
    if thread is None:
        return ""
    return reply_address.make(settings, reply_address.Answering(thread.conversation, thread.person))


def _with_way_to_answer(body: str, *, by_mail: bool) -> str:
    sentence = (
        gettext("You can simply answer this mail: your answer becomes part of the conversation.")
        if by_mail
        else gettext("Please answer in the portal: mails to this address are not read.")
    )
    text, mark, signature = body.partition(SIGNATURE)
    return f"{text.rstrip()}\n\n{sentence}\n{mark}{signature}"


def _tie(settings: Settings, message: EmailMessage, thread: Thread, reply_to: str) -> None:
    """What lets mail programs show one conversation, and answers find their way."""
    root = _message_id(settings, thread.root)
    known = [i for i in (root, thread.answers) if i and i != message["Message-ID"]]
    if known:
        message["In-Reply-To"] = known[-1]
        message["References"] = " ".join(known)
    if reply_to:
        message["Reply-To"] = Address(settings.site_name, addr_spec=reply_to)
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"


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
        smtp.send_message(message, from_addr=_bounces_to(message))


def _bounces_to(message: EmailMessage) -> str | None:
    """What cannot be delivered comes back where answers do, so that it is known whose mail it was;
    None for the sender."""
    reply_to = message["Reply-To"]
    return reply_to.addresses[0].addr_spec if reply_to else None


def register(settings: Settings) -> None:
    """Let the worker send mails with these settings."""

    @jobs.handles_outside("mail.send")
    def handle(database: Database, payload: dict[str, Any]) -> None:
        kept = _without_lost(database, payload)
        if kept is not None:
            send(settings, render(settings, kept))


def _without_lost(database: Database, payload: dict[str, Any]) -> dict[str, Any] | None:
    """The mail without news that its reader may no longer have; None when nothing is left."""
    items = [payload, *payload.get("more", ())]
    with database.reading() as session:
        kept = [item for item in items if _still_wanted(session, payload["to"][0], item)]
    if not kept:
        return None
    return {**payload, "thread": None, **kept[0], "more": kept[1:], "to": payload["to"]}


def _still_wanted(session: Session, email: str, item: Mapping[str, Any]) -> bool:
    thread = item.get("thread") or {}
    return _planners[0].still_wanted(session, email, thread.get("company", ""))
